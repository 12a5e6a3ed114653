"""What the loans desk needs: whom or what a code names, and how both stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from libraries.domain.codes import clean_code
from libraries.domain.national_id import clean_mobile, clean_national_id
from libraries.domain.persian import to_persian_digits
from libraries.models import Copy, Library, User
from loans.domain.lending import rials
from loans.domain.overdue import Standing
from loans.lendable import reason_not_lendable
from loans.models import Loan, LoanRules, Member
from loans.selectors.loans import SHOWN, LoanLine, loan_lines
from loans.selectors.members import loans_owed, members_of

MOST_OFFERED = 20
MOST_LIBRARIES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a code or a name may mean: copies and members of this library; or, where there is
    neither, copies of other libraries of the province that carry this barcode.
    """

    copies: Sequence[Copy] = ()
    members: Sequence[Member] = ()
    elsewhere: Sequence[Copy] = ()

    @property
    def copy(self) -> Copy | None:
        """The one copy, where nothing else is meant."""
        return self.copies[0] if len(self.copies) == 1 and not self.members else None

    @property
    def member(self) -> Member | None:
        """The one member, where nothing else is meant."""
        return self.members[0] if len(self.members) == 1 and not self.copies else None


def desk_find(user: User, text: str) -> Found:
    """What the text names in the user's library: a barcode before all else, since most are.

    Then a registration number, a membership number, a national ID or mobile typed whole, a part
    of a member's name in any spelling. A number may be both a copy's and a member's.
    """
    code = clean_code(text)
    if not code:
        return Found()
    copies = Copy.objects.filter(library=user.library_id).select_related("title", "section")
    if copy := copies.filter(barcode=code).first():
        return Found(copies=[copy])
    by_number = list(copies.filter(registration_number=code)[:1])
    members = Member.objects.for_user(user)
    by_code = list(members.filter(_member_codes(code))[:MOST_OFFERED])
    if by_number or by_code:
        return Found(by_number, by_code)
    if any(letter.isalpha() for letter in code) and (
        by_name := list(members_of(user, text)[:MOST_OFFERED])
    ):
        return Found(members=by_name)
    return Found(elsewhere=_elsewhere(user.library, code))


def _member_codes(code: str) -> Q:
    found = Q(membership_number=code)
    for name, clean in (("national_id", clean_national_id), ("mobile", clean_mobile)):
        try:
            found |= Q(**{name: clean(code)})
        except ValueError:
            continue
    return found


def _elsewhere(library: Library | None, code: str) -> list[Copy]:
    """Whose a book may be that is handed in here. A barcode alone, which stands on the book."""
    if library is None:
        return []
    return list(
        Copy.objects.filter(barcode=code, library__county__province=library.county.province_id)
        .exclude(library=library)
        .select_related("library__county", "title")[:MOST_LIBRARIES]
    )


@dataclass(frozen=True, slots=True)
class DeskLoan:
    """An open loan at the desk: how it stands, and how often it may still be renewed."""

    line: LoanLine
    renewals_left: int

    @property
    def loan(self) -> Loan:
        """The loan itself."""
        return self.line.loan

    @property
    def can_renew(self) -> bool:
        """Whether a renewal would be taken now."""
        return self.renewals_left > 0 and self.line.standing is Standing.RUNNING


@dataclass(frozen=True, slots=True)
class DeskMember:
    """A member at the desk: open loans, the longest overdue first, and fees not settled yet."""

    member: Member
    loans: Sequence[DeskLoan] = ()
    owed: Sequence[Loan] = field(default=())

    @property
    def late(self) -> int:
        """How many books are late."""
        return sum(one.line.days_late > 0 for one in self.loans)

    @property
    def debt(self) -> int:
        """All unsettled fees together, in rials."""
        return sum(loan.fee for loan in self.owed)

    @property
    def sentence(self) -> str:
        """How many books the member has, in words."""
        return f"{to_persian_digits(len(self.loans))} کتاب در دست" if self.loans else "کتابی ندارد"

    @property
    def late_words(self) -> str:
        """How many of them are late, in words."""
        return f"{to_persian_digits(self.late)} کتاب دیرکرده"

    @property
    def debt_words(self) -> str:
        """What is owed, in words."""
        return f"{rials(self.debt)} جریمهٔ دریافت‌نشده"


def desk_member(member: Member, rules: LoanRules, today: date) -> DeskMember:
    """A member with loans and fees: three queries."""
    loans = _open_loans().filter(member=member).order_by("due_on", "pk")
    return DeskMember(member, _desk_loans(list(loans), rules, today), list(loans_owed(member)))


@dataclass(frozen=True, slots=True)
class DeskCopy:
    """A copy at the desk: who has it, or why it can't go out; neither where it is free."""

    copy: Copy
    on_loan: DeskLoan | None
    reason: str


def desk_copy(copy: Copy, rules: LoanRules, today: date) -> DeskCopy:
    """A copy with its open loan: two queries."""
    found = _desk_loans(list(_open_loans().filter(copy=copy)), rules, today)
    return DeskCopy(copy, found[0] if found else None, "" if found else reason_not_lendable(copy))


def _open_loans() -> QuerySet[Loan]:
    return (
        Loan.objects.filter(returned_at__isnull=True)
        .annotate(renewed=Count("renewals"))
        .select_related(*SHOWN)
    )


def _desk_loans(loans: Sequence[Any], rules: LoanRules, today: date) -> list[DeskLoan]:
    return [
        DeskLoan(line, max(rules.renewals - loan.renewed, 0))
        for loan, line in zip(loans, loan_lines(loans, today), strict=True)
    ]
