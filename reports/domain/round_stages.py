"""How far a library is in a round (directive 7-7), and when that is late."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from libraries.domain.persian import to_persian_digits
from reports.domain.deadlines import TWO_WEEKS
from reports.domain.workflow import State


class Stage(StrEnum):
    """The furthest that one of the library's readings of the round, or its report, has come."""

    NOT_BEGUN = "not_begun"
    WONT_READ = "wont_read"
    READING = "reading"
    CLOSED = "closed"
    APPLIED = "applied"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REVIEWED = "reviewed"


LABELS: dict[Stage, str] = {
    Stage.NOT_BEGUN: "آغاز نشده",
    Stage.WONT_READ: "رف‌خوانی نمی‌شود",
    Stage.READING: "در حال خواندن",
    Stage.CLOSED: "خواندن پایان یافت",
    Stage.APPLIED: "اعمال شد",
    Stage.RETURNED: "گزارش بازگردانده شد",
    Stage.SUBMITTED: "گزارش فرستاده شد",
    Stage.ACCEPTED: "گزارش پذیرفته شد",
    Stage.REVIEWED: "گزارش بررسی شد",
}
# Over the columns of a table, where the longer words don't fit.
COLUMNS: dict[Stage, str] = {
    Stage.NOT_BEGUN: "آغاز نشده",
    Stage.WONT_READ: "نمی‌خواند",
    Stage.READING: "می‌خواند",
    Stage.CLOSED: "خوانده",
    Stage.APPLIED: "اعمال‌شده",
    Stage.RETURNED: "بازگردانده",
    Stage.SUBMITTED: "فرستاده",
    Stage.ACCEPTED: "پذیرفته",
    Stage.REVIEWED: "بررسی‌شده",
}
LATE = "late"
LATE_LABEL = "دیرکرده"
# Places in the order above; a library with no reading has none.
RANK: dict[Stage, int] = {stage: place for place, stage in enumerate(Stage)}
_BY_RANK: Mapping[int, Stage] = {place: stage for stage, place in RANK.items()}
STAGE_OF_REPORT: dict[State, Stage] = {
    State.RETURNED: Stage.RETURNED,
    State.SUBMITTED: Stage.SUBMITTED,
    State.ACCEPTED: Stage.ACCEPTED,
    State.REVIEWED: Stage.REVIEWED,
}
# The report is on its way, or nobody waits for one.
SETTLED: frozenset[Stage] = frozenset(
    {Stage.WONT_READ, Stage.SUBMITTED, Stage.ACCEPTED, Stage.REVIEWED}
)


def stage_of(furthest: int | None, has_reason: bool) -> Stage:
    """The stage of a library: the highest RANK among its readings (None: it has none), or that it
    gave a reason for not reading."""
    if furthest is not None:
        return _BY_RANK[furthest]
    return Stage.WONT_READ if has_reason else Stage.NOT_BEGUN


def is_late(stage: Stage, closes_on: date, today: date, *, has_overdue: bool) -> bool:
    """Whether a library is late: the window is over and it hasn't reported, or the report of one
    of its readings is past due (`has_overdue`; directive 7-1)."""
    return has_overdue or (today > closes_on and stage not in SETTLED)


def overdue_before(midnight: datetime) -> datetime:
    """A reading that ended before this moment had to be reported by yesterday; `midnight` is the
    beginning of today."""
    return midnight - TWO_WEEKS


def window_words(opens_on: date, closes_on: date, today: date) -> str:
    """Where today lies in a round's window, in words."""
    if today < opens_on:
        return to_persian_digits(f"{(opens_on - today).days} روز تا آغاز مهلت")
    left = (closes_on - today) // timedelta(days=1)
    if left == 0:
        return "مهلت همین امروز پایان می‌یابد"
    if left > 0:
        return to_persian_digits(f"{left} روز تا پایان مهلت")
    return to_persian_digits(f"{-left} روز از پایان مهلت گذشته")
