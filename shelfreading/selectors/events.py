"""Which events stand, and how far that brings a reading."""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shelfreading.models import ExpectedCopy, ReadingEvent

Kind = ReadingEvent.Kind
TICKS = (Kind.PRESENT, Kind.ABSENT, Kind.SOUGHT)
# What names a book by a code: its barcode, or its registration number where it has none.
WALKED = (Kind.SCAN, Kind.NO_BARCODE)


def standing_events(session_ids: Collection[int]) -> QuerySet[ReadingEvent]:
    """The sessions' events less the undone ones, the undoing itself, and what came in late."""
    return _standing(ReadingEvent.objects.filter(session__in=session_ids), session_ids)


def _standing(
    events: QuerySet[ReadingEvent], session_ids: Collection[int]
) -> QuerySet[ReadingEvent]:
    undoing = ReadingEvent.objects.filter(
        session__in=session_ids, kind=Kind.UNDO, about__isnull=False, is_late=False
    )
    return (
        events.filter(is_late=False).exclude(kind=Kind.UNDO).exclude(pk__in=undoing.values("about"))
    )


def is_read(session_ids: Collection[int]) -> Q:
    """A condition on expected copies: it was scanned, or ticked as present or absent."""
    # The session is named once: where it is named twice, SQLite walks through all its events for
    # every copy, instead of looking up the copy's code.
    events = _standing(ReadingEvent.objects.filter(session=OuterRef("session")), session_ids)
    scans = events.filter(kind__in=WALKED, code=OuterRef("code"))
    ticks = events.filter(kind__in=TICKS, copy=OuterRef("copy"))
    return Q(Exists(scans)) | Q(Exists(ticks))


def read_counts(session_ids: Collection[int]) -> dict[int, int]:
    """How many copies of each session's list were read so far, by session id, in one query."""
    counted = (
        ExpectedCopy.objects.filter(session__in=session_ids)
        .filter(is_read(session_ids))
        .values("session")
        .annotate(read=Count("pk"))
    )
    counts = dict(counted.values_list("session", "read"))
    return {session_id: counts.get(session_id, 0) for session_id in session_ids}
