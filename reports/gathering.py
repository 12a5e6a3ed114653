"""What reports 2 and 3 gather: the frozen reports below them, library by library (directive 7-2
to 7-5). Nothing here counts copies; the figures are those that the libraries sent.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from libraries.domain.persian import alphabet_key
from libraries.models import County, Library, Province, User
from reports.domain.awaited import Awaited, AwaitedPlace, Wait
from reports.domain.workflow import Level, State
from reports.forms.gathered import LibraryRow, UnreadRow
from reports.forms.report_1 import Counts, Method
from reports.models import Report, RevisionClass, RevisionLine
from reports.selectors import bare_name
from shelfreading.models import Round, RoundLibrary, WeedingProposal

What = RevisionLine.What
_COUNTED = (*(f"new_{what}" for what in What.values), "register", "not_read")


@dataclass(slots=True)
class Gathered:
    """The table of a report 2 or 3, the reports that it counts, and what it still waits for."""

    rows: list[LibraryRow] = field(default_factory=list)
    unread: list[UnreadRow] = field(default_factory=list)
    children: list[Report] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is no library of this kind at all."""
        return not self.rows and not self.unread


def asked_libraries(round_: Round, kind: str, place: County | Province) -> QuerySet[Any]:
    """The round's libraries of a kind that are at a place now."""
    at = {"library__county": place} if isinstance(place, County) else {
        "library__county__province": place
    }  # fmt: skip
    return (
        RoundLibrary.objects.filter(round=round_, library__kind=kind, **at)
        .select_related("library__county")
        .order_by("library__county__name", "library__name", "library_id")
    )


def below_county(round_: Round, kind: str, county: County) -> Gathered:
    """Report 2's table: the libraries whose reports the county head accepted, and those that
    didn't read, with their reasons (directive 7-2, 7-3)."""
    reports = list(
        Report.objects.filter(
            level=Level.LIBRARY, round=round_, county=county, library_kind=kind
        ).select_related("library__county", "session")
    )
    found = Gathered(children=reports)
    open_ = [r for r in reports if r.state in (State.SUBMITTED, State.RETURNED)]
    _wait(found, Awaited.ACCEPTANCE, map(_sender, open_))
    found.rows = library_rows(reports, final=False)
    _unread(found, asked_libraries(round_, kind, county), round_)
    return found


def below_province(round_: Round, kind: str, province: Province) -> Gathered:
    """Report 3's table: every library of the accepted reports 2, with the weedings as the expert
    decided them (directive 7-4, 7-5)."""
    counties = list(
        Report.objects.filter(
            level=Level.COUNTY, round=round_, province=province, library_kind=kind
        ).select_related("county")
    )
    reports = list(
        Report.objects.filter(
            level=Level.LIBRARY, round=round_, province=province, library_kind=kind
        ).select_related("library__county", "county", "session")
    )
    found = Gathered(children=counties)
    asked = asked_libraries(round_, kind, province)
    sent = {report.county_id: report for report in counties}
    accepted = {pk for pk, report in sent.items() if report.state == State.ACCEPTED}
    needed = {report.county_id: str(report.county) for report in reports}
    needed.update({line.library.county_id: str(line.library.county) for line in asked})
    lacking = (
        AwaitedPlace(name, pk, sent[pk].pk if pk in sent else None)
        for pk, name in needed.items()
        if pk is not None and pk not in accepted
    )
    _wait(found, Awaited.COUNTY, lacking)
    left_out = (
        AwaitedPlace(str(report.library), report.county_id, sent[report.county_id].pk)
        for report in reports
        if report.county_id in accepted and report.county_id and report.parent_id is None
    )
    _wait(found, Awaited.LEFT_OUT, left_out)
    _wait(found, Awaited.REVIEW, (_sender(r) for r in reports if r.state != State.REVIEWED))
    found.rows = library_rows(reports, final=True)
    _unread(found, asked, round_)
    return found


