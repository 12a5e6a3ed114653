"""What breaks half way in a report's way leaves nothing behind: each write fails in turn."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from libraries.models import Library, User
from reports.domain.workflow import Move, State
from reports.models import Correction, Report
from reports.services.deciding import opinions_give, report_move
from reports.services.gathering import correction_close, gathered_submit, office_answer
from reports.services.sending import report_submit
from shelfreading.models import WeedingProposal
from shelfreading.services.weeding import proposals_decide
from tests.broken import everything, failing
from tests.cast import Cast
from tests.sent_reports import make_round, read_and_apply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AUDIT, NOTICE, REPORT = "libraries_auditentry", "reports_notice", "reports_report"
REVISION, STEP = "reports_revision", "reports_reportstep"
SENT = (("INSERT", REVISION), ("INSERT", STEP), ("INSERT", NOTICE), ("INSERT", AUDIT))
MOVED = (("UPDATE", REPORT), ("INSERT", STEP), ("INSERT", NOTICE), ("INSERT", AUDIT))


def breaks_whole(work: Callable[[], Any], *writes: tuple[str, str]) -> Any:
    """Let each of the writes fail in turn, find everything as it was, and then do the work."""
    before = everything()
    for event, table in writes:
        with failing(event, table), pytest.raises(DatabaseError):
            work()
        assert everything() == before, (event, table)
    return work()


def moving(report: Report, move: Move, actor: User, comment: str = "") -> Callable[[], Report]:
    report.refresh_from_db()
    return partial(
        report_move, report_id=report.pk, move=move, actor=actor, now=timezone.now(),
        comment=comment, revision=report.revision,
    )  # fmt: skip


def test_the_whole_way_up_and_back(cast: Cast) -> None:
    """Report 1 sent, sent back, sent anew, accepted and reviewed; 2 and 3 gathered; answered."""
    round_ = make_round(cast.office, [cast.library])
    session = read_and_apply(cast.head, round_=round_)
    now = timezone.now()
    send = partial(report_submit, session_id=session.pk, actor=cast.head, now=now)
    filled = (("INSERT", "reports_revisionclass"), ("INSERT", "reports_revisionline"))
    reading = ("UPDATE", "shelfreading_readingsession")
    report = breaks_whole(send, ("INSERT", REPORT), *SENT, *filled, reading)
    breaks_whole(moving(report, Move.RETURN, cast.county, "بازبینید."), *MOVED, reading)
    report = breaks_whole(send, ("UPDATE", REPORT), *SENT, *filled, reading)
    assert report.revision == 2
    breaks_whole(moving(report, Move.ACCEPT, cast.county), *MOVED)

    missing = report.revisions.get(number=2).lines.filter(what="missing")
    opinions = partial(
        opinions_give, report_id=report.pk, copy_ids=list(missing.values_list("copy", flat=True)),
        verdict="withdraw", note="", actor=cast.expert, now=now,
    )  # fmt: skip
    breaks_whole(opinions, ("INSERT", "reports_opinion"), ("INSERT", AUDIT))
    ids = list(WeedingProposal.objects.filter(session=session).values_list("pk", flat=True))
    decide = partial(proposals_decide, proposal_ids=ids, accept=True, actor=cast.expert, now=now)
    breaks_whole(decide, ("UPDATE", "shelfreading_weedingproposal"), ("INSERT", AUDIT))
    breaks_whole(moving(report, Move.REVIEW, cast.expert), *MOVED)

    kind = Library.Kind.INSTITUTIONAL
    gather = partial(gathered_submit, round_id=round_.pk, library_kind=kind, now=now)
    gathered = (("INSERT", REPORT), ("UPDATE", REPORT), *SENT)  # UPDATE: those that lie below it
    second = breaks_whole(partial(gather, actor=cast.county), *gathered)
    report.refresh_from_db()
    assert report.parent == second
    breaks_whole(moving(second, Move.ACCEPT, cast.director), *MOVED)
    third = breaks_whole(partial(gather, actor=cast.director), *gathered)
    assert (third.state, third.revision, third.revisions.count()) == (State.SUBMITTED, 1, 1)

    answer = partial(
        office_answer, report_id=third.pk, revision=1, comment="", actor=cast.office, now=now,
        tasks=[(cast.director.role, "سال را بازبینید."), (cast.expert.role, "رده را بازبینید.")],
    )  # fmt: skip
    breaks_whole(answer, *MOVED, ("INSERT", "reports_correction"))
    assert Correction.objects.filter(report=third).count() == 2
    task = Correction.objects.get(desk=cast.director.role)
    close = partial(
        correction_close, correction_id=task.pk, answer="شد.", actor=cast.director, now=now
    )
    breaks_whole(close, ("UPDATE", "reports_correction"), ("INSERT", AUDIT))
