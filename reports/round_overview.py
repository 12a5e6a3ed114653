"""Who has begun, reads, has reported or is late in a round: read for a country as for a county."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from libraries.domain.persian import stored_form, to_ascii_digits
from libraries.models import County, Province, User
from reports.domain.deadlines import report_1_due
from reports.domain.round_stages import (
    LATE,
    RANK,
    SETTLED,
    STAGE_OF_REPORT,
    Stage,
    is_late,
    overdue_before,
    stage_of,
)
from reports.models import Report
from shelfreading.models import ReadingSession, Round, RoundLibrary

COUNTY = "library__county"
PROVINCE = "library__county__province"
_RANK_OF_SESSION = Case(
    *(When(reports__state=state, then=RANK[stage]) for state, stage in STAGE_OF_REPORT.items()),
    *(When(state=state, then=RANK[Stage(state)]) for state in ReadingSession.State.values),
    output_field=IntegerField(),
)


def places_of(
    user: User,
    asked: Round,
    today: date,
    *,
    province: Province | None = None,
    county: County | None = None,
    kind: str = "",
    words: str = "",
) -> QuerySet[RoundLibrary]:
    """The libraries of the user's scope that a round asks, each with `furthest` (its highest
    RANK; None: no reading), `has_reason` and `has_overdue`; of a province or county, of a kind,
    with words in their names.
    """
    places = RoundLibrary.objects.for_user(user).filter(round=asked)
    if province:
        places = places.filter(**{PROVINCE: province})
    if county:
        places = places.filter(**{COUNTY: county})
    if kind:
        places = places.filter(library__kind=kind)
    for word in stored_form(words).split():
        places = places.filter(
            Q(library__name__icontains=word)
            | Q(library__place__icontains=word)
            | Q(library__county__name__icontains=word)
            | Q(library__code=to_ascii_digits(word))
        )
    return _measured(places, today)


def _measured(places: QuerySet[RoundLibrary], today: date) -> QuerySet[RoundLibrary]:
    sessions = ReadingSession.objects.filter(round=OuterRef("round"), library=OuterRef("library"))
    furthest = sessions.order_by().values("library").annotate(rank=Max(_RANK_OF_SESSION))
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    overdue = sessions.filter(closed_at__lt=overdue_before(midnight), is_reported=False)
    return places.annotate(
        furthest=Subquery(furthest.values("rank")),
        has_reason=Case(When(reason="", then=Value(False)), default=Value(True)),
        has_overdue=Exists(overdue),
    )


def at_stage(
    places: QuerySet[RoundLibrary], stage: str, asked: Round, today: date
) -> QuerySet[RoundLibrary]:
    """Those of `places_of` that are at a Stage, or late (LATE); all for anything else."""
    if stage == LATE:
        late = Q(has_overdue=True)
        if today > asked.closes_on:
            open_ranks = [rank for stage, rank in RANK.items() if stage not in SETTLED]
            late |= Q(furthest__in=open_ranks) | Q(furthest__isnull=True, has_reason=False)
        return places.filter(late)
    if stage not in set(Stage):
        return places
    if stage in (Stage.NOT_BEGUN, Stage.WONT_READ):
        return places.filter(furthest__isnull=True, has_reason=stage == Stage.WONT_READ)
    return places.filter(furthest=RANK[Stage(stage)])


@dataclass(slots=True)
class Tally:
    """A province or a county: how many of its libraries are at each stage, and how many late."""

    pk: int
    name: str
    stages: Counter[Stage] = field(default_factory=Counter)
    late: int = 0

    @property
    def asked(self) -> int:
        """How many libraries the round asks."""
        return self.stages.total()

    @property
    def reported(self) -> int:
        """Of how many a report is on its way."""
        return sum(self.stages[stage] for stage in SETTLED - {Stage.WONT_READ})

    @property
    def wont_read(self) -> int:
        """How many gave a reason."""
        return self.stages[Stage.WONT_READ]

    def add(self, stage: Stage, late: bool, count: int) -> None:
        """Count so many libraries more."""
        self.stages[stage] += count
        self.late += count if late else 0


def tallies(
    places: QuerySet[RoundLibrary], asked: Round, today: date, *, by: str
) -> tuple[list[Tally], Tally]:
    """The places counted `by` PROVINCE or COUNTY, by name, and all of them: one query."""
    lines: dict[int, Tally] = {}
    whole = Tally(0, "")
    for pk, name, *measured, count in _counted(places, by, f"{by}__name"):
        stage, late = _stage_and_late(asked, today, *measured)
        lines.setdefault(pk, Tally(pk, name)).add(stage, late, count)
        whole.add(stage, late, count)
    return sorted(lines.values(), key=lambda line: line.name), whole


def rounds_of(user: User, today: date) -> list[tuple[Round, Tally]]:
    """All rounds, the newest first, each with the libraries of the user's scope: two queries."""
    lines = {asked.pk: (asked, Tally(asked.pk, str(asked))) for asked in Round.objects.all()}
    places = _measured(RoundLibrary.objects.for_user(user), today)
    for pk, *measured, count in _counted(places, "round"):
        asked, tally = lines[pk]
        stage, late = _stage_and_late(asked, today, *measured)
        tally.add(stage, late, count)
    return list(lines.values())


