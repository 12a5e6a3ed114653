"""Writing loans: each service locks the copy first, so that two desks never lend it twice."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from libraries import audit
from libraries.domain.jalali import format_jalali
from libraries.domain.national_id import clean_mobile, clean_national_id
from libraries.domain.persian import search_key, stored_form, to_ascii_digits
from libraries.locking import locked
from libraries.models import Copy, CopyStatus, StatusChange, User
from libraries.refusal import Refused
from loans.domain.overdue import days_late
from loans.models import FollowUp, Forgiveness, Loan, Member

LOAN_DAYS = 14
CHUNK = 500


def member_add(
    *,
    actor: User,
    full_name: str,
    membership_number: str = "",
    national_id: str = "",
    mobile: str = "",
    now: datetime,
) -> Member:
    """Enter a member of the actor's library. Raises Refused with the reason."""
    if actor.library is None:
        raise Refused("عضو را کارکنان خود کتابخانه ثبت می‌کنند.")
    name = stored_form(full_name)
    if not name:
        raise Refused("نام عضو را بنویسید.")
    try:
        clean_id = clean_national_id(national_id) if national_id.strip() else ""
        clean_phone = clean_mobile(mobile) if mobile.strip() else ""
    except ValueError as error:
        raise Refused(str(error)) from None
    try:
        with transaction.atomic():
            member = Member.objects.create(
                library=actor.library,
                full_name=name,
                search_name=search_key(name)[:200],
                membership_number=to_ascii_digits(stored_form(membership_number)),
                national_id=clean_id,
                mobile=clean_phone,
            )
            audit.record("member_add", actor=actor, library=actor.library, subject=member, now=now)
            return member
    except IntegrityError:
        raise Refused("عضوی با همین کد ملی یا شمارهٔ عضویت در این کتابخانه ثبت شده است.") from None


@transaction.atomic
def member_open(*, member_id: int, actor: User, now: datetime) -> Member:
    """Show a member's personal data whole, and log that it was opened."""
    member = locked(Member.objects.for_user(actor), pk=member_id)
    audit.record("member_open", actor=actor, library=member.library, subject=member, now=now)
    return member


@transaction.atomic
def loan_lend(
    *,
    copy_id: int,
    member_id: int,
    due_on: date | None = None,
    actor: User,
    now: datetime,
    today: date,
) -> Loan:
    """Lend a copy to a member. Raises Refused: on loan already, not to be lent, due in the past."""
    copy = locked(Copy.objects.for_user(actor), pk=copy_id)
    member = locked(Member.objects.for_user(actor).filter(library=copy.library_id), pk=member_id)
    due_on = due_on or today + timedelta(days=LOAN_DAYS)
    if due_on < today:
        raise Refused("مهلت بازگشت نمی‌تواند در گذشته باشد.")
    if copy.is_reference:
        raise Refused("این نسخه مرجع است و امانت داده نمی‌شود.")
    if copy.status != CopyStatus.AVAILABLE:
        raise Refused(f"وضعیت این نسخه «{copy.get_status_display()}» است و امانت داده نمی‌شود.")
    if Loan.objects.filter(copy=copy, returned_at__isnull=True).exists():
        raise Refused("این نسخه هم‌اکنون در امانت است؛ نخست بازگشت آن را ثبت کنید.")
    loan = Loan.objects.create(copy=copy, member=member, lent_at=now, due_on=due_on, lent_by=actor)
    audit.record("loan_lend", actor=actor, library=copy.library, subject=loan, now=now)
    return loan


@transaction.atomic
def loan_return(*, loan_id: int, actor: User, now: datetime) -> Loan:
    """Take a lent copy back; an unreturned copy becomes available. Raises Refused: it is back."""
    loan = _open_loan(loan_id, actor)
    _return(loan, actor, now)
    copy = loan.copy
    if copy.status == CopyStatus.UNRETURNED:
        copy.status = CopyStatus.AVAILABLE
        copy.save(update_fields=["status"])
        StatusChange.objects.create(
            copy=copy,
            from_status=CopyStatus.UNRETURNED,
            to_status=CopyStatus.AVAILABLE,
            source=StatusChange.Source.LOANS,
            cause="امانت‌گیرنده کتاب را بازگرداند.",
            at=now,
            by=actor,
        )
    audit.record("loan_return", actor=actor, library=copy.library, subject=loan, now=now)
    return loan


