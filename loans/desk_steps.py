"""What the loans desk does with a code that was read: lend, show, take back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from libraries.models import Copy, User
from loans.domain.lending import rials
from loans.domain.overdue import days_late
from loans.models import Loan
from loans.selectors.desk import Found
from loans.services import loan_lend, loan_return

# A reader that sends a code twice does so at once; who means it twice has looked in between.
LOOK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Step:
    """What the desk shows next (ids), and the sentence for what was done."""

    member: int | None = None
    copy: int | None = None
    loan: int | None = None
    sentence: str = ""


def desk_take(
    found: Found,
    *,
    member_id: int | None,
    shown: int | None,
    shown_at: datetime | None,
    actor: User,
    now: datetime,
) -> Step:
    """Do what a lone find asks for.

    A member is chosen. A free copy is lent to the chosen member, and shown where none is. A lent
    copy is shown; read once more while it is `shown` (since `shown_at`), it is taken back. So a
    reader alone lends and takes back. Raises Refused as the services do.
    """
    if found.member is not None:
        return Step(member=found.member.pk, copy=shown)
    copy = found.copy
    assert copy is not None
    loan_id = (
        Loan.objects.filter(copy=copy, returned_at__isnull=True)
        .values_list("pk", flat=True)
        .first()
    )
    if loan_id is None and member_id is not None:
        return desk_lend(copy, member_id=member_id, actor=actor, now=now)
    read_again = shown == copy.pk and shown_at is not None and now - shown_at >= LOOK
    if loan_id is not None and read_again:
        loan = loan_return(loan_id=loan_id, actor=actor, now=now)
        return Step(member=member_id, loan=loan.pk, sentence=returned(loan))
    return Step(member=member_id, copy=copy.pk)


def desk_lend(copy: Copy, *, member_id: int, actor: User, now: datetime) -> Step:
    """Lend a copy to the chosen member. Raises Refused as `loan_lend` does."""
    loan = loan_lend(
        copy_id=copy.pk,
        member_id=member_id,
        actor=actor,
        now=now,
        today=timezone.localdate(now),
    )
    assert loan.due_on is not None
    return Step(
        member=member_id,
        sentence=f"«{copy.title}» به {loan.member} امانت داده شد؛ مهلت "
        f"{format_jalali(loan.due_on)}.",
    )


def returned(loan: Loan) -> str:
    """The sentence for a loan that has just come back."""
    assert loan.returned_at is not None
    late = days_late(loan.due_on, timezone.localdate(loan.returned_at))
    sentence = f"بازگشت «{loan.copy.title}» ثبت شد"
    if late:
        sentence += f"؛ {to_persian_digits(late)} روز دیرکرد"
    if loan.fee:
        sentence += f"، جریمه {rials(loan.fee)}"
    return sentence + "."
