"""What waits for the provincial expert on the first page."""

from datetime import datetime

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.models import User
from libraries.roles import Right
from sms_requests.domain.late import PATIENCE
from sms_requests.domain.way import State
from sms_requests.selectors.days import late_requests
from sms_requests.selectors.line import line_state, texts_to_see_to
from sms_requests.selectors.routing import SENT_BACK, sent_back, unrouted

LATE_AT_LIBRARIES = tuple(state for state in (*PATIENCE, State.READY) if state != State.UNROUTED)


def expert_cards(user: User, now: datetime) -> list[DeskCard]:
    """Requests to route, those sent back, those late at libraries, texts in trouble."""
    if not user.has_right(Right.ROUTE_REQUESTS):
        return []
    cards = (_to_route(user, now), _sent_back(user), _late(user, now), _garbled(user))
    return [card for card in cards if card] + _line(user, now)


def _to_route(user: User, now: datetime) -> DeskCard | None:
    found = unrouted(user)
    number = found.count()
    if not number:
        return None
    since = found.aggregate(first=Min("since"))["first"]
    late = late_requests(user, now, State.UNROUTED).exists()
    return DeskCard(
        sentence="درخواست پیامکی در انتظار ارجاع به کتابخانه است",
        url=reverse("requests-to-route"),
        action="ارجاع دادن",
        count=number,
        since=since,
        age=_from(since),
        late=late,
        symbol="message",
    )


def _sent_back(user: User) -> DeskCard | None:
    found = sent_back(user)
    number = found.count()
    if not number:
        return None
    since = found.aggregate(first=Min("since"))["first"]
    return DeskCard(
        sentence="درخواست را کتابخانه‌ها بازگردانده‌اند",
        url=f"{reverse('requests-to-route')}?which={SENT_BACK}",
        action="دیدن بازگشته‌ها",
        count=number,
        since=since,
        age=_from(since),
        symbol="return",
    )


def _late(user: User, now: datetime) -> DeskCard | None:
    found = late_requests(user, now, *LATE_AT_LIBRARIES)
    number = found.count()
    if not number:
        return None
    since = found.aggregate(first=Min("since"))["first"]
    return DeskCard(
        sentence="درخواست دیر شده و در کتابخانه‌ها مانده است",
        url=f"{reverse('requests-day')}?late=1",
        action="دیدن دیرشده‌ها",
        count=number,
        since=since,
        age=_from(since),
        late=True,
        symbol="clock",
    )


def _garbled(user: User) -> DeskCard | None:
    found = texts_to_see_to(user)
    number = found.count()
    if not number:
        return None
    since = found.aggregate(first=Min("received_at"))["first"]
    return DeskCard(
        sentence="پیامک ناخوانا یا ناقص رسیده است",
        url=f"{reverse('messages')}?trouble=any",
        action="رسیدگی",
        count=number,
        since=since,
        age=_from(since),
        symbol="question",
    )


def _line(user: User, now: datetime) -> list[DeskCard]:
    """What failed to leave, and a gateway that is down."""
    state = line_state(user, now)
    url = f"{reverse('messages')}?tab=out"
    cards = []
    if state.is_down:
        cards.append(
            DeskCard(
                sentence="پیامک در صف مانده، زیرا درگاه پیامک پاسخ نمی‌دهد",
                url=f"{url}&state=retrying",
                action="دیدن صف",
                count=state.in_trouble["retrying"] or None,
                late=True,
                symbol="warning",
            )
        )
    for name, sentence in (("failed", "پیامک به گوشی نرسید"), ("silent", "پیامک بی‌خبر مانده است")):
        if state.in_trouble[name]:
            cards.append(
                DeskCard(
                    sentence=sentence,
                    url=f"{url}&state={name}",
                    action="دیدن پیامک‌ها",
                    count=state.in_trouble[name],
                    symbol="message",
                )
            )
    return cards


def _from(since: datetime) -> str:
    return f"نخستین از {format_jalali(timezone.localtime(since), long=True)}"