@transaction.atomic
def follow_up_record(
    *, loan_id: int, channel: str, said: str, at: datetime, actor: User, now: datetime
) -> FollowUp:
    """Put on record that the library asked for a book back (directive 5-1).

    Raises Refused for a loan that is back, a time in the future or before the loan, or no result.
    """
    loan = _open_loan(loan_id, actor)
    said = stored_form(said)
    if channel not in FollowUp.Channel.values:
        raise Refused("راه پیگیری را از فهرست برگزینید.")
    if not said:
        raise Refused("نتیجهٔ پیگیری را بنویسید: چه کسی پاسخ داد و چه گفت.")
    if at > now:
        raise Refused("زمان پیگیری در آینده است؛ پیگیری پس از انجام ثبت می‌شود.")
    if at < loan.lent_at:
        lent_on = format_jalali(timezone.localdate(loan.lent_at))
        raise Refused(f"زمان پیگیری پیش از امانت است؛ این کتاب در {lent_on} امانت رفته است.")
    follow_up = FollowUp.objects.create(
        loan=loan, at=at, by=actor, channel=channel, said=said[:500]
    )
    audit.record(
        "follow_up_record", actor=actor, library=loan.copy.library, subject=follow_up, now=now
    )
    return follow_up


@transaction.atomic
def fee_forgive(
    *, loan_id: int, cause: str, actor: User, now: datetime, today: date
) -> Forgiveness:
    """Forgive a loan's late fee for a reason a person gives. Raises Refused when there is none."""
    loan = locked(Loan.objects.for_user(actor).select_related("copy__library"), pk=loan_id)
    cause = stored_form(cause)
    if not cause:
        raise Refused("سبب بخشودگی را بنویسید.")
    forgiveness = forgive(loan, cause=cause, actor=actor, now=now, today=today)
    if forgiveness is None:
        raise Refused("این امانت دیرکردی ندارد یا دیرکرد آن پیش‌تر بخشوده شده است.")
    audit.record(
        "fee_forgive", actor=actor, library=loan.copy.library, subject=forgiveness, now=now
    )
    return forgiveness


def forgive(
    loan: Loan, *, cause: str, actor: User, now: datetime, today: date
) -> Forgiveness | None:
    """Write a forgiveness in the caller's transaction; None where there is nothing to forgive."""
    back_on = min(today, timezone.localdate(loan.returned_at)) if loan.returned_at else today
    late = days_late(loan.due_on, back_on)
    if not late or loan.forgivenesses.filter(revoked_at__isnull=True).exists():
        return None
    return Forgiveness.objects.create(
        loan=loan, days_late=late, cause=cause[:300], at=now, by=actor
    )


def loans_return_forgiven(
    loan_ids: Sequence[int], *, cause: str, actor: User, now: datetime, today: date
) -> dict[int, int]:
    """Return open loans, many at once, and forgive their late fees for one cause.

    Inside the caller's transaction, which holds the copies. Gives the forgiveness' id by the
    loan's, for the loans that had anything to forgive.
    """
    forgiven: dict[int, int] = {}
    for start in range(0, len(loan_ids), CHUNK):
        loans = list(
            Loan.objects.select_for_update(of=("self",)).filter(
                pk__in=loan_ids[start : start + CHUNK], returned_at__isnull=True
            )
        )
        Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(
            returned_at=Greatest("lent_at", Value(now)), returned_by=actor
        )
        standing = set(
            Forgiveness.objects.filter(loan__in=loans, revoked_at__isnull=True).values_list(
                "loan_id", flat=True
            )
        )
        written = Forgiveness.objects.bulk_create(
            Forgiveness(loan=loan, days_late=late, cause=cause[:300], at=now, by=actor)
            for loan in loans
            if (late := days_late(loan.due_on, today)) and loan.pk not in standing
        )
        forgiven.update((forgiveness.loan_id, forgiveness.pk) for forgiveness in written)
    return forgiven


def _open_loan(loan_id: int, actor: User) -> Loan:
    """The loan, open, with its copy under lock; the copy first, as everywhere."""
    copy_id = Loan.objects.for_user(actor).filter(pk=loan_id).values_list("copy", flat=True).first()
    if copy_id is None:
        raise Refused("این امانت نیست یا در حوزهٔ شما نیست.")
    copy = locked(Copy.objects.select_related("library"), pk=copy_id)
    loan = locked(Loan.objects.all(), pk=loan_id)
    loan.copy = copy
    if loan.returned_at is not None:
        raise Refused("بازگشت این امانت پیش‌تر ثبت شده است.")
    return loan


def _return(loan: Loan, actor: User, now: datetime) -> None:
    loan.returned_at = max(now, loan.lent_at)
    loan.returned_by = actor
    loan.save(update_fields=["returned_at", "returned_by"])
