"""Finding the book: a copy of the library's own is kept, or another library's is offered."""

from datetime import datetime

from django.db import transaction

from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from libraries.locking import locked
from libraries.models import Copy, Library, User
from libraries.querysets import ScopedQuerySet
from libraries.refusal import Refused
from loans.domain.lending import masked_name
from loans.lendable import reason_not_lendable
from loans.models import Loan
from sms_requests.domain.way import HOLDS_A_COPY, Move
from sms_requests.models import Request, RequestStep
from sms_requests.services.library import FREED, request_for
from sms_requests.services.library_texts import offer_say, taken_say
from sms_requests.services.moves import request_move


@transaction.atomic
def request_find(
    *, request_id: int, copy_id: int, actor: User, now: datetime, after: int | None = None
) -> RequestStep:
    """Keep a copy of the library for a request, in place of one that was kept before.

    Raises Refused, and says who or why: kept for another request, on loan, at the binder, missing,
    weeded, for use in the library only, another library's.
    """
    request = request_for(request_id, Move.FIND, actor=actor, after=after)
    copies = Copy.objects.filter(library=request.library_id).select_related("title")
    copy = locked(copies, pk=copy_id)
    if request.copy_id == copy.pk:
        raise Refused("این نسخه هم‌اکنون برای همین درخواست کنار گذاشته شده است.")
    if reason := copy_taken(copy):
        raise Refused(reason)
    note = f"«{copy.title.title}»، ثبت {to_persian_digits(copy.registration_number)}"
    return request_move(
        request, Move.FIND, actor=actor, now=now, note=note[:500], **FREED | {"copy": copy}
    )


def copy_taken(copy: Copy, *, besides: Request | None = None) -> str:
    """Why a copy can't be kept for a request, in a sentence; "" where it can.

    `besides`: the request that may keep it.
    """
    loan = Loan.objects.filter(copy=copy, returned_at__isnull=True).select_related("member").first()
    if loan is not None:
        whom = f" «{masked_name(loan.member.full_name)}»" if loan.member else ""
        until = f" تا {format_jalali(loan.due_on)}" if loan.due_on else ""
        return f"این نسخه{until} در امانت{whom} است."
    if reason := reason_not_lendable(copy):
        return reason
    held = Request.objects.filter(copy=copy, state__in=HOLDS_A_COPY)
    other = held.exclude(pk=besides.pk).first() if besides else held.first()
    if other is not None:
        number = to_persian_digits(other.pk)
        return f"این نسخه برای درخواست {number} کنار گذاشته شده است؛ نسخهٔ دیگری برگزینید."
    return ""


@transaction.atomic
def request_let_go(
    *, request_id: int, note: str = "", actor: User, now: datetime, after: int | None = None
) -> RequestStep:
    """Free the copy that was kept; the request waits for another."""
    request = request_for(request_id, Move.LET_GO, actor=actor, after=after)
    return request_move(request, Move.LET_GO, actor=actor, now=now, note=note, **FREED)


@transaction.atomic
def request_offer(
    *,
    request_id: int,
    library_id: int,
    tell: bool = False,
    actor: User,
    now: datetime,
    after: int | None = None,
) -> RequestStep:
    """Offer the member the copy of another library of the province. Raises Refused for a library
    that is none of them.
    """
    request = request_for(request_id, Move.OFFER, actor=actor, after=after)
    library = others_of(request).filter(pk=library_id).first()
    if library is None:
        raise Refused("کتابخانه‌ای از همین استان را برگزینید که کتاب را دارد.")
    say = offer_say(request, library) if tell else None
    return request_move(
        request, Move.OFFER, actor=actor, now=now, note=library.name, say=say, offered=library
    )


def others_of(request: Request) -> ScopedQuerySet:
    """The other libraries of the province of the library that has the request."""
    library = request.library
    assert library is not None  # at a library, by the table
    others: ScopedQuerySet = Library.objects.filter(
        county__province=library.county.province_id
    ).exclude(pk=library.pk)
    return others


@transaction.atomic
def request_take_offer(
    *,
    request_id: int,
    note: str = "",
    tell: bool = False,
    actor: User,
    now: datetime,
    after: int | None = None,
) -> RequestStep:
    """The member takes the offer: the request goes to the library that has the book, and its staff
    see it from then on. Raises Refused where that library is gone.
    """
    request = request_for(request_id, Move.TAKE_OFFER, actor=actor, after=after)
    here, there = request.library, request.offered
    if here is None or there is None:
        raise Refused("کتابخانهٔ پیشنهادشده دیگر نیست؛ پیشنهاد را بردارید و دوباره جست‌وجو کنید.")
    words = f"از {here.name} به {there.name}" + (f"؛ {note}" if note.strip() else "")
    return request_move(
        request, Move.TAKE_OFFER, actor=actor, now=now, note=words,
        say=taken_say(request, there) if tell else None, library=there, offered=None,
    )  # fmt: skip


@transaction.atomic
def request_decline_offer(
    *, request_id: int, note: str = "", actor: User, now: datetime, after: int | None = None
) -> RequestStep:
    """The member doesn't want the other library's copy."""
    request = request_for(request_id, Move.DECLINE_OFFER, actor=actor, after=after)
    return request_move(request, Move.DECLINE_OFFER, actor=actor, now=now, note=note, offered=None)
