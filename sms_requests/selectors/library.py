"""What the library's desk for requests shows: the list, its counts, the cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from libraries.desk import DeskCard
from libraries.domain.persian import stored_form, to_ascii_digits
from libraries.models import User
from libraries.roles import Right
from libraries.templatetags.fa import ago
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import ENDED, OPEN, STATE_LABELS, State
from sms_requests.models import Request, RequestCall
from sms_requests.selectors.late import late, with_late

ALL_OPEN, LATE, ENDED_ALL = "open", "late", "ended"
LIST_LABELS: dict[str, str] = {
    ALL_OPEN: "همهٔ باز",
    LATE: "دیر شده",
    **{state.value: STATE_LABELS[state] for state in State if state in OPEN},
    ENDED_ALL: "پایان‌یافته",
}
LONGEST_ID = 15  # digits; longer ones are no number of a request


def requests_of(
    user: User,
    now: datetime,
    *,
    which: str = ALL_OPEN,
    kind: str = "",
    library: int | None = None,
    words: str = "",
) -> QuerySet[Request]:
    """The requests of the user's scope, late ones first, then what waits longest; ended ones the
    newest first. Each has `is_late`.

    `which` is a key of LIST_LABELS; `words` are parts of the title asked for, or the request's
    number, for which `which` doesn't count.
    """
    found = Request.objects.for_user(user).select_related("library", "member", "offered")
    fits = _which(which, now)
    for word in stored_form(words).split():
        fits &= Q(wanted__icontains=word)
    number = to_ascii_digits(stored_form(words)).lstrip("#")
    if number.isdecimal() and len(number) <= LONGEST_ID:
        fits |= Q(pk=int(number))  # a title may be a number as well
    found = found.filter(fits)
    if kind:
        found = found.filter(kind=kind)
    if library:
        found = found.filter(library=library)
    found = with_late(found, now)
    if which == ENDED_ALL:
        return found.order_by("-since", "-pk")
    return found.order_by("-is_late", "since", "pk")


def _which(which: str, now: datetime) -> Q:
    if which == LATE:
        return late(now)
    if which == ENDED_ALL:
        return Q(state__in=sorted(ENDED))
    return Q(state=which) if which in list(OPEN) else Q(state__in=sorted(OPEN))


def request_counts(user: User, now: datetime) -> dict[str, int]:
    """How many requests of the user's scope stand under each key of LIST_LABELS: two queries."""
    mine = Request.objects.for_user(user)
    by_state = dict(mine.order_by().values_list("state").annotate(Count("pk")))
    counts = {state.value: by_state.get(state.value, 0) for state in State}
    return counts | {
        ALL_OPEN: sum(counts[state] for state in OPEN),
        ENDED_ALL: sum(counts[state] for state in ENDED),
        LATE: mine.filter(late(now)).count(),
    }


NEXT_LABELS: dict[State, str] = {
    State.UNROUTED: "ارجاع",
    State.NO_MEMBER: "بررسی عضویت",
    State.WAITING: "یافتن نسخه",
    State.FOUND: "تماس و آماده‌سازی",
    State.OFFERED: "پاسخ پیشنهاد",
    State.READY: "تحویل",
}


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the list: where it leads and what to do next, in a verb."""

    request: Request
    url: str
    next_label: str


def request_lines(requests: Sequence[Request], user: User) -> list[RequestLine]:
    """The requests of one page."""
    acts = user.has_right(Right.HANDLE_REQUESTS)
    return [
        RequestLine(one, request_url(one, user), _next(one) if acts else "") for one in requests
    ]


def _next(request: Request) -> str:
    if request.kind == Kind.MEMBERSHIP and request.is_open:
        return "بررسی عضویت"
    return NEXT_LABELS.get(State(request.state), "")


def request_url(request: Request, user: User) -> str:
    """The page on which somebody goes on with a request."""
    if request.library_id is None and user.has_right(Right.ROUTE_REQUESTS):
        return reverse("request-route", args=(request.pk,))
    if request.kind == Kind.MEMBERSHIP and request.library_id:
        return reverse("membership-request", args=(request.pk,))
    return reverse("request", args=(request.pk,))


def library_cards(user: User, now: datetime) -> list[DeskCard]:
    """What waits at the library's desk for requests, a card a step; memberships apart."""
    if not user.has_right(Right.HANDLE_REQUESTS):
        return []
    mine = Request.objects.for_user(user).filter(kind=Kind.LOAN)
    reached = RequestCall.objects.filter(request=OuterRef("pk"), outcome=RequestCall.Outcome.AGREED)
    found = mine.filter(state=State.FOUND)
    waits = (
        (mine.filter(state=State.WAITING), State.WAITING, "درخواست پیامکی در انتظار یافتن نسخه است",
         "یافتن نسخه", "search"),
        (found.filter(~Exists(reached), prepared_at=None), State.FOUND,
         "نسخه کنار گذاشته شده و باید با عضو تماس گرفت", "تماس", "phone"),
        (found.filter(Exists(reached) | Q(prepared_at__isnull=False)), State.FOUND,
         "نسخه باید آماده و زمان تحویلش اعلام شود", "آماده‌سازی", "checklist"),
        (mine.filter(state=State.OFFERED), State.OFFERED,
         "پیشنهاد نسخهٔ کتابخانهٔ دیگر در انتظار پاسخ عضو است", "پاسخ پیشنهاد", "message"),
    )  # fmt: skip
    cards = [_card(*wait, now) for wait in waits]
    over = mine.filter(state=State.READY, collect_until__lt=now)
    cards.append(
        _card(over, LATE, "کتاب آماده را عضو در زمان خود نگرفته است", "رسیدگی", "clock", now)
    )
    return [card for card in cards if card is not None]


def _card(
    waiting: QuerySet[Request],
    which: str,
    sentence: str,
    action: str,
    symbol: str,
    now: datetime,
) -> DeskCard | None:
    """A card, or None where nothing waits; a single request is one click away."""
    since_field = "collect_until" if which == LATE else "since"
    told = waiting.aggregate(
        count=Count("pk"), oldest=Min(since_field), first=Min("pk"),
        late=Count("pk", filter=late(now)),
    )  # fmt: skip
    if not told["count"]:
        return None
    only = told["count"] == 1
    return DeskCard(
        sentence=sentence,
        url=reverse("request", args=(told["first"],))
        if only
        else f"{reverse('requests')}?{urlencode({'which': which})}",
        action=action,
        count=told["count"],
        since=told["oldest"],
        age=ago(told["oldest"], now),
        late=bool(told["late"]),
        symbol=symbol,
    )
