"""The shelf map of a session (spec B4): its stretches on their shelves, who reads, how fast.

A handful of queries whatever the size; what stands where is found out here, by position.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, Max
from django.utils import timezone

from libraries.domain.persian import to_persian_digits
from loans.models import Loan
from shelfreading.domain.shelf_map import (
    HOUR,
    Finish,
    Sighting,
    StretchState,
    Tally,
    finish,
    paces,
    reading_minutes,
    tally,
)
from shelfreading.domain.stretches import Stretch, stretch_at
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.selectors.devices import DeviceLine, device_lines, stretch_starts, stretches_of
from shelfreading.selectors.events import TICKS, WALKED, standing_events
from shelfreading.selectors.shelf_list import LINES_ON_PAGE

Kind = ReadingEvent.Kind
LEVELS = 8
FROM_ELSEWHERE = "حافظهٔ بارکدخوان یا فرم"
STATE_WORDS = {
    StretchState.READ: "خوانده شده",
    StretchState.READING: "هم‌اکنون خوانده می‌شود",
    StretchState.PARTLY: "بخشی از آن خوانده شده",
    StretchState.UNREAD: "خوانده نشده",
    StretchState.SECOND_LOOK: "جست‌وجوی دوم می‌خواهد",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch as the map draws it. `readers` are the people who read there, `readers_now`
    those who are reading there at this moment.
    """

    index: int
    stretch: Stretch
    tally: Tally
    state: StretchState
    readers: list[str]
    readers_now: list[str]

    @property
    def words(self) -> str:
        """The state, in words."""
        return STATE_WORDS[self.state]

    @property
    def level(self) -> int:
        """How far the drawing is filled, from 0 to LEVELS; not full before all were looked for."""
        looked = self.tally.seen + self.tally.missing
        if not self.tally.standing:
            return LEVELS
        full = looked * LEVELS // self.tally.standing
        return max(full, 1) if looked else 0

    @property
    def page(self) -> int:
        """The page of the shelf list on which the stretch begins."""
        return self.stretch.first // LINES_ON_PAGE + 1


@dataclass(frozen=True, slots=True)
class Shelf:
    """The stretches of one hundred of the classes in one section."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the library with its shelves."""

    name: str
    shelves: list[Shelf]

    @property
    def standing(self) -> int:
        """Copies that should stand there."""
        return sum(cell.tally.standing for shelf in self.shelves for cell in shelf.cells)

    @property
    def looked(self) -> int:
        """Copies that were looked for."""
        cells = (cell for shelf in self.shelves for cell in shelf.cells)
        return sum(cell.tally.seen + cell.tally.missing for cell in cells)


@dataclass(frozen=True, slots=True)
class ShelfMap:
    """The whole map. `pace` is in copies a minute, all devices together that read in the hour
    before the last; `finish` is None where nobody reads or nothing is left.
    """

    parts: list[Part]
    counts: dict[StretchState, int]
    standing: int
    looked: int
    missing: int
    to_seek: int
    devices: list[DeviceLine]
    pace: float = 0.0
    finish: Finish | None = None

    @property
    def cells(self) -> list[Cell]:
        """All stretches in shelf order."""
        return [cell for part in self.parts for shelf in part.shelves for cell in shelf.cells]

    @property
    def time_left(self) -> str:
        """How long there is still to read at the present pace, in words."""
        minutes = self.finish.minutes if self.finish else 0
        hours, rest = divmod(minutes, 60)
        parts = [f"{hours} ساعت"] * bool(hours) + [f"{rest} دقیقه"] * bool(rest and hours < 5)
        return to_persian_digits(f"{' و '.join(parts)} خواندن مانده")

    @property
    def legend(self) -> list[tuple[StretchState, str, int]]:
        """Each state with its words and the number of its stretches."""
        return [(state, words, self.counts[state]) for state, words in STATE_WORDS.items()]


