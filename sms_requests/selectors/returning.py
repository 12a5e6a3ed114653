"""Announcements of return days: which there are, and what became of each borrower's text."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.persian import search_key, stored_form
from libraries.models import Library, User
from libraries.roles import Right
from loans.models import Loan
from sms_requests.domain.return_days import Day, hours_in_words
from sms_requests.models import MessageOut, ReturnAnnouncement, ReturnDay, ReturnNotice
from sms_requests.selectors.messages import without_news

State = MessageOut.State


class Outcome(StrEnum):
    """What became of a borrower's text."""

    TOLD = "told"
    ON_THE_WAY = "on_the_way"
    WAITING = "waiting"
    SILENT = "silent"
    FAILED = "failed"
    NO_MOBILE = "no_mobile"
    CANCELLED = "cancelled"


# Label, tone and icon of each.
OUTCOMES: dict[str, tuple[str, str, str]] = {
    Outcome.TOLD.value: ("رسید", "tone-ok", "check"),
    Outcome.ON_THE_WAY.value: ("در راه", "tone-loan", "message"),
    Outcome.WAITING.value: ("هنوز نرفته", "tone-quiet", "clock"),
    Outcome.SILENT.value: ("بی‌خبر", "tone-odd", "question"),
    Outcome.FAILED.value: ("نرسید", "tone-late", "error"),
    Outcome.NO_MOBILE.value: ("بی شمارهٔ همراه", "tone-call", "phone"),
    Outcome.CANCELLED.value: ("لغوشده", "tone-gone", "cross"),
}
# Who doesn't know of the days and has to be told in another way.
UNTOLD = (Outcome.SILENT.value, Outcome.FAILED.value, Outcome.NO_MOBILE.value)


def _outcome(now: datetime) -> Case:
    silent = MessageOut.objects.filter(without_news(now)).values("pk")
    return Case(
        When(message=None, then=Value(Outcome.NO_MOBILE.value)),
        When(message__state=State.DELIVERED, then=Value(Outcome.TOLD.value)),
        When(message__state=State.QUEUED, then=Value(Outcome.WAITING.value)),
        When(message__state=State.FAILED, then=Value(Outcome.FAILED.value)),
        When(message__state=State.CANCELLED, then=Value(Outcome.CANCELLED.value)),
        When(message__in=silent, then=Value(Outcome.SILENT.value)),
        default=Value(Outcome.ON_THE_WAY.value),
        output_field=CharField(),
    )


def announcements(user: User) -> "QuerySet[Any]":
    """The announcements of the user's scope, newest first, with `people`, `told`, `first_on` and
    `last_on`.
    """
    days = ReturnDay.objects.filter(announcement=OuterRef("pk")).order_by().values("announcement")
    return (
        ReturnAnnouncement.objects.for_user(user)
        .select_related("created_by", "mailing", "library")
        .prefetch_related("days")
        .annotate(
            people=Count("notices"),
            told=Count("notices", filter=Q(notices__message__state=State.DELIVERED)),
            first_on=days.annotate(at=Min("on")).values("at"),
            last_on=days.annotate(at=Max("on")).values("at"),
        )
        .order_by("-created_at", "-pk")
    )


def days_of(announcement: ReturnAnnouncement) -> list[Day]:
    """The days of an announcement, in order."""
    return [Day(day.on, day.opens_at, day.closes_at) for day in announcement.days.all()]


def announced_before(library: Library, days: list[Day]) -> list[date]:
    """Which of the days another announcement of the library names already."""
    named = ReturnDay.objects.filter(
        announcement__library=library,
        announcement__mailing__cancelled_at=None,
        on__in=[day.on for day in days],
    )
    return list(named.order_by("on").values_list("on", flat=True).distinct())


def notices(
    announcement: ReturnAnnouncement, now: datetime, *, which: str = "", words: str = ""
) -> "QuerySet[Any]":
    """The borrowers of an announcement by name, each with its `outcome` and whether the book
    `is_late`; of one outcome where `which` names it, with `words` in the name or as number.
    """
    late = Loan.objects.filter(
        member=OuterRef("member"), returned_at__isnull=True, due_on__lt=timezone.localdate(now)
    )
    found = ReturnNotice.objects.filter(announcement=announcement).annotate(
        outcome=_outcome(now), is_late=Exists(late)
    )
    if which in OUTCOMES:
        found = found.filter(outcome=which)
    for word in stored_form(words).split():
        named = Q(member__search_name__contains=search_key(word))
        found = found.filter(named | Q(member__membership_number=word))
    return found.select_related("member", "message").order_by("member__search_name", "member_id")


def outcome_counts(announcement: ReturnAnnouncement, now: datetime) -> dict[str, int]:
    """How many borrowers there are of each outcome."""
    found = ReturnNotice.objects.filter(announcement=announcement).annotate(outcome=_outcome(now))
    counted = dict(found.order_by().values_list("outcome").annotate(Count("pk")))
    return {outcome: counted.get(outcome, 0) for outcome in OUTCOMES}


def leaving_span(announcement: ReturnAnnouncement) -> dict[str, datetime | None]:
    """When the first text and the last that wait leave (`first`, `last`; None where none waits)."""
    waiting = MessageOut.objects.filter(mailing=announcement.mailing_id, state=State.QUEUED)
    return waiting.aggregate(first=Min("next_try_at"), last=Max("next_try_at"))


def returning_cards(user: User, now: datetime) -> list[DeskCard]:
    """For a library: that today is a return day, and whom no text told of the days to come."""
    if not user.has_right(Right.ANNOUNCE_RETURN_DAYS):
        return []
    today = timezone.localdate(now)
    cards = []
    to_come = (
        ReturnAnnouncement.objects.for_user(user)
        .filter(days__on__gte=today, mailing__cancelled_at=None)
        .distinct()
    )
    current = ReturnDay.objects.for_user(user).filter(on=today, announcement__in=to_come)
    day = current.order_by("opens_at").first()
    if day is not None:
        hours = hours_in_words(Day(day.on, day.opens_at, day.closes_at))
        cards.append(
            DeskCard(
                sentence=f"امروز روز بازگشت است، {hours}",
                url=reverse("return-days-one", args=[day.announcement_id]),
                action="دیدن اعلام",
                symbol="return",
            )
        )
    untold = (
        ReturnNotice.objects.filter(announcement__in=to_come)
        .annotate(outcome=_outcome(now))
        .filter(outcome__in=UNTOLD)
        .order_by("announcement__created_at")
    )
    first = untold.select_related("announcement").first()
    if first is not None:
        of_first = untold.filter(announcement=first.announcement)
        cards.append(
            DeskCard(
                sentence="امانت‌گیرنده از روزهای بازگشت خبر نگرفته است",
                url=reverse("return-days-one", args=[first.announcement_id]),
                action="خبر دادن از راه دیگر",
                count=of_first.count(),
                since=first.announcement.created_at,
                symbol="phone",
            )
        )
    return cards
