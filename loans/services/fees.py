"""Late fees: taken, or forgiven for a reason that a person gives (directive 4-2)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from libraries import audit
from libraries.bulk import bulk_rewrite
from libraries.domain.jalali import format_jalali
from libraries.domain.persian import stored_form
from libraries.models import User
from libraries.refusal import Refused
from loans.domain.lending import late_fee
from loans.domain.overdue import days_late
from loans.models import Forgiveness, Loan, LoanRules
from loans.services.lending import loan_locked

CHUNK = 500


@transaction.atomic
def fee_pay(*, loan_id: int, actor: User, now: datetime) -> Loan:
    """Put on record that a loan's late fee was taken. Raises Refused: none, taken or forgiven."""
    loan = loan_locked(loan_id, actor)
    if loan.returned_at is None:
        raise Refused("این کتاب هنوز در امانت است؛ جریمهٔ دیرکرد با ثبت بازگشت آن معلوم می‌شود.")
    _refuse_settled(loan)
    if not loan.fee:
        raise Refused("این امانت جریمه‌ای ندارد.")
    loan.fee_paid_at = now
    loan.fee_paid_by = actor
    loan.save(update_fields=["fee_paid_at", "fee_paid_by"])
    audit.record(
        "fee_pay", actor=actor, library=loan.copy.library, subject=loan, now=now, fee=loan.fee
    )
    return loan


@transaction.atomic
def fee_forgive(
    *, loan_id: int, cause: str, actor: User, now: datetime, today: date
) -> Forgiveness:
    """Forgive the late fee of a loan that is back, for a reason a person gives.

    Raises Refused: no reason, still on loan (what is not known yet can't be forgiven), not late,
    taken or forgiven already.
    """
    loan = loan_locked(loan_id, actor)
    cause = stored_form(cause)
    if not cause:
        raise Refused("سبب بخشودگی را بنویسید.")
    if loan.returned_at is None:
        raise Refused("دیرکرد پس از بازگشت کتاب بخشوده می‌شود؛ نخست بازگشت آن را ثبت کنید.")
    _refuse_settled(loan)
    late = days_late(loan.due_on, timezone.localdate(loan.returned_at))
    if not late:
        raise Refused("این امانت دیرکردی ندارد.")
    forgiveness = Forgiveness.objects.create(
        loan=loan, days_late=late, amount=loan.fee, cause=cause[:300], at=now, by=actor
    )
    audit.record(
        "fee_forgive", actor=actor, library=loan.copy.library, subject=forgiveness, now=now,
        fee=loan.fee,
    )  # fmt: skip
    return forgiveness


def _refuse_settled(loan: Loan) -> None:
    if loan.fee_paid_at is not None:
        paid_on = format_jalali(timezone.localdate(loan.fee_paid_at))
        raise Refused(f"جریمهٔ این امانت پیش‌تر دریافت شده است ({paid_on}).")
    if loan.forgivenesses.filter(revoked_at__isnull=True).exists():
        raise Refused("دیرکرد این امانت پیش‌تر بخشوده شده است.")


def loans_return_forgiven(
    loan_ids: Sequence[int], *, cause: str, actor: User, now: datetime, today: date
) -> dict[int, int]:
    """Return open loans, many at once, and forgive their late fees for one cause.

    Inside the caller's transaction, which holds the copies. Each fee is fixed as at the desk, and
    forgiven whole. Gives the forgiveness' id by the loan's, for those that had anything to forgive.
    """
    forgiven: dict[int, int] = {}
    rates: dict[int, int] = {}
    for start in range(0, len(loan_ids), CHUNK):
        loans = list(
            Loan.objects.select_for_update(of=("self",))
            .filter(pk__in=loan_ids[start : start + CHUNK], returned_at__isnull=True)
            .select_related("copy__library")
        )
        Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(
            returned_at=Greatest("lent_at", Value(now)), returned_by=actor
        )
        for loan in loans:
            library = loan.copy.library
            if library.pk not in rates:
                rates[library.pk] = LoanRules.of(library).fee_a_day
            loan.fee = late_fee(days_late(loan.due_on, today), rates[library.pk])
        bulk_rewrite(Loan, ("fee",), ((loan.pk, loan.fee) for loan in loans if loan.fee))
        standing = set(
            Forgiveness.objects.filter(loan__in=loans, revoked_at__isnull=True).values_list(
                "loan_id", flat=True
            )
        )
        written = Forgiveness.objects.bulk_create(
            Forgiveness(
                loan=loan, days_late=late, amount=loan.fee, cause=cause[:300], at=now, by=actor
            )
            for loan in loans
            if (late := days_late(loan.due_on, today)) and loan.pk not in standing
        )
        forgiven.update((forgiveness.loan_id, forgiveness.pk) for forgiveness in written)
    return forgiven
