"""Loan cards of a library that lent on paper: each becomes an open loan (directive 3-3 ب)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.domain.codes import clean_code
from libraries.domain.jalali import format_jalali
from libraries.domain.persian import search_key, stored_form, to_persian_digits
from libraries.locking import locked
from libraries.models import Copy, CopyStatus, User
from libraries.refusal import Refused
from loans.lendable import reason_not_lendable
from loans.list_loans import loan_start
from loans.models import Loan, LoanRules, Member
from loans.services.lending import OWN_STAFF
from loans.services.members import member_add


@transaction.atomic
def loan_card_enter(
    *,
    registration_number: str,
    member_name: str = "",
    membership_number: str = "",
    due_on: date | None = None,
    lent_on: date | None = None,
    lent_before: datetime,
    actor: User,
    now: datetime,
) -> Loan:
    """Write down the loan that a loan card tells of; the member is found, or entered if new.

    Where the card doesn't say when the book was lent, it was before `lent_before`, and a term
    before it was due. The same card twice changes nothing. Raises Refused: no such copy, on loan
    otherwise, weeded or at the binder, days that can't be.
    """
    if actor.library is None:
        raise Refused(OWN_STAFF)
    copy = _copy_of(registration_number, actor)
    today = timezone.localdate(now)
    if lent_on and lent_on > today:
        raise Refused("تاریخ امانت در آینده است؛ آن را درست کنید.")
    if lent_on and due_on and due_on < lent_on:
        raise Refused("مهلت بازگشت پیش از تاریخ امانت است؛ یکی از این دو را درست کنید.")
    member = _member_of(member_name, membership_number, actor, now)
    open_loan = Loan.objects.filter(copy=copy, returned_at__isnull=True).first()
    if open_loan is not None:
        if (open_loan.source, open_loan.member, open_loan.due_on) == ("card", member, due_on):
            return open_loan
        due = f" تا {format_jalali(open_loan.due_on)}" if open_loan.due_on else ""
        raise Refused(
            f"نسخهٔ ثبت {to_persian_digits(copy.registration_number)} پیش‌تر در امانت ثبت شده "
            f"است{due}؛ برای تغییر، پروندهٔ همان امانت را باز کنید."
        )
    # A reference copy shouldn't be out, but where its card says so it is.
    is_plain = copy.is_reference and copy.status == CopyStatus.AVAILABLE
    if not is_plain and (reason := reason_not_lendable(copy)):
        raise Refused(reason)
    if lent_on:
        lent_at = loan_start(lent_on, now)
    else:
        lent_at = lent_before - timedelta(minutes=1)
        if due_on:
            term = timedelta(days=LoanRules.of(copy.library).loan_days)
            lent_at = min(lent_at, loan_start(due_on - term, now))
    loan = Loan.objects.create(
        copy=copy,
        member=member,
        source=Loan.Source.CARD,
        lent_at=lent_at,
        due_on=due_on,
        lent_by=actor,
    )
    audit.record("loan_card_enter", actor=actor, library=copy.library, subject=loan, now=now)
    return loan


def _copy_of(registration_number: str, actor: User) -> Copy:
    number = clean_code(registration_number)
    if not number:
        raise Refused("شمارهٔ ثبت خالی است؛ آن را از کارت امانت بنویسید.")
    copies = Copy.objects.filter(library=actor.library_id).select_related("library", "title")
    copy_id = copies.filter(registration_number=number).values_list("pk", flat=True).first()
    if copy_id is None:
        raise Refused(
            f"نسخه‌ای با شمارهٔ ثبت {to_persian_digits(number[:60])} در این کتابخانه نیست؛ شماره را "
            "درست کنید یا نخست رف‌برگهٔ آن را وارد کنید."
        )
    return locked(copies, pk=copy_id)


def _member_of(name: str, membership_number: str, actor: User, now: datetime) -> Member | None:
    """The member by number, else by a name that one member alone has; entered if new."""
    name = stored_form(name)
    number = clean_code(membership_number)
    if not name and not number:
        return None
    members = Member.objects.filter(library=actor.library_id)
    if number:
        found = members.filter(membership_number=number).first()
        if found is not None or not name:
            if found is None:
                raise Refused(
                    f"عضوی با شمارهٔ {to_persian_digits(number[:40])} نیست؛ شماره را درست کنید یا "
                    "نامش را هم بنویسید تا ثبت شود."
                )
            return found
        return member_add(actor=actor, full_name=name, membership_number=number, now=now)
    namesakes = list(members.filter(search_name=search_key(name)[:200])[:2])
    if len(namesakes) > 1:
        raise Refused(f"چند عضو به نام «{name[:80]}» هست؛ شمارهٔ عضویت را هم بنویسید.")
    return namesakes[0] if namesakes else member_add(actor=actor, full_name=name, now=now)
