"""What devices tell each other through the server: what was read meanwhile, and who reads where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Max

from libraries.domain.persian import to_persian_digits
from shelfreading.domain.stretches import Stretch, cut, named, stretch_at
from shelfreading.models import ReadingSession
from shelfreading.selectors import door

# A device is reading as long as it was heard within these, and didn't say that its shelf ended.
BUSY = timedelta(minutes=15)
# A session isn't closed over the head of a device that was heard within these (spec B2).
STILL_READING = timedelta(minutes=30)
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
        rows = door.rows(door.ARRIVALS_AFTER, session.pk, since)
        read = [position for _, by, position in rows if by != device and position is not None]
        if rows:
            cursor = door.moment(rows[-1][0])
    return {
        "cursor": cursor_at(cursor),
        "read": sorted(set(read)),
        "busy": busy_stretches(session, device=device, now=now),
        "state": session.state,
    }


def busy_stretches(session: ReadingSession, *, device: str, now: datetime) -> list[dict[str, Any]]:
    """The stretches in which another device is reading: their index, and who it is."""
    busy: list[dict[str, Any]] = []
    for position, *name, username in door.rows(door.READING_NOW, session.pk, device, now - BUSY):
        who = " ".join(filter(None, name)) or username
        entry = {"stretch": stretch_at(stretch_starts(session), position), "who": who}
        if not busy or busy[-1] != entry:
            busy.append(entry)
    return busy


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device as people are told of it: its number in the session, who used it last, its last
    word, and where it is. `is_open`: it holds unsent events or may still be reading, so that the
    session doesn't close without a word on it. `pace` is in copies a minute, where the map
    worked it out.
    """

    device: str
    number: int
    person: str
    last_at: datetime
    unsent: int
    position: int | None
    place: str
    is_reading: bool
    is_open: bool
    pace: float | None = None

    @property
    def words(self) -> str:
        """What keeps the session from being closed, in words."""
        name = f"دستگاه {self.number} ({self.person})"
        if self.unsent:
            return to_persian_digits(f"{name} هنوز {self.unsent} خواندهٔ ارسال‌نشده دارد")
        return to_persian_digits(f"{name} هنوز می‌خواند")


def device_lines(session: ReadingSession, now: datetime) -> list[DeviceLine]:
    """The session's devices, in the order they came to it."""
    lines = []
    devices = session.devices.select_related("by").order_by("first_at", "pk")
    for number, row in enumerate(devices, start=1):
        is_here = not row.is_at_rest
        lines.append(
            DeviceLine(
                row.device,
                number,
                row.by.full_name,
                row.last_at,
                row.unsent,
                row.position,
                "" if row.position is None else _place(session, row.position),
                is_reading=is_here and row.last_at > now - BUSY,
                is_open=row.unsent > 0 or (is_here and row.last_at > now - STILL_READING),
            )
        )
    return lines


def _place(session: ReadingSession, position: int) -> str:
    return stretches_of(session)[stretch_at(stretch_starts(session), position)].label


def stretches_of(session: ReadingSession) -> Sequence[Stretch]:
    """The session's stretches, in shelf order. The list is frozen, so they are remembered."""
    return _cut_list(session.pk, session.started_at, session.expected_count)[0]


def stretch_starts(session: ReadingSession) -> Sequence[int]:
    """The first position of each stretch."""
    return _cut_list(session.pk, session.started_at, session.expected_count)[1]


@lru_cache(maxsize=64)
def _cut_list(
    session_id: int, started_at: datetime, expected_count: int
) -> tuple[list[Stretch], list[int]]:
    # The time and the size are there to tell sessions apart that had one id after another.
    session = ReadingSession.objects.select_related("library").get(pk=session_id)
    rows = list(
        session.expected.order_by("position").values_list(
            "shelf_run", "copy__class_key", "copy__section__name", "copy__call_number"
        )
    )
    ends = cut([row[0] for row in rows], [row[1] for row in rows])
    stretches = named(ends, lambda position: rows[position][2:], session.library.rules)
    return stretches, [stretch.first for stretch in stretches]
