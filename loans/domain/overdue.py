"""When a lent copy counts as unreturned (directive 5-1)."""

from datetime import date, timedelta
from enum import StrEnum

from libraries.domain.jalali import add_months

UNRETURNED_AFTER_MONTHS = 2


class Standing(StrEnum):
    """How an open loan stands on a day."""

    RUNNING = "running"
    OVERDUE = "overdue"
    FOLLOW_UP_DUE = "follow_up_due"
    UNRETURNED = "unreturned"


def standing(due_on: date | None, today: date, *, followed_up: bool) -> Standing:
    """How an open loan stands on `today`.

    Unreturned is a loan at least two Jalali months past due that the library followed up
    (directive 5-1); as late with no follow-up on record it belongs on the call list (spec S5).
    A loan whose due date nobody knows is never overdue: no list can say it is.
    """
    if due_on is None or today <= due_on:
        return Standing.RUNNING
    if today < unreturned_from(due_on):
        return Standing.OVERDUE
    return Standing.UNRETURNED if followed_up else Standing.FOLLOW_UP_DUE


def days_late(due_on: date | None, today: date) -> int:
    """Days past due; 0 where the loan is not late or its due date is unknown."""
    return max(0, (today - due_on).days) if due_on else 0


def unreturned_due_by(today: date) -> date:
    """The last due date that is two Jalali months past on `today`: loans due up to then count as
    unreturned once followed up, and belong on the call list until then (directive 5-1).
    """
    due_on = add_months(today, -UNRETURNED_AFTER_MONTHS) + timedelta(days=3)
    while unreturned_from(due_on) > today:
        due_on -= timedelta(days=1)
    return due_on


def unreturned_from(due_on: date) -> date:
    """The first day on which a loan due then may count as unreturned (directive 5-1)."""
    return add_months(due_on, UNRETURNED_AFTER_MONTHS)
