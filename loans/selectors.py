"""What the pages of loans, members and copies lists show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.codes import clean_code
from libraries.domain.persian import search_key, stored_form
from libraries.models import CopiesList, Copy, User
from libraries.roles import Right
from loans.domain.overdue import Standing, days_late, standing, unreturned_due_by
from loans.models import FollowUp, Loan, Member

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
STANDING_LABELS = {
    Standing.RUNNING: "در مهلت",
    Standing.OVERDUE: "دیرکرده",
    Standing.FOLLOW_UP_DUE: "باید پیگیری شود",
    Standing.UNRETURNED: "برنگشته",
}


# Loans


def open_loans(user: User, today: date, *, which: str = ALL, words: str = "") -> QuerySet[Loan]:
    """The open loans of the user's scope, the longest overdue first.

    `which` is a key of FILTER_LABELS. `words` are parts of title, author or borrower's name, or a
    barcode, registration or membership number.
    """
    loans = Loan.objects.for_user(user).filter(returned_at__isnull=True)
    # A call before the book was due says nothing of its not coming back (directive 5-1).
    calls = FollowUp.objects.filter(loan=OuterRef("pk"), at__date__gt=OuterRef("due_on"))
    loans = loans.annotate(followed_up=Exists(calls))
    if which == OVERDUE:
        loans = loans.filter(due_on__lt=today)
    elif which in (FOLLOW_UP_DUE, UNRETURNED):
        loans = loans.filter(due_on__lte=unreturned_due_by(today), followed_up=which == UNRETURNED)
    if words.strip():
        loans = loans.filter(_matches(words))
    return loans.select_related("copy__title", "copy__library", "member").order_by(
        F("due_on").asc(nulls_last=True), "lent_at", "pk"
    )


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
    long_overdue = Q(due_on__lte=unreturned_due_by(today))
    counts: dict[str, int] = (
        open_loans(user, today)
        .order_by()
        .aggregate(
            **{
                ALL: Count("pk"),
                OVERDUE: Count("pk", filter=Q(due_on__lt=today)),
                FOLLOW_UP_DUE: Count("pk", filter=long_overdue & Q(followed_up=False)),
                UNRETURNED: Count("pk", filter=long_overdue & Q(followed_up=True)),
            }
        )
    )
    return counts


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


def loan_lines(loans: Sequence[Any], today: date) -> list[LoanLine]:
    """The loans of one page of `open_loans`."""
    return [loan_line(loan, today, followed_up=loan.followed_up) for loan in loans]


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


# Members


def members_of(user: User, words: str = "") -> QuerySet[Member]:
    """The members of the user's library by name, or those with these words in the name, or with
    this membership number, national ID or mobile number.
    """
    members = Member.objects.for_user(user)
    if words.strip():
        in_name = Q()
        for word in stored_form(words).split():
            in_name &= Q(search_name__contains=search_key(word))
        code = clean_code(words)
        members = members.filter(
            in_name | Q(membership_number=code) | Q(national_id=code) | Q(mobile=code)
        )
    return members.annotate(
        open_loans=Count("loans", filter=Q(loans__returned_at__isnull=True))
    ).order_by("search_name", "pk")


def loans_of_member(member: Member) -> QuerySet[Loan]:
    """A member's loans, open ones first, then the newest."""
    return member.loans.select_related("copy__title").order_by(
        F("returned_at").desc(nulls_first=True), "-lent_at", "-pk"
    )


# Copies lists


def lists_of(user: User) -> QuerySet[CopiesList]:
    """The copies lists of the user's library, newest first."""
    return CopiesList.objects.for_user(user).select_related("uploaded_by")


# The desk


def desk_cards(user: User, now: datetime) -> list[DeskCard]:
    """Lists that wait for a word, books to ask for, books that did not come back."""
    today = timezone.localdate(now)
    cards: list[DeskCard] = []
    if user.has_right(Right.IMPORT_COPIES):
        cards += _list_cards(user)
    if user.has_right(Right.VIEW_LOANS):
        cards += _loan_cards(user, today)
    return cards


def _list_cards(user: User) -> list[DeskCard]:
    waiting = {
        CopiesList.State.MAPPING: ("ستون‌های فهرست «{}» باید تأیید شود", "تأیید ستون‌ها"),
        CopiesList.State.CHECKED: ("فهرست «{}» بررسی شده و آمادهٔ ثبت است", "دیدن و ثبت"),
    }
    return [
        DeskCard(
            sentence=sentence.format(copies_list.filename),
            url=reverse("copies-list", args=(copies_list.pk,)),
            action=action,
            since=copies_list.uploaded_at,
            symbol="import",
        )
        for copies_list in lists_of(user).filter(state__in=waiting).order_by("uploaded_at")
        for sentence, action in (waiting[CopiesList.State(copies_list.state)],)
    ]


def _loan_cards(user: User, today: date) -> list[DeskCard]:
    counts = loan_counts(user, today)
    cards = []
    if counts[FOLLOW_UP_DUE]:
        oldest = open_loans(user, today, which=FOLLOW_UP_DUE).first()
        assert oldest is not None and oldest.due_on is not None
        cards.append(
            DeskCard(
                sentence="امانت دو ماه از مهلتش گذشته و هنوز پیگیری نشده است",
                url=f"{reverse('loans')}?which={FOLLOW_UP_DUE}",
                action="تماس با امانت‌گیرندگان",
                count=counts[FOLLOW_UP_DUE],
                since=timezone.make_aware(
                    datetime.combine(oldest.due_on + timedelta(days=60), datetime.min.time())
                ),
                late=True,
                symbol="phone",
            )
        )
    if counts[UNRETURNED]:
        cards.append(
            DeskCard(
                sentence="کتاب با وجود پیگیری برنگشته است",
                url=f"{reverse('loans')}?which={UNRETURNED}",
                action="دیدن برنگشته‌ها",
                count=counts[UNRETURNED],
                symbol="unreturned",
            )
        )
    return cards
