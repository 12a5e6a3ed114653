"""Open loans: which there are, how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OrderBy, OuterRef, Q, QuerySet
from django.utils import timezone

from libraries.domain.codes import clean_code
from libraries.domain.persian import search_key, stored_form
from libraries.models import Copy, User
from loans.domain.overdue import Standing, days_late, standing, unreturned_due_by
from loans.models import FollowUp, Forgiveness, Loan

ALL = "all"
OVERDUE = "overdue"
FOLLOW_UP_DUE = Standing.FOLLOW_UP_DUE.value
UNRETURNED = Standing.UNRETURNED.value
FILTER_LABELS = {
    ALL: "همهٔ امانت‌های باز",
    OVERDUE: "دیرکرده",
    FOLLOW_UP_DUE: "باید پیگیری شود",
    UNRETURNED: "برنگشته",
}
WEEK, MONTH, TWO_MONTHS, LONGER = "week", "month", "two_months", "longer"
LATE_LABELS = {
    WEEK: "تا یک هفته",
    MONTH: "یک هفته تا یک ماه",
    TWO_MONTHS: "یک ماه تا دو ماه",
    LONGER: "دو ماه و بیشتر",
}
SHOWN = ("copy__title", "member")
STANDING_LABELS = {
    Standing.RUNNING: "در مهلت",
    Standing.OVERDUE: "دیرکرده",
    Standing.FOLLOW_UP_DUE: "باید پیگیری شود",
    Standing.UNRETURNED: "برنگشته",
}


def open_loans(
    user: User,
    today: date,
    *,
    which: str = ALL,
    late: str = "",
    words: str = "",
    by_member: bool = False,
) -> QuerySet[Loan]:
    """The open loans of the user's scope, the longest overdue first, or by their members' names.

    `which` is a key of FILTER_LABELS, `late` of LATE_LABELS. `words` are parts of title, author or
    borrower's name, or a barcode, registration or membership number.
    """
    loans = Loan.objects.for_user(user).filter(returned_at__isnull=True)
    if which == OVERDUE:
        loans = loans.filter(due_on__lt=today)
    elif which in (FOLLOW_UP_DUE, UNRETURNED):
        loans = loans.filter(
            _followed_up() if which == UNRETURNED else ~_followed_up(),
            due_on__lte=unreturned_due_by(today),
        )
    if late:
        loans = loans.filter(_late(late, today))
    if words.strip():
        loans = loans.filter(_matches(words))
    # Only where there may be none: SQLite's index can't follow an order that puts nulls last.
    known = which != ALL or late
    order: tuple[str | OrderBy, ...] = (
        "due_on" if known else F("due_on").asc(nulls_last=True),
        "lent_at",
        "pk",
    )
    if by_member:
        order = (F("member__search_name").asc(nulls_last=True), "member_id", *order)
    return loans.select_related(*SHOWN).order_by(*order)


def _followed_up() -> Exists:
    """A call after the book was due; one before says nothing of its not coming back (5-1)."""
    return Exists(FollowUp.objects.filter(loan=OuterRef("pk"), at__date__gt=OuterRef("due_on")))


def _late(late: str, today: date) -> Q:
    """Due dates that are so late (a key of LATE_LABELS) on a day."""
    long_ago = unreturned_due_by(today)
    latest, earliest = {
        WEEK: (today - timedelta(days=1), today - timedelta(days=7)),
        MONTH: (today - timedelta(days=8), today - timedelta(days=30)),
        TWO_MONTHS: (today - timedelta(days=31), long_ago + timedelta(days=1)),
        LONGER: (long_ago, None),
    }[late]
    found = Q(due_on__lte=latest)
    return found & Q(due_on__gte=earliest) if earliest else found


def _matches(words: str) -> Q:
    keys = [search_key(word) for word in stored_form(words).split()]
    in_title, in_name = Q(), Q()
    for key in keys:
        in_title &= Q(copy__title__search_text__contains=key)
        in_name &= Q(member__search_name__contains=key)
    code = clean_code(words)
    return (
        in_title
        | in_name
        | Q(copy__barcode=code)
        | Q(copy__registration_number=code)
        | Q(member__membership_number=code)
    )


def loan_counts(user: User, today: date) -> dict[str, int]:
    """How many open loans there are under each key of FILTER_LABELS."""
    # Whether somebody asked for a book is looked up for the few that are long overdue.
    counts: dict[str, int] = (
        open_loans(user, today)
        .order_by()
        .aggregate(
            **{
                ALL: Count("pk"),
                OVERDUE: Count("pk", filter=Q(due_on__lt=today)),
                LONGER: Count("pk", filter=Q(due_on__lte=unreturned_due_by(today))),
            }
        )
    )
    asked = open_loans(user, today, which=UNRETURNED).count()
    long_overdue = counts.pop(LONGER)
    return counts | {FOLLOW_UP_DUE: long_overdue - asked, UNRETURNED: asked}


@dataclass(frozen=True, slots=True)
class LoanLine:
    """An open loan in the list: how it stands today and how many days late it is."""

    loan: Loan
    standing: Standing
    days_late: int

    @property
    def label(self) -> str:
        """How it stands, in words."""
        return STANDING_LABELS[self.standing]


def loan_line(loan: Loan, today: date, *, followed_up: bool) -> LoanLine:
    """How an open loan stands today."""
    return LoanLine(
        loan,
        standing(loan.due_on, today, followed_up=followed_up),
        days_late(loan.due_on, today),
    )


def loan_lines(loans: Sequence[Loan], today: date) -> list[LoanLine]:
    """How the loans of one page stand: one query for all of them."""
    due = {loan.pk: loan.due_on for loan in loans}
    calls = FollowUp.objects.filter(loan__in=list(due)).values_list("loan_id", "at")
    asked = {
        pk
        for pk, at in calls
        for due_on in (due[pk],)
        if due_on is not None and timezone.localdate(at) > due_on
    }
    return [loan_line(loan, today, followed_up=loan.pk in asked) for loan in loans]


def loan_is_followed_up(loan: Loan) -> bool:
    """Whether the library asked for the book after it was due (directive 5-1)."""
    return loan.due_on is not None and any(
        timezone.localdate(at) > loan.due_on for at in loan.follow_ups.values_list("at", flat=True)
    )


def copy_to_lend(user: User, code: str) -> Copy | None:
    """The library's copy with this barcode, or else with this registration number."""
    code = clean_code(code)
    copies = Copy.objects.for_user(user).select_related("title", "section")
    return (
        code
        and (copies.filter(barcode=code).first() or copies.filter(registration_number=code).first())
        or None
    )


@dataclass(frozen=True, slots=True)
class LateFee:
    """A loan that is back: how late it came, what that costs, and what became of the fee."""

    loan: Loan
    days_late: int
    forgiveness: Forgiveness | None

    @property
    def is_owed(self) -> bool:
        """Whether there is a fee that was neither taken nor forgiven."""
        return bool(self.loan.fee and not self.loan.fee_paid_at and not self.forgiveness)

    @property
    def can_forgive(self) -> bool:
        """Whether there is anything to forgive; days late may be, where they cost nothing."""
        return bool(self.days_late and not self.loan.fee_paid_at and not self.forgiveness)


def late_and_fee(loan: Loan) -> LateFee:
    """How a loan that is back stands: one query."""
    assert loan.returned_at is not None
    standing_one = loan.forgivenesses.filter(revoked_at__isnull=True).select_related("by").first()
    return LateFee(loan, days_late(loan.due_on, timezone.localdate(loan.returned_at)), standing_one)
