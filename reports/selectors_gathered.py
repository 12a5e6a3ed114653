"""Report 2 or 3 before it is sent: its table as it stands now, and what it waits for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from libraries.models import County, Province, User
from libraries.roles import Right
from reports.domain.awaited import Awaited, AwaitedPlace
from reports.domain.deadlines import days_left, report_2_due
from reports.domain.workflow import Level, Move, State, moves_of
from reports.gathering import Gathered
from reports.models import Correction, Report
from reports.selectors_way import Deadline
from reports.services.gathering import (
    gather,
    gathered_form,
    last_sent_on,
    sent_before,
    unsent,
)
from shelfreading.models import Round

MOST_LINKS = 30


@dataclass(frozen=True, slots=True)
class WaitLine:
    """One thing that is waited for, with a link to what resolves it for each place (the first
    MOST_LINKS of them; `more` are not named)."""

    words: str
    places: list[tuple[str, str]]
    more: int


@dataclass(frozen=True, slots=True)
class Gathering:
    """A place's report 2 or 3 of a round and kind, before it is sent or after it came back."""

    round: Round
    kind: str
    place: County | Province
    report: Report
    found: Gathered
    tasks_left: int

    @property
    def is_county(self) -> bool:
        """Whether it is report 2."""
        return self.report.level == Level.COUNTY

    @property
    def is_sent(self) -> bool:
        """Whether it is on its way or at its end, so that the frozen one is what counts."""
        return bool(self.report.pk) and self.report.state != State.RETURNED

    @property
    def is_ready(self) -> bool:
        """Whether nothing is waited for."""
        return not self.found.waits and not self.found.is_empty and not self.tasks_left

    @property
    def form(self) -> Any:
        """The draft: a Report2 or Report3 of what was found."""
        return gathered_form(self.report, self.found)


def place_of(user: User) -> County | Province | None:
    """The place whose report 2 or 3 this person's office makes; None for a library or the
    country."""
    return user.county or user.province


def gathering_of(asked: Round, kind: str, place: County | Province) -> Gathering:
    """What a place's report 2 or 3 would say now, in a number of queries that doesn't grow."""
    report = sent_before(asked, kind, place) or unsent(asked, kind, place)
    report.round = asked
    tasks = Correction.objects.filter(report=report.pk, done_at__isnull=True).count()
    return Gathering(asked, kind, place, report, gather(asked, kind, place), tasks)


def can_send(user: User, gathering: Gathering) -> bool:
    """Whether this person's role may send it as it stands."""
    state = gathering.report.state if gathering.report.pk else State.DRAFT
    rules = moves_of(gathering.report.level, state, str(user.role))
    return any(rule.move == Move.SUBMIT for rule in rules)


def deadline_of_gathering(gathering: Gathering, today: date) -> Deadline | None:
    """Report 2 is due two weeks after the last of the libraries' reports (directive 7-2)."""
    if not gathering.is_county:
        return None
    due = report_2_due(last_sent_on(gathering.found.children))
    return Deadline(due, days_left(due, today)) if due else None


def wait_lines(user: User, gathering: Gathering) -> list[WaitLine]:
    """What it waits for, each place with a link to where that is resolved."""
    lines = []
    for wait in gathering.found.waits:
        some = wait.places[:MOST_LINKS]
        links = [(place.name, _where(user, gathering.round, wait.what, place)) for place in some]
        lines.append(WaitLine(wait.words, links, len(wait.places) - len(some)))
    return lines


def _where(user: User, asked: Round, what: Awaited, place: AwaitedPlace) -> str:
    if place.report_id is not None:
        return reverse("report", args=[place.report_id])
    if what == Awaited.REASON and user.has_right(Right.GIVE_REASON):
        return reverse("round-reason", args=[place.asked_id])
    county = "" if user.county_id else f"?{urlencode({'county': place.county_id})}"
    return reverse("round", args=[asked.year]) + county
