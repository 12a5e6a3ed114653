"""What the device is told of each scan it sent: a handful of queries for a whole batch."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from libraries.models import Copy
from loans.models import Loan
from shelfreading.domain.findings import LABELS, Finding
from shelfreading.domain.scan_answer import WHAT_TO_DO, answer_of_scan
from shelfreading.models import ExpectedCopy, ReadingEvent, ReadingSession
from shelfreading.selectors.events import WALKED

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """What the records say of a code: the copy, whether it is lent now, the session's first
    standing scan of the code. `position` and `status` are those of the frozen list, None where
    it isn't in it; without a copy nobody knows the code.
    """

    copy: Copy | None
    is_lent: bool = False
    first_scan: UUID | None = None
    position: int | None = None
    status: str | None = None


def books_of(session: ReadingSession, codes: Collection[str]) -> dict[str, Book]:
    """Every code's book: one query for those in the list, two more where some are not."""
    first = Subquery(_first_scans(session).filter(code=OuterRef("code")).values("pk")[:1])
    is_lent = Exists(Loan.objects.filter(copy=OuterRef("copy"), returned_at__isnull=True))
    books = {
        row.code: Book(row.copy, row.is_lent, row.first_scan, row.position, row.status)
        for row in ExpectedCopy.objects.filter(session=session, code__in=codes)
        .select_related("copy__title", "copy__section")
        .annotate(is_lent=is_lent, first_scan=first)
    }
    strangers = set(codes).difference(books)
    return books | _strangers(session, strangers) if strangers else books


def _strangers(session: ReadingSession, codes: Collection[str]) -> dict[str, Book]:
    """Copies off these shelves by barcode: this library's own first."""
    firsts: dict[str, UUID] = {}
    for code, pk in _first_scans(session).filter(code__in=codes).values_list("code", "pk"):
        firsts.setdefault(code, pk)
    is_lent = Exists(Loan.objects.filter(copy=OuterRef("pk"), returned_at__isnull=True))
    found: dict[str, Copy] = {}
    for copy in (
        Copy.objects.filter(barcode__in=[code for code in codes if code])
        .select_related("title", "section", "library")
        .annotate(is_lent=is_lent)
    ):
        if copy.library_id == session.library_id or copy.barcode not in found:
            found[copy.barcode] = copy
    return {
        code: Book(found.get(code), code in found and found[code].is_lent, firsts.get(code))
        for code in codes
    }


def _first_scans(session: ReadingSession) -> "QuerySet[ReadingEvent]":
    """The session's standing scans, the first ones first."""
    undoing = ReadingEvent.objects.filter(
        about=OuterRef("pk"), session=session, kind=ReadingEvent.Kind.UNDO, is_late=False
    )
    return (
        ReadingEvent.objects.filter(session=session, kind__in=WALKED, is_late=False)
        .filter(~Exists(undoing))
        .order_by("received_at", "seq")
    )


def scan_answers(session: ReadingSession, event_ids: Collection[UUID]) -> list[Answer]:
    """The answers to those of the kept events that name a book, by their device's order."""
    scans = session.events.filter(kind__in=WALKED, pk__in=event_ids)
    code_of = dict(scans.order_by("seq").values_list("pk", "code"))
    return answers_of(session, code_of, books_of(session, set(code_of.values())))


def answers_of(
    session: ReadingSession, code_of: Mapping[UUID, str], books: Mapping[str, Book]
) -> list[Answer]:
    """For each scan, given by its event's id and its code: id, state (a code of the match table),
    label, note (what to do), and title, author, call_number, registration_number of the copy
    where it is known.

    Sent again, a scan gets the same answer. Of another library's copy only the library is told.
    """
    return [_answer(session, event_id, code, books[code]) for event_id, code in code_of.items()]


def _answer(session: ReadingSession, event_id: UUID, code: str, book: Book) -> Answer:
    copy = book.copy
    state = answer_of_scan(
        book.status,
        on_loan=book.is_lent,
        known_elsewhere=copy is not None,
        seen_before=book.first_scan not in (None, event_id),
    )
    answer: Answer = {
        "id": str(event_id),
        "state": state.value,
        "label": LABELS[state],
        "note": WHAT_TO_DO.get(state, ""),
        "code": code,
        "title": "",
        "author": "",
        "call_number": "",
        "registration_number": "",
    }
    if copy is None:
        return answer
    is_own = copy.library_id == session.library_id
    if state is Finding.MISPLACED:
        answer["note"] = _belongs(copy, is_own=is_own, is_lent=book.is_lent)
    if is_own:
        answer |= {
            "title": copy.title.title,
            "author": copy.title.author,
            "call_number": copy.call_number,
            "registration_number": copy.registration_number,
        }
    return answer


def _belongs(copy: Copy, *, is_own: bool, is_lent: bool) -> str:
    if not is_own:
        return f"از آنِ «{copy.library.name}» است؛ کنار بگذارید تا بازگردانده شود."
    lent = " در سامانه هم در امانت است." if is_lent else ""
    return f"جای آن در قفسه‌های دیگر بخش «{copy.section.name}» است.{lent}"
