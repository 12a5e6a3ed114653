"""When a request waits too long: counted in working days, by where it stands."""

from datetime import date, timedelta

from sms_requests.domain.way import State

FRIDAY = 4  # as `date.weekday` counts. Libraries open on Thursday, and no calendar is kept here
# that knows holidays: around them a request is called late a day early.

# Working days a request may stand so. The experts pass each day's on the same day («روزانه … در
# اسرع وقت», spec R2), so one that came late in the day is passed by the end of the next; a library
# that neither looked a request up nor called within two days keeps somebody waiting, with an offer
# too: the library calls and asks. A membership waits for the sender, and is never late here.
PATIENCE: dict[State, int] = {
    State.UNROUTED: 1,
    State.WAITING: 2,
    State.FOUND: 2,
    State.OFFERED: 2,
}


def is_working(day: date) -> bool:
    """Whether libraries are open on this day of the week."""
    return day.weekday() != FRIDAY


def working_days(since: date, today: date) -> int:
    """The working days after `since`, today with them; 0 on the same day."""
    days = (today - since).days
    return sum(is_working(since + timedelta(days=n)) for n in range(1, days + 1))


def late_since(state: State, today: date) -> date | None:
    """The last day on which a request must have come to this state to be late by today; None
    where requests that stand so are never late.
    """
    patience = PATIENCE.get(state)
    if patience is None:
        return None
    day = today
    left = patience + 1
    while True:
        left -= is_working(day)
        day -= timedelta(days=1)
        if not left:
            return day


def is_late(state: str, since: date, today: date) -> bool:
    """Whether a request has stood so for longer than it may."""
    last = late_since(State(state), today)
    return last is not None and since <= last
