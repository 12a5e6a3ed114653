"""Applications for membership: approved, found to be a member's, refused (spec R6).

Locks: the application, then the requests that were kept for its sender, the library, the member.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from libraries import audit
from libraries.domain.national_id import mobile_or_nothing
from libraries.domain.persian import stored_form
from libraries.locking import lock_all, locked
from libraries.models import Library, User
from libraries.refusal import Refused
from loans.models import Member
from loans.services import member_add, member_set_active
from sms_requests.domain.likeness import Why, contradicts
from sms_requests.domain.parse import Kind
from sms_requests.domain.replies import Reply
from sms_requests.domain.way import By, Move, State
from sms_requests.models import Request, RequestStep
from sms_requests.selectors.joining import look_alikes
from sms_requests.selectors.membership import member_at
from sms_requests.services.library import request_for
from sms_requests.services.moves import Say, request_move

LONGEST_REASON = 100  # so that the answer keeps to its parts


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of an approval: the member, and the kept requests that go on."""

    member: Member
    admitted: list[Request]


def approved_say(request: Request) -> Say:
    """That the sender is a member now."""
    assert request.library is not None
    return Say(Reply.MEMBERSHIP_APPROVED, {"library": request.library.name})


def refused_say(request: Request, reason: str) -> Say:
    """That the application was refused, and why."""
    assert request.library is not None
    return Say(
        Reply.MEMBERSHIP_REFUSED, {"library": request.library.name, "reason": reason.rstrip(" .،؛")}
    )


@transaction.atomic
def membership_approve(
    *,
    request_id: int,
    seen: Collection[int],
    membership_number: str = "",
    tell: bool = True,
    actor: User,
    now: datetime,
    after: int | None = None,
) -> Joined:
    """Make the sender a member, and let the requests go on that were kept for them.

    `seen` are the ids of the look-alikes that the actor was shown; without a `membership_number`
    the next one is given. Raises Refused where the name or the national ID isn't known, a member
    has the ID, or there is a look-alike that the actor hasn't seen.
    """
    request = request_for(request_id, Move.APPROVE, actor=actor, after=after)
    if not (request.full_name and request.national_id):
        raise Refused("نخست نام و کد ملی درخواست‌دهنده را در «درست کردن» کامل کنید.")
    lock_all(_kept(request.library_id, request.national_id))
    # Whoever enters members, by list or by approval, holds the library: numbers are given one by
    # one, and no look-alike comes between the look and the entry.
    locked(Library.objects.for_user(actor), pk=request.library_id)
    alike = look_alikes(request)
    if any(Why.NATIONAL_ID in one.why for one in alike):
        raise Refused(
            "عضوی با همین کد ملی در کتابخانه هست؛ در فهرست زیر کنار نام او «همین شخص است» را بزنید."
        )
    if any(one.member.pk not in seen for one in alike):
        raise Refused(
            "پس از باز شدن این صفحه عضو دیگری پیدا شد که شاید همین شخص باشد؛ فهرست زیر را ببینید و "
            "اگر نیست دوباره تأیید کنید."
        )
    member = member_add(
        actor=actor,
        full_name=request.full_name,
        membership_number=membership_number,
        number_is_made=not stored_form(membership_number),
        national_id=request.national_id,
        mobile=mobile_or_nothing(request.mobile),
        now=now,
    )
    return _join(request, member, tell=tell, actor=actor, now=now)


