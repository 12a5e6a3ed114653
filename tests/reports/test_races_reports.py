"""Two desks at one report at the same moment."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from libraries.models import User
from libraries.roles import Role
from reports.models import Report, ReportStep, Revision
from reports.services.deciding import report_move
from reports.services.sending import report_submit
from shelfreading.services.applying import application_undo
from tests.at_once import at_once, refusals
from tests.cast import Cast, make_user
from tests.sent_reports import read_and_apply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def move(report: Report, name: str, actor: User) -> Callable[[], Any]:
    return partial(
        report_move, report_id=report.pk, move=name, actor=actor, now=timezone.now(),
        comment="سبب", revision=report.revision,
    )  # fmt: skip


def sent(cast: Cast) -> Report:
    session = read_and_apply(cast.librarian)
    return report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())


def test_of_two_county_heads_one_decides(cast: Cast) -> None:
    other = make_user("county-2", Role.COUNTY_HEAD, county=cast.library.county)
    report = sent(cast)
    outcomes = at_once(move(report, "accept", cast.county), move(report, "return", other))
    assert refusals(outcomes) == 1
    assert ReportStep.objects.count() == 2
    report.refresh_from_db()
    assert report.session and report.session.is_reported == (report.state == "accepted")


def test_sent_twice_at_once_it_is_one_report_and_one_revision(cast: Cast) -> None:
    session = read_and_apply(cast.librarian)
    other = make_user("head-2", Role.LIBRARY_HEAD, library=cast.library)
    outcomes = at_once(
        *(
            partial(report_submit, session_id=session.pk, actor=actor, now=timezone.now())
            for actor in (cast.head, other)
        )
    )
    assert refusals(outcomes) == 1
    assert Report.objects.count() == Revision.objects.count() == 1


def test_sending_and_undoing_at_once_leave_one_of_them(cast: Cast) -> None:
    session = read_and_apply(cast.librarian)
    outcomes = at_once(
        partial(report_submit, session_id=session.pk, actor=cast.head, now=timezone.now()),
        partial(application_undo, session_id=session.pk, actor=cast.librarian, now=timezone.now()),
    )
    assert refusals(outcomes) == 1
    session.refresh_from_db()
    assert session.is_reported == (session.state == "applied") == Report.objects.exists()


def test_sending_again_and_going_back_at_once_never_wait_crosswise(cast: Cast) -> None:
    report = sent(cast)
    for _ in range(4):
        report.refresh_from_db()
        assert report.session_id
        at_once(
            move(report, "return", cast.county),
            partial(
                report_submit, session_id=report.session_id, actor=cast.head, now=timezone.now()
            ),
        )
    report.refresh_from_db()
    numbers = list(report.revisions.values_list("number", flat=True))
    assert numbers == list(range(1, report.revision + 1))
