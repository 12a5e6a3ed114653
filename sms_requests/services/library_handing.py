"""Preparing by the health list, saying when and where, handing over (spec R3, R4)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from libraries.domain.national_id import mobile_or_nothing
from libraries.domain.persian import stored_form
from libraries.locking import locked
from libraries.models import Copy, User
from libraries.refusal import Refused
from loans.models import LoanRules, Member
from loans.services import loan_lend, member_add
from sms_requests.domain.health import HANDING_OVER, PREPARING, items_of
from sms_requests.domain.way import Move
from sms_requests.models import Request, RequestCall, RequestStep, SmsLine
from sms_requests.selectors.membership import member_at
from sms_requests.services.library import request_for
from sms_requests.services.library_copies import copy_taken
from sms_requests.services.library_texts import lent_say, ready_say, takes_texts
from sms_requests.services.moves import request_move

LONGEST_KEPT = timedelta(days=60)


def checks_of(request: Request) -> dict[Move, tuple[str, ...]]:
    """The health lists that hold at the request's library, its province's own or the usual ones:
    for preparing and for handing over (spec R4).
    """
    line = None
    if request.library is not None:
        line = SmsLine.objects.filter(province=request.library.county.province_id).first()
    return {
        Move.PREPARE: items_of(line.preparing_list if line else "", PREPARING),
        Move.HAND_OVER: items_of(line.handover_list if line else "", HANDING_OVER),
    }


def _checked(request: Request, move: Move, ticked: Collection[str]) -> str:
    """The list's items for the history. Raises Refused unless every one is ticked."""
    items = checks_of(request)[move]
    left = [item for item in items if item not in ticked]
    if left:
        raise Refused(f"همهٔ موردهای فهرست بهداشتی باید تیک بخورد؛ این مانده است: «{left[0]}».")
    return "؛ ".join(items)[:500]


@transaction.atomic
def request_prepare(
    *,
    request_id: int,
    ticked: Collection[str],
    actor: User,
    now: datetime,
    after: int | None = None,
) -> RequestStep:
    """Put on record that the copy was prepared by the health list. Raises Refused where an item
    isn't ticked, or the copy can't be lent any more.
    """
    request = request_for(request_id, Move.PREPARE, actor=actor, after=after)
    _kept_copy(request)
    note = _checked(request, Move.PREPARE, ticked)
    return request_move(request, Move.PREPARE, actor=actor, now=now, note=note, prepared_at=now)


def _kept_copy(request: Request) -> Copy:
    """The copy that is kept, under lock. Raises Refused where it can't be handed over any more."""
    if request.copy_id is None:
        raise Refused("نسخهٔ کنارگذاشته دیگر در فهرست نسخ نیست؛ آن را رها کنید و دیگری بیابید.")
    copies = Copy.objects.filter(library=request.library_id).select_related("title")
    copy: Copy = locked(copies, pk=request.copy_id)
    if reason := copy_taken(copy, besides=request):
        raise Refused(f"{reason} آن را رها کنید و نسخهٔ دیگری بیابید.")
    return copy


