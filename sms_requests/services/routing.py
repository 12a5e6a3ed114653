"""The provincial expert's part: what named no library clearly is put right and passed on (R2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from libraries.domain.national_id import clean_national_id
from libraries.domain.persian import stored_form
from libraries.models import Library, User
from libraries.refusal import Refused
from libraries.roles import Right
from sms_requests.domain.parse import Kind
from sms_requests.domain.replies import Reply
from sms_requests.domain.routing import lacks_for_routing
from sms_requests.domain.way import REASON_LABELS, By, ClosedReason, Move, State
from sms_requests.models import CORRECTED, KIND_LABELS, Request, RequestCall
from sms_requests.selectors.membership import member_at
from sms_requests.services.moves import (
    LONGEST_NAME,
    LONGEST_WANTED,
    Say,
    request_held,
    request_move,
    step_keep,
)

# What an expert can say of a request that is at no library.
EXPERT_REASONS = (
    ClosedReason.NO_REQUEST,
    ClosedReason.ANSWERED,
    ClosedReason.REPEATED,
    ClosedReason.WITHDRAWN,
    ClosedReason.UNREACHED,
    ClosedReason.OTHER,
)
SAME_CALL = timedelta(minutes=1)
NOT_YOURS = "ارجاع درخواست‌ها با کارشناس استان است."


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of several that were passed on together: how many went, and of those that did
    not, the id and the sentence that says why."""

    count: int
    refused: tuple[tuple[int, str], ...]


def _may_route(actor: User) -> None:
    if not actor.has_right(Right.ROUTE_REQUESTS):
        raise Refused(NOT_YOURS)


@transaction.atomic
def request_route(
    *, request_id: int, library_id: int, actor: User, now: datetime, tell: bool = True
) -> Request:
    """Pass a request to a library of the expert's province, and with `tell` say so to the sender.

    A loan whose national ID is no member's there is kept until it is one (R6), and its sender is
    told how to apply. Passing it again to the library where it is changes nothing. Raises Refused
    where it isn't to be routed (any more), or where its kind needs what isn't known.
    """
    _may_route(actor)
    request = request_held(request_id, actor)
    library = Library.objects.for_user(actor).filter(pk=library_id).first()
    if library is None:
        raise Refused("این کتابخانه در استان شما نیست؛ کتابخانهٔ دیگری برگزینید.")
    if request.library_id == library.pk and request.state in {State.WAITING, State.NO_MEMBER}:
        return request  # the button was pressed twice
    if request.state == State.UNROUTED:
        lacks = lacks_for_routing(request.kind, wanted=request.wanted, full_name=request.full_name)
        if lacks:
            raise Refused(lacks)
    elif request.library is not None:
        raise Refused(
            f"این درخواست اکنون نزد {request.library.name} است "
            f"(«{request.get_state_display()}») و دوباره ارجاع نمی‌شود."
        )
    is_loan = request.kind == Kind.LOAN
    member = member_at(library, request.national_id)
    is_stranger = is_loan and bool(request.national_id) and member is None
    request_move(
        request, Move.ROUTE, actor=actor, now=now, library=library,
        province=request.province or library.county.province, member=member if is_loan else None,
        say=_received(request, library) if tell and not is_stranger else None,
    )  # fmt: skip
    if is_stranger:
        request_move(
            request, Move.KEEP, actor=None, by=By.SYSTEM, now=now,
            say=Say(Reply.NO_MEMBER, {"library": library.name}) if tell else None,
        )  # fmt: skip
    return request


def _received(request: Request, library: Library) -> Say:
    if request.kind == Kind.MEMBERSHIP:
        return Say(Reply.MEMBERSHIP_RECEIVED, {"library": library.name})
    return Say(Reply.RECEIVED, {"title": request.wanted, "library": library.name})


def requests_route(
    *, request_ids: Iterable[int], library_id: int, actor: User, now: datetime, tell: bool = True
) -> Routed:
    """`request_route` for several, each by itself: what can't go holds up none of the others."""
    refused = []
    ids = sorted(set(request_ids))
    for request_id in ids:
        try:
            request_route(
                request_id=request_id, library_id=library_id, actor=actor, now=now, tell=tell
            )
        except Refused as refusal:
            refused.append((request_id, refusal.reason))
    return Routed(len(ids) - len(refused), tuple(refused))


