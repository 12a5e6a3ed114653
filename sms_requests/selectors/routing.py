"""What waits for the provincial expert: unrouted requests, and all that helps to place them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet
from django.utils import timezone

from libraries.models import Library, User
from sms_requests.domain.late import is_late
from sms_requests.domain.library_names import LibraryNames
from sms_requests.domain.masked import masked_text
from sms_requests.domain.parse import NEEDED, Kind
from sms_requests.domain.routing import lacks_for_routing
from sms_requests.domain.suggest import Choice, likely_libraries
from sms_requests.domain.way import Move, State
from sms_requests.models import MessageIn, Request, RequestStep
from sms_requests.selectors.line import texts_in

ALL, SENT_BACK = "all", "sent_back"
TEXTS_SHOWN = 20
# What a request can lack, as the page says it.
PARTS = {
    "library": "نام کتابخانه",
    "national_id": "کد ملی",
    "title": "عنوان کتاب",
    "full_name": "نام و نام خانوادگی",
}


def unrouted(user: User) -> "QuerySet[Request]":
    """The requests that wait for routing, the oldest text first."""
    found: QuerySet[Request] = Request.objects.for_user(user).filter(state=State.UNROUTED)
    return found.order_by("created_at", "pk")


def sent_back(user: User) -> "QuerySet[Request]":
    """Of these, the ones that a library sent back last, not the ones reopened since."""
    returns = RequestStep.objects.filter(
        request__state=State.UNROUTED, move=Move.SEND_BACK, at__gte=F("request__since")
    )
    return unrouted(user).filter(pk__in=returns.values("request"))


def library_choices(user: User) -> list[Choice]:
    """The libraries that somebody may route to, by name."""
    rows = Library.objects.for_user(user).order_by("name", "pk")
    return [Choice(*row) for row in rows.values_list("pk", "name", "county__name")]


@dataclass(frozen=True, slots=True)
class ToRoute:
    """A request on the expert's list. `text` has its long numbers masked; `likely` are the
    libraries it may mean; `missing` names what its kind needs and nobody knows; `back` is the
    step with which a library sent it back; `is_ready` says that it can go as it is.
    """

    request: Request
    text: str
    likely: tuple[Choice, ...]
    missing: tuple[str, ...]
    is_late: bool
    back: RequestStep | None

    is_ready: bool


def to_route_lines(
    requests: Sequence[Request], choices: Sequence[Choice], names: LibraryNames, today: date
) -> list[ToRoute]:
    """The requests of one page with what is shown of them; one query for all.

    `choices` and `names` are those of the province.
    """
    returns = RequestStep.objects.filter(request__in=requests, move=Move.SEND_BACK)
    last_return = {
        step.request_id: step for step in returns.select_related("by__library").order_by("at", "pk")
    }
    return [
        ToRoute(
            request=request,
            text=masked_text(request.message.text),
            likely=tuple(likely_choices(request, choices, names)),
            missing=missing_of(request),
            is_late=is_late(request.state, timezone.localdate(request.since), today),
            back=last_return.get(request.pk),
            is_ready=not lacks_for_routing(
                request.kind, wanted=request.wanted, full_name=request.full_name
            ),
        )
        for request in requests
    ]


def likely_choices(
    request: Request, choices: Sequence[Choice], names: LibraryNames
) -> list[Choice]:
    """The libraries that a request's text may mean, the one that was understood first."""
    by_id = {choice.id: choice for choice in choices}
    likely = likely_libraries(request.message.text, names)
    if request.library_id:
        likely = [request.library_id, *(i for i in likely if i != request.library_id)]
    return [by_id[i] for i in likely if i in by_id]


def missing_of(request: Request) -> tuple[str, ...]:
    """What a request's kind needs and is not known, in words."""
    known = {
        "library": request.library_id,
        "national_id": request.national_id,
        "title": request.wanted,
        "full_name": request.full_name,
    }
    return tuple(PARTS[name] for name in NEEDED[Kind(request.kind)] if not known[name])


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A text of the same number, masked, with its request where that is still to be routed."""

    message: MessageIn
    text: str
    request: Request | None


def texts_of_sender(request: Request, user: User) -> list[EarlierText]:
    """The other texts from a request's number that are at no library: those that wait for routing
    too, and those that made no request. The newest first, at most TEXTS_SHOWN.
    """
    if not request.mobile:
        return []
    others = texts_in(user).filter(sender=request.mobile).exclude(pk=request.message_id)
    open_ones = others.filter(request=None) | others.filter(request__state=State.UNROUTED)
    texts = list(open_ones.order_by("-received_at", "-pk")[:TEXTS_SHOWN])
    found = Request.objects.for_user(user).filter(message__in=texts)
    by_text = {one.message_id: one for one in found}
    return [EarlierText(text, masked_text(text.text), by_text.get(text.pk)) for text in texts]


def history(request: Request) -> "QuerySet[RequestStep]":
    """A request's steps in their order, with who made them and the texts that went."""
    return request.steps.select_related("by__library", "message_out").order_by("at", "pk")
