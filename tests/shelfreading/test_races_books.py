"""One book, two people at the same moment: whoever wins, the records stay in order.

Each pair is tried ROUNDS times with the one or the other held back a little; `pytest -s` prints who
won how often.
"""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from libraries.models import Copy
from libraries.refusal import Refused
from libraries.roles import Role
from loans.models import Loan, Member
from loans.services import loan_lend, loan_renew, loan_return
from shelfreading.services.applying import findings_apply
from shelfreading.services.weeding import proposals_decide
from tests.at_once import at_once
from tests.cast import make_user
from tests.fresh_readings import Reading, look_again, make_reading, read_and_close
from tests.promises import assert_records_hold
from tests.shelfreading.weedings import propose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 24
# Seconds by which the second, then the first work comes later.
LAGS = [(0.0, 0.0), (0.0, 0.004), (0.004, 0.0)]
FIRST, SECOND, BOTH = "first", "second", "both"


def winner(outcomes: list[Any]) -> str:
    """Who was not refused; somebody never is."""
    won = [not isinstance(outcome, Refused) for outcome in outcomes]
    assert any(won)
    return BOTH if all(won) else FIRST if won[0] else SECOND


def told(pair: str, won: Counter[str]) -> None:
    assert won.total() == ROUNDS
    print(f"\n{pair}: " + ", ".join(f"{name} {won[name]}" for name in (FIRST, SECOND, BOTH)))


def lend(reading: Reading, copy: Copy, member: Member, actor: Any) -> Any:
    return partial(
        loan_lend, copy_id=copy.pk, member_id=member.pk, actor=actor, now=timezone.now(),
        today=timezone.localdate(),
    )  # fmt: skip


def lent(reading: Reading) -> Loan:
    loan = Loan.objects.create(
        copy=reading.copies[0], member=reading.member, lent_at=timezone.now() - timedelta(days=5),
        due_on=timezone.localdate() + timedelta(days=9), lent_by=reading.actor,
    )  # fmt: skip
    return loan


def open_loans(copy: Copy) -> int:
    return Loan.objects.filter(copy=copy, returned_at__isnull=True).count()


def status(copy: Copy) -> str:
    return Copy.objects.get(pk=copy.pk).status


def test_lend_and_lend() -> None:
    won: Counter[str] = Counter()
    for attempt in range(ROUNDS):
        reading = make_reading(2)
        copy = reading.copies[0]
        other = Member.objects.create(
            library=reading.library, full_name="عضو دیگر", search_name="عضو دیگر"
        )
        result = winner(
            at_once(
                lend(reading, copy, reading.member, reading.actor),
                lend(reading, copy, other, reading.colleague),
                lags=LAGS[attempt % 3],
            )
        )
        won[result] += 1
        assert result != BOTH
        loan = Loan.objects.get(copy=copy)
        assert loan.member == (reading.member if result == FIRST else other)
        assert_records_hold(reading.library)
    told("lend + lend", won)


def test_return_and_return() -> None:
    won: Counter[str] = Counter()
    for attempt in range(ROUNDS):
        reading = make_reading(2)
        loan = lent(reading)
        back = partial(loan_return, loan_id=loan.pk, now=timezone.now())
        result = winner(
            at_once(
                partial(back, actor=reading.actor),
                partial(back, actor=reading.colleague),
                lags=LAGS[attempt % 3],
            )
        )
        won[result] += 1
        assert result != BOTH
        loan.refresh_from_db()
        assert loan.returned_by == (reading.actor if result == FIRST else reading.colleague)
        assert_records_hold(reading.library)
    told("return + return", won)


def test_lend_and_weed() -> None:
    won: Counter[str] = Counter()
    for attempt in range(ROUNDS):
        reading = make_reading(2)
        copy = reading.copies[0]
        (proposal,) = propose([copy], reading.actor)
        expert = make_user(
            f"expert-of-{reading.library.code}", Role.PROVINCIAL_EXPERT,
            province=reading.library.county.province,
        )  # fmt: skip
        decide = partial(
            proposals_decide, proposal_ids=[proposal.pk], accept=True, reason="", actor=expert,
            now=timezone.now(),
        )  # fmt: skip
        result = winner(
            at_once(
                lend(reading, copy, reading.member, reading.actor), decide, lags=LAGS[attempt % 3]
            )
        )
        won[result] += 1
        assert result != BOTH
        assert (open_loans(copy), status(copy)) == (
            (1, "available") if result == FIRST else (0, "weeded")
        )
        assert_records_hold(reading.library)
    told("lend + weed", won)


def test_lend_and_apply() -> None:
    """The reading calls the copy missing: a loan before the application makes it a loan, one after
    it is refused, since a missing copy isn't lent."""
    won: Counter[str] = Counter()
    for attempt in range(ROUNDS):
        reading = make_reading(12)
        copy = reading.copies[3]
        read_and_close(reading, [one for one in reading.copies if one != copy])
        look_again(reading.session, reading.actor)
        apply = partial(
            findings_apply, session_id=reading.session.pk, actor=reading.colleague,
            now=timezone.now(),
        )  # fmt: skip
        outcomes = at_once(
            lend(reading, copy, reading.member, reading.actor), apply, lags=LAGS[attempt % 3]
        )
        assert not isinstance(outcomes[1], Refused)
        result = BOTH if winner(outcomes) == BOTH else SECOND
        won[result] += 1
        assert (open_loans(copy), status(copy)) == (
            (1, "available") if result == BOTH else (0, "missing")
        )
        assert_records_hold(reading.library)
    told("lend + apply (both: the loan came first)", won)


def test_renew_and_return() -> None:
    """A renewal before the return stands on the returned loan; one after it is refused."""
    won: Counter[str] = Counter()
    for attempt in range(ROUNDS):
        reading = make_reading(2)
        loan = lent(reading)
        due_on = loan.due_on
        now, today = timezone.now(), timezone.localdate()
        outcomes = at_once(
            partial(loan_renew, loan_id=loan.pk, actor=reading.actor, now=now, today=today),
            partial(loan_return, loan_id=loan.pk, actor=reading.colleague, now=now),
            lags=LAGS[attempt % 3],
        )
        assert not isinstance(outcomes[1], Refused)
        result = winner(outcomes)
        won[result] += 1
        loan.refresh_from_db()
        assert loan.returned_at is not None and loan.returned_by == reading.colleague
        assert loan.renewals.count() == (result == BOTH)
        assert (loan.due_on > due_on) == (result == BOTH)
        assert_records_hold(reading.library)
    told("renew + return (both: the renewal came first)", won)
