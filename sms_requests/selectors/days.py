"""The day's list: what came in the province on a day, by library (spec R2: «روزانه»)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from libraries.models import Library, User
from sms_requests.domain.way import STATE_LABELS, State
from sms_requests.models import Request
from sms_requests.selectors.late import late, start_of, with_late


def requests_of_day(user: User, day: date) -> "QuerySet[Request]":
    """The requests of the user's scope whose texts came on this day."""
    found: QuerySet[Request] = Request.objects.for_user(user).filter(
        created_at__gte=start_of(day), created_at__lt=start_of(day + timedelta(days=1))
    )
    return found


def late_requests(user: User, now: datetime, *states: State) -> "QuerySet[Request]":
    """The requests, of whatever day, that stand in one of these states (else: any) for longer than
    they may.
    """
    found: QuerySet[Request] = Request.objects.for_user(user).filter(late(now, *states))
    return found


def by_library(requests: "QuerySet[Request]", now: datetime) -> Any:
    """In the order of the list, by library and then by time; each with `is_late`."""
    rows = requests.select_related("library__county", "message").order_by(
        "library__name", "library_id", "created_at", "pk"
    )
    return with_late(rows, now)


@dataclass(frozen=True, slots=True)
class DayGroup:
    """A library's requests on the list, each with `is_late`; `library` is None for those at none.
    `counts` hold the label of each state with the number of its requests.
    """

    library: Library | None
    lines: Sequence[Any]
    counts: Sequence[tuple[str, int]]
    late: int


def day_groups(requests: Iterable[Any]) -> list[DayGroup]:
    """The requests, given in the order of `by_library`, library by library; first those that are
    at none yet.
    """
    by_place: dict[int | None, list[Any]] = {}
    for one in requests:
        # A text that lacks something may name its library and still wait to be passed there.
        place = None if one.state == State.UNROUTED else one.library_id
        by_place.setdefault(place, []).append(one)
    groups = []
    for place, lines in by_place.items():
        numbers = {
            label: sum(line.state == state for line in lines)
            for state, label in STATE_LABELS.items()
        }
        groups.append(
            DayGroup(
                library=lines[0].library if place else None,
                lines=lines,
                counts=[(label, number) for label, number in numbers.items() if number],
                late=sum(line.is_late for line in lines),
            )
        )
    return sorted(groups, key=lambda group: group.library is not None)


def state_counts(requests: "QuerySet[Request]") -> dict[str, int]:
    """How many of these requests stand in each state."""
    rows = requests.order_by().values_list("state").annotate(number=Count("pk"))
    return {str(state): int(number) for state, number in rows}
