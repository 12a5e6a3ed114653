"""The library's desk: calls, endings, corrections, and what goes back to the expert (spec R2, R3).

Each service holds the request first and looks whether the page that asked for the step is still
right, so that a form sent twice makes one step.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from libraries import audit
from libraries.domain.national_id import clean_national_id
from libraries.domain.persian import stored_form
from libraries.models import User
from libraries.refusal import Refused
from libraries.roles import Right
from sms_requests.domain.way import By, ClosedReason, Move
from sms_requests.models import CORRECTED, RECEIVED, Request, RequestCall, RequestStep
from sms_requests.selectors.membership import member_at
from sms_requests.services.library_texts import closed_say
from sms_requests.services.moves import (
    by_of,
    request_held,
    request_move,
    rule_for,
    step_keep,
)

# What a request lets go of when it no longer keeps a copy.
FREED: dict[str, Any] = {
    "copy": None,
    "prepared_at": None,
    "collect_from": None,
    "collect_until": None,
    "collect_place": "",
}

CORRECTABLE = {"wanted": "عنوان", "full_name": "نام", "national_id": "کد ملی"}


def request_for(request_id: int, move: Move, *, actor: User, after: int | None = None) -> Request:
    """A request under lock, with which the actor may make this move now.

    `after` is the id of the last step that the actor saw (0: none). Raises Refused where another
    step came since, the table doesn't allow the move, or the request isn't the actor's.
    """
    request = request_held(request_id, actor)
    # A text that merely came (the member asks how it stands) makes no page out of date.
    since = request.steps.filter(pk__gt=after or 0).exclude(move=RECEIVED).order_by("-pk")
    if after is not None and (last := since.first()) is not None:
        raise Refused(
            f"پس از باز شدن این صفحه گام «{last.get_move_display()}» ثبت شده است؛ وضعیت تازه را "
            "ببینید و اگر هنوز لازم است دوباره ثبت کنید."
        )
    rule_for(request, move, actor=actor)
    return request


@transaction.atomic
def request_call(
    *,
    request_id: int,
    outcome: str,
    said: str = "",
    actor: User,
    now: datetime,
    after: int | None = None,
) -> RequestCall:
    """Put a telephone call on record (spec R3). Raises Refused for a result that there isn't, or
    none said where the member was reached.
    """
    request = request_for(request_id, Move.CALL, actor=actor, after=after)
    words = stored_form(said)
    if outcome not in RequestCall.Outcome.values:
        raise Refused("نتیجهٔ تماس را برگزینید.")
    if outcome == RequestCall.Outcome.AGREED and not words:
        raise Refused("بنویسید عضو چه گفت؛ برای نمونه کی برای گرفتن کتاب می‌آید.")
    label = RequestCall.Outcome(outcome).label
    request_move(
        request, Move.CALL, actor=actor, now=now, note=f"{label}؛ {words}" if words else label
    )
    return RequestCall.objects.create(
        request=request, at=now, by=actor, outcome=outcome, said=words[:500]
    )


@transaction.atomic
def request_close(
    *,
    request_id: int,
    reason: str,
    note: str = "",
    tell: bool = False,
    actor: User,
    now: datetime,
    after: int | None = None,
) -> RequestStep:
    """End a request without a loan, with the reason; what was kept for it is free again.

    Raises Refused for a reason that there isn't, and «علت دیگر» without a word of explanation.
    """
    request = request_for(request_id, Move.CLOSE, actor=actor, after=after)
    if reason not in list(ClosedReason):
        raise Refused("علت بستن درخواست را برگزینید.")
    if reason == ClosedReason.OTHER and not note.strip():
        raise Refused("علت دیگر را در یادداشت بنویسید.")
    say = closed_say(request, reason) if tell else None
    return request_move(
        request, Move.CLOSE, actor=actor, now=now, note=note, say=say,
        reason=reason, offered=None, **FREED,
    )  # fmt: skip


@transaction.atomic
def request_reopen(
    *, request_id: int, note: str = "", actor: User, now: datetime, after: int | None = None
) -> RequestStep:
    """Take the end of a request back: it waits at the library again."""
    request = request_for(request_id, Move.REOPEN, actor=actor, after=after)
    return request_move(request, Move.REOPEN, actor=actor, now=now, note=note, reason="")


@transaction.atomic
def request_send_back(
    *, request_id: int, note: str, actor: User, now: datetime, after: int | None = None
) -> RequestStep:
    """Give a request back to the expert, who sees why (spec R2). Raises Refused without a note."""
    request = request_for(request_id, Move.SEND_BACK, actor=actor, after=after)
    if not note.strip():
        raise Refused("برای کارشناس بنویسید چرا درخواست را بازمی‌گردانید.")
    library = request.library
    assert library is not None  # at a library, by the table
    # The audit's line is the library's: afterwards it no longer has the request.
    audit.record("request_sent_back", actor=actor, library=library, subject=request, now=now)
    return request_move(
        request, Move.SEND_BACK, actor=actor, now=now, note=f"{library.name}: {note}",
        library=None, province=request.province or library.county.province,
    )  # fmt: skip


@transaction.atomic
def request_admit(
    *, request_id: int, note: str = "", actor: User, now: datetime, after: int | None = None
) -> RequestStep:
    """Go on with a request whose sender has become a member of the library. Raises Refused where
    no member of it has this national ID yet.
    """
    request = request_for(request_id, Move.ADMIT, actor=actor, after=after)
    assert request.library is not None  # at a library, by the table
    member = member_at(request.library, request.national_id)
    if member is None:
        raise Refused(
            "در کتابخانهٔ شما هنوز عضوی با کد ملی این درخواست نیست؛ نخست او را در «اعضا» ثبت کنید "
            "یا کد ملی درخواست را درست کنید."
        )
    return request_move(request, Move.ADMIT, actor=actor, now=now, note=note, member=member)


@transaction.atomic
def request_correct(
    *, request_id: int, wanted: str, full_name: str, national_id: str, actor: User, now: datetime
) -> Request:
    """Put right what was understood of a text. An empty national ID leaves it as it is; a new one
    looks the membership up again. The text itself stays. Raises Refused where the request isn't
    the actor's or has ended, and for a wrong national ID.
    """
    request = request_held(request_id, actor)
    if by_of(actor, request) is not By.LIBRARY:
        raise Refused("این درخواست در دست کتابخانهٔ دیگری است؛ اینجا تنها دیده می‌شود.")
    if not request.is_open:
        raise Refused("این درخواست به پایان رسیده است و دیگر درست نمی‌شود.")
    values = {"wanted": stored_form(wanted)[:500], "full_name": stored_form(full_name)[:200]}
    if national_id.strip():
        try:
            values["national_id"] = clean_national_id(national_id)
        except ValueError as error:
            raise Refused(str(error)) from None
    changed = sorted(name for name, value in values.items() if getattr(request, name) != value)
    if not changed:
        return request
    for name in changed:
        setattr(request, name, values[name])
    if "national_id" in changed:
        assert request.library is not None  # staff of a library act on what it has
        request.member = member_at(request.library, request.national_id)
        changed.append("member")
    request.save(update_fields=changed)
    # Which parts, not what stood in them: the history names nobody's ID.
    told = "، ".join(CORRECTABLE[name] for name in CORRECTABLE if name in changed)
    step_keep(request, CORRECTED, actor=actor, now=now, note=told)
    return request


@transaction.atomic
def request_open_sender(*, request_id: int, actor: User, now: datetime) -> Request:
    """Show a request's number and national ID whole, and log that they were opened. Raises Refused
    where opening them isn't in the actor's role.
    """
    if not actor.has_right(Right.OPEN_SENDERS):
        raise Refused("دیدن شماره و کد ملی فرستنده در نقش شما نیست.")
    request = request_held(request_id, actor)
    audit.record(
        "request_open_sender", actor=actor, library=request.library, subject=request, now=now
    )
    return request
