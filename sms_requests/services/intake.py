"""From a kept text to a request: each text once, in the order of its number (spec R1, R2, R6).

Order of locks: the sender's number, the text, then requests; `libraries.locking` has the rest.
"""

import logging
import traceback
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from sms_requests.domain.commands import Said, said_in
from sms_requests.domain.parse import parse_message
from sms_requests.models import MessageIn
from sms_requests.selectors.offered import libraries_offered, province_of_line
from sms_requests.services.commands import newest_cancel, state_tell
from sms_requests.services.heard import Heard, request_hear, request_keep_unread
from sms_requests.services.one_number import is_own_line, number_lock

logger = logging.getLogger(__name__)

# The database was away or two transactions stood crosswise: soon it goes.
TRANSIENT_WAIT = timedelta(minutes=1)
# Not even keeping the text for the expert went.
LONG_WAIT = timedelta(minutes=10)


def message_handle(*, message_id: int, now: datetime) -> bool:
    """Understand one text, all of it or nothing; False where it was done before.

    Whoever comes second waits and finds it done. What is unreadable or lacks its sender stays
    for the expert to see among the texts; it brings no request and no answer.
    """
    return _handle(message_id, now, is_readable=True)


def messages_handle(now: datetime) -> datetime | None:
    """Understand the texts that are due, one by one; when to come again for what failed, if any.

    A text on which the program fails goes to the expert as it is, one on which the database fails
    is tried again; neither holds up the others. All workers take the same text next and wait for
    each other: a number's «لغو» must not overtake what it takes back, and a text takes some
    hundredths of a second.
    """
    again_at: datetime | None = None
    while (message_id := _next(now)) is not None:
        try:
            message_handle(message_id=message_id, now=now)
        except Exception as error:  # whatever it is, the next text waits
            _log(message_id, error)
            retry_at = _after_failure(message_id, error, now)
            again_at = max(filter(None, (again_at, retry_at)), default=None)
    return again_at


def _next(now: datetime) -> int | None:
    due = MessageIn.objects.filter(handled_at=None, handle_after__lte=now)
    found: int | None = due.order_by("handle_after", "pk").values_list("pk", flat=True).first()
    return found


def _handle(message_id: int, now: datetime, *, is_readable: bool) -> bool:
    sender = MessageIn.objects.values_list("sender", flat=True).get(pk=message_id)
    with transaction.atomic():
        number_lock(sender)
        # Directly under the row lock: a text that was done meanwhile is no refusal.
        waiting = MessageIn.objects.select_for_update().filter(pk=message_id, handled_at=None)
        message = waiting.first()
        if message is None:
            return False
        if is_readable:
            _understand(message, now)
        else:
            request_keep_unread(message, province_of_line(message.to), now)
        message.handled_at = now
        message.save(update_fields=["handled_at"])
    return True


def _understand(message: MessageIn, now: datetime) -> None:
    if message.trouble or is_own_line(message.sender):
        return
    said = said_in(message.text)
    if said is Said.STATUS:
        state_tell(message, now)
    elif said is Said.CANCEL:
        newest_cancel(message, now)
    elif said is None:
        province_id = province_of_line(message.to)
        parsed = parse_message(message.text, libraries_offered(province_id))
        request_hear(Heard.of(message, parsed, province_id, now))


def _after_failure(message_id: int, error: Exception, now: datetime) -> datetime | None:
    """Let a text that failed be seen by the expert, or tried again; when, if so."""
    retry_at = now + TRANSIENT_WAIT
    if not isinstance(error, OperationalError):
        try:
            _handle(message_id, now, is_readable=False)
            return None
        except Exception as another:
            _log(message_id, another)
            retry_at = now + LONG_WAIT
    MessageIn.objects.filter(pk=message_id, handled_at=None).update(handle_after=retry_at)
    return retry_at


def _log(message_id: int, error: Exception) -> None:
    """What failed and where; an error's own words may hold what the text held."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    logger.error("message %s not understood: %s in %s", message_id, type(error).__name__, where)
