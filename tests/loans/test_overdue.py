"""Two months past due, of the Jalali calendar (directive 5-1)."""

from datetime import date, timedelta

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain.overdue import (
    Standing,
    days_late,
    standing,
    unreturned_due_by,
    unreturned_from,
)


def jalali(year: int, month: int, day: int) -> date:
    return jdatetime.date(year, month, day).togregorian()


# Due on → the first day on which two months have passed.
TWO_MONTHS_ON = [
    ((1405, 1, 1), (1405, 3, 1)),
    ((1405, 6, 15), (1405, 8, 15)),
    # Months of 31 and 30 days: the 31st falls on the last day of a shorter month.
    ((1405, 5, 31), (1405, 7, 30)),
    ((1405, 6, 31), (1405, 8, 30)),
    ((1405, 4, 31), (1405, 6, 31)),
    ((1405, 7, 30), (1405, 9, 30)),
    # Esfand: 29 days, 30 in the leap years 1403 and 1408.
    ((1404, 10, 30), (1404, 12, 29)),
    ((1403, 10, 30), (1403, 12, 30)),
    ((1408, 10, 30), (1408, 12, 30)),
    ((1405, 10, 29), (1405, 12, 29)),
    # Over the turn of the year.
    ((1405, 11, 15), (1406, 1, 15)),
    ((1405, 12, 29), (1406, 2, 29)),
    ((1403, 12, 30), (1404, 2, 30)),
    ((1408, 12, 30), (1409, 2, 30)),
    # Every month's end, and each leap year's turn beside an ordinary one.
    ((1405, 1, 31), (1405, 3, 31)),
    ((1405, 2, 31), (1405, 4, 31)),
    ((1405, 3, 31), (1405, 5, 31)),
    ((1405, 8, 30), (1405, 10, 30)),
    ((1405, 9, 30), (1405, 11, 30)),
    ((1405, 10, 30), (1405, 12, 29)),
    ((1403, 11, 30), (1404, 1, 30)),
    ((1408, 11, 30), (1409, 1, 30)),
    ((1403, 12, 29), (1404, 2, 29)),
    ((1408, 12, 29), (1409, 2, 29)),
    ((1404, 12, 29), (1405, 2, 29)),
    ((1403, 10, 29), (1403, 12, 29)),
    ((1408, 10, 29), (1408, 12, 29)),
    ((1402, 12, 29), (1403, 2, 29)),
    ((1407, 11, 30), (1408, 1, 30)),
]


@pytest.mark.parametrize(("due", "passed"), TWO_MONTHS_ON)
def test_the_day_from_which_it_may_be_told_is_that_day(due, passed):
    assert unreturned_from(jalali(*due)) == jalali(*passed)


@pytest.mark.parametrize(("due", "passed"), TWO_MONTHS_ON)
def test_the_very_day_counts_and_the_day_before_does_not(due, passed):
    due_on, day = jalali(*due), jalali(*passed)
    assert standing(due_on, day, followed_up=True) is Standing.UNRETURNED
    assert standing(due_on, day, followed_up=False) is Standing.FOLLOW_UP_DUE
    before = day - timedelta(days=1)
    assert standing(due_on, before, followed_up=True) is Standing.OVERDUE


@pytest.mark.parametrize("followed_up", [True, False])
def test_before_and_on_the_due_day_a_loan_runs(followed_up):
    due_on = jalali(1405, 9, 1)
    for today in (due_on - timedelta(days=200), due_on):
        assert standing(due_on, today, followed_up=followed_up) is Standing.RUNNING
    late = standing(due_on, due_on + timedelta(days=1), followed_up=followed_up)
    assert late is Standing.OVERDUE


def test_nobody_knows_when_it_was_due():
    assert standing(None, jalali(1405, 9, 1), followed_up=True) is Standing.RUNNING
    assert days_late(None, jalali(1405, 9, 1)) == 0


def test_days_late():
    due_on = jalali(1404, 12, 29)
    assert [days_late(due_on, due_on + timedelta(days=n)) for n in (-3, 0, 1, 40)] == [0, 0, 1, 40]


days = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(days, st.integers(0, 400))
def test_a_loan_only_grows_older(due_on, passed):
    order = [Standing.RUNNING, Standing.OVERDUE, Standing.UNRETURNED]
    today = due_on + timedelta(days=passed)
    now, later = (
        order.index(standing(due_on, day, followed_up=True))
        for day in (today, today + timedelta(days=1))
    )
    assert now <= later
    if passed < 59:
        assert now < 2
    if passed >= 62:
        assert now == 2


@given(days)
def test_the_last_due_day_that_is_long_past(today):
    last = unreturned_due_by(today)
    assert standing(last, today, followed_up=True) is Standing.UNRETURNED
    for later in range(1, 4):
        due_on = last + timedelta(days=later)
        assert standing(due_on, today, followed_up=True) is not Standing.UNRETURNED
