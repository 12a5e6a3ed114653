"""The shelf map: of each stretch what was read, what is missing, and how fast it goes (spec B4).

The map of a running reading is drawn from the copies and the sightings as they are now; what is
decided in the end, with loans and books out of order, `reconcile` decides.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil

from shelfreading.domain.coverage import unread_runs

HOUR = timedelta(hours=1)
# A day's reading is counted in pieces of so many minutes.
PIECE = 5
# Where no earlier day tells how long people read on a day, and the day is not to be overdone.
USUAL_DAY = 4 * 60


class StretchState(StrEnum):
    """What a stretch waits for. One each; the first that holds, in this order."""

    READING = "reading"
    UNREAD = "unread"
    PARTLY = "partly"
    SECOND_LOOK = "second_look"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A copy of the list that was read or ticked: where, by which device, when.

    `at` is when we heard of it, `read_at` when it was by the device's own clock: what is sent in
    one go was not read in one go. `is_there` is False for a tick that says it isn't.
    """

    position: int
    device: str
    at: datetime
    read_at: datetime
    is_there: bool = True


@dataclass(slots=True)
class Tally:
    """What is known of a stretch. `standing` copies should stand there or were seen there;
    `missing` were looked for and not seen, `to_seek` of them once only; `unread` were never
    looked for. `devices` read here, `last_at` when last.
    """

    standing: int = 0
    seen: int = 0
    missing: int = 0
    to_seek: int = 0
    unread: int = 0
    devices: set[str] = field(default_factory=set)
    last_at: datetime | None = None

    def state(self, *, is_busy: bool) -> StretchState:
        """The stretch's state; `is_busy` says that a device is reading there now."""
        if is_busy:
            return StretchState.READING
        if self.unread:
            return StretchState.PARTLY if self.seen or self.missing else StretchState.UNREAD
        return StretchState.SECOND_LOOK if self.to_seek else StretchState.READ


def tally(
    starts: Sequence[int],
    shelf_runs: Sequence[int],
    should_stand: Sequence[bool],
    sightings: Iterable[Sighting],
    *,
    sought: Collection[int] = (),
    spoken: Iterable[tuple[int, int, bool]] = (),
) -> list[Tally]:
    """One tally a stretch. `starts` are the stretches' first positions; `shelf_runs` and
    `should_stand` go by position. `sought` were looked for a second time. `spoken` are people's
    words: first and last position, and whether these were read.

    What was not read is decided as the findings do (`coverage.unread_runs`).
    """
    size = len(shelf_runs)
    tallies = [Tally() for _ in starts]
    seen, looked = bytearray(size), bytearray(size)
    for sighting in sightings:
        looked[sighting.position] = 1
        if sighting.is_there:
            seen[sighting.position] = 1
        here = tallies[bisect_right(starts, sighting.position) - 1]
        here.devices.add(sighting.device)
        if here.last_at is None or sighting.at > here.last_at:
            here.last_at = sighting.at
    positions = [p for p in range(size) if seen[p] or should_stand[p]]
    flags = bytearray(looked[p] for p in positions)
    unread = bytearray(size)
    for run in unread_runs(positions, flags, shelf_runs).unread:
        unread[run.first : run.last + 1] = b"\1" * (run.last - run.first + 1)
    for first, last, was_read in spoken:
        unread[first : last + 1] = (b"\0" if was_read else b"\1") * (last - first + 1)
    stretch = 0
    for position in positions:
        while stretch + 1 < len(starts) and starts[stretch + 1] <= position:
            stretch += 1
        here = tallies[stretch]
        here.standing += 1
        if seen[position]:
            here.seen += 1
        elif unread[position] and not looked[position]:
            here.unread += 1
        else:
            here.missing += 1
            here.to_seek += position not in sought
    return tallies


def paces(sightings: Iterable[Sighting], since: datetime) -> dict[str, float]:
    """Copies a minute of each device over its last hour of reading, for those heard after
    `since`; each by its own clock, so that one that is wrong changes nothing.
    """
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    heard: dict[str, datetime] = {}
    for sighting in sightings:
        times[sighting.device].append(sighting.read_at)
        heard[sighting.device] = max(sighting.at, heard.get(sighting.device, sighting.at))
    pace = {}
    for device, read_at in times.items():
        last = max(read_at)
        recent = [at for at in read_at if at > last - HOUR]
        if heard[device] >= since and len(recent) > 1:
            minutes = max(1.0, (last - min(recent)).total_seconds() / 60)
            pace[device] = len(recent) / minutes
    return pace


def reading_minutes(times: Iterable[datetime]) -> dict[date, int]:
    """How many minutes of each day were spent reading, counted in pieces of `PIECE` minutes."""
    pieces = {(at.date(), (at.hour * 60 + at.minute) // PIECE) for at in times}
    minutes: defaultdict[date, int] = defaultdict(int)
    for day, _ in pieces:
        minutes[day] += PIECE
    return dict(minutes)


@dataclass(frozen=True, slots=True)
class Finish:
    """When the reading would be done at the present pace: `minutes` of reading from now, on
    which day; `at` the time where that is today.
    """

    minutes: int
    on: date
    at: datetime | None
    minutes_a_day: int


def finish(
    now: datetime, remaining: int, pace: float, minutes_of_day: Mapping[date, int]
) -> Finish | None:
    """The expected end of `remaining` copies at `pace` copies a minute; None where nobody reads.

    Nobody reads round the clock: what today's share doesn't hold goes to the days after, each as
    long as the earlier days were on the average (`minutes_of_day`, local days of `now`'s zone).
    """
    if pace <= 0:
        return None
    today = now.date()
    earlier = [minutes for day, minutes in minutes_of_day.items() if day != today]
    a_day = round(sum(earlier) / len(earlier)) if earlier else USUAL_DAY
    a_day = max(a_day, 30)
    minutes = ceil(remaining / pace)
    left_today = max(0, a_day - minutes_of_day.get(today, 0))
    end = now + timedelta(minutes=minutes)
    if minutes <= max(left_today, 30) and end.date() == today:
        return Finish(minutes, today, end, a_day)
    days = max(1, ceil((minutes - left_today) / a_day))
    return Finish(minutes, today + timedelta(days=days), None, a_day)
