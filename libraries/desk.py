"""What an app tells the desk: one card for each thing that waits for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class DeskCard:
    """Something that waits, and the one click that goes on with it.

    `sentence` says what waits, behind `count` where there is one; `action` is a verb; `since` is
    when it began to wait and `late` whether that is too long ago; `symbol` names an icon.
    """

    sentence: str
    url: str
    action: str
    count: int | None = None
    since: datetime | None = None
    age: str = ""
    late: bool = False
    symbol: str = "checklist"


_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def in_order(cards: Iterable[DeskCard]) -> list[DeskCard]:
    """Late things first, then what waits longest; what has no beginning before what has one."""
    return sorted(cards, key=lambda card: (not card.late, card.since or _LONG_AGO))
