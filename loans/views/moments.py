"""A moment on a day that a person named."""

from datetime import date, datetime, time

from django.utils import timezone


def moment_on(day: date, now: datetime, *, not_before: datetime | None = None) -> datetime:
    """Now, if the day is today; else noon, but not before what happened on that same day."""
    if day == timezone.localdate(now):
        return now
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    if not_before is not None and day == timezone.localdate(not_before):
        return max(noon, not_before)
    return noon