def library_rows(reports: Iterable[Report], *, final: bool) -> list[LibraryRow]:
    """A line for each library with reports, by county and name; two readings are one line.

    `final`: weedings that the expert refused don't count.
    """
    by_library: defaultdict[int, list[Report]] = defaultdict(list)
    for report in reports:
        assert report.library_id is not None
        by_library[report.library_id].append(report)
    sums = _sums(reports)
    refused = _refused(reports) if final else {}
    lines = []
    for library_id, its in by_library.items():
        library: Any = its[0].library
        sessions = sorted((r.session for r in its if r.session), key=lambda s: s.started_at)
        counted = sums[library_id]
        gone = refused.get(library_id, Counter())
        counts = {what: counted[f"new_{what}"] - gone[what] for what in What.values}
        lines.append(
            LibraryRow(
                name=bare_name(library),
                county=str(its[0].county),
                degree=library.degree,
                methods=cast(
                    "tuple[Method, ...]", tuple(dict.fromkeys(s.method for s in sessions))
                ),
                started_on=timezone.localdate(sessions[0].started_at),
                ended_on=max(timezone.localdate(s.closed_at) for s in sessions if s.closed_at),
                copies=counted["register"] - counted["not_read"],
                counts=Counts(**counts),
            )
        )
    return sorted(
        lines, key=lambda line: (alphabet_key(str(line.county)), alphabet_key(str(line.name)))
    )


def _sums(reports: Iterable[Report]) -> dict[int, Counter[str]]:
    """By library, the figures of its reports' current revisions."""
    classes: Any = (
        RevisionClass.objects.filter(
            revision__report__in=[report.pk for report in reports],
            revision__number=F("revision__report__revision"),
        )
        .order_by()
        .values("revision__report__library")
        .annotate(**{f"sum_{name}": Sum(name) for name in _COUNTED})
    )
    sums: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for line in classes:
        sums[line["revision__report__library"]].update(
            {name: line[f"sum_{name}"] for name in _COUNTED}
        )
    return sums


def _refused(reports: Iterable[Report]) -> dict[int, Counter[str]]:
    """By library, how many weedings of these readings the expert refused, by cause."""
    proposals = (
        WeedingProposal.objects.filter(
            session__in=[report.session_id for report in reports],
            state=WeedingProposal.State.REFUSED,
        )
        .order_by()
        .values_list("library", "cause")
        .annotate(count=Count("pk"))
    )
    refused: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for library_id, cause, number in proposals:
        refused[library_id][cause] = number
    return refused


def _unread(found: Gathered, asked: QuerySet[Any], round_: Round) -> None:
    """The libraries asked that sent no report, wherever they may have sent it from."""
    sent = set(
        Report.objects.filter(level=Level.LIBRARY, round=round_).values_list("library", flat=True)
    )
    silent: list[AwaitedPlace] = []
    for line in asked:
        library: Library = line.library
        if library.pk in sent:
            continue
        if not line.reason:
            silent.append(AwaitedPlace(library.name, library.county_id, asked_id=line.pk))
        found.unread.append(
            UnreadRow(
                name=bare_name(library),
                county=str(library.county),
                degree=library.degree,
                reason=line.reason or None,
            )
        )
    _wait(found, Awaited.REASON, silent)


def _wait(found: Gathered, what: Awaited, places: Iterable[AwaitedPlace]) -> None:
    if some := tuple(sorted(places)):
        found.waits.append(Wait(what, some))


def _sender(report: Report) -> AwaitedPlace:
    assert report.county_id is not None
    return AwaitedPlace(str(report.library), report.county_id, report.pk)


def annexes_of(lines: Iterable[LibraryRow]) -> frozenset[str]:
    """The lists that go with the report: those on which there is a copy."""
    every = [line.counts for line in lines]
    return frozenset(what for what in What.values if any(getattr(c, what) for c in every))


def person_in_role(role: str, **place: Any) -> str | None:
    """The name of the one active person in a role at a place; None where there are more, or none:
    then the form leaves it to be written."""
    people = list(User.objects.filter(role=role, is_active=True, **place)[:2])
    return people[0].full_name if len(people) == 1 else None
