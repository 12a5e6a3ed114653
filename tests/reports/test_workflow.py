"""A report's way against a table written by hand: every level, state, role and move."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from libraries.models import User
from libraries.refusal import Refused
from libraries.roles import Role
from reports.domain.deadlines import days_left, desk_due, report_1_due, report_2_due
from reports.domain.workflow import (
    Level,
    Move,
    NotAllowed,
    State,
    days_words,
    moves_of,
    step,
    waits_for,
)
from reports.models import Report
from reports.services.deciding import opinions_give, report_move
from reports.services.sending import report_submit
from shelfreading.services.weeding import proposals_decide
from tests.cast import Cast
from tests.sent_reports import make_round, read_and_apply

# level, state: role, move -> what becomes of it. What isn't here is refused.
ALLOWED = {
    ("library", "draft"): "library_head submit submitted",
    ("library", "submitted"): "county_head accept accepted, county_head return returned",
    ("library", "returned"): "library_head submit submitted",
    ("library", "accepted"): (
        "provincial_expert review reviewed, provincial_expert return returned"
    ),
    ("library", "reviewed"): "provincial_expert return returned",
    ("county", "draft"): "county_head submit submitted",
    ("county", "submitted"): (
        "provincial_expert accept accepted, provincial_expert return returned, "
        "director_general accept accepted, director_general return returned"
    ),
    ("county", "returned"): "county_head submit submitted",
    ("county", "accepted"): (
        "provincial_expert return returned, director_general return returned"
    ),
    ("county", "reviewed"): "",
    ("province", "draft"): "director_general submit submitted",
    ("province", "submitted"): (
        "resources_office accept accepted, resources_office return returned"
    ),
    ("province", "returned"): "director_general submit submitted",
    ("province", "accepted"): "resources_office return returned",
    ("province", "reviewed"): "",
}  # fmt: skip


def allowed(level: str, state: str) -> dict[tuple[str, str], str]:
    words = [row.split() for row in ALLOWED[level, state].split(",") if row]
    return {(role, move): becomes for role, move, becomes in words}


def test_every_level_state_role_and_move_is_as_the_table_says() -> None:
    tried = 0
    for level, state, role, move in product(Level, State, Role, Move):
        wanted = allowed(level, state).get((role.value, move.value))
        try:
            became: str | None = step(level, state, move, role).becomes
        except NotAllowed as refusal:
            became = None
            assert "نقش شما" in str(refusal)
        assert became == wanted, (level, state, role, move)
        tried += 1
    assert tried == 3 * 5 * 7 * 4
    assert set(ALLOWED) == {(level.value, state.value) for level, state in product(Level, State)}


def test_a_state_that_is_none_is_refused() -> None:
    with pytest.raises(NotAllowed, match="شناخته نیست"):
        step("library", "burnt", "accept", "county_head")


def test_the_moves_that_are_offered_are_those_that_are_allowed() -> None:
    for level, state, role in product(Level, State, Role):
        offered = {(rule.desk, rule.move) for rule in moves_of(level, state, role)}
        assert offered == {key for key in allowed(level, state) if key[0] == role}


WAITS = {
    ("library", "draft"): {"library_head"},
    ("library", "submitted"): {"county_head"},
    ("library", "returned"): {"library_head"},
    ("library", "accepted"): {"provincial_expert"},
    ("county", "draft"): {"county_head"},
    ("county", "submitted"): {"provincial_expert", "director_general"},
    ("county", "returned"): {"county_head"},
    ("province", "draft"): {"director_general"},
    ("province", "submitted"): {"resources_office"},
    ("province", "returned"): {"director_general"},
}


def test_who_a_report_waits_for() -> None:
    for level, state in product(Level, State):
        assert waits_for(level, state) == WAITS.get((level, state), set()), (level, state)


def test_deadlines_are_two_weeks_and_told_in_days() -> None:
    day = date(2026, 3, 20)
    assert report_1_due(day) == report_2_due(day) == date(2026, 4, 3)
    assert report_2_due(None) is None
    assert [days_words(days) for days in (3, 0, -2)] == [
        "۳ روز مانده", "مهلت همین امروز است", "۲ روز دیر شده"
    ]  # fmt: skip
    assert desk_due("library", "returned", day, date(2026, 4, 1)) == date(2026, 4, 1)
    assert desk_due("library", "submitted", day, date(2026, 4, 1)) == date(2026, 4, 3)
    assert desk_due("library", "accepted", day, date(2026, 4, 1)) is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-400, 400))
def test_days_left_turn_round_at_the_deadline(day: date, days: int) -> None:
    assert days_left(date.fromordinal(day.toordinal() + days), day) == days


# --- the same through the services --------------------------------------------------------


def through(report: Report, move: str, actor: User) -> str | None:
    """What the services make of the move; None where they refuse. What they write is undone."""
    now = timezone.now()
    try:
        if move == Move.SUBMIT:
            assert report.session_id
            return report_submit(session_id=report.session_id, actor=actor, now=now).state
        moved = report_move(
            report_id=report.pk, move=move, actor=actor, now=now, comment="دلیل",
            revision=report.revision,
        )  # fmt: skip
        return str(moved.state)
    except Refused:
        return None


@pytest.mark.django_db
@pytest.mark.parametrize("level", ["library", "county", "province"])
def test_the_services_allow_what_the_table_allows(cast: Cast, level: str) -> None:
    report = reviewed_but_for_the_state(cast) if level == "library" else gathered(cast, level)
    actors = [cast.librarian, cast.head, cast.county, cast.expert, cast.director, cast.office]
    moves = list(Move) if level == "library" else [Move.ACCEPT, Move.RETURN, Move.REVIEW]
    wrong: list[Any] = []
    for state in ("submitted", "returned", "accepted", "reviewed"):
        for actor, move in product([*actors, cast.admin, cast.outsider], moves):
            Report.objects.filter(pk=report.pk).update(state=state)
            report.refresh_from_db()
            before = report.revision
            became = through(report, move, actor)
            wanted = allowed(level, state).get((str(actor.role), move.value))
            if became != wanted:
                wrong.append((state, actor.role, move, wanted, became))
            if became is None:
                report.refresh_from_db()
                assert (report.state, report.revision) == (state, before)
    assert wrong == []


def reviewed_but_for_the_state(cast: Cast) -> Report:
    """A library's report of which everything is said, so that only the table decides."""
    session = read_and_apply(cast.librarian)
    now = timezone.now()
    report = report_submit(session_id=session.pk, actor=cast.head, now=now)
    report_move(report_id=report.pk, move="accept", actor=cast.county, now=now, revision=1)
    lines = report.revisions.get().lines.filter(what="missing")
    opinions_give(
        report_id=report.pk, copy_ids=lines.values_list("copy", flat=True), verdict="seek",
        note="", actor=cast.expert, now=now,
    )  # fmt: skip
    ids = list(session.weeding_proposals.values_list("pk", flat=True))
    proposals_decide(proposal_ids=ids, accept=True, actor=cast.expert, now=now)
    return report


def gathered(cast: Cast, level: str) -> Report:
    """A report 2 or 3 that was sent, as far as its moves are concerned."""
    county = cast.library.county
    return Report.objects.create(
        level=level, round=make_round(cast.office, [cast.library]), library_kind="institutional",
        county=county if level == "county" else None, province=county.province,
        state="submitted", since=timezone.now(),
    )  # fmt: skip