def map_mark(session: ReadingSession, now: datetime) -> str:
    """What the map was drawn from, in short: where it is the same, so is the map."""
    events = session.events.aggregate(last=Max("received_at"))
    devices = session.devices.aggregate(last=Max("last_at"), count=Count("pk"))
    words = session.shelves_read.aggregate(last=Max("at"), count=Count("pk"))
    times = [at.timestamp() if at else 0 for at in (events["last"], devices["last"], words["last"])]
    parts = [*times, devices["count"], words["count"], session.state, int(now.timestamp()) // 300]
    return "-".join(map(str, parts))


def shelf_map(session: ReadingSession, now: datetime) -> ShelfMap:
    """Draw the map as things are now."""
    rows = list(
        session.expected.order_by("position").values_list("code", "copy_id", "status", "shelf_run")
    )
    position_of_code = {row[0]: position for position, row in enumerate(rows)}
    position_of_copy = {row[1]: position for position, row in enumerate(rows)}
    loans = Loan.objects.filter(copy__library=session.library_id, returned_at__isnull=True)
    lent = set(loans.values_list("copy_id", flat=True))
    sightings, sought = _sightings(session, position_of_code, position_of_copy)
    tallies = tally(
        stretch_starts(session),
        [row[3] for row in rows],
        [row[2] == "available" and row[1] not in lent for row in rows],
        sightings,
        sought=sought,
        spoken=session.shelves_read.order_by("at", "pk").values_list(
            "first_position", "last_position", "was_read"
        ),
    )
    devices = device_lines(session, now)
    cells = _cells(session, tallies, devices)
    standing = sum(cell.tally.standing for cell in cells)
    looked = sum(cell.tally.seen + cell.tally.missing for cell in cells)
    drawn = ShelfMap(
        parts=_parts(cells),
        counts={state: sum(cell.state is state for cell in cells) for state in StretchState},
        standing=standing,
        looked=looked,
        missing=sum(cell.tally.missing for cell in cells),
        to_seek=sum(cell.tally.to_seek for cell in cells),
        devices=devices,
    )
    if session.state != ReadingSession.State.READING or not sightings:
        return drawn
    walked = [sighting for sighting in sightings if sighting.device in {d.device for d in devices}]
    last = max((sighting.at for sighting in walked), default=now)
    pace_of = paces(walked, last - HOUR)
    pace = sum(pace_of.values())
    local = timezone.localtime(now)
    minutes = reading_minutes(timezone.localtime(sighting.read_at) for sighting in walked)
    end = finish(local, standing - looked, pace, minutes) if standing > looked else None
    timed = [replace(line, pace=pace_of.get(line.device)) for line in devices]
    return replace(drawn, devices=timed, pace=pace, finish=end)


def _sightings(
    session: ReadingSession,
    position_of_code: dict[str, int],
    position_of_copy: dict[int, int],
) -> tuple[list[Sighting], set[int]]:
    """What of the list was read so far, and the positions looked for a second time in vain."""
    sightings: list[Sighting] = []
    sought: set[int] = set()
    events = standing_events([session.pk]).filter(kind__in=(*WALKED, *TICKS))
    for kind, code, copy_id, device, upload, device_at, received_at in events.values_list(
        "kind", "code", "copy_id", "device", "upload", "device_at", "received_at"
    ):
        is_tick = kind in TICKS
        position = position_of_copy.get(copy_id) if is_tick else position_of_code.get(code)
        if position is None:
            continue
        read_at = received_at if is_tick else device_at or received_at
        # A file comes in long after it was read, and nobody saw when it came.
        at = read_at if upload else received_at
        there = kind not in (Kind.ABSENT, Kind.SOUGHT)
        sightings.append(Sighting(position, device, at, read_at, there))
        if kind == Kind.SOUGHT:
            sought.add(position)
    return sightings, sought


def _cells(
    session: ReadingSession, tallies: Sequence[Tally], devices: Sequence[DeviceLine]
) -> list[Cell]:
    starts = stretch_starts(session)
    person_of = {line.device: line.person for line in devices}
    now_at: dict[int, list[str]] = {}
    for line in devices:
        if line.is_reading and line.position is not None:
            people = now_at.setdefault(stretch_at(starts, line.position), [])
            if line.person not in people:
                people.append(line.person)
    cells = []
    for index, (stretch, here) in enumerate(zip(stretches_of(session), tallies, strict=True)):
        readers = sorted({person_of.get(device, FROM_ELSEWHERE) for device in here.devices})
        readers_now = now_at.get(index, [])
        state = here.state(is_busy=bool(readers_now))
        cells.append(Cell(index, stretch, here, state, readers, readers_now))
    return cells


def _parts(cells: Sequence[Cell]) -> list[Part]:
    return [
        Part(
            section,
            [
                Shelf(name, list(group))
                for name, group in groupby(in_section, key=attrgetter("stretch.shelf"))
            ],
        )
        for section, in_section in groupby(cells, key=attrgetter("stretch.section"))
    ]
