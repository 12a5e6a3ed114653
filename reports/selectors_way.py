"""Reports on their way: which wait for whom, by when, and what one revision says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from libraries.models import User
from libraries.roles import Role
from reports.domain.deadlines import TWO_WEEKS, days_left, desk_due
from reports.domain.tie_out import COLUMNS, ClassLine
from reports.domain.workflow import Level, Rule, State, days_words, moves_of, waits_for
from reports.models import Report, Revision, RevisionLine

What = RevisionLine.What
COPIES_READ = "نسخهٔ خوانده‌شده"
WEEDINGS = (What.CONTENT, What.DUPLICATE, What.WORN, What.NO_AUDIENCE)
_DESKS = {role.value: str(role.label) for role in Role}


def reports_of(user: User) -> QuerySet[Report]:
    """The reports in the user's scope, with what a list shows of them."""
    return Report.objects.for_user(user).select_related(
        "library", "county", "province", "round", "session"
    )


def waiting_for(user: User, now: datetime) -> QuerySet[Report]:
    """The reports that a move of this person's role brings on, late ones first, then by age."""
    role = str(user.role)
    places = Q(pk__in=[])
    for level in Level:
        for state in State:
            if role in waits_for(level, state):
                places |= Q(level=level, state=state)
    today = timezone.localdate(now)
    late = Q(state=State.RETURNED, due_on__lt=today) | Q(
        level=Level.LIBRARY, state=State.SUBMITTED, since__lt=_start_of(today - TWO_WEEKS)
    )
    order = Case(When(late, then=Value(0)), default=Value(1), output_field=IntegerField())
    return reports_of(user).filter(places).order_by(order, "since", "pk")


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when a report should go on, in days from today; `words` say it («۳ روز مانده»)."""

    due: date
    days: int

    @property
    def is_late(self) -> bool:
        """Whether the day has passed."""
        return self.days < 0

    @property
    def words(self) -> str:
        """Days left, or days late."""
        return days_words(self.days)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in a list: whose desk it is on, and its deadline there."""

    report: Report
    desks: str
    deadline: Deadline | None


def deadline_of(report: Report, today: date) -> Deadline | None:
    """By when the desk it waits for should move it; None where no time is set."""
    due = desk_due(report.level, report.state, timezone.localdate(report.since), report.due_on)
    return Deadline(due, days_left(due, today)) if due else None


def desks_of(report: Report) -> str:
    """Who has the report now, in words; "" when it has come to its end."""
    desks = waits_for(report.level, report.state)
    return " یا ".join(_DESKS[role] for role in _DESKS if role in desks)


def report_lines(reports: Iterable[Report], today: date) -> list[ReportLine]:
    """The lines of a list, with no query of their own."""
    return [ReportLine(each, desks_of(each), deadline_of(each, today)) for each in reports]


def state_counts(reports: QuerySet[Report]) -> dict[str, int]:
    """How many of the reports stand in each state; every state but the draft is named."""
    counted = dict(
        reports.order_by().values_list("state").annotate(n=Count("pk")).values_list("state", "n")
    )
    return {state.value: counted.get(state, 0) for state in State if state != State.DRAFT}


def moves_now(report: Report, user: User) -> tuple[Rule, ...]:
    """The moves that this person's role may make with the report as it stands."""
    return moves_of(report.level, report.state, str(user.role))


def revision_of(report: Report, number: int) -> Revision | None:
    """A revision of the report with whoever sent it; None where there is none of that number."""
    return report.revisions.select_related("submitted_by").filter(number=number).first()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of report 1 with its name; `what` names the list behind it, if there is one."""

    label: str
    value: int
    what: str = ""


def figures_of(revision: Revision) -> list[Figure]:
    """What report 1 counts, from the frozen figures; empty for a report that gathers others."""
    sums = revision.classes.aggregate(
        copies=Sum(F("register") - F("not_read")),
        **{what: Sum(f"new_{what}") for what in What.values},
    )
    if sums["copies"] is None:
        return []
    lists = [Figure(str(What(what).label), sums[what], what) for what in What.values]
    return [Figure(COPIES_READ, sums["copies"]), *lists]


def classes_of(revision: Revision) -> list[ClassLine]:
    """The tie-out's lines, by main class."""
    columns = ("main_class", "register", *COLUMNS)
    rows = revision.classes.order_by("main_class").values_list(*columns)
    return [ClassLine(*row) for row in rows]


def lines_of_revision(revision: Revision, what: str) -> QuerySet[RevisionLine]:
    """The copies of one of the revision's lists, as the forms print them."""
    return (
        revision.lines.filter(what=what)
        .select_related("copy__title", "copy__section")
        .order_by("position", "copy_id")
    )


def line_counts(revision: Revision) -> dict[str, int]:
    """How many copies each list holds; every list is named."""
    counted = dict(
        revision.lines.order_by()
        .values_list("what")
        .annotate(n=Count("pk"))
        .values_list("what", "n")
    )
    return {what: counted.get(what, 0) for what in What.values}


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A number that differs between two revisions."""

    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ListChange:
    """What came into a list and what went out of it; `more` are not named."""

    label: str
    came: Sequence[RevisionLine]
    went: Sequence[RevisionLine]
    came_count: int
    went_count: int


MOST_NAMED = 100


def figure_changes(before: Revision, after: Revision) -> list[FigureChange]:
    """The figures that differ."""
    old = {figure.label: figure.value for figure in figures_of(before)}
    return [
        FigureChange(figure.label, old.get(figure.label, 0), figure.value)
        for figure in figures_of(after)
        if old.get(figure.label, 0) != figure.value
    ]


def list_changes(before: Revision, after: Revision) -> list[ListChange]:
    """For each list that differs the copies that came and that went, the first of them named."""
    changes = []
    for what in What.values:
        old = set(before.lines.filter(what=what).values_list("copy_id", flat=True))
        new = set(after.lines.filter(what=what).values_list("copy_id", flat=True))
        if old == new:
            continue
        changes.append(
            ListChange(
                str(What(what).label),
                _named(after, what, new - old),
                _named(before, what, old - new),
                len(new - old),
                len(old - new),
            )
        )
    return changes


def _named(revision: Revision, what: str, copy_ids: set[int]) -> list[RevisionLine]:
    some = sorted(copy_ids)[:MOST_NAMED]
    return list(lines_of_revision(revision, what).filter(copy__in=some)) if some else []


def unread_notices(user: User) -> int:
    """How many notices the user has not opened."""
    return user.notices.filter(read_at__isnull=True).count()
