"""When a report is due, in days (directive 7-1, 7-2)."""

from datetime import date, timedelta

TWO_WEEKS = timedelta(days=14)


def report_1_due(read_until: date) -> date:
    """Two weeks after the reading's end (directive 7-1)."""
    return read_until + TWO_WEEKS


def report_2_due(reported_on: date | None) -> date | None:
    """Two weeks after the last of the libraries' reports (directive 7-2); None before the first."""
    return reported_on + TWO_WEEKS if reported_on else None


def days_left(due_on: date, today: date) -> int:
    """Days until a deadline; below zero, days late."""
    return (due_on - today).days
