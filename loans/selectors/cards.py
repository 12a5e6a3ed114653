"""What waits on the first page: lists to go on with, books to ask for."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.models import CopiesList, User
from libraries.roles import Right
from loans.selectors.binding import long_trips
from loans.selectors.loans import FOLLOW_UP_DUE, UNRETURNED, loan_counts, open_loans


def lists_of(user: User) -> QuerySet[CopiesList]:
    """The copies lists of the user's library, newest first."""
    return CopiesList.objects.for_user(user).select_related("uploaded_by")


def desk_cards(user: User, now: datetime) -> list[DeskCard]:
    """Lists that wait for a word, books to ask for, books that did not come back."""
    today = timezone.localdate(now)
    cards: list[DeskCard] = []
    if user.has_right(Right.IMPORT_COPIES):
        cards += _list_cards(user)
    if user.has_right(Right.VIEW_LOANS):
        cards += [*_loan_cards(user, today), *_binding_cards(user, today)]
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


def _binding_cards(user: User, today: date) -> list[DeskCard]:
    """Copies at the binder for more than two weeks; late where one was expected back by now."""
    trips = long_trips(user, today)
    count, first = trips.count(), trips.first()
    if first is None:
        return []
    return [
        DeskCard(
            sentence="نسخه بیش از دو هفته است که در صحافی است",
            url=reverse("bindings"),
            action="دیدن صحافی",
            count=count,
            since=timezone.make_aware(datetime.combine(first.sent_on, datetime.min.time())),
            age=f"نخستین از {format_jalali(first.sent_on, long=True)}",
            late=trips.filter(expected_on__lt=today).exists(),
            symbol="binding",
        )
    ]
