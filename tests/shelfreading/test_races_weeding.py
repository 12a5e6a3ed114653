"""Proposing and deciding, while others decide, lend, take back and apply the same copies."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from libraries.locking import locked
from libraries.models import Copy, CopyStatus, StatusChange, User
from libraries.roles import Role
from loans.models import Loan
from loans.services import loan_lend
from shelfreading.models import Decision, WeedingProposal
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.decisions import fate_set
from shelfreading.services.weeding import (
    Outcome,
    Wanted,
    proposals_decide,
    proposals_make,
    proposals_withdraw,
)
from tests.at_once import at_once, in_queue, refusals
from tests.cast import make_user
from tests.fresh_readings import Reading, make_reading, read_and_close
from tests.promises import assert_records_hold
from tests.shelfreading.weedings import propose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES = 8
_numbers = count(1)


def expert(reading: Reading) -> User:
    return make_user(
        f"weeder-{next(_numbers)}", Role.PROVINCIAL_EXPERT, province=reading.library.county.province
    )


def decides(who: User, *proposals: WeedingProposal, accept: bool = True) -> Callable[[], Any]:
    return partial(
        proposals_decide, proposal_ids=[each.pk for each in proposals], accept=accept,
        reason="" if accept else "نگه دارید", actor=who, now=timezone.now(),
    )  # fmt: skip


def lends(reading: Reading, copy: Copy) -> Callable[[], Any]:
    return partial(
        loan_lend, copy_id=copy.pk, member_id=reading.member.pk, actor=reading.colleague,
        now=timezone.now(), today=timezone.localdate(),
    )  # fmt: skip


def proposes(who: User, copy: Copy, cause: str) -> Callable[[], Any]:
    return partial(proposals_make, wanted=[Wanted(copy.pk, cause)], actor=who, now=timezone.now())


def of_session(work: Callable[..., Any], reading: Reading) -> Callable[[], Any]:
    return partial(work, session_id=reading.session.pk, actor=reading.actor, now=timezone.now())


def hold(copy: Copy) -> Callable[[], Any]:
    return lambda: locked(Copy.objects.all(), pk=copy.pk)


def status(copy: Copy) -> str:
    return Copy.objects.get(pk=copy.pk).status


def put_aside(reading: Reading) -> Copy:
    """A closed reading with its first copy put aside for weeding."""
    read_and_close(reading, reading.copies)
    fate_set(
        session_id=reading.session.pk, keys=[f"c{reading.copies[0].pk}"],
        fate=Decision.Fate.WEED_WORN, actor=reading.actor, now=timezone.now(),
    )  # fmt: skip
    return reading.copies[0]


def test_two_experts_decide_at_once_and_one_of_them_did() -> None:
    for attempt in range(TRIES):
        reading = make_reading(3)
        (proposal,) = propose(reading.copies[:1], reading.actor)
        one, two = expert(reading), expert(reading)
        outcomes = at_once(
            decides(one, proposal), decides(two, proposal, accept=False),
            lags=[0.002 * (attempt % 3)],
        )  # fmt: skip
        assert refusals(outcomes) == 1
        proposal.refresh_from_db()
        accepted = isinstance(outcomes[0], Outcome)
        assert (proposal.state, proposal.decided_by) == (
            ("accepted", one) if accepted else ("refused", two)
        )
        assert (status(proposal.copy) == CopyStatus.WEEDED) == accepted
        assert StatusChange.objects.filter(copy=proposal.copy).count() == accepted
        assert_records_hold(reading.library)


def test_two_experts_with_lists_that_overlap_wait_for_each_other_in_one_order() -> None:
    for attempt in range(TRIES):
        reading = make_reading(9)
        proposals = propose(reading.copies, reading.actor)
        outcomes = at_once(
            decides(expert(reading), *proposals[:6]),
            decides(expert(reading), *reversed(proposals[3:])),
            lags=[0.002 * (attempt % 3)],
        )
        assert sum(outcome.done for outcome in outcomes) == 9
        assert StatusChange.objects.filter(copy__library=reading.library).count() == 9
        assert_records_hold(reading.library)


def test_the_expert_accepts_while_the_copy_is_lent() -> None:
    for attempt in range(TRIES):
        reading = make_reading(3)
        (proposal,) = propose(reading.copies[:1], reading.actor)
        decided, lent = at_once(
            decides(expert(reading), proposal), lends(reading, proposal.copy),
            lags=[0.003 * (attempt % 3)],
        )  # fmt: skip
        assert refusals([decided, lent]) == 1
        assert (status(proposal.copy) == CopyStatus.WEEDED) == isinstance(decided, Outcome)
        assert_records_hold(reading.library)


@pytest.mark.postgres_only
@pytest.mark.parametrize("lends_first", [True, False])
def test_the_first_in_line_wins(lends_first: bool) -> None:
    reading = make_reading(3)
    (proposal,) = propose(reading.copies[:1], reading.actor)
    works = [decides(expert(reading), proposal), lends(reading, proposal.copy)]
    first, second = in_queue(hold(proposal.copy), *(works[::-1] if lends_first else works))
    assert (refusals([first]), refusals([second])) == (0, 1)
    open_loans = Loan.objects.filter(copy=proposal.copy, returned_at__isnull=True)
    assert open_loans.exists() == lends_first


def test_the_expert_accepts_while_the_library_takes_back() -> None:
    for attempt in range(TRIES):
        reading = make_reading(3)
        (proposal,) = propose(reading.copies[:1], reading.actor)
        withdraw = partial(
            proposals_withdraw, proposal_ids=[proposal.pk], actor=reading.actor, now=timezone.now()
        )
        outcomes = at_once(
            decides(expert(reading), proposal), withdraw, lags=[0.002 * (attempt % 3)]
        )
        assert refusals(outcomes) == 1
        proposal.refresh_from_db()
        assert (proposal.state == "accepted") == isinstance(outcomes[0], Outcome)
        assert_records_hold(reading.library)


def test_the_expert_accepts_while_the_application_is_taken_back() -> None:
    for attempt in range(TRIES):
        reading = make_reading(5)
        copy = put_aside(reading)
        application = of_session(findings_apply, reading)()
        (proposal,) = application.weeding_proposals.all()
        decided, undone = at_once(
            decides(expert(reading), proposal), of_session(application_undo, reading),
            lags=[0.003 * (attempt % 3)],
        )  # fmt: skip
        assert refusals([decided, undone]) == 1
        proposal.refresh_from_db()
        assert proposal.state == ("withdrawn" if refusals([decided]) else "accepted")
        assert (status(copy) == CopyStatus.WEEDED) == (proposal.state == "accepted")
        assert_records_hold(reading.library)


def test_one_copy_is_proposed_by_two_and_by_a_reading_at_once() -> None:
    for attempt in range(TRIES):
        reading = make_reading(5)
        copy = put_aside(reading)
        applied, *by_hand = at_once(
            of_session(findings_apply, reading),
            proposes(reading.actor, copy, "worn"),
            proposes(reading.colleague, copy, "content"),
            lags=[0.004 * (attempt % 3)],
        )
        assert not refusals([applied])
        assert WeedingProposal.objects.filter(copy=copy, state="proposed").count() == 1
        done = 2 - refusals(by_hand)
        assert done + applied.weeding_proposals.count() == 1
        assert_records_hold(reading.library)
