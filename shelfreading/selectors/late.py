"""What came in after a reading was ended (spec B2): listed, and counted when someone says so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from libraries.models import Copy
from shelfreading.domain.findings import LABELS
from shelfreading.domain.scan_answer import answer_of_scan
from shelfreading.models import Decision, ReadingEvent, ReadingSession
from shelfreading.selectors.events import TICKS, WALKED
from shelfreading.selectors.scan_answers import Book, books_of

Kind = ReadingEvent.Kind
# What speaks of a book. Undoing shows at what it undid, and where a shelf ended is no matter.
LISTED_LATE = (*WALKED, *TICKS, Kind.MARK)
_TICKS = {
    Kind.PRESENT: "علامت «هست»",
    Kind.ABSENT: "علامت «نیست»",
    Kind.SOUGHT: "در جست‌وجوی دوم نبود",
}


@dataclass(frozen=True, slots=True)
class LateLine:
    """A late event, and in words what it would have been in time. `title` is empty where the
    book isn't this library's or nobody knows it.
    """

    event: ReadingEvent
    title: str
    words: str
    is_undone: bool


def late_events(session: ReadingSession) -> QuerySet[ReadingEvent]:
    """The session's late events, as they came in."""
    return session.events.filter(is_late=True)


def late_count(session: ReadingSession) -> int:
    """How many scans and other words on books came in late."""
    return late_events(session).filter(kind__in=LISTED_LATE).count()


def late_listed(session: ReadingSession) -> QuerySet[ReadingEvent]:
    """What the list of late scans shows, newest first."""
    return (
        late_events(session)
        .filter(kind__in=LISTED_LATE)
        .select_related("by")
        .order_by("-received_at", "device", "-seq")
    )


def late_lines(session: ReadingSession, events: Sequence[ReadingEvent]) -> list[LateLine]:
    """The lines for some of them, in a number of queries that doesn't grow with them."""
    undone = set(
        late_events(session)
        .filter(kind=Kind.UNDO, about__in=[event.pk for event in events])
        .values_list("about", flat=True)
    )
    books = books_of(session, {event.code for event in events if event.kind in WALKED})
    titles = _titles(session, {event.copy_id for event in events if event.copy_id})
    return [
        LateLine(event, *_said(session, event, books, titles), event.pk in undone)
        for event in events
    ]


def _titles(session: ReadingSession, copy_ids: Collection[int]) -> dict[int, str]:
    copies = Copy.objects.filter(library=session.library_id, pk__in=copy_ids)
    return dict(copies.values_list("pk", "title__title"))


def _said(
    session: ReadingSession,
    event: ReadingEvent,
    books: dict[str, Book],
    titles: dict[int, str],
) -> tuple[str, str]:
    """The book's title, and what the event says of it."""
    if event.kind == Kind.MARK:
        return "", f"فرمان «{dict(Decision.Fate.choices).get(event.raw, event.raw)}»"
    if event.kind not in WALKED:
        return titles.get(event.copy_id or 0, ""), _TICKS[Kind(event.kind)]
    book = books[event.code]
    state = answer_of_scan(
        book.status,
        on_loan=bool(book.is_lent),
        known_elsewhere=book.library_id is not None,
        seen_before=book.first_scan is not None,
    )
    is_own = book.library_id == session.library_id
    return book.title if is_own else "", LABELS[state]
