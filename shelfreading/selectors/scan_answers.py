"""What the device is told of each scan it sent: a handful of queries for a whole batch."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from shelfreading.domain.findings import LABELS, Finding
from shelfreading.domain.scan_answer import WHAT_TO_DO, answer_of_scan
from shelfreading.models import ReadingSession
from shelfreading.selectors import door
from shelfreading.selectors.events import WALKED

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """What the records say of a code. `position` and `status` are those of the frozen list, None
    where the copy isn't in it; without a library nobody knows the code.
    """

    first_scan: UUID | None
    position: int | None = None
    status: str | None = None
    library_id: int | None = None
    title: str = ""
    author: str = ""
    call_number: str = ""
    registration_number: str = ""
    section: str = ""
    library: str = ""
    is_lent: bool = False


def listed_books(session_id: int, codes: Collection[str]) -> dict[str, Book]:
    """The books of those codes that stand in the session's list, first scans left out. The list
    is frozen, so this needs no lock."""
    rows = door.rows(door.LISTED_BOOKS, session_id, codes=codes)
    return {row[0]: Book(None, *row[1:]) for row in rows}


def books_of(
    session: ReadingSession, codes: Collection[str], listed: Mapping[str, Book] | None = None
) -> dict[str, Book]:
    """Every code's book, with the session's first standing scan of it: two queries, and a third
    where some are not in the list. `listed`: what `listed_books` gave for these codes."""
    firsts = _first_scans(session, codes)
    found = listed_books(session.pk, codes) if listed is None else listed
    books = {
        code: replace(book, first_scan=firsts.get(code))
        for code, book in found.items()
        if code in codes
    }
    if strangers := set(codes).difference(books):
        for row in door.rows(door.OTHER_BOOKS, codes=[code for code in strangers if code]):
            # This library's own goes before another's of the same code.
            if row[3] == session.library_id or row[0] not in books:
                books[row[0]] = Book(firsts.get(row[0]), *row[1:])
        for code in strangers.difference(books):
            books[code] = Book(firsts.get(code))
    return books


def _first_scans(session: ReadingSession, codes: Collection[str]) -> dict[str, UUID]:
    scans = door.rows(door.STANDING_SCANS, session.pk, codes=codes)
    scans.sort(key=lambda row: (row[0], row[1]), reverse=True)
    return {code: door.identity(pk) for _, _, code, pk in scans}


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
    is_own = book.library_id == session.library_id
    state = answer_of_scan(
        book.status,
        on_loan=bool(book.is_lent),
        known_elsewhere=book.library_id is not None,
        seen_before=book.first_scan not in (None, event_id),
    )
    note = WHAT_TO_DO.get(state, "")
    if state is Finding.MISPLACED:
        note = _belongs(book, is_own=is_own)
    return {
        "id": str(event_id),
        "state": state.value,
        "label": LABELS[state],
        "note": note,
        "code": code,
        "title": book.title if is_own else "",
        "author": book.author if is_own else "",
        "call_number": book.call_number if is_own else "",
        "registration_number": book.registration_number if is_own else "",
    }


def _belongs(book: Book, *, is_own: bool) -> str:
    if not is_own:
        return f"از آنِ «{book.library}» است؛ کنار بگذارید تا بازگردانده شود."
    lent = " در سامانه هم در امانت است." if book.is_lent else ""
    return f"جای آن در قفسه‌های دیگر بخش «{book.section}» است.{lent}"