@transaction.atomic
def request_announce(
    *,
    request_id: int,
    begin: datetime,
    end: datetime,
    place: str,
    tell: bool = False,
    actor: User,
    now: datetime,
    after: int | None = None,
) -> RequestStep:
    """Say when and where the book can be collected, for the first time or anew.

    Raises Refused before the health list is ticked, where the member hears of it neither by a text
    nor by a call that is on record, without a place, and for a time that is over or too far off.
    """
    request = request_for(request_id, Move.ANNOUNCE, actor=actor, after=after)
    _kept_copy(request)
    if request.prepared_at is None:
        raise Refused("نخست فهرست بهداشتی آماده‌سازی را تیک بزنید و ثبت کنید.")
    where = stored_form(place)[:200]
    if not where:
        raise Refused("جای گرفتن کتاب را بنویسید.")
    if end <= begin:
        raise Refused("پایان زمان گرفتن کتاب باید پس از آغاز آن باشد.")
    if end <= now:
        raise Refused("زمان گرفتن کتاب گذشته است؛ روز و ساعتی در آینده بنویسید.")
    if end - now > LONGEST_KEPT:
        raise Refused("کتاب بیش از ۶۰ روز کنار گذاشته نمی‌شود؛ روز پایانی نزدیک‌تری بنویسید.")
    if not (tell and takes_texts(request)) and not is_told(request):
        raise Refused(
            "عضو باید از زمان و جا باخبر شود: پیامک را تیک بزنید یا نخست تماسی را که در آن با او "
            "گفت‌وگو شد ثبت کنید."
        )
    say = ready_say(request, begin, end, where) if tell else None
    return request_move(
        request, Move.ANNOUNCE, actor=actor, now=now, say=say, note=where,
        collect_from=begin, collect_until=end, collect_place=where,
    )  # fmt: skip


def is_told(request: Request) -> bool:
    """Whether somebody spoke with the member on the telephone."""
    return request.calls.filter(outcome=RequestCall.Outcome.AGREED).exists()


@transaction.atomic
def request_hand_over(
    *,
    request_id: int,
    ticked: Collection[str],
    due_on: date | None = None,
    enters: bool = False,
    full_name: str = "",
    tell: bool = False,
    actor: User,
    now: datetime,
    today: date,
    after: int | None = None,
) -> RequestStep:
    """Lend the copy to the member: the loan and the request's end stand or fall together.

    Who has no membership in this library is entered here with `enters`: under the name of the
    membership elsewhere, or under `full_name`. Raises Refused where an item of the health list
    isn't ticked, the copy is gone, nobody is there to lend to, and wherever `loan_lend` does.
    """
    request = request_for(request_id, Move.HAND_OVER, actor=actor, after=after)
    note = _checked(request, Move.HAND_OVER, ticked)
    copy = _kept_copy(request)
    member = borrower_of(request)
    if member is None:
        member = _entered(request, actor, now, enters=enters, full_name=full_name)
        note = f"عضویت در این کتابخانه هنگام تحویل ثبت شد. {note}"[:500]
    loan = loan_lend(
        copy_id=copy.pk, member_id=member.pk, due_on=due_on, actor=actor, now=now, today=today
    )
    say = lent_say(request, loan.due_on) if tell and loan.due_on else None
    return request_move(
        request, Move.HAND_OVER, actor=actor, now=now, note=note, say=say, loan=loan, member=member
    )


def borrower_of(request: Request) -> Member | None:
    """The person's membership in the library that has the request; None where there is none."""
    member = request.member
    if member is not None and member.library_id == request.library_id:
        return member
    assert request.library is not None
    return member_at(request.library, request.national_id)


def _entered(
    request: Request, actor: User, now: datetime, *, enters: bool, full_name: str
) -> Member:
    home = request.member
    if not enters:
        raise Refused("این شخص عضو کتابخانهٔ شما نیست؛ برای تحویل، ثبت عضویت او را هم تیک بزنید.")
    if not request.national_id:
        raise Refused("کد ملی این شخص در درخواست نیست؛ نخست آن را از روی کارت در «اصلاح» بنویسید.")
    if home is not None and not home.is_active:
        raise Refused(f"عضویت {home} در «{home.library.name}» غیرفعال است؛ نخست آن را روشن کنید.")
    # With a number from abroad the membership goes without.
    mobile = mobile_or_nothing(home.mobile if home else request.mobile)
    return member_add(
        actor=actor, full_name=home.full_name if home else full_name,
        national_id=request.national_id, mobile=mobile, now=now,
    )  # fmt: skip


def usual_due_on(request: Request, today: date) -> date:
    """When a loan that begins today is due by the library's rules, for showing."""
    assert request.library is not None
    return today + timedelta(days=LoanRules.of(request.library).loan_days)
