"""What the library's desk does next with a request, and in which words it says when to come."""

from datetime import datetime, time

from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from sms_requests.domain.way import Move, State

UNREACHED_AFTER = 3  # calls in vain, after which the page suggests closing


def next_move(state: str, *, is_prepared: bool, is_told: bool) -> Move | None:
    """The one step that leads a loan request on (spec R3, R4); None where it is at its end.

    `is_told`: the member was reached by telephone.
    """
    if state == State.FOUND:
        if is_prepared:
            return Move.ANNOUNCE
        return Move.PREPARE if is_told else Move.CALL
    return {
        State.NO_MEMBER: Move.ADMIT,
        State.WAITING: Move.FIND,
        State.OFFERED: Move.TAKE_OFFER,
        State.READY: Move.HAND_OVER,
    }.get(State(state))


def collect_words(begin: datetime, end: datetime) -> str:
    """When a book can be collected, for a text: «از یکشنبه ۱ آذر تا سه‌شنبه ۳ آذر، ساعت ۹ تا ۱۳».

    Both are local times: the first day with the hour that collecting begins, the last with the
    hour that it ends on every day.
    """
    days = _day(begin) if begin.date() == end.date() else f"از {_day(begin)} تا {_day(end)}"
    return f"{days}، ساعت {hour_words(begin.time())} تا {hour_words(end.time())}"


def hour_words(hour: time) -> str:
    """«۹», or «۹:۳۰»."""
    return to_persian_digits(f"{hour.hour}:{hour.minute:02}" if hour.minute else hour.hour)


def _day(moment: datetime) -> str:
    """The day without its year, which everybody knows."""
    return format_jalali(moment, weekday=True, long=True).rsplit(" ", 1)[0]
