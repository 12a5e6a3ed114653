"""A reading from its start to its application and back, through the services."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from libraries.refusal import Refused
from loans.models import Loan
from shelfreading.models import Decision, ReadingEvent, ReadingSession
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.decisions import fate_set
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import look_again


def scan(session: ReadingSession, codes: list[str], actor: object) -> None:
    events = [
        NewEvent(uuid4(), "reader", seq, ReadingEvent.Kind.SCAN, raw=code)
        for seq, code in enumerate(codes)
    ]
    events_take(session_id=session.pk, events=events, actor=actor, now=timezone.now())


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(30))


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )


def test_missing_weeded_returned_and_all_taken_back(
    cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    now = timezone.now()
    lent = copies[7]
    loan = Loan.objects.create(
        copy=lent, lent_at=session.started_at - timedelta(days=60),
        due_on=timezone.localdate(now) - timedelta(days=30),
    )  # fmt: skip
    scan(session, [copy.barcode for copy in copies if copy is not copies[3]], cast.librarian)
    session_close(session_id=session.pk, actor=cast.librarian, now=now)
    session = findings_compute(session_id=session.pk, actor=cast.librarian, now=now)
    assert session.summary["counts"]["missing"] == 1
    assert session.summary["counts"]["on_loan_on_shelf"] == 1
    assert session.summary["counts"]["present"] == 28
    fate_set(
        session_id=session.pk, keys=[f"c{copies[5].pk}"], fate=Decision.Fate.WEED_WORN,
        actor=cast.librarian, now=now,
    )  # fmt: skip
    look_again(session, cast.librarian)
    application = findings_apply(session_id=session.pk, actor=cast.librarian, now=now)
    again = findings_apply(session_id=session.pk, actor=cast.librarian, now=now)
    assert again == application
    for copy in copies:
        copy.refresh_from_db()
    assert copies[3].status == CopyStatus.MISSING
    assert (copies[5].status, copies[5].weeding_cause) == (CopyStatus.AVAILABLE, "")
    (proposal,) = application.weeding_proposals.all()
    assert (proposal.copy, proposal.cause, proposal.state) == (copies[5], "worn", "proposed")
    assert application.changes.get(copy=copies[5]).proposal == proposal
    loan.refresh_from_db()
    assert loan.returned_at is not None
    assert loan.forgivenesses.get().days_late == 30
    assert copies[0].last_seen_on == timezone.localdate(now)

    application_undo(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    for copy in copies:
        copy.refresh_from_db()
    assert {copy.status for copy in copies} == {CopyStatus.AVAILABLE}
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("withdrawn", cast.librarian)
    loan.refresh_from_db()
    assert loan.returned_at is None
    assert loan.forgivenesses.get().revoked_at is not None
    assert copies[3].status_changes.count() == 2


def test_what_later_touched_a_copy_keeps_the_whole_step(
    cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    now = timezone.now()
    scan(session, [copy.barcode for copy in copies[1:]], cast.librarian)
    session_close(session_id=session.pk, actor=cast.librarian, now=now)
    look_again(session, cast.librarian)
    findings_apply(session_id=session.pk, actor=cast.librarian, now=now)
    Copy.objects.filter(pk=copies[0].pk).update(status=CopyStatus.AVAILABLE)
    with pytest.raises(Refused, match="شمارهٔ ثبت ۱"):
        application_undo(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    session.refresh_from_db()
    assert session.state == ReadingSession.State.APPLIED


def test_a_record_that_changed_since_the_start_is_a_conflict(
    cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    now = timezone.now()
    scan(session, [copy.barcode for copy in copies[1:]], cast.librarian)
    Copy.objects.filter(pk=copies[0].pk).update(status=CopyStatus.BINDING)
    session_close(session_id=session.pk, actor=cast.librarian, now=now)
    look_again(session, cast.librarian)
    with pytest.raises(Refused, match="کدام درست است"):
        findings_apply(session_id=session.pk, actor=cast.librarian, now=now)
    assert not session.applications.exists()


def test_outsider_sees_no_session(cast: Cast, session: ReadingSession) -> None:
    with pytest.raises(Refused):
        session_close(session_id=session.pk, actor=cast.outsider, now=timezone.now())
