"""The second look (spec B5): what wasn't seen, where it belongs, and where it may be instead."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Max, Q, QuerySet

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from shelfreading.domain.findings import SEEN, Finding
from shelfreading.domain.likely_places import (
    NOWHERE,
    RETURNED_DAYS,
    Gap,
    LikelyPlace,
    Lost,
    OtherCopy,
    Shelves,
    Strange,
    codes_alike,
    likely_places,
)
from shelfreading.models import ReadingEvent, ReadingSession, SessionFinding
from shelfreading.selectors.events import standing_events
from shelfreading.selectors.findings import SeenElsewhere, narrowed, seen_elsewhere
from shelfreading.selectors.moves import codes_beside

CHUNK = 500
Kind = ReadingEvent.Kind


class Look(StrEnum):
    """How far the second look for a copy is."""

    OPEN = "open"
    FOUND = "found"
    VAIN = "vain"


LOOK_LABELS = {
    Look.OPEN: "هنوز جسته نشده",
    Look.FOUND: "پیدا شد",
    Look.VAIN: "دوباره نبود",
}


def second_look_rows(
    session: ReadingSession,
    look: str = "",
    *,
    hundreds: str = "",
    section_id: int | None = None,
    words: str = "",
) -> QuerySet[SessionFinding]:
    """The missing copies, and those that a second look or another reading found, in shelf order;
    of one state (a Look) or all, narrowed as the findings are.
    """
    missing = Q(finding=Finding.MISSING)
    ticked = second_look_ticks(session).filter(kind=Kind.PRESENT)
    turned_up = session.summary.get("turned_up", [])
    found = Q(finding__in=SEEN, event_id__in=ticked.values("pk"))
    found |= Q(finding=Finding.PRESENT, position__in=turned_up)
    wanted = {
        Look.OPEN.value: missing & Q(was_sought=False),
        Look.VAIN.value: missing & Q(was_sought=True),
        Look.FOUND.value: found,
    }.get(look, missing | found)
    rows = session.findings.filter(wanted, copy__isnull=False, position__lt=session.expected_count)
    rows = rows.select_related("copy__title", "copy__section", "copy__library")
    return narrowed(rows, hundreds=hundreds, section_id=section_id, words=words)


def second_look_ticks(session: ReadingSession) -> QuerySet[ReadingEvent]:
    """The standing words of a second look. Who reads by barcode ticks only then; who reads by the
    list ticks all the time, and looks again on the pages of findings."""
    ticks = standing_events([session.pk]).filter(kind__in=(Kind.PRESENT, Kind.SOUGHT))
    if session.method == ReadingSession.Method.LIST:
        ticks = ticks.filter(Q(kind=Kind.SOUGHT) | Q(device__startswith="second-look-"))
    return ticks


def look_counts(session: ReadingSession) -> dict[Look, int]:
    """How many copies are in each state."""
    missing = session.summary.get("counts", {}).get(Finding.MISSING, 0)
    sought = session.summary.get("sought", 0)
    found = second_look_rows(session, Look.FOUND).count()
    return {Look.OPEN: missing - sought, Look.FOUND: found, Look.VAIN: sought}


@dataclass(frozen=True, slots=True)
class Place:
    """A likely place with the copies it lies between; None at an end, or where it is no gap."""

    place: LikelyPlace
    after: Copy | None
    before: Copy | None

    @property
    def beside(self) -> Copy | None:
        """The one of the two that tells a walker enough."""
        return self.after or self.before


@dataclass(slots=True)
class LookLine:
    """One copy to look for: between which two seen copies it belongs, and where else it may be."""

    row: SessionFinding
    look: Look
    after: Copy | None
    before: Copy | None
    places: list[Place] = field(default_factory=list)
    elsewhere: SeenElsewhere | None = None

    @property
    def label(self) -> str:
        """The state in words."""
        return LOOK_LABELS[self.look]

    @property
    def copy(self) -> Copy:
        """The copy itself."""
        assert self.row.copy is not None
        return self.row.copy


def look_lines(
    session: ReadingSession, rows: Sequence[SessionFinding], now: datetime
) -> list[LookLine]:
    """The rows with their neighbours and, for those still missing, their likely places.

    The number of queries grows by one for some hundred rows, not by the row.
    """
    shelf = _Shelf(session)
    places = _places(session, shelf, rows, now)
    gaps = {row.position: shelf.seen.gap_of(row.position) for row in rows}
    wanted = set(gaps.values()) | {one.gap for some in places.values() for one in some}
    copies = shelf.copies(position for gap in wanted for position in gap)
    elsewhere = seen_elsewhere(session, rows)
    return [
        LookLine(
            row,
            _look_of(row),
            copies.get(gaps[row.position].after),
            copies.get(gaps[row.position].before),
            [
                Place(one, copies.get(one.gap.after), copies.get(one.gap.before))
                for one in places.get(row.position, ())
            ],
            elsewhere.get(row.event_id),
        )
        for row in rows
    ]


def _look_of(row: SessionFinding) -> Look:
    if row.finding != Finding.MISSING:
        return Look.FOUND
    return Look.VAIN if row.was_sought else Look.OPEN


class _Shelf:
    """The frozen list as columns, with what was seen in its place."""

    def __init__(self, session: ReadingSession) -> None:
        self.session = session
        columns = session.expected.order_by("position").values_list(
            "copy_id", "code", "shelf_run", "copy__shelf_key", "copy__title_id"
        )
        self.copy_ids: list[int] = []
        self.codes: list[str] = []
        self.runs: list[int] = []
        keys: list[str] = []
        self.titles: list[int] = []
        for copy_id, code, run, key, title in columns:
            self.copy_ids.append(copy_id)
            self.codes.append(code)
            self.runs.append(run)
            keys.append(key)
            self.titles.append(title)
        in_place = bytearray(len(keys))
        self.moved: dict[int, Any] = {}
        seen = session.findings.filter(finding__in=SEEN, position__lt=len(keys))
        for position, move, event_id in seen.values_list("position", "move", "event_id"):
            if move is None:
                in_place[position] = 1
            else:
                self.moved[position] = event_id
        for position in session.summary.get("turned_up", []):
            in_place[position] = 0
        self.in_place = in_place
        self.seen = Shelves(keys, self.runs, in_place)

    @cached_property
    def position_of_code(self) -> dict[str, int]:
        """Positions by code."""
        return {code: position for position, code in enumerate(self.codes)}

    def copies(self, positions: Iterable[int | None]) -> dict[int | None, Copy]:
        """The copies at these positions, with their titles."""
        at = {self.copy_ids[position]: position for position in positions if position is not None}
        found: dict[int | None, Copy] = {}
        for ids in _chunks(sorted(at)):
            for copy in Copy.objects.filter(pk__in=ids).select_related("title"):
                found[at[copy.pk]] = copy
        return found


def _places(
    session: ReadingSession, shelf: _Shelf, rows: Sequence[SessionFinding], now: datetime
) -> dict[int, list[LikelyPlace]]:
    missing = [row for row in rows if row.finding == Finding.MISSING and row.copy]
    back = _days_since_return([row.copy_id for row in missing], now)
    lost = [
        Lost(
            row.position,
            "" if row.code.startswith("#") else row.code,
            row.copy.call_number,
            row.copy.title_id,
            back.get(row.copy_id),
        )
        for row in missing
        if row.copy and row.copy_id
    ]
    if not lost:
        return {}
    return likely_places(
        lost,
        shelf.seen,
        rules=session.library.rules,
        strange=_strange(session, shelf, lost),
        others=_other_copies(session, shelf, {one.title for one in lost}),
    )


def _days_since_return(copy_ids: Sequence[int | None], now: datetime) -> dict[int | None, int]:
    """How many days ago the last loan of a copy came back, where it was lately."""
    since = now - timedelta(days=RETURNED_DAYS + 1)
    days: dict[int | None, int] = {}
    for ids in _chunks(copy_ids):
        returned = Loan.objects.filter(copy__in=ids, returned_at__gte=since).order_by()
        for copy_id, at in returned.values_list("copy_id").annotate(Max("returned_at")):
            days[copy_id] = max((now - at).days, 0)
    return days


def _strange(session: ReadingSession, shelf: _Shelf, lost: Sequence[Lost]) -> list[Strange]:
    """Unknown codes that resemble a missing one, and books without a barcode, with their places."""
    unknown = dict(session.findings.filter(finding=Finding.UNKNOWN).values_list("code", "event_id"))
    if not unknown:
        return []
    alike = {code for _, code, _ in codes_alike({one.code: one.position for one in lost}, unknown)}
    bare = session.events.filter(kind=Kind.NO_BARCODE, copy__isnull=True).values_list("code")
    events = {unknown[code]: code for code in alike}
    events |= {unknown[code]: "" for (code,) in bare if code in unknown}
    gaps = _read_between(session, shelf, events)
    return [Strange(code, gaps.get(event_id, NOWHERE)) for event_id, code in events.items()]


def _other_copies(
    session: ReadingSession, shelf: _Shelf, titles: set[Any]
) -> dict[Any, list[OtherCopy]]:
    """The other copies of some titles: those seen, and those in sections off the list."""
    others: dict[Any, list[OtherCopy]] = {}
    listed = set(shelf.copy_ids)
    astray: dict[int, Any] = {}
    for position, title in enumerate(shelf.titles):
        if title in titles:
            if shelf.in_place[position]:
                others.setdefault(title, []).append(OtherCopy(position))
            elif position in shelf.moved:
                astray[position] = shelf.moved[position]
    gaps = _read_between(session, shelf, astray.values())
    for position, event_id in astray.items():
        other = OtherCopy(position, astray=gaps.get(event_id, NOWHERE))
        others.setdefault(shelf.titles[position], []).append(other)
    for ids in _chunks(sorted(titles)):
        available = Copy.objects.filter(title__in=ids, status=CopyStatus.AVAILABLE).order_by("pk")
        for pk, title, section in available.values_list("pk", "title_id", "section__name"):
            if pk not in listed:
                others.setdefault(title, []).append(OtherCopy(-1, section=section))
    return others


def _read_between(
    session: ReadingSession, shelf: _Shelf, event_ids: Iterable[Any]
) -> dict[Any, Gap]:
    """Between which copies of the list the same device read each of these events."""
    return {
        event_id: Gap(*(shelf.position_of_code.get(code) for code in codes))
        for event_id, codes in codes_beside(session, list(event_ids)).items()
    }


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
