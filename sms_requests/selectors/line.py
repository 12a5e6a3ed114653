"""The texts of a province's line, and how its gateway does.

A text that came belongs to the province of the line it came to; one that left, to the province of
the request or library it speaks of. What belongs to none that is known, every expert sees: else
nobody would.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from libraries.models import Province, User
from libraries.roles import SCOPE_OF_ROLE, Scope
from sms_requests.domain.masked import masked_text
from sms_requests.models import MessageIn, MessageOut, Request, RequestStep, ReturnNotice, SmsLine
from sms_requests.selectors.late import start_of
from sms_requests.selectors.messages import messages_in_trouble, messages_out

State = MessageOut.State
# What gateways put before a line's number (`domain.line_number.bare_line` takes it off).
COUNTRY_CODES = ("", "98", "+98", "0098")


def _province(user: User) -> Province | None:
    """The province whose line somebody sees; None for other roles."""
    is_of_province = SCOPE_OF_ROLE.get(user.role) is Scope.PROVINCE
    return user.province if user.is_active and is_of_province else None


def texts_in(user: User) -> "QuerySet[MessageIn]":
    """The texts that came to the line of the user's province, or to none that is known."""
    province = _province(user)
    if province is None:
        return MessageIn.objects.none()
    known = [
        (f"{code}{number}", province_id)
        for number, province_id in SmsLine.objects.values_list("number", "province_id")
        for code in COUNTRY_CODES
    ]
    own = [number for number, province_id in known if province_id == province.pk]
    of_another = Request.objects.filter(message=OuterRef("pk")).exclude(
        Q(province=None) | Q(province=province)
    )
    of_none = ~Q(to__in=[number for number, _ in known]) & ~Exists(of_another)
    return MessageIn.objects.filter(Q(to__in=own) | of_none)


def texts_out(user: User, now: datetime | None = None) -> "QuerySet[MessageOut]":
    """The texts that leave for requests and libraries of the user's province, or for none; with
    `now`, with `is_silent` on each.
    """
    province = _province(user)
    found = MessageOut.objects.all() if now is None else messages_out(now)
    if province is None:
        return found.none()
    steps = RequestStep.objects.filter(message_out=OuterRef("pk"))
    notices = ReturnNotice.objects.filter(message=OuterRef("pk"))
    another_requests = steps.exclude(Q(request__province=None) | Q(request__province=province))
    another_notices = notices.exclude(announcement__library__county__province=province)
    return found.filter(~Exists(another_requests), ~Exists(another_notices))


def texts_to_see_to(user: User) -> "QuerySet[MessageIn]":
    """Texts that came garbled or incomplete and of which nobody made anything yet."""
    return texts_in(user).exclude(trouble=MessageIn.Trouble.NONE).filter(request=None)


def texts_of_day(texts: "QuerySet[Any]", day: date) -> "QuerySet[Any]":
    """Of these texts, in or out, the ones of a day."""
    name = "received_at" if texts.model is MessageIn else "created_at"
    begin, end = start_of(day), start_of(day + timedelta(days=1))
    return texts.filter(**{f"{name}__gte": begin, f"{name}__lt": end})


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A text of a list, its long numbers masked, with its request where the reader sees that."""

    message: Any
    text: str
    request: Request | None


def lines_in(texts: Sequence[MessageIn], user: User) -> list[MessageLine]:
    """The texts of one page that came; one query for their requests."""
    found = Request.objects.for_user(user).filter(message__in=texts)
    by_text = {one.message_id: one for one in found}
    return [MessageLine(text, masked_text(text.text), by_text.get(text.pk)) for text in texts]


def lines_out(texts: Sequence[MessageOut], user: User) -> list[MessageLine]:
    """The texts of one page that left; one query for the requests that they speak of."""
    steps = RequestStep.objects.filter(message_out__in=texts).values_list(
        "message_out_id", "request_id"
    )
    of_text = dict(steps)
    found = Request.objects.for_user(user).in_bulk(set(of_text.values()))
    return [
        MessageLine(text, masked_text(text.text), found.get(of_text.get(text.pk))) for text in texts
    ]


@dataclass(frozen=True, slots=True)
class LineState:
    """How the gateway does: `is_set` where one carries texts; `is_down` where the last try failed
    and none has gone since, with its `reason` and when it is tried again.
    """

    gateway: str
    is_set: bool
    last_in: datetime | None
    last_out: datetime | None
    waiting: int
    in_trouble: dict[str, int]
    is_down: bool
    reason: str
    next_try: datetime | None


def line_state(user: User, now: datetime) -> LineState:
    """The state of the line as the user's province sees it."""
    last_in = texts_in(user).order_by("-received_at").values_list("received_at", flat=True).first()
    # By the index of what was written last: among those that left, hardly ever another order.
    sent = texts_out(user).filter(sent_at__isnull=False).order_by("-created_at")
    failing = _failing()
    gateway = settings.SMS_GATEWAY
    return LineState(
        gateway=gateway,
        is_set=gateway != "console" or settings.DEMO or settings.DEBUG,
        last_in=last_in,
        last_out=sent.values_list("sent_at", flat=True).first(),
        waiting=texts_out(user).filter(state=State.QUEUED).count(),
        in_trouble=messages_in_trouble(now, texts_out(user, now)),
        is_down=failing is not None,
        reason=failing.error if failing else "",
        next_try=failing.next_try_at if failing else None,
    )


def _failing() -> MessageOut | None:
    """The text that the gateway refused last, if it has taken none since. One gateway carries the
    texts of all, so this looks at all."""
    waits: MessageOut | None = (
        MessageOut.objects.filter(state=State.QUEUED, tries__gt=0, last_try_at__isnull=False)
        .order_by("-last_try_at")
        .first()
    )
    if waits is None:
        return None
    has_recovered = MessageOut.objects.filter(sent_at__gt=waits.last_try_at).exists()
    return None if has_recovered else waits
