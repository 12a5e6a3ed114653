"""Handing queued texts over to the gateway: each at most once (docs/decisions.md)."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from libraries.locking import locked
from sms_requests.domain.sending import next_try
from sms_requests.gateway import Gateway, NotSent, Outgoing, Unsure
from sms_requests.gateways import chosen_gateway
from sms_requests.models import Mailing, MessageOut
from sms_requests.pacing import mailings_keep_pace

State = MessageOut.State
GAVE_UP = "درگاه پیامک دو روز در دسترس نبود و پیامک کنار گذاشته شد."


def messages_send(
    gateway: Gateway | None = None,
    clock: Callable[[], datetime] = timezone.now,
    come_again: Callable[[datetime], None] = lambda at: None,
) -> datetime | None:
    """Hand over every text that is due; when to come again at the latest for those that could not
    go, if any.

    Several may run at once: each text is taken by one of them. Stops at the first sign that the
    gateway is down, so that a thousand texts don't wait for a thousand timeouts. `come_again` is
    told of each time before that, and of each to which a mailing's texts were put off.
    """
    gateway = gateway or chosen_gateway()
    again_at: datetime | None = None
    while (message := _claim(gateway, clock(), come_again)) is not None:
        try:
            provider_id = gateway.send(
                Outgoing(str(message.reference), to=message.to, text=message.text)
            )
        except NotSent as failure:
            retry_at = _put_back(message, failure, clock())
            if retry_at is not None:
                if again_at is not None:  # a new text's half minute beside an old one's hour
                    come_again(min(again_at, retry_at))
                again_at = max(again_at or retry_at, retry_at)
            if failure.is_down:
                break
        except Unsure as doubt:
            _note(message, {"error": str(doubt)})
        else:
            _note(message, {"state": State.SENT, "provider_id": provider_id, "sent_at": clock()})
    return again_at


def _claim(
    gateway: Gateway, now: datetime, come_again: Callable[[datetime], None]
) -> MessageOut | None:
    """Take the text that is due longest, so that nobody else sends it; committed before it goes.

    An answer that somebody waits for goes before a mailing's text.
    """
    with transaction.atomic():
        due = MessageOut.objects.filter(state=State.QUEUED, next_try_at__lte=now)
        message = _first(due.filter(mailing=None))
        if message is None:
            for at in mailings_keep_pace(now):
                come_again(at)
            message = _first(due)
        if message is None:
            return None
        message.state = State.SENDING
        message.gateway = gateway.name
        message.tries += 1
        message.last_try_at = now
        message.error = ""
        message.save(update_fields=["state", "gateway", "tries", "last_try_at", "error"])
    return message


def _first(due: "QuerySet[MessageOut]") -> MessageOut | None:
    # SQLite has one writer at a time and needs no lock; what another sender holds is passed.
    held = due.select_for_update(skip_locked=True, of=("self",))
    return held.order_by("next_try_at", "pk").first()


def _put_back(message: MessageOut, failure: NotSent, now: datetime) -> datetime | None:
    """Queue a text anew that certainly did not leave, or give it up; when it is tried again."""
    due = max(message.created_at, message.not_before or message.created_at)
    retry_at = None if failure.for_good else next_try(message.tries, due, now)
    if retry_at is None:
        reason = str(failure) if failure.for_good else GAVE_UP
        _note(message, {"state": State.FAILED, "failed_at": now, "error": reason[:200]})
        return None
    values = {"state": State.QUEUED, "next_try_at": retry_at, "error": str(failure)[:200]}
    with transaction.atomic():
        # Who cancels holds the mailing as well, and finds no text that was on its way meanwhile.
        if message.mailing_id and locked(Mailing.objects.all(), pk=message.mailing_id).cancelled_at:
            values["state"] = State.CANCELLED
        _note(message, values)
    return retry_at


def _note(message: MessageOut, values: dict[str, object]) -> None:
    """Write how the try ended, unless a delivery report was faster and says more."""
    MessageOut.objects.filter(pk=message.pk, state=State.SENDING).update(**values)
    # Its id and the time belong to it in any case.
    late = {name: values[name] for name in ("provider_id", "sent_at") if name in values}
    if late:
        MessageOut.objects.filter(pk=message.pk, sent_at=None).update(**late)
