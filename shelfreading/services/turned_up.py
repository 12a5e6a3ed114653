"""What wasn't seen where it belongs and was seen in another reading meanwhile (spec B5)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, When

from libraries.models import Copy
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.selectors.events import WALKED, standing_events

Kind = ReadingEvent.Kind
CHUNK = 500
# When a copy was seen: a scan by the reader's own clock where it has one, else when it came in;
# but a file's codes come in long after they were read. A tick is timed by our clock.
READ_AT = Case(
    When(~Q(kind__in=WALKED), then="received_at"),
    When(device_at__isnull=False, then="device_at"),
    When(upload__isnull=True, then="received_at"),
)


class TurnedUp(NamedTuple):
    """A sighting in another session: of which copy of the list, the event, and when."""

    copy_id: int
    event_id: UUID
    read_at: datetime | None


def turned_up(session: ReadingSession, unseen: dict[str, int]) -> list[TurnedUp]:
    """The last sighting elsewhere, since the session began, of each copy that it didn't see.

    `unseen` gives copies by their code in the list. Scans count by their code, unless the library
    that reads has a copy of its own with it: barcodes are unique in a library only. Books without
    a barcode and ticks count by the copy, which only readings of its own library can name.
    """
    since = ReadingEvent.objects.filter(received_at__gte=session.started_at, is_late=False)
    others = ReadingSession.objects.exclude(pk=session.pk)
    if not unseen or not others.filter(Exists(since.filter(session=OuterRef("pk")))).exists():
        return []
    since = since.exclude(session=session).annotate(read_at=READ_AT)
    theirs = Copy.objects.filter(library=OuterRef("session__library"), barcode=OuterRef("code"))
    own = Q(session__library=session.library_id)
    found: list[tuple[int, UUID, int, datetime | None, datetime]] = []
    for codes in chunks(sorted(unseen)):
        scans = since.filter(own | ~Exists(theirs), kind=Kind.SCAN, code__in=codes)
        rows = scans.values_list("code", "pk", "session_id", "read_at", "received_at")
        found += [(unseen[code], *rest) for code, *rest in rows]
    for copy_ids in chunks(sorted(unseen.values())):
        named = since.filter(own, kind__in=(Kind.NO_BARCODE, Kind.PRESENT), copy__in=copy_ids)
        found += named.values_list("copy_id", "pk", "session_id", "read_at", "received_at")
    undone = undone_in({row[2] for row in found})
    found.sort(key=itemgetter(4))
    last = {row[0]: TurnedUp(row[0], row[1], row[3]) for row in found if row[1] not in undone}
    return list(last.values())


def turned_up_stands(session: ReadingSession) -> bool:
    """Whether all that the stored findings have as turned up elsewhere was not undone since."""
    positions = session.summary.get("turned_up")
    if not positions:
        return True
    events = ReadingEvent.objects.filter(
        pk__in=session.findings.filter(position__in=positions).values("event_id")
    )
    sighted = dict(events.values_list("pk", "session_id"))
    return not undone_in(set(sighted.values())).intersection(sighted)


def seen_by_colleagues(session: ReadingSession) -> str:
    """What other readings of the same library say of the list's copies, in short; differs as soon
    as one of them was seen there, or no longer was. Other libraries tell a session themselves.
    """
    others = session.library.sessions.exclude(pk=session.pk).values_list("pk", flat=True)
    listed = session.expected.filter(Q(code=OuterRef("code")) | Q(copy=OuterRef("copy")))
    seen = standing_events(list(others)).filter(
        Exists(listed), received_at__gte=session.started_at, kind__in=(*WALKED, Kind.PRESENT)
    )
    told = seen.aggregate(n=Count("pk"), last=Max("received_at"))
    return f"{told['n']} {told['last']}"


def undone_in(session_ids: Collection[int]) -> set[UUID]:
    """The events of these sessions that were taken back."""
    undoing = ReadingEvent.objects.filter(
        session__in=session_ids, kind=Kind.UNDO, about__isnull=False, is_late=False
    )
    return {about for about in undoing.values_list("about", flat=True) if about}


def chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The values some hundred at a time."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
