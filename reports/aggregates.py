"""The figures of a round from the country down to a library, beside those of the round before.

They are read from the frozen rows of the libraries' current revisions and from the round's own
list, never from copies: a page costs what its rows cost.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from libraries.models import County, Library, Province, User
from reports.domain.rates import Rate, share
from reports.domain.tie_out import COLUMNS
from reports.domain.workflow import Level, State
from reports.models import Report, RevisionClass, RevisionLine
from shelfreading.models import Round, RoundLibrary

What = RevisionLine.What
TIED = ("register", *COLUMNS)
WEEDINGS = (What.CONTENT, What.DUPLICATE, What.WORN, What.NO_AUDIENCE)
FOUND = {what: f"new_{what}" for what in What.values}
_SUMMED = (*TIED, *FOUND.values())
MODELS: dict[str, Any] = {"province": Province, "county": County, "library": Library}
# The way from a library that is asked to the place that it is counted under now.
_ASKED_AT = {
    "province": "library__county__province",
    "county": "library__county",
    "library": "library",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What is summed: whose reports, of which rounds, at which place, of which kind."""

    user: User
    round: Round
    before: Round | None
    kind: str = ""
    province: Province | None = None
    county: County | None = None
    library: Library | None = None

    @property
    def place(self) -> dict[str, Any]:
        """The narrowest of the places, by its name in a report."""
        for name in ("library", "county", "province"):
            if place := getattr(self, name):
                return {name: place}
        return {}

    @property
    def below(self) -> str:
        """What the figures are listed by: the places right below; "" below a library."""
        if self.library:
            return ""
        if self.county:
            return "library"
        return "county" if self.province else "province"

    @property
    def rounds(self) -> list[Round]:
        """This round, and the one before if there was one."""
        return [self.round, *([self.before] if self.before else [])]


def scope_of(user: User, asked: Round, **narrowed: Any) -> Scope:
    """The user's whole scope in a round, beside the last round before it, narrowed further."""
    before = Round.objects.filter(year__lt=asked.year).order_by("-year").first()
    whole = Scope(
        user,
        asked,
        before,
        province=user.province,
        county=user.county,
        library=user.library,
    )
    return replace(whole, **{name: value for name, value in narrowed.items() if value})


@dataclass(slots=True)
class Figures:
    """Sums over libraries in one round: what was asked and reported, and the frozen columns."""

    asked: int = 0
    reported: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def missing(self) -> int:
        """Found missing in the round's readings."""
        return self.counts[FOUND[What.MISSING]]

    @property
    def weeded(self) -> int:
        """Proposed for weeding in the round's readings, for any of the four causes."""
        return sum(self.counts[FOUND[what]] for what in WEEDINGS)

    @property
    def tied(self) -> list[int]:
        """The tie-out's columns in their order."""
        return [self.counts[name] for name in TIED]

    @property
    def found(self) -> list[int]:
        """What the readings found, in the order of report 1."""
        return [self.counts[name] for name in FOUND.values()]


@dataclass(slots=True)
class Line:
    """A place or a main class: its figures in this round and in the one before."""

    key: Any
    name: str
    now: Figures = field(default_factory=Figures)
    before: Figures = field(default_factory=Figures)

    @property
    def missing_rate(self) -> Rate:
        """The missing of the register."""
        return self._rate("missing")

    @property
    def weeding_rate(self) -> Rate:
        """The weedings proposed, of the register."""
        return self._rate("weeded")

    def _rate(self, name: str) -> Rate:
        return Rate(
            share(getattr(self.now, name), self.now.counts["register"]),
            share(getattr(self.before, name), self.before.counts["register"]),
        )


def standing_reports(scope: Scope) -> QuerySet[Report]:
    """The libraries' reports that count: in scope, of both rounds, sent and not sent back."""
    reports = Report.objects.for_user(scope.user).filter(
        level=Level.LIBRARY, round__in=scope.rounds, **scope.place
    )
    if scope.kind:
        reports = reports.filter(library_kind=scope.kind)
    return reports.exclude(state=State.RETURNED)


