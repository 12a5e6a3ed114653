"""One text to many numbers, that nobody waits for."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from libraries.bulk import bulk_insert
from sms_requests.models import Mailing, MessageOut
from sms_requests.services.messages import sendable
from sms_requests.tasks import wake

COLUMNS = (
    "reference", "gateway", "to", "text", "parts", "state", "created_at", "mailing_id",
    "not_before", "tries", "next_try_at", "provider_id", "error",
)  # fmt: skip


def mailing_queue(
    *,
    mailing: Mailing,
    numbers: Sequence[str],
    text: str,
    leaving: Sequence[datetime],
    now: datetime,
) -> dict[str, int]:
    """Queue a text of a mailing to each number, to leave at its time; the texts' ids by number.

    Each number once. Raises Refused as `message_queue` does. Runs in the caller's transaction.
    """
    rows = []
    for to, at in zip(numbers, leaving, strict=True):
        number, clean, parts = sendable(to, text)
        rows.append(
            (
                uuid.uuid4(), "", number, clean, parts, MessageOut.State.QUEUED.value, now,
                mailing.pk, at, 0, max(at, now), "", "",
            )
        )  # fmt: skip
    bulk_insert(MessageOut, COLUMNS, rows)
    for at in sorted(set(leaving)):
        transaction.on_commit(partial(wake, at if at > now else None))
    return dict(MessageOut.objects.filter(mailing=mailing).order_by().values_list("to", "pk"))
