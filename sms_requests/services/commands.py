"""«وضعیت» and «لغو»: a sender asks after the last request of this number, or takes it back."""

from datetime import datetime

from django.utils import timezone

from libraries.locking import lock_all
from sms_requests.domain.parse import Kind
from sms_requests.domain.replies import Reply, reply
from sms_requests.domain.state_words import told_title
from sms_requests.domain.way import OPEN, By, Move, State
from sms_requests.models import RECEIVED, MessageIn, Request
from sms_requests.services.answers import answer, state_text
from sms_requests.services.library import FREED
from sms_requests.services.moves import Say, request_move, step_keep
from sms_requests.services.one_number import may_answer


def state_tell(message: MessageIn, now: datetime) -> None:
    """Answer how the newest open request of the number stands, and how many more are open."""
    found = _open_of(message.sender)
    request = found[0] if found else None
    if request is None:
        answer(message.sender, reply(Reply.NO_REQUEST, {}), now)
        return
    text = state_text(Reply.STATUS, request, others=len(found) - 1)
    step_keep(
        request, RECEIVED, actor=None, now=now, note="پرسش وضعیت", message_in=message,
        message_out=answer(message.sender, text, now),
    )  # fmt: skip


def newest_cancel(message: MessageIn, now: datetime) -> None:
    """Take back the newest open request of the number; a copy that was kept for it is free again.

    What was lent today can't be taken back by a text, and the answer says so.
    """
    for request in _open_of(message.sender)[:1]:
        say = Say(Reply.CANCELLED, {"title": told_title(request.kind, request.wanted)})
        request_move(
            request, Move.CANCEL, actor=None, by=By.SENDER, now=now, message_in=message,
            say=say if may_answer(message.sender, now) else None, offered=None, **FREED,
        )  # fmt: skip
        return
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    lent = Request.objects.filter(mobile=message.sender, state=State.LENT, since__gte=today)
    newest = lent.order_by("-since").first()
    if newest is None:
        text = reply(Reply.NO_REQUEST, {})
    else:
        title = told_title(newest.kind, newest.wanted)
        text = reply(Reply.TOO_LATE_TO_CANCEL, {"title": title})
    answer(message.sender, text, now)


def _open_of(number: str) -> list[Request]:
    """The number's open requests under lock, the newest first; what nobody could make out last."""
    its = Request.objects.filter(mobile=number, state__in=OPEN)
    lock_all(its)
    found = its.order_by("-created_at", "-pk")
    return sorted(found, key=lambda request: request.kind == Kind.UNCLEAR)
