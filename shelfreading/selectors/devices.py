"""What devices tell each other through the server: what was read meanwhile, and who reads where."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from shelfreading.domain.stretches import cut, stretch_at
from shelfreading.models import ExpectedCopy, ReadingEvent, ReadingSession
from shelfreading.selectors.events import TICKS, WALKED

# A device is reading as long as it was heard within these, and didn't say that its shelf ended.
BUSY = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def cursor_at(arrival: datetime | None) -> str:
    """A place in the stream of a session's events, as a device keeps it: behind an arrival."""
    return str((arrival - _EPOCH) // _MICROSECOND) if arrival else "0"


def cursor_of(session: ReadingSession) -> str:
    """The place behind all that came in so far."""
    return cursor_at(session.events.aggregate(last=Max("received_at"))["last"])


def arrival_behind(cursor: object) -> datetime | None:
    """The arrival that a cursor stands for; None for what is no cursor."""
    if not isinstance(cursor, str) or not cursor.isascii() or not cursor.isdecimal():
        return None
    try:
        return _EPOCH + int(cursor[:20]) * _MICROSECOND
    except OverflowError:
        return None


def news(
    session: ReadingSession,
    *,
    device: str,
    since: datetime | None,
    last_arrival: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    """What a device is told with each answer: a cursor, positions that others read since the one
    it has, the stretches in which others are reading now, and the session's state.

    Arrivals grow in the order of the commits (`services.events.arrival`), so nothing is missed
    between one cursor and the next. Without one there is nothing to tell of yet.
    """
    read: list[int] = []
    cursor = last_arrival
    if since is not None:
        cursor = since
        for arrival, by_device, position in _arrivals_after(session, since):
            cursor = arrival
            if by_device != device and position is not None:
                read.append(position)
    return {
        "cursor": cursor_at(cursor),
        "read": sorted(set(read)),
        "busy": busy_stretches(session, device=device, now=now),
        "state": session.state,
    }


def _arrivals_after(session: ReadingSession, since: datetime) -> Any:
    """Arrival, device and position in the list of what came in after a time, in that order."""
    listed = ExpectedCopy.objects.filter(session=session)
    by_code = Subquery(listed.filter(code=OuterRef("code")).values("position")[:1])
    by_copy = Subquery(listed.filter(copy=OuterRef("copy")).values("position")[:1])
    undoing = ReadingEvent.objects.filter(
        about=OuterRef("pk"), session=session, kind=ReadingEvent.Kind.UNDO, is_late=False
    )
    return (
        ReadingEvent.objects.filter(session=session, received_at__gt=since, is_late=False)
        .filter(~Exists(undoing), kind__in=(*WALKED, *TICKS))
        .annotate(position=Coalesce(by_code, by_copy))
        .order_by("received_at")
        .values_list("received_at", "device", "position")
    )


def busy_stretches(session: ReadingSession, *, device: str, now: datetime) -> list[dict[str, Any]]:
    """The stretches in which another device is reading: their index, and who it is."""
    others = (
        session.devices.filter(last_at__gt=now - BUSY, is_at_rest=False, position__isnull=False)
        .exclude(device=device)
        .order_by("position")
        .values_list("position", "by__first_name", "by__last_name", "by__username")
    )
    busy = []
    for position, first_name, last_name, username in others:
        who = f"{first_name} {last_name}".strip() or username
        entry = {"stretch": stretch_at(stretch_starts(session), position), "who": who}
        if entry not in busy:
            busy.append(entry)
    return busy


def stretch_starts(session: ReadingSession) -> Sequence[int]:
    """The first position of each stretch. The list is frozen, so this is remembered."""
    return _stretch_starts(session.pk, session.started_at, session.expected_count)


@lru_cache(maxsize=64)
def _stretch_starts(session_id: int, started_at: datetime, expected_count: int) -> tuple[int, ...]:
    rows = (
        ExpectedCopy.objects.filter(session=session_id)
        .order_by("position")
        .values_list("shelf_run", "copy__class_key")
    )
    runs, class_keys = zip(*rows, strict=True)
    return tuple(first for first, _ in cut(runs, class_keys))
