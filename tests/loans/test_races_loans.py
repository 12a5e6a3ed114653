"""Two desks, a desk and a list, two lists at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from libraries.locking import lock_all
from libraries.models import AuditEntry, CopiesList, Copy, CopyStatus
from loans.list_steps import list_write_confirm
from loans.models import FollowUp, Loan, LoanRules, Member
from loans.services import (
    fee_forgive,
    fee_pay,
    follow_up_member,
    follow_up_record,
    loan_give_up,
    loan_lend,
    loan_renew,
    loan_return,
    member_add,
)
from tests.at_once import at_once, in_queue, refusals
from tests.bring_in import checked_list, confirmed_list, write
from tests.fresh_readings import Reading, make_reading
from tests.promises import assert_records_hold

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES = 8


def lend(reading: Reading, copy: Copy, actor: Any = None) -> Callable[[], Any]:
    return partial(
        loan_lend, copy_id=copy.pk, member_id=reading.member.pk, actor=actor or reading.actor,
        now=timezone.now(), today=timezone.localdate(),
    )  # fmt: skip


def give_back(reading: Reading, loan: Loan, actor: Any = None) -> Callable[[], Any]:
    return partial(loan_return, loan_id=loan.pk, actor=actor or reading.actor, now=timezone.now())


def open_loan(reading: Reading, copy: Copy, source: str = Loan.Source.DESK) -> Loan:
    return Loan.objects.create(
        copy=copy,
        source=source,
        lent_at=timezone.now() - timedelta(days=40),
        due_on=timezone.localdate() - timedelta(days=26),
    )


def audited(reading: Reading, action: str) -> int:
    return AuditEntry.objects.filter(library=reading.library, action=action).count()


def test_one_copy_lent_at_three_desks_at_once_is_lent_once() -> None:
    for attempt in range(TRIES):
        reading = make_reading(2)
        copy = reading.copies[0]
        outcomes = at_once(
            lend(reading, copy),
            lend(reading, copy, reading.colleague),
            lend(reading, copy),
            lags=[0.002 * (attempt % 2)],
        )
        assert refusals(outcomes) == 2
        assert Loan.objects.filter(copy=copy).count() == audited(reading, "loan_lend") == 1


def test_one_loan_returned_twice_at_once_is_returned_once() -> None:
    for attempt in range(TRIES):
        reading = make_reading(2)
        copy = reading.copies[0]
        Copy.objects.filter(pk=copy.pk).update(status=CopyStatus.UNRETURNED)
        loan = open_loan(reading, copy)
        outcomes = at_once(
            give_back(reading, loan),
            give_back(reading, loan, reading.colleague),
            lags=[0.002 * (attempt % 2)],
        )
        assert refusals(outcomes) == 1
        assert copy.status_changes.count() == audited(reading, "loan_return") == 1
        assert Copy.objects.get(pk=copy.pk).status == CopyStatus.AVAILABLE


def test_a_return_and_a_call_at_once() -> None:
    for _ in range(TRIES):
        reading = make_reading(2)
        loan = open_loan(reading, reading.copies[0])
        now = timezone.now()
        call = partial(
            follow_up_record, loan_id=loan.pk, channel="phone", said="پاسخ داد", at=now,
            actor=reading.colleague, now=now,
        )  # fmt: skip
        outcomes = at_once(give_back(reading, loan), call)
        loan.refresh_from_db()
        assert loan.returned_at is not None
        assert loan.follow_ups.count() == 1 - refusals(outcomes[1:])


def with_fee(reading: Reading, fee_a_day: int = 1000) -> None:
    LoanRules.objects.create(library=reading.library, fee_a_day=fee_a_day)


def test_a_fee_taken_and_forgiven_at_once_is_settled_once() -> None:
    for _ in range(TRIES):
        reading = make_reading(2)
        with_fee(reading)
        loan = open_loan(reading, reading.copies[0])
        now, today = timezone.now(), timezone.localdate()
        loan_return(loan_id=loan.pk, actor=reading.actor, now=now)
        forgive = partial(
            fee_forgive, loan_id=loan.pk, cause="بیماری", actor=reading.actor, now=now, today=today
        )
        pay = partial(fee_pay, loan_id=loan.pk, actor=reading.colleague, now=now)
        outcomes = at_once(forgive, pay, forgive, pay)
        assert refusals(outcomes) == 3
        loan.refresh_from_db()
        assert (loan.fee_paid_at is not None) + loan.forgivenesses.count() == 1


def test_a_loan_renewed_and_returned_at_once() -> None:
    renewed = 0
    for attempt in range(TRIES):
        reading = make_reading(2)
        loan = open_loan(reading, reading.copies[0])
        due = timezone.localdate()
        Loan.objects.filter(pk=loan.pk).update(due_on=due)
        renew = partial(
            loan_renew, loan_id=loan.pk, actor=reading.colleague, now=timezone.now(), today=due
        )
        outcomes = at_once(
            give_back(reading, loan), renew, lags=[0.002 * (attempt % 2), 0.002 * (attempt % 3)]
        )
        assert not refusals(outcomes[:1])
        loan.refresh_from_db()
        assert loan.returned_at is not None and loan.fee == 0
        assert loan.renewals.count() == 1 - refusals(outcomes[1:])
        assert (loan.due_on > due) == bool(loan.renewals.count())
        renewed += loan.renewals.count()
    assert 0 <= renewed <= TRIES


def test_one_renewal_too_many_at_once_is_refused() -> None:
    for _ in range(TRIES):
        reading = make_reading(2)
        LoanRules.objects.create(library=reading.library, renewals=1)
        loan = open_loan(reading, reading.copies[0])
        today = timezone.localdate()
        Loan.objects.filter(pk=loan.pk).update(due_on=today)
        renew = partial(
            loan_renew, loan_id=loan.pk, actor=reading.actor, now=timezone.now(), today=today
        )
        assert refusals(at_once(renew, renew, renew)) == 2
        renewal = loan.renewals.get()
        loan.refresh_from_db()
        assert renewal.to_due == loan.due_on == today + timedelta(days=14)


def test_a_copy_given_back_and_lent_on_at_once() -> None:
    """Who lends either comes after the return or is told that the copy is out."""
    for attempt in range(TRIES):
        reading = make_reading(2)
        copy = reading.copies[0]
        loan = open_loan(reading, copy)
        outcomes = at_once(
            give_back(reading, loan), lend(reading, copy, reading.colleague),
            lags=[0.002 * (attempt % 2), 0.002 * (attempt % 3)],
        )  # fmt: skip
        assert not refusals(outcomes[:1])
        lent = 1 - refusals(outcomes[1:])
        assert Loan.objects.filter(copy=copy, returned_at__isnull=True).count() == lent
        assert Loan.objects.filter(copy=copy).count() == 1 + lent


def test_two_desks_never_lend_a_member_more_than_the_rules() -> None:
    for _ in range(TRIES):
        reading = make_reading(4)
        LoanRules.objects.create(library=reading.library, most_at_once=1)
        outcomes = at_once(*(lend(reading, copy) for copy in reading.copies[:3]))
        assert refusals(outcomes) == 2
        assert Loan.objects.filter(member=reading.member).count() == 1


def test_a_call_for_all_books_and_a_return_of_one_at_once() -> None:
    for attempt in range(TRIES):
        reading = make_reading(4)
        loans = [open_loan(reading, copy) for copy in reading.copies[:3]]
        Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(member=reading.member)
        now = timezone.now()
        call = partial(
            follow_up_member, member_id=reading.member.pk, channel="phone", said="قول داد", at=now,
            actor=reading.colleague, now=now, today=timezone.localdate(),
        )  # fmt: skip
        written, back = at_once(call, give_back(reading, loans[1]), lags=[0.002 * (attempt % 3)])
        assert not refusals([written, back])
        assert len(written) in {2, 3}
        assert FollowUp.objects.filter(loan__in=loans).count() == len(written)


def test_a_copy_given_up_and_given_back_at_once_ends_available_or_unreturned_with_history() -> None:
    for attempt in range(TRIES):
        reading = make_reading(2)
        copy = reading.copies[0]
        loan = open_loan(reading, copy)
        now, today = timezone.now(), timezone.localdate()
        Loan.objects.filter(pk=loan.pk).update(
            due_on=today - timedelta(days=70), lent_at=now - timedelta(days=90)
        )
        FollowUp.objects.create(loan=loan, at=now, by=reading.actor, said="پاسخ نداد")
        give_up = partial(loan_give_up, loan_id=loan.pk, actor=reading.actor, now=now, today=today)
        at_once(give_up, give_back(reading, loan), lags=[0.002 * (attempt % 2)])
        assert Copy.objects.get(pk=copy.pk).status == CopyStatus.AVAILABLE
        assert copy.status_changes.count() in {0, 2}
        assert_records_hold(reading.library)


def test_one_member_entered_twice_at_once_is_entered_once() -> None:
    for _ in range(TRIES):
        reading = make_reading(2)
        enter = partial(
            member_add, actor=reading.actor, full_name="زهرا نمونه", membership_number="۱۲",
            now=timezone.now(),
        )  # fmt: skip
        assert refusals(at_once(enter, enter, enter)) == 2
        assert Member.objects.filter(library=reading.library, membership_number="12").count() == 1


# --- a copies list beside the desk ------------------------------------------------


def listed(reading: Reading, **statuses: str) -> dict[Copy, str]:
    """Every copy with the status «موجود», but c3='مفقود' for the third, and so on."""
    words = {copy: "موجود" for copy in reading.copies}
    return words | {reading.copies[int(name[1:])]: word for name, word in statuses.items()}


def hold_copies(reading: Reading) -> Callable[[], None]:
    return lambda: lock_all(Copy.objects.filter(library=reading.library))


def test_a_list_is_written_while_its_copies_are_lent_and_returned() -> None:
    for attempt in range(TRIES):
        reading = make_reading(30)
        one, two, three = reading.copies[3], reading.copies[8], reading.copies[20]
        loan = open_loan(reading, three, Loan.Source.LIST)
        wanted = confirmed_list(reading.actor, listed(reading, c3="امانت", c8="مفقود"))
        told, *desk = at_once(
            partial(write, wanted),
            lend(reading, one, reading.colleague),
            lend(reading, two, reading.colleague),
            give_back(reading, loan, reading.colleague),
            lags=[0.0, *[0.01 * (attempt % 4)] * 3],
        )
        assert isinstance(told, str)
        assert Loan.objects.filter(copy=one, returned_at__isnull=True).count() == 1
        # The list says what a copy is now, and a loan of the desk is no list's to close.
        lent = not refusals(desk[1:2])
        assert Loan.objects.filter(copy=two, returned_at__isnull=True).exists() == lent
        assert Copy.objects.get(pk=two.pk).status == CopyStatus.MISSING
        loan.refresh_from_db()
        by_desk = not refusals(desk[2:])
        assert loan.returned_by == (reading.colleague if by_desk else reading.actor)
        assert_records_hold(reading.library)


@pytest.mark.parametrize("list_first", [True, False])
def test_a_list_and_a_desk_that_wait_for_the_same_copies_both_get_through(
    list_first: bool,
) -> None:
    reading = make_reading(30)
    wanted = confirmed_list(reading.actor, listed(reading, c5="صحافی", c25="وجین"))
    works = [partial(write, wanted), lend(reading, reading.copies[5], reading.colleague)]
    outcomes = in_queue(hold_copies(reading), *(works if list_first else works[::-1]))
    assert isinstance(outcomes[0 if list_first else 1], str)
    assert Copy.objects.get(pk=reading.copies[5].pk).status == CopyStatus.BINDING
    assert Copy.objects.get(pk=reading.copies[25].pk).status == CopyStatus.WEEDED


def test_two_lists_of_one_library_written_at_once() -> None:
    for _ in range(TRIES):
        reading = make_reading(30)
        first = confirmed_list(reading.actor, listed(reading, c3="امانت", c7="مفقود"))
        second = confirmed_list(reading.colleague, listed(reading, c3="امانت", c7="وجین"))
        told = at_once(partial(write, first), partial(write, second))
        assert refusals(told) == 0
        assert Loan.objects.filter(copy=reading.copies[3]).count() == 1
        assert Copy.objects.get(pk=reading.copies[7].pk).status in {"missing", "weeded"}
        assert reading.copies[7].status_changes.count() == 2
        assert_records_hold(reading.library)


def test_one_list_written_by_two_workers_at_once_is_written_once() -> None:
    for _ in range(TRIES):
        reading = make_reading(30)
        wanted = confirmed_list(reading.actor, listed(reading, c3="امانت", c7="مفقود"))
        told = at_once(partial(write_or_gone, wanted), partial(write_or_gone, wanted))
        assert sum(isinstance(outcome, str) for outcome in told) == 1
        wanted.refresh_from_db()
        assert wanted.state == CopiesList.State.WRITTEN
        assert audited(reading, "list_write") == reading.copies[7].status_changes.count() == 1


def write_or_gone(copies_list: CopiesList) -> str | None:
    """The list's records are gone once it is written; who comes later finds no file."""
    try:
        return write(copies_list)
    except FileNotFoundError:
        return None


def test_one_list_confirmed_twice_at_once_is_confirmed_once() -> None:
    for _ in range(TRIES):
        reading = make_reading(3)
        wanted = checked_list(reading.actor, listed(reading, c1="مفقود"))
        confirm = partial(list_write_confirm, list_id=wanted.pk, now=timezone.now())
        outcomes = at_once(
            partial(confirm, actor=reading.actor), partial(confirm, actor=reading.colleague)
        )
        assert refusals(outcomes) == 1
        wanted.refresh_from_db()
        assert (wanted.state, wanted.job.state) == ("written", "done"), wanted.job.message
        assert audited(reading, "list_write") == reading.copies[1].status_changes.count() == 1
