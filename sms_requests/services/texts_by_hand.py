"""What a person decides about single texts: one that failed goes again, one that came garbled
becomes a request."""

from datetime import datetime

from django.db import transaction

from libraries import audit
from libraries.domain.national_id import clean_mobile, clean_national_id
from libraries.domain.persian import stored_form
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from libraries.roles import Right
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import ClosedReason, Move, State
from sms_requests.models import (
    RECEIVED,
    SENT_AGAIN,
    Mailing,
    MessageIn,
    MessageOut,
    Request,
    RequestStep,
    ReturnNotice,
)
from sms_requests.selectors.line import texts_in, texts_out
from sms_requests.selectors.messages import without_news
from sms_requests.selectors.offered import province_of_line
from sms_requests.services.messages import message_queue
from sms_requests.services.moves import (
    LONGEST_NAME,
    LONGEST_WANTED,
    request_held,
    request_move,
    step_keep,
)
from sms_requests.services.routing import NOT_YOURS


def _may(actor: User, right: Right, sentence: str) -> None:
    if not actor.has_right(right):
        raise Refused(sentence)


@transaction.atomic
def message_again(*, message_id: int, actor: User, now: datetime) -> MessageOut:
    """Queue a text anew that failed or of which nothing is known; never done by the program
    itself, for the first may have arrived all the same.

    The new row replaces the old one, once: doing it twice gives the same new row. The request or
    return day that the text speaks of follows the new one. Raises Refused for a text that is on
    its way or has arrived.
    """
    _may(actor, Right.ROUTE_REQUESTS, NOT_YOURS)
    # The request before the text, as everywhere.
    last = RequestStep.objects.filter(message_out=message_id).order_by("-pk").first()
    request = request_held(last.request_id, actor) if last else None
    # A mailing too: who cancels it must find this text, or be found to have cancelled.
    mailing = Mailing.objects.filter(messages=message_id).first()
    if mailing is not None:
        mailing = locked(Mailing.objects.all(), pk=mailing.pk)
    old = locked(texts_out(actor), pk=message_id)
    done: MessageOut | None = MessageOut.objects.filter(replaces=old).first()
    if done is not None:
        return done
    is_silent = MessageOut.objects.filter(without_news(now), pk=old.pk).exists()
    if old.state != MessageOut.State.FAILED and not is_silent:
        raise Refused(f"این پیامک اکنون «{old.get_state_display()}» است و دوباره فرستاده نمی‌شود.")
    if mailing is not None and (mailing.cancelled_at or mailing.ends_at <= now):
        raise Refused("زمان این خبر گذشته یا فرستادنش لغو شده است؛ دیگر فرستاده نمی‌شود.")
    new = message_queue(to=old.to, text=old.text, now=now)
    new.replaces, new.mailing = old, mailing  # what nobody waits for keeps its hours
    new.save(update_fields=["replaces", "mailing"])
    ReturnNotice.objects.filter(message=old).update(message=new)
    if request is not None:
        step_keep(request, SENT_AGAIN, actor=actor, now=now, message_out=new)
    else:
        audit.record("message_again", actor=actor, subject=new, now=now)
    return new


@transaction.atomic
def message_to_request(
    *,
    message_id: int,
    kind: str,
    mobile: str,
    full_name: str,
    national_id: str,
    wanted: str,
    actor: User,
    now: datetime,
) -> Request:
    """Make a request by hand of a text that could not be understood; it then waits for routing.

    `mobile` is needed where the text came without a sender. A text that has its request already
    gives that one. Raises Refused for a wrong number and an unknown kind.
    """
    if kind not in set(Kind):
        raise Refused("نوع درخواست را از فهرست برگزینید.")
    try:
        clean_id = clean_national_id(national_id) if national_id.strip() else ""
    except ValueError as error:
        raise Refused(str(error)) from None
    name, title = stored_form(full_name), stored_form(wanted)
    if len(name) > LONGEST_NAME or len(title) > LONGEST_WANTED:
        raise Refused("نام تا ۲۰۰ و عنوان تا ۵۰۰ نویسه است؛ آن را کوتاه کنید.")
    message = _text_held(message_id, actor)
    found = _request_of(message, actor)
    if found is not None:
        return found
    try:
        sender = message.sender or clean_mobile(mobile)
    except ValueError as error:
        raise Refused(str(error)) from None
    return _request_make(
        message, actor, now, kind=kind, mobile=sender, full_name=name, national_id=clean_id,
        wanted=title,
    )  # fmt: skip


@transaction.atomic
def message_set_aside(*, message_id: int, actor: User, now: datetime) -> Request:
    """Say of a garbled text that it asks for nothing: kept as a request that is closed at once.

    Saying it again changes nothing.
    """
    message = _text_held(message_id, actor)
    found = _request_of(message, actor)
    if found is not None:
        return found
    request = _request_make(message, actor, now, kind=Kind.UNCLEAR, mobile=message.sender)
    request_move(request, Move.CLOSE, actor=actor, now=now, reason=ClosedReason.NO_REQUEST)
    return request


@transaction.atomic
def text_open(*, message_id: int, actor: User, now: datetime) -> MessageIn:
    """Show a text and its sender whole, and log that they were opened."""
    _may(actor, Right.OPEN_SENDERS, "دیدن شماره و کد ملی فرستنده در نقش شما نیست.")
    message = locked(texts_in(actor), pk=message_id)
    audit.record("message_open", actor=actor, subject=message, now=now)
    return message


def _text_held(message_id: int, actor: User) -> MessageIn:
    _may(actor, Right.ROUTE_REQUESTS, NOT_YOURS)
    return locked(texts_in(actor), pk=message_id)


def _request_of(message: MessageIn, actor: User) -> Request | None:
    found: Request | None = Request.objects.for_user(actor).filter(message=message).first()
    if found is None and message.trouble == MessageIn.Trouble.NONE:
        raise Refused("این پیامک خوانده شده و درخواست خود را دارد یا در راه است.")
    return found


def _request_make(message: MessageIn, actor: User, now: datetime, **values: str) -> Request:
    """The row, its first step, and the text marked as seen to."""
    request: Request = Request.objects.create(
        message=message, state=State.UNROUTED, since=now, created_at=now,
        province_id=province_of_line(message.to) or actor.province_id, **values,
    )  # fmt: skip
    step_keep(request, RECEIVED, actor=actor, now=now, message_in=message)
    if message.handled_at is None:
        message.handled_at = now
        message.save(update_fields=["handled_at"])
    return request
