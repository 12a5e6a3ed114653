"""Whom to call: members with late books, each once, however many books they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery

from libraries.models import User
from loans.models import FollowUp, Loan, Member
from loans.selectors.loans import (
    OVERDUE,
    SHOWN,
    LoanLine,
    loan_lines,
    open_loans,
)


def late_loans(
    user: User, today: date, *, which: str = OVERDUE, late: str = "", words: str = ""
) -> QuerySet[Loan]:
    """Late open loans of known borrowers; the arguments are those of `open_loans`."""
    return open_loans(user, today, which=which, late=late, words=words).filter(member__isnull=False)


def members_to_call(
    user: User, today: date, *, which: str = OVERDUE, late: str = "", words: str = ""
) -> QuerySet[Member]:
    """The members with such loans, the one with the latest book first, each with `first_due`."""
    loans = late_loans(user, today, which=which, late=late, words=words)
    # An aggregate, not the first in order: PostgreSQL would walk all open loans for that one.
    overdue = (
        Loan.objects.filter(member=OuterRef("pk"), returned_at__isnull=True, due_on__lt=today)
        .order_by()
        .values("member")
        .annotate(first=Min("due_on"))
    )
    return (
        Member.objects.for_user(user)
        .filter(pk__in=loans.order_by().values("member"))
        .annotate(first_due=Subquery(overdue.values("first")))
        .order_by("first_due", "search_name", "pk")
    )


@dataclass(frozen=True, slots=True)
class CallLine:
    """A member to call: the late books, the days of the latest, and the last call."""

    member: Member
    loans: Sequence[LoanLine]
    days_late: int
    last_call: datetime | None


def call_lines(members: Sequence[Member], today: date) -> list[CallLine]:
    """The members of one page with all their late books: two queries for all of them."""
    ids = [member.pk for member in members]
    loans = Loan.objects.filter(member__in=ids, returned_at__isnull=True, due_on__lt=today)
    by_member: dict[int | None, list[LoanLine]] = {}
    for line in loan_lines(list(loans.select_related(*SHOWN)), today):
        by_member.setdefault(line.loan.member_id, []).append(line)
    calls = FollowUp.objects.filter(loan__member__in=ids, loan__returned_at__isnull=True)
    last = dict(calls.values_list("loan__member").annotate(Max("at")).order_by())
    return [
        CallLine(member, lines, max(line.days_late for line in lines), last.get(member.pk))
        for member in members
        for lines in (by_member.get(member.pk, []),)
        if lines
    ]


def late_lines_of(member: Member, user: User, today: date) -> list[LoanLine]:
    """One member's late books, the longest overdue first."""
    return loan_lines(list(late_loans(user, today).filter(member=member)), today)
