"""Keeping mailings to their hours and batches while they are being sent.

Leaving times are written when a mailing is queued. A worker that was down, or a gateway that was,
comes to them late: then the rest is put off and spread anew, never poured out at once or at night.
"""

from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from libraries.bulk import bulk_rewrite
from libraries.locking import locked
from sms_requests.domain.batches import leaving_times, may_leave
from sms_requests.models import Mailing, MessageOut

State = MessageOut.State
OVER = "زمان اعلام گذشته بود و پیامک دیگر فرستاده نشد."


def mailings_keep_pace(now: datetime) -> list[datetime]:
    """Put off, or give up, the due texts of mailings that may not leave now.

    A mailing is put off outside its hours, and where a text is later than the pause between
    batches: what is left of it would leave as one. Returns the new leaving times, each once. Runs
    in the caller's transaction.
    """
    due = MessageOut.objects.filter(
        state=State.QUEUED, mailing__isnull=False, next_try_at__lte=now
    ).order_by()
    planned = due.values_list("mailing").annotate(Min("next_try_at")).order_by("mailing")
    local = timezone.localtime(now)
    again: set[datetime] = set()
    for mailing_id, earliest in list(planned):
        # Held one after the other in the order of their ids, before their texts.
        mailing = locked(Mailing.objects.all(), pk=mailing_id)
        pause = timedelta(minutes=mailing.batch_minutes)
        if now >= mailing.ends_at:
            waiting = MessageOut.objects.filter(mailing=mailing, state=State.QUEUED)
            waiting.update(state=State.FAILED, failed_at=now, error=OVER)
        elif not may_leave(local, mailing.opens_at, mailing.closes_at):
            again.update(_spread(mailing, local))
        elif earliest < now - pause:
            # Whatever left just now counts as a batch.
            again.update(_spread(mailing, local + pause))
    return sorted(again)


def _spread(mailing: Mailing, begin: datetime) -> list[datetime]:
    """Give the mailing's waiting texts new leaving times from `begin` (local time) on."""
    waiting = MessageOut.objects.filter(mailing=mailing, state=State.QUEUED)
    ids = list(waiting.order_by("next_try_at", "pk").values_list("pk", flat=True))
    times = leaving_times(
        len(ids), begin, mailing.opens_at, mailing.closes_at, mailing.batch_size,
        timedelta(minutes=mailing.batch_minutes),
    )  # fmt: skip
    bulk_rewrite(MessageOut, ("next_try_at",), zip(ids, times, strict=True))
    return times