def lines_by_place(scope: Scope, by: str) -> list[Line]:
    """A line for each province, county or library that was asked or reported in this round, by
    name: four queries, however many there are."""
    lines: dict[Any, Line] = {}
    for place, round_id, row in _summed(scope, f"revision__report__{by}"):
        _figures(lines, scope, place, round_id).counts = row
    reported = (standing_reports(scope).order_by().values_list(by, "round")).annotate(
        count=Count("library", distinct=True)
    )
    for place, round_id, count in reported:
        _figures(lines, scope, place, round_id).reported = count
    for place, round_id, count in _asked(scope, _ASKED_AT[by]):
        _figures(lines, scope, place, round_id).asked = count
    names = MODELS[by].objects.filter(pk__in=list(lines)).order_by()
    for place, name in names.values_list("pk", "name"):
        lines[place].name = name
    shown = [line for line in lines.values() if line.now.asked or line.now.reported]
    return sorted(shown, key=lambda line: (line.name, line.key))


def lines_by_class(scope: Scope) -> list[Line]:
    """A line for each main class, in order: one query."""
    lines: dict[Any, Line] = {}
    for name, round_id, row in _summed(scope, "main_class"):
        line = lines.setdefault(name, Line(name, name))
        (line.now if round_id == scope.round.pk else line.before).counts = row
    return [lines[name] for name in sorted(lines)]


def lines_by_library_and_class(scope: Scope) -> dict[tuple[int, str], Counter[str]]:
    """This round's sums of each library and main class: one query, a row each."""
    return {
        (library, name): Counter(dict(zip(_SUMMED, sums, strict=True)))
        for library, name, *sums in _rows(scope, "revision__report__library", "main_class").filter(
            revision__report__round=scope.round
        )
    }


def total(lines: Iterable[Line]) -> Line:
    """All lines in one."""
    whole = Line(None, "")
    for line in lines:
        for sums, part in ((whole.now, line.now), (whole.before, line.before)):
            sums.asked += part.asked
            sums.reported += part.reported
            sums.counts.update(part.counts)
    return whole


def copies_behind(scope: Scope, what: str, main_class: str = "") -> QuerySet[RevisionLine]:
    """The copies that this round's standing reports of the scope list as `what`."""
    lines = RevisionLine.objects.filter(
        revision__report__in=standing_reports(scope).filter(round=scope.round),
        revision__number=F("revision__report__revision"),
        what=what,
    )
    if main_class:
        lines = lines.filter(main_class=main_class)
    return lines.select_related("copy__title", "revision__report").order_by(
        "revision__report", "position", "pk"
    )


def _summed(scope: Scope, by: str) -> Iterable[tuple[Any, int, Counter[str]]]:
    for key, round_id, *sums in _rows(scope, by, "revision__report__round"):
        yield key, round_id, Counter(dict(zip(_SUMMED, sums, strict=True)))


def _rows(scope: Scope, *by: str) -> QuerySet[Any, Any]:
    return (
        RevisionClass.objects.filter(
            revision__report__in=standing_reports(scope),
            revision__number=F("revision__report__revision"),
        )
        .order_by()
        .values_list(*by)
        .annotate(**{f"sum_{name}": Sum(name) for name in _SUMMED})
    )


def _asked(scope: Scope, by: str) -> QuerySet[Any, Any]:
    """How many libraries each round asks, where they are now."""
    asked = RoundLibrary.objects.for_user(scope.user).filter(round__in=scope.rounds)
    for name, place in scope.place.items():
        asked = asked.filter(**{_ASKED_AT[name]: place})
    if scope.kind:
        asked = asked.filter(library__kind=scope.kind)
    return asked.order_by().values_list(by, "round").annotate(count=Count("pk"))


def _figures(lines: dict[Any, Line], scope: Scope, place: Any, round_id: int) -> Figures:
    line = lines.setdefault(place, Line(place, ""))
    return line.now if round_id == scope.round.pk else line.before


ORDERS = frozenset({*TIED, *FOUND.values(), "missing-rate", "weeding-rate", "unreported"})


def sorted_lines(lines: Sequence[Line], order: str) -> list[Line]:
    """The lines by one of ORDERS, the greatest first; as they come for anything else."""
    if order not in ORDERS:
        return list(lines)
    return sorted(lines, key=lambda line: (-_measure(line, order), line.name))


def _measure(line: Line, order: str) -> float:
    match order:
        case "missing-rate":
            return line.missing_rate.now or 0
        case "weeding-rate":
            return line.weeding_rate.now or 0
        case "unreported":
            return line.now.asked - line.now.reported
        case _:
            return line.now.counts[order]
