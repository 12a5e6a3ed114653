"""The second look (spec B5): what wasn't seen, where it belongs, and where it may be instead."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

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
    list or by cards ticks all the time, and looks again on the pages of findings."""
    ticks = standing_events([session.pk]).filter(kind__in=(Kind.PRESENT, Kind.SOUGHT))
    if session.method != ReadingSession.Method.BARCODE:
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
    """The frozen list with what was seen in its place: of many copies only what is needed."""

    def __init__(self, session: ReadingSession) -> None:
        self._expected = session.expected
        columns = self._expected.order_by("position")
        rows = columns.values_list("shelf_run", "copy__shelf_key")
        runs, keys = zip(*rows, strict=True) if session.expected_count else ((), ())
        self.in_place = bytearray(len(keys))
        seen = session.findings.filter(finding__in=SEEN, position__lt=len(keys)).order_by()
        for position in seen.filter(move__isnull=True).values_list("position", flat=True):
            self.in_place[position] = 1
        for position in session.summary.get("turned_up", []):
            self.in_place[position] = 0
        moved = seen.filter(move__isnull=False).values_list("position", "event_id")
        self.moved: dict[int, UUID | None] = dict(moved)
        self.seen = Shelves(keys, runs, self.in_place)

    def copies(self, positions: Iterable[int | None]) -> dict[int | None, Copy]:
        """The copies at these positions, with their titles."""
        wanted = sorted({position for position in positions if position is not None})
        return {
            row.position: row.copy
            for some in _chunks(wanted)
            for row in self._expected.filter(position__in=some).select_related("copy__title")
        }

    def positions_of(self, codes: Iterable[str]) -> dict[str, int]:
        """Positions by code; a code off the list has none."""
        return {
            code: position
            for some in _chunks(sorted({code for code in codes if code}))
            for code, position in self._expected.filter(code__in=some).values_list(
                "code", "position"
            )
        }


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
    astray: dict[int, Any] = {}
    for some in _chunks(sorted(titles)):
        listed = session.expected.filter(copy__title__in=some).order_by("position")
        for position, title in listed.values_list("position", "copy__title_id"):
            if shelf.in_place[position]:
                others.setdefault(title, []).append(OtherCopy(position))
            elif position in shelf.moved:
                astray[position] = title
        copies = Copy.objects.filter(title__in=some, status=CopyStatus.AVAILABLE).exclude(
            pk__in=listed.values("copy")
        )
        for title, section in copies.order_by("pk").values_list("title_id", "section__name"):
            others.setdefault(title, []).append(OtherCopy(-1, section=section))
    gaps = _read_between(session, shelf, [shelf.moved[position] for position in astray])
    for position, title in astray.items():
        gap = gaps.get(shelf.moved[position], NOWHERE)
        others.setdefault(title, []).append(OtherCopy(position, astray=gap))
    return others


def _read_between(
    session: ReadingSession, shelf: _Shelf, event_ids: Iterable[Any]
) -> dict[Any, Gap]:
    """Between which copies of the list the same device read each of these events."""
    beside = codes_beside(session, list(event_ids))
    positions = shelf.positions_of(code for codes in beside.values() for code in codes)
    return {
        event_id: Gap(*(positions.get(code) for code in codes))
        for event_id, codes in beside.items()
    }


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
