"""Reports 2 and 3 with several people at the same moment."""

from dataclasses import dataclass

import pytest
from django.utils import timezone

from libraries.models import Library, User
from libraries.roles import Role
from reports.domain.workflow import Level, Move, State
from reports.models import Correction, Report, ReportStep, Revision
from reports.services.deciding import opinions_give, report_move
from reports.services.gathering import correction_close, gathered_submit, office_answer
from reports.services.sending import report_submit
from shelfreading.models import Round
from tests.at_once import at_once, refusals
from tests.cast import Cast, make_user
from tests.sent_reports import make_round, read_and_apply

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KIND = Library.Kind.INSTITUTIONAL.value


@dataclass
class Sent:
    """A library's report, accepted, with nothing to weed."""

    cast: Cast
    round: Round
    first: Report


@pytest.fixture
def sent(cast: Cast) -> Sent:
    round_ = make_round(cast.office, [cast.library])
    session = read_and_apply(cast.head, round_=round_, weed=(), binding=())
    report = report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())
    move(report, Move.ACCEPT, cast.county)
    return Sent(cast, round_, report)


def move(report: Report, move: Move, actor: User, comment: str = "") -> Report:
    return report_move(
        report_id=report.pk, move=move, actor=actor, now=timezone.now(), comment=comment,
        revision=1,
    )  # fmt: skip


def gather(sent: Sent, actor: User) -> Report:
    return gathered_submit(
        round_id=sent.round.pk, library_kind=KIND, actor=actor, now=timezone.now()
    )


def third(sent: Sent) -> None:
    """All that report 3 needs is there."""
    lines = Revision.objects.get(report=sent.first).lines.filter(what="missing")
    opinions_give(
        report_id=sent.first.pk, copy_ids=set(lines.values_list("copy_id", flat=True)),
        verdict="withdraw", note="", actor=sent.cast.expert, now=timezone.now(),
    )  # fmt: skip
    move(sent.first, Move.REVIEW, sent.cast.expert)
    move(gather(sent, sent.cast.county), Move.ACCEPT, sent.cast.director)


def test_two_directors_send_report_3_once(sent: Sent) -> None:
    third(sent)
    deputy = make_user("director-2", Role.DIRECTOR_GENERAL, province=sent.cast.director.province)
    outcomes = at_once(lambda: gather(sent, sent.cast.director), lambda: gather(sent, deputy))
    assert refusals(outcomes) == 1
    report = Report.objects.get(level=Level.PROVINCE)
    assert (report.revision, report.revisions.count(), report.steps.count()) == (1, 1, 1)


@pytest.mark.parametrize("lags", [(0, 0), (0.05, 0), (0, 0.05)])
def test_a_report_goes_back_or_is_gathered_and_never_both(
    sent: Sent, lags: tuple[float, float]
) -> None:
    outcomes = at_once(
        lambda: gather(sent, sent.cast.county),
        lambda: move(sent.first, Move.RETURN, sent.cast.expert, "شماره‌ها را ببینید."),
        lags=lags,
    )
    assert refusals(outcomes) == 1
    sent.first.refresh_from_db()
    gathered = Report.objects.filter(level=Level.COUNTY).first()
    if gathered is None:
        assert (sent.first.state, sent.first.parent) == (State.RETURNED, None)
    else:
        assert (sent.first.state, sent.first.parent) == (State.ACCEPTED, gathered)


def test_two_of_the_office_answer_once(sent: Sent) -> None:
    third(sent)
    report = gather(sent, sent.cast.director)
    colleague = make_user("office-2", Role.RESOURCES_OFFICE)

    def answer(actor: User, *tasks: tuple[str, str]) -> Report:
        return office_answer(
            report_id=report.pk, revision=1, tasks=tasks, comment="", actor=actor,
            now=timezone.now(),
        )  # fmt: skip

    task = (Role.PROVINCIAL_EXPERT.value, "ببینید.")
    outcomes = at_once(
        lambda: answer(sent.cast.office), lambda: answer(colleague), lambda: answer(colleague)
    )
    assert refusals(outcomes) == 2
    assert ReportStep.objects.filter(report=report, move=Move.ACCEPT).count() == 1
    answer(colleague, task)  # an accepted one can still be asked to be put right
    correction = Correction.objects.get()
    closed = at_once(
        *(
            lambda: correction_close(
                correction_id=correction.pk, answer="شد", actor=sent.cast.expert,
                now=timezone.now(),
            ),
        )
        * 2
    )  # fmt: skip
    assert refusals(closed) == 1
