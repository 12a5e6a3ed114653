"""The worker's part: understanding what came."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from sms_requests.services.intake import messages_handle
from sms_requests.services.joining import kept_admit


@task()
def understand_due() -> None:
    """Understand the texts that are due, and come again for what failed; let the requests go on
    whose senders have become members since.
    """
    now = timezone.now()
    again_at = messages_handle(now)
    if again_at is not None:
        wake_understanding(again_at)
    kept_admit(now)


def wake_understanding(at: datetime | None = None) -> None:
    """Let the worker look, once the transaction is committed, at the texts that came: now, or at a
    later time.

    Without a worker (RAFKHAN_TASKS=immediate) there is no later: what waits is understood with
    the next text, or by `manage.py sms_wake`.
    """
    if at is None or at <= timezone.now():
        transaction.on_commit(understand_due.enqueue)
    elif understand_due.get_backend().supports_defer:
        later = understand_due.using(run_after=at)
        transaction.on_commit(later.enqueue)
