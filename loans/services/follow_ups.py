"""Asking for books back, and what follows when they don't come (directive 5-1, 5-2)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.domain.jalali import format_jalali
from libraries.domain.persian import stored_form
from libraries.locking import lock_all
from libraries.models import Copy, CopyStatus, StatusChange, User
from libraries.refusal import Refused
from loans.domain.overdue import Standing, standing, unreturned_from
from loans.models import FollowUp, Loan, Member
from loans.services.lending import OWN_STAFF, open_loan_locked, status_change


@transaction.atomic
def follow_up_record(
    *, loan_id: int, channel: str, said: str, at: datetime, actor: User, now: datetime
) -> FollowUp:
    """Put on record that the library asked for a book back (directive 5-1).

    Raises Refused for a loan that is back, a time in the future or before the loan, or no result.
    """
    loan = open_loan_locked(loan_id, actor)
    said = _checked(channel, said, at, now)
    _refuse_before_loan(loan, at)
    return _write(loan, channel, said, at, actor, now)


@transaction.atomic
def follow_up_member(
    *,
    member_id: int,
    channel: str,
    said: str,
    at: datetime,
    actor: User,
    now: datetime,
    today: date,
) -> list[FollowUp]:
    """Put one call on record for every late book of a member: nobody is called once a book.

    Raises Refused as `follow_up_record` does, and where the member has no late book any more.
    """
    member = Member.objects.for_user(actor).filter(pk=member_id).first()
    if member is None or member.library_id != actor.library_id:
        raise Refused(OWN_STAFF)
    said = _checked(channel, said, at, now)
    late = Loan.objects.filter(member=member, returned_at__isnull=True, due_on__lt=today)
    # What comes back while the call is written down is left out, not refused.
    lock_all(Copy.objects.filter(loans__in=late.values("pk")))
    loans = list(late.select_related("copy__library").order_by("pk"))
    if not loans:
        raise Refused(f"{member} کتاب دیرکرده‌ای ندارد؛ شاید همین اکنون بازگردانده است.")
    for loan in loans:
        _refuse_before_loan(loan, at)
    return [_write(loan, channel, said, at, actor, now) for loan in loans]


def _checked(channel: str, said: str, at: datetime, now: datetime) -> str:
    """What was said, as it is kept. Raises Refused for what no call can be."""
    said = stored_form(said)
    if channel not in FollowUp.Channel.values:
        raise Refused("راه پیگیری را از فهرست برگزینید.")
    if not said:
        raise Refused("نتیجهٔ پیگیری را بنویسید: چه کسی پاسخ داد و چه گفت.")
    if at > now:
        raise Refused("زمان پیگیری در آینده است؛ پیگیری پس از انجام ثبت می‌شود.")
    return said[:500]


def _refuse_before_loan(loan: Loan, at: datetime) -> None:
    if at < loan.lent_at:
        lent_on = format_jalali(timezone.localdate(loan.lent_at))
        raise Refused(f"زمان پیگیری پیش از امانت است؛ این کتاب در {lent_on} امانت رفته است.")


def _write(
    loan: Loan, channel: str, said: str, at: datetime, actor: User, now: datetime
) -> FollowUp:
    follow_up = FollowUp.objects.create(loan=loan, at=at, by=actor, channel=channel, said=said)
    audit.record(
        "follow_up_record", actor=actor, library=loan.copy.library, subject=follow_up, now=now
    )
    return follow_up


@transaction.atomic
def loan_give_up(*, loan_id: int, actor: User, now: datetime, today: date) -> StatusChange:
    """Give a lent copy the status «برنگشته» (directive 5-2 الف). Its loan stays open: it is owed.

    Only a loan two Jalali months past due that was followed up after it was due (5-1). Raises
    Refused otherwise, with the date from which it may be.
    """
    loan = open_loan_locked(loan_id, actor)
    copy = loan.copy
    if copy.status == CopyStatus.UNRETURNED:
        raise Refused("وضعیت این نسخه پیش‌تر «برنگشته» شده است.")
    if copy.status != CopyStatus.AVAILABLE:
        raise Refused(
            f"وضعیت این نسخه «{copy.get_status_display()}» است؛ آن را نخست در رف‌خوانی روشن کنید."
        )
    if loan.due_on is None:
        raise Refused("مهلت بازگشت این امانت نامعلوم است؛ پس نمی‌توان گفت دو ماه از آن گذشته است.")
    due_on = loan.due_on
    called = any(
        timezone.localdate(at) > due_on for at in loan.follow_ups.values_list("at", flat=True)
    )
    stands = standing(due_on, today, followed_up=called)
    if stands is Standing.FOLLOW_UP_DUE:
        raise Refused(
            "پس از گذشتن مهلت هنوز پیگیری‌ای ثبت نشده است؛ نخست با امانت‌گیرنده تماس بگیرید و نتیجه "
            "را ثبت کنید (مادّهٔ ۵-۱)."
        )
    if stands is not Standing.UNRETURNED:
        first = format_jalali(unreturned_from(due_on))
        raise Refused(
            f"هنوز دو ماه از مهلت این امانت نگذشته است؛ از {first} می‌توان آن را «برنگشته» کرد "
            "(مادّهٔ ۵-۱)."
        )
    change = status_change(
        copy,
        CopyStatus.UNRETURNED,
        cause=f"از {format_jalali(due_on)} با وجود پیگیری بازنگشته است (مادّهٔ ۵-۱).",
        actor=actor,
        now=now,
    )
    audit.record("loan_give_up", actor=actor, library=copy.library, subject=loan, now=now)
    return change
