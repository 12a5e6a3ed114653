"""Reading the texts that came and left."""

from datetime import datetime, timedelta

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.db.models.query_utils import Q

from sms_requests.gateways import REPORTING
from sms_requests.models import MessageOut

SILENT_AFTER = timedelta(minutes=30)
SILENT_LABEL = "بی‌خبر"

State = MessageOut.State


def without_news(now: datetime) -> Q:
    """Texts of which nothing is known for SILENT_AFTER: handed over (a 202) and never reported
    on, or asked for and never answered.
    """
    before = now - SILENT_AFTER
    return Q(state=State.SENDING, last_try_at__lt=before) | Q(
        state=State.SENT, gateway__in=REPORTING, last_try_at__lt=before
    )


def messages_out(now: datetime) -> "QuerySet[MessageOut]":
    """Every text that leaves or left, newest first, with `is_silent` («بی‌خبر») on each."""
    return MessageOut.objects.annotate(
        is_silent=Case(
            When(without_news(now), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )


def messages_in_trouble(now: datetime) -> dict[str, int]:
    """How many texts wait after a failed try (`retrying`), failed, or are without news."""
    return {
        "retrying": MessageOut.objects.filter(state=State.QUEUED, tries__gt=0).count(),
        "failed": MessageOut.objects.filter(state=State.FAILED).count(),
        "silent": MessageOut.objects.filter(without_news(now)).count(),
    }
