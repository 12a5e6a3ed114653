"""When a report is due, in days (directive 7-1, 7-2)."""

from datetime import date, timedelta

from reports.domain.workflow import Level, State

TWO_WEEKS = timedelta(days=14)


def report_1_due(read_until: date) -> date:
    """Two weeks after the reading's end (directive 7-1)."""
    return read_until + TWO_WEEKS


def report_2_due(reported_on: date | None) -> date | None:
    """Two weeks after the last of the libraries' reports (directive 7-2); None before the first."""
    return reported_on + TWO_WEEKS if reported_on else None


def desk_due(level: str, state: str, since: date, due_on: date | None) -> date | None:
    """By when the desk that a report waits for should have moved it; None where the directive
    sets no time. `since` is when it came to stand so, `due_on` when it was to be sent.

    The county head gathers within two weeks of the libraries' reports (directive 7-2).
    """
    if state in {State.DRAFT, State.RETURNED}:
        return due_on
    if (level, state) == (Level.LIBRARY, State.SUBMITTED):
        return since + TWO_WEEKS
    return None


def days_left(due_on: date, today: date) -> int:
    """Days until a deadline; below zero, days late."""
    return (due_on - today).days