@transaction.atomic
def request_correct(
    *,
    request_id: int,
    kind: str,
    full_name: str,
    national_id: str,
    wanted: str,
    actor: User,
    now: datetime,
) -> Request:
    """Put right what was understood of a text, as long as it waits for routing.

    An empty `national_id` leaves the known one; the page shows it only masked, and so can't give
    it back. Nothing to change changes nothing. Raises Refused for a wrong ID and an unknown kind.
    """
    _may_route(actor)
    request = request_held(request_id, actor)
    if request.state != State.UNROUTED:
        raise Refused(
            f"این درخواست اکنون «{request.get_state_display()}» است؛ اینجا دیگر اصلاح نمی‌شود."
        )
    if kind not in set(Kind):
        raise Refused("نوع درخواست را از فهرست برگزینید.")
    try:
        clean_id = clean_national_id(national_id) if national_id.strip() else request.national_id
    except ValueError as error:
        raise Refused(str(error)) from None
    values = {
        "kind": kind,
        "full_name": stored_form(full_name),
        "national_id": clean_id,
        "wanted": stored_form(wanted),
    }
    if len(values["full_name"]) > LONGEST_NAME or len(values["wanted"]) > LONGEST_WANTED:
        raise Refused("نام تا ۲۰۰ و عنوان تا ۵۰۰ نویسه است؛ آن را کوتاه کنید.")
    changed = [name for name, value in values.items() if getattr(request, name) != value]
    if not changed:
        return request
    for name in changed:
        setattr(request, name, values[name])
    request.save(update_fields=changed)
    labels = [str(Request._meta.get_field(name).verbose_name) for name in changed]  # type: ignore[union-attr]
    step_keep(request, CORRECTED, actor=actor, now=now, note="، ".join(labels))
    return request


@transaction.atomic
def request_close_unrouted(
    *,
    request_id: int,
    reason: str,
    actor: User,
    now: datetime,
    note: str = "",
    tell: bool = False,
) -> Request:
    """Close what goes to no library, with a reason of EXPERT_REASONS; with `tell` the sender hears.

    Of «another reason» the note is the reason, and is what the sender reads. Closing it again
    changes nothing.
    """
    _may_route(actor)
    request = request_held(request_id, actor)
    if reason not in EXPERT_REASONS:
        raise Refused("علت بستن را از فهرست برگزینید.")
    told = (
        stored_form(note) if reason == ClosedReason.OTHER else REASON_LABELS[ClosedReason(reason)]
    )
    if not told:
        raise Refused("علت را در یادداشت بنویسید.")
    if request.state == State.CLOSED and request.reason == reason:
        return request
    say = Say(Reply.CLOSED, {"title": _called(request), "reason": told}) if tell else None
    request_move(
        request, Move.CLOSE, actor=actor, now=now, note=note, say=say, reason=ClosedReason(reason)
    )
    return request


def _called(request: Request) -> str:
    """How an answer names a request: its title, or what kind it is of. Never the text itself, in
    which a national ID may stand."""
    if request.wanted:
        return request.wanted
    if request.kind in {Kind.MEMBERSHIP, Kind.NOORMAGS}:
        return KIND_LABELS[Kind(request.kind)]
    return "پیام شما"


@transaction.atomic
def request_reopen_unrouted(*, request_id: int, actor: User, now: datetime) -> Request:
    """Take a closed request back to the expert's desk, also from the library that closed it.

    Reopening what waits for routing already changes nothing.
    """
    _may_route(actor)
    request = request_held(request_id, actor)
    if request.state == State.UNROUTED:
        return request
    at_home = request.library.county.province if request.library else None
    request_move(
        request, Move.REOPEN, actor=actor, now=now, reason="", library=None, member=None,
        offered=None, province=request.province or at_home,
    )  # fmt: skip
    return request


@transaction.atomic
def request_call_unrouted(
    *, request_id: int, outcome: str, said: str, actor: User, now: datetime
) -> RequestCall:
    """Write down a call about a request that waits for routing (R3: each call is on record).

    The same words again within SAME_CALL are the same call: a button that was pressed twice.
    """
    _may_route(actor)
    request = request_held(request_id, actor)
    if outcome not in RequestCall.Outcome.values:
        raise Refused("نتیجهٔ تماس را از فهرست برگزینید.")
    clean = stored_form(said)
    same: RequestCall | None = request.calls.filter(
        by=actor, outcome=outcome, said=clean, at__gt=now - SAME_CALL
    ).first()
    if same is not None:
        return same
    request_move(request, Move.CALL, actor=actor, now=now, note=clean)
    return RequestCall.objects.create(
        request=request, at=now, by=actor, outcome=outcome, said=clean
    )
