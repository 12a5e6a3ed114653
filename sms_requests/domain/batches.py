"""When texts leave that nobody waits for: in batches, and only in the hours that are set."""

from datetime import datetime, time, timedelta


def may_leave(now: datetime, opens_at: time, closes_at: time) -> bool:
    """Whether a moment lies in the hours; `now` is local time, the closing minute is outside."""
    return opens_at <= now.time() < closes_at


def next_opening(now: datetime, opens_at: time, closes_at: time) -> datetime:
    """The first moment from `now` (local time) on that lies in the hours."""
    if may_leave(now, opens_at, closes_at):
        return now
    day = now if now.time() < opens_at else now + timedelta(days=1)
    return datetime.combine(day.date(), opens_at, tzinfo=now.tzinfo)


def leaving_times(
    count: int, now: datetime, opens_at: time, closes_at: time, size: int, pause: timedelta
) -> list[datetime]:
    """When each of `count` texts may leave at the earliest, in order; `now` is local time.

    Batches of `size` follow each other after `pause`, between `opens_at` and `closes_at` only:
    what doesn't fit into a day leaves on the next. Raises ValueError where that never ends: hours
    that close before they open, an empty batch, no pause.
    """
    if opens_at >= closes_at or size < 1 or pause <= timedelta(0):
        raise ValueError("texts leave in hours that open before they close, some at a time")
    times: list[datetime] = []
    at = now
    while len(times) < count:
        at = next_opening(at, opens_at, closes_at)
        times += [at] * min(size, count - len(times))
        at += pause
    return times
