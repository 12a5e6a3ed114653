"""Lend, renew, take back: each service locks the copy first, so that no two desks meet on it."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from libraries.locking import locked
from libraries.models import Copy, CopyStatus, StatusChange, User
from libraries.refusal import Refused
from loans.domain.lending import late_fee, masked_name, renewed_until
from loans.domain.overdue import days_late
from loans.lendable import reason_not_lendable
from loans.models import Loan, LoanRules, Member, Renewal

OWN_STAFF = "امانت و بازگشت را کارکنان خود کتابخانه ثبت می‌کنند."


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
    """Lend a copy to a member, by the library's rules. Without `due_on` the rules' term holds.

    Raises Refused: another library's copy or member, a copy that doesn't go out, is out already,
    a member who rests, has too many or has late ones, a due date in the past.
    """
    if actor.library is None:
        raise Refused(OWN_STAFF)
    copy = _own_copy(copy_id, actor)
    # Under lock as well: two desks that lend to one member count what that member has in turn.
    member = locked(Member.objects.for_user(actor).filter(library=copy.library_id), pk=member_id)
    rules = LoanRules.of(copy.library)
    due_on = due_on or today + timedelta(days=rules.loan_days)
    if due_on < today:
        raise Refused("مهلت بازگشت نمی‌تواند در گذشته باشد.")
    if not member.is_active:
        raise Refused(f"عضویت {member} غیرفعال است؛ نخست آن را در صفحهٔ عضو فعال کنید.")
    if reason := reason_not_lendable(copy):
        # An unreturned copy is on loan as well, and that says who has it.
        raise Refused(_on_loan_already(copy) or reason)
    if reason := _on_loan_already(copy):
        raise Refused(reason)
    if reason := borrower_hindered(member, rules, today):
        raise Refused(reason)
    loan = Loan.objects.create(copy=copy, member=member, lent_at=now, due_on=due_on, lent_by=actor)
    audit.record("loan_lend", actor=actor, library=copy.library, subject=loan, now=now)
    return loan


def _own_copy(copy_id: int, actor: User) -> Copy:
    copies = Copy.objects.filter(library=actor.library_id).select_related("library")
    if not copies.filter(pk=copy_id).exists():
        raise Refused("این نسخه در کتابخانهٔ شما نیست؛ کتاب کتابخانهٔ دیگر اینجا امانت داده نمی‌شود.")
    return locked(copies, pk=copy_id)


def _on_loan_already(copy: Copy) -> str:
    """The sentence that says who has the copy, half hidden; "" where nobody has."""
    loan = Loan.objects.filter(copy=copy, returned_at__isnull=True).select_related("member").first()
    if loan is None:
        return ""
    whom = f" («{masked_name(loan.member.full_name)}»)" if loan.member else ""
    return f"این نسخه هم‌اکنون در امانت است{whom}؛ نخست بازگشت آن را ثبت کنید."


def borrower_hindered(member: Member, rules: LoanRules, today: date) -> str:
    """Why nothing more is lent to an active member now, in a sentence; "" where it is."""
    due_dates = list(
        Loan.objects.filter(member=member, returned_at__isnull=True).values_list(
            "due_on", flat=True
        )
    )
    if len(due_dates) >= rules.most_at_once:
        return (
            f"{member} اکنون {to_persian_digits(len(due_dates))} کتاب دارد و بیش از "
            f"{to_persian_digits(rules.most_at_once)} کتاب هم‌زمان امانت داده نمی‌شود؛ نخست یکی را "
            "بازگرداند."
        )
    late = sum(days_late(due_on, today) > 0 for due_on in due_dates)
    if late and not rules.overdue_may_borrow:
        return (
            f"{member} {to_persian_digits(late)} کتاب دیرکرده دارد؛ تا بازگرداندن آن کتاب دیگری "
            "امانت داده نمی‌شود."
        )
    return ""


@transaction.atomic
def loan_renew(*, loan_id: int, actor: User, now: datetime, today: date) -> Renewal:
    """Give an open loan the rules' renewal days more, counted from its due date.

    Raises Refused: back already, overdue, or renewed as often as the rules allow.
    """
    loan = open_loan_locked(loan_id, actor)
    rules = LoanRules.of(loan.copy.library)
    late = days_late(loan.due_on, today)
    if late or loan.copy.status == CopyStatus.UNRETURNED:
        how_late = f" {to_persian_digits(late)} روز" if late else ""
        raise Refused(
            f"مهلت این امانت{how_late} گذشته است و تمدید نمی‌شود؛ بازگشت آن را ثبت کنید و اگر عضو "
            "باز می‌خواهد دوباره امانت دهید."
        )
    if loan.renewals.count() >= rules.renewals:
        raise Refused(
            f"این امانت {to_persian_digits(rules.renewals)} بار تمدید شده است و بیش از این تمدید "
            "نمی‌شود."
            if rules.renewals
            else "در این کتابخانه امانت تمدید نمی‌شود؛ آیین امانت را مسئول کتابخانه تعیین می‌کند."
        )
    before = loan.due_on
    loan.due_on = renewed_until(before, today, rules.renewal_days)
    loan.save(update_fields=["due_on"])
    renewal = Renewal.objects.create(
        loan=loan, at=now, by=actor, from_due=before, to_due=loan.due_on
    )
    audit.record("loan_renew", actor=actor, library=loan.copy.library, subject=loan, now=now)
    return renewal


@transaction.atomic
def loan_return(*, loan_id: int, actor: User, now: datetime) -> Loan:
    """Take a lent copy back; its late fee is fixed at today's rate, and an unreturned copy
    becomes available. Raises Refused: it is back already, or another library lent it.
    """
    loan = open_loan_locked(loan_id, actor)
    copy = loan.copy
    late = days_late(loan.due_on, timezone.localdate(now))
    loan.returned_at = max(now, loan.lent_at)
    loan.returned_by = actor
    loan.fee = late_fee(late, LoanRules.of(copy.library).fee_a_day)
    loan.save(update_fields=["returned_at", "returned_by", "fee"])
    if copy.status == CopyStatus.UNRETURNED:
        status_change(
            copy, CopyStatus.AVAILABLE, cause="امانت‌گیرنده کتاب را بازگرداند.", actor=actor, now=now
        )
    audit.record(
        "loan_return", actor=actor, library=copy.library, subject=loan, now=now,
        days_late=late, fee=loan.fee,
    )  # fmt: skip
    return loan


def status_change(
    copy: Copy, status: CopyStatus, *, cause: str, actor: User, now: datetime
) -> StatusChange:
    """Give a copy that the caller holds another status, with its line of history (spec S4.5)."""
    before = copy.status
    copy.status = status
    copy.save(update_fields=["status"])
    return StatusChange.objects.create(
        copy=copy,
        from_status=before,
        to_status=status,
        source=StatusChange.Source.LOANS,
        cause=cause,
        at=now,
        by=actor,
    )


def open_loan_locked(loan_id: int, actor: User) -> Loan:
    """The loan, open, of the actor's own library, with its copy under lock; the copy first, as
    everywhere. Raises Refused where there is none or it is back.
    """
    loan = loan_locked(loan_id, actor)
    if loan.returned_at is not None:
        returned_on = format_jalali(timezone.localdate(loan.returned_at))
        raise Refused(f"بازگشت این امانت پیش‌تر ثبت شده است ({returned_on}).")
    return loan


def loan_locked(loan_id: int, actor: User) -> Loan:
    """A loan of the actor's own library, with its copy under lock. Raises Refused."""
    loans = Loan.objects.for_user(actor).filter(pk=loan_id)
    copy_id, library_id = loans.values_list("copy", "copy__library").first() or (None, None)
    if copy_id is None:
        raise Refused("این امانت نیست یا در حوزهٔ شما نیست.")
    if library_id != actor.library_id:
        raise Refused(OWN_STAFF)
    copy = locked(Copy.objects.select_related("library"), pk=copy_id)
    loan: Loan = locked(Loan.objects.all(), pk=loan_id)
    loan.copy = copy
    return loan
