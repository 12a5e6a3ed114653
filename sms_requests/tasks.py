"""The worker's part: sending what waits."""

from datetime import datetime

from django_tasks import task

from sms_requests.sending import messages_send


@task()
def send_due() -> None:
    """Send what is due, and come again for what could not go."""
    again_at = messages_send(come_again=wake)
    if again_at is not None:
        wake(again_at)


def wake(at: datetime | None = None) -> None:
    """Let the worker look at the queue now, or at a later time.

    Without a worker (RAFKHAN_TASKS=immediate) there is no later: what waits goes with the next
    text, or by `manage.py sms_wake`.
    """
    if at is None:
        send_due.enqueue()
    elif send_due.get_backend().supports_defer:
        send_due.using(run_after=at).enqueue()