@transaction.atomic
def membership_link(
    *,
    request_id: int,
    member_id: int,
    tell: bool = True,
    actor: User,
    now: datetime,
    after: int | None = None,
) -> Joined:
    """Approve an application whose sender is a member already: a membership that rested is woken,
    and a national ID and a mobile number that the record lacked are taken from the application.

    Raises Refused where the member has another national ID, or another member has this one.
    """
    request = request_for(request_id, Move.APPROVE, actor=actor, after=after)
    members = Member.objects.for_user(actor)
    known = members.filter(pk=member_id).values_list("national_id", flat=True).first()
    lock_all(_kept(request.library_id, known or request.national_id))
    member: Member = locked(members, pk=member_id)
    if contradicts(request.national_id, member):
        raise Refused(
            "کد ملی این عضو با کد ملی درخواست یکی نیست؛ اگر همین شخص است، نخست کد ملی درخواست را "
            "درست کنید."
        )
    told = {"national_id": request.national_id, "mobile": mobile_or_nothing(request.mobile)}
    filled = [name for name, value in told.items() if value and not getattr(member, name)]
    if filled:
        for name in filled:
            setattr(member, name, told[name])
        try:
            with transaction.atomic():
                member.save(update_fields=filled)
        except IntegrityError:
            has_it = Member.objects.filter(
                library=member.library_id, national_id=member.national_id
            )
            if not member.national_id or not has_it.exclude(pk=member.pk).exists():
                raise
            raise Refused(
                "این کد ملی از آن عضو دیگری است؛ در فهرست زیر «همین شخص است» را کنار نام او بزنید."
            ) from None
        audit.record(
            "member_fill", actor=actor, library=member.library, subject=member, now=now,
            fields=filled,
        )  # fmt: skip
    member = member_set_active(member_id=member.pk, is_active=True, actor=actor, now=now)
    return _join(request, member, tell=tell, actor=actor, now=now)


def _join(request: Request, member: Member, *, tell: bool, actor: User, now: datetime) -> Joined:
    say = approved_say(request) if tell else None
    request_move(request, Move.APPROVE, actor=actor, now=now, say=say, member=member)
    return Joined(member, admit_kept(member, actor=actor, now=now))


@transaction.atomic
def membership_refuse(
    *,
    request_id: int,
    reason: str,
    tell: bool = True,
    actor: User,
    now: datetime,
    after: int | None = None,
) -> RequestStep:
    """Refuse an application with a reason, which the sender is told too if `tell`."""
    request = request_for(request_id, Move.REFUSE, actor=actor, after=after)
    words = stored_form(reason)
    if not words:
        raise Refused("بنویسید چرا عضویت تأیید نمی‌شود.")
    if len(words) > LONGEST_REASON:
        raise Refused("علت رد بیش از ۱۰۰ نویسه است و در پیامک جا نمی‌شود؛ آن را کوتاه کنید.")
    say = refused_say(request, words) if tell else None
    return request_move(request, Move.REFUSE, actor=actor, now=now, note=words, say=say)


@transaction.atomic
def admit_kept(member: Member, *, actor: User | None, now: datetime) -> list[Request]:
    """Let the requests go on that were kept at the member's library until somebody with this
    national ID is a member. Returns them; none where the member has no ID.
    """
    kept = _kept(member.library_id, member.national_id)
    lock_all(kept)
    admitted = list(kept.select_related("library").order_by("pk"))
    for request in admitted:
        request_move(request, Move.ADMIT, actor=actor, by=By.SYSTEM, now=now, member=member)
    return admitted


def kept_admit(now: datetime) -> int:
    """Let every request go on that is kept though its sender is a member by now: entered by hand,
    by a list of members, or approved while the text was being understood. How many went on, each
    in a transaction of its own.
    """
    same = Member.objects.filter(library=OuterRef("library"), national_id=OuterRef("national_id"))
    due = Request.objects.filter(Exists(same), kind=Kind.LOAN, state=State.NO_MEMBER)
    waiting = due.exclude(national_id="").order_by("pk").values_list("pk", flat=True)
    return sum(_admit_one(request_id, now) for request_id in list(waiting))


@transaction.atomic
def _admit_one(request_id: int, now: datetime) -> bool:
    """Let one request go on; False where it was done, closed or corrected meanwhile."""
    # Directly under the row lock: one that went on meanwhile is no refusal.
    kept = Request.objects.select_for_update().filter(pk=request_id, state=State.NO_MEMBER).first()
    if kept is None or kept.library is None:
        return False
    member = member_at(kept.library, kept.national_id)
    if member is None:
        return False
    request_move(kept, Move.ADMIT, actor=None, by=By.SYSTEM, now=now, member=member)
    return True


def _kept(library_id: int | None, national_id: str) -> QuerySet[Request]:
    kept = Request.objects.filter(
        library=library_id, national_id=national_id, kind=Kind.LOAN, state=State.NO_MEMBER
    )
    return kept if national_id else kept.none()
