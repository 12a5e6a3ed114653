"""What the readings tell the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from libraries.models import Library, User
from libraries.roles import Right
from shelfreading.models import ReadingSession
from shelfreading.selectors.events import read_counts
from shelfreading.selectors.found_elsewhere import found_elsewhere_cards
from shelfreading.selectors.late import LISTED_LATE
from shelfreading.selectors.remarks import paper_cards
from shelfreading.selectors.samples import sample_cards

State = ReadingSession.State
# Report 1 is due two weeks after the reading's end (directive 7-1), and needs it applied.
REPORT_DAYS = 14
FRESH_DAYS = 14


def desk_cards(user: User, now: datetime) -> list[DeskCard]:
    """Readings that run, that wait to be applied, or whose paper work is left, for the staff;
    samples that wait to be read again, for the county head too."""
    if not user.has_right(Right.READ_SHELVES):
        return sample_cards(user)
    sessions = list(
        ReadingSession.objects.for_user(user)
        .filter(state__in=(State.READING, State.CLOSED))
        .order_by("started_at")
    )
    read = read_counts([session.pk for session in sessions if session.state == State.READING])
    return [
        *(
            _running(session, read[session.pk])
            if session.state == State.READING
            else _ended(session, now)
            for session in sessions
        ),
        *_late(user, now),
        *paper_cards(user),
        *found_elsewhere_cards(user),
        *sample_cards(user),
    ]


def _late(user: User, now: datetime) -> list[DeskCard]:
    """Readings with scans that came in after the end and don't count; after applying, as long as
    they are fresh: then nothing is left to do but to take the application back.
    """
    sessions = (
        ReadingSession.objects.for_user(user)
        .filter(events__is_late=True, events__kind__in=LISTED_LATE)
        .order_by("pk")
        .annotate(late=Count("events"), since=Min("events__received_at"))
        .filter(~Q(state=State.APPLIED) | Q(since__gt=now - timedelta(days=FRESH_DAYS)))
    )
    return [
        DeskCard(
            sentence=f"خواندهٔ «{session.name}» پس از پایان رسیده و در شمار نیامده است",
            count=session.late,
            url=reverse("late-scans", args=(session.pk,)),
            action="دیدن خوانده‌های دیررسیده",
            since=session.since,
            age=f"از {_day(session.since)}",
            symbol="warning",
        )
        for session in sessions
    ]


def _running(session: ReadingSession, read: int) -> DeskCard:
    if session.method == ReadingSession.Method.CARDS:
        count = session.expected_count
        return DeskCard(
            sentence=(
                f"رف‌برگه در «{session.name}» وارد شده است"
                if count
                else f"هنوز رف‌برگه‌ای در «{session.name}» وارد نشده است"
            ),
            count=count or None,
            url=reverse("cards", args=(session.pk,)),
            action="ادامهٔ رف‌برگه‌ها" if count else "وارد کردن رف‌برگه‌ها",
            since=session.started_at,
            age=f"از {_day(session.started_at)}",
            symbol="edit",
        )
    by_barcode = session.method == ReadingSession.Method.BARCODE
    return DeskCard(
        sentence=f"نسخه از «{session.name}» هنوز خوانده نشده است",
        count=max(0, session.expected_count - read),
        url=reverse("scan" if by_barcode else "shelf-list", args=(session.pk,)),
        action="ادامهٔ خواندن" if read else "آغاز خواندن",
        since=session.started_at,
        age=f"از {_day(session.started_at)}",
        symbol="barcode" if by_barcode else "checklist",
    )


def _ended(session: ReadingSession, now: datetime) -> DeskCard:
    assert session.closed_at is not None
    due_on = timezone.localdate(session.closed_at) + timedelta(days=REPORT_DAYS)
    days = (due_on - timezone.localdate(now)).days
    words = f"{abs(days)} روز {'مانده' if days >= 0 else 'گذشته'}"
    return DeskCard(
        sentence=f"یافته‌های «{session.name}» بررسی و اعمال نشده است",
        url=reverse("findings", args=(session.pk,)),
        action="بررسی یافته‌ها",
        since=session.closed_at,
        age=(
            f"پایان خواندن {_day(session.closed_at)}؛ تا مهلت گزارش {to_persian_digits(words)}"
            if days >= 0
            else f"پایان خواندن {_day(session.closed_at)}؛ از مهلت گزارش {to_persian_digits(words)}"
        ),
        late=days < 0,
        symbol="list",
    )


def _day(moment: datetime) -> str:
    return format_jalali(timezone.localdate(moment), long=True)


@dataclass(frozen=True, slots=True)
class ReadingTally:
    """How many libraries of a scope are where with their readings; one may count in several."""

    libraries: int
    reading: int
    closed: int
    applied: int
    none: int


def reading_tally(user: User) -> ReadingTally:
    """The libraries of the user's scope by what their readings are at."""
    sessions = ReadingSession.objects.filter(library=OuterRef("pk"))
    states = {state.value: Exists(sessions.filter(state=state)) for state in State}
    counts = (
        Library.objects.for_user(user)
        .order_by()
        .annotate(**{f"is_{name}": exists for name, exists in states.items()})
        .annotate(is_read=Exists(sessions))
        .aggregate(
            libraries=Count("pk"),
            none=Count("pk", filter=Q(is_read=False)),
            **{name: Count("pk", filter=Q(**{f"is_{name}": True})) for name in states},
        )
    )
    return ReadingTally(**counts)