def _counted(places: QuerySet[RoundLibrary], *by: str) -> QuerySet[Any]:
    return (
        places.order_by()
        .values_list(*by, "furthest", "has_reason", "has_overdue")
        .annotate(count=Count("pk"))
    )


def _stage_and_late(
    asked: Round, today: date, furthest: int | None, has_reason: bool, has_overdue: bool
) -> tuple[Stage, bool]:
    stage = stage_of(furthest, has_reason)
    return stage, is_late(stage, asked.closes_on, today, has_overdue=has_overdue)


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A library in a round: how far it is, by which reading and report, and what is due when.

    `due_on` is the end of the window until its reading ends, then two weeks later (7-1); None
    where nothing is due from it any more.
    """

    place: RoundLibrary
    stage: Stage
    late: bool
    session: ReadingSession | None
    report: Report | None
    due_on: date | None


def in_walk_order(places: QuerySet[RoundLibrary]) -> QuerySet[RoundLibrary]:
    """By province, county and name, with what a line shows."""
    return places.select_related("library__county__province", "reason_by").order_by(
        f"{PROVINCE}__name", f"{COUNTY}__name", "library__name", "library_id"
    )


def place_lines(places: Sequence[Any], asked: Round, today: date) -> list[PlaceLine]:
    """The libraries of one page: two queries for all of them, beside their own."""
    ids = [place.library_id for place in places]
    sessions: dict[int, list[ReadingSession]] = {}
    found = ReadingSession.objects.filter(round=asked, library__in=ids)
    for session in found.annotate(rank=_RANK_OF_SESSION).order_by("rank", "started_at"):
        sessions.setdefault(session.library_id, []).append(session)
    reports = {
        report.session_id: report
        for report in Report.objects.filter(round=asked, session__library__in=ids)
    }
    return [_line(place, asked, today, sessions.get(place.library_id, []), reports)
            for place in places]  # fmt: skip


def _line(
    place: Any,
    asked: Round,
    today: date,
    sessions: list[ReadingSession],
    reports: dict[int | None, Report],
) -> PlaceLine:
    stage, late = _stage_and_late(asked, today, place.furthest, place.has_reason, place.has_overdue)
    furthest = sessions[-1] if sessions else None
    unsent = [
        timezone.localdate(session.closed_at)
        for session in sessions
        if session.closed_at and not session.is_reported
    ]
    due_on = None if stage in SETTLED else asked.closes_on
    if unsent:
        due_on = report_1_due(min(unsent))
    return PlaceLine(
        place,
        stage,
        late,
        furthest,
        reports.get(furthest.pk) if furthest else None,
        due_on,
    )
