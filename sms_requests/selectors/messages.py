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


def messages_in_trouble(
    now: datetime, texts: "QuerySet[MessageOut] | None" = None
) -> dict[str, int]:
    """How many texts wait after a failed try (`retrying`), failed, or are without news; of `texts`
    where given. One that a person sent again is no trouble any more.
    """
    open_ones = (MessageOut.objects.all() if texts is None else texts).filter(replaced_by=None)
    return {name: open_ones.filter(rule).count() for name, rule in troubles(now).items()}


def troubles(now: datetime) -> dict[str, Q]:
    """What trouble a text can be in, and which texts are."""
    return {
        "retrying": Q(state=State.QUEUED, tries__gt=0),
        "failed": Q(state=State.FAILED),
        "silent": without_news(now),
    }
