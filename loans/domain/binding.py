"""Copies sent out to be rebound (directive 4-3, 4-5)."""

from datetime import date, timedelta

# «مدتی بیش از دو هفته»: two weeks to the day is not more.
STATUS_AFTER_DAYS = 14


def needs_status(sent_on: date, until: date) -> bool:
    """Whether a copy that is out from one day until another gets the status «صحافی».

    `until` is the day it is expected back, or today where it is out longer than expected. Out for
    more than two weeks it does (directive 4-5); a shorter trip leaves the record as it is.
    """
    return days_out(sent_on, until) > STATUS_AFTER_DAYS


def long_out_before(today: date) -> date:
    """Copies sent before this day have been out for more than two weeks by `today`."""
    return today - timedelta(days=STATUS_AFTER_DAYS)


def days_out(sent_on: date, until: date) -> int:
    """Whole days between two days, 0 where they stand in the wrong order."""
    return max(0, (until - sent_on).days)
