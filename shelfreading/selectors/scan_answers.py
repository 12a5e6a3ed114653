"""What the device is told of each scan it sent: a handful of queries for a whole batch."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from libraries.models import Copy
from loans.models import Loan
from shelfreading.domain.findings import LABELS, Finding
from shelfreading.domain.scan_answer import WHAT_TO_DO, answer_of_scan
from shelfreading.models import ExpectedCopy, ReadingSession
from shelfreading.selectors.events import WALKED, standing_events

Answer = dict[str, Any]


def scan_answers(session: ReadingSession, event_ids: Collection[UUID]) -> list[Answer]:
    """For each scan among kept events: id, state (a code of the match table), label, note
    (what to do), and title, author, call_number, registration_number of the copy where it is
    known.

    Sent again, a scan gets the same answer. Of another library's copy only the library is told.
    """
    scans = session.events.filter(kind__in=WALKED, pk__in=event_ids)
    code_of = dict(scans.order_by("seq").values_list("pk", "code"))
    codes = set(code_of.values())
    first = _first_scans(session, codes)
    expected = {
        row.code: row
        for row in session.expected.filter(code__in=codes).select_related(
            "copy__title", "copy__section"
        )
    }
    elsewhere = _copies_elsewhere(session, codes - expected.keys())
    copies = [row.copy for row in expected.values()] + list(elsewhere.values())
    lent = set(
        Loan.objects.filter(copy__in=copies, returned_at__isnull=True).values_list(
            "copy_id", flat=True
        )
    )
    return [
        _answer(
            session,
            event_id,
            code,
            expected.get(code),
            elsewhere.get(code),
            lent,
            seen_before=first.get(code, event_id) != event_id,
        )
        for event_id, code in code_of.items()
    ]


def _first_scans(session: ReadingSession, codes: Iterable[str]) -> dict[str, UUID]:
    """The first standing scan of each code."""
    scans = standing_events([session.pk]).filter(kind__in=WALKED, code__in=codes)
    rows = scans.order_by("received_at", "seq").values_list("code", "pk")
    first: dict[str, UUID] = {}
    for code, pk in rows:
        first.setdefault(code, pk)
    return first


def _copies_elsewhere(session: ReadingSession, codes: Iterable[str]) -> dict[str, Copy]:
    """Copies off these shelves by barcode: this library's own first."""
    wanted = [code for code in codes if code]
    found: dict[str, Copy] = {}
    for copy in Copy.objects.filter(barcode__in=wanted).select_related(
        "title", "section", "library"
    ):
        if copy.library_id == session.library_id or copy.barcode not in found:
            found[copy.barcode] = copy
    return found


def _answer(
    session: ReadingSession,
    event_id: UUID,
    code: str,
    row: ExpectedCopy | None,
    stranger: Copy | None,
    lent: set[int],
    *,
    seen_before: bool,
) -> Answer:
    copy = row.copy if row else stranger
    state = answer_of_scan(
        row.status if row else None,
        on_loan=copy is not None and copy.pk in lent,
        known_elsewhere=stranger is not None,
        seen_before=seen_before,
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
        answer["note"] = _belongs(copy, is_own=is_own, is_lent=copy.pk in lent)
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
