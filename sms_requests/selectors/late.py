"""Which requests wait too long: the rule of `domain.late`, asked of the database."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils import timezone

from sms_requests.domain.late import PATIENCE, late_since
from sms_requests.domain.way import State


def start_of(day: date) -> datetime:
    """The first moment of a day here."""
    return timezone.make_aware(datetime.combine(day, time()))


def late(now: datetime, *states: State) -> Q:
    """Requests that stand in one of these states (else: any) for longer than they may; a book that
    is ready waits until the time for collecting it is over.
    """
    rule = Q(pk__in=())
    for state in states or (*PATIENCE, State.READY):
        if state is State.READY:
            rule |= Q(state=state.value, collect_until__lt=now)
        elif (last := late_since(state, timezone.localdate(now))) is not None:
            rule |= Q(state=state.value, since__lt=start_of(last + timedelta(days=1)))
    return rule


def with_late(requests: Any, now: datetime) -> Any:
    """The same requests, as a queryset, each with `is_late`."""
    return requests.annotate(is_late=Case(When(late(now), then=Value(True)), default=Value(False)))
