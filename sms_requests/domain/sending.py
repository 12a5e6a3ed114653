"""How long a text is, and when it is tried again."""

from datetime import datetime, timedelta

ONE_PART, PART_OF_MANY = 70, 67  # letters, where a message is in UCS-2
MOST_PARTS = 10

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=2)


def part_count(text: str) -> int:
    """How many messages a text is sent in. A letter beyond the first plane, such as an emoji,
    takes two places.
    """
    units = len(text.encode("utf-16-be", "surrogatepass")) // 2
    return 1 if units <= ONE_PART else -(-units // PART_OF_MANY)


def next_try(tries: int, due: datetime, now: datetime) -> datetime | None:
    """When a text that couldn't be handed over is tried again, after `tries` tries; None: no more.

    The wait doubles from half a minute to an hour. `due` is when the text was to leave.
    """
    if now - due > GIVE_UP_AFTER:
        return None
    doublings = min(max(tries, 1) - 1, 7)  # beyond, it is the longest wait anyway
    return now + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
