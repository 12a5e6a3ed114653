"""What rounds tell the desk (directive 7-7)."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali, jalali_year
from libraries.domain.persian import to_persian_digits
from libraries.models import User
from libraries.roles import Right
from reports.domain.round_stages import LATE, Stage, is_late, window_words
from reports.round_overview import placed, whole
from shelfreading.models import Round


def round_cards(user: User, now: datetime) -> list[DeskCard]:
    """For a library that is asked and hasn't begun: how long it has; for those above it: how many
    are late; for the resources office: that the year has no round yet."""
    if not user.has_right(Right.VIEW_ROUNDS):
        return []
    today = timezone.localdate(now)
    newest = Round.objects.filter(opens_on__lte=today).first()
    cards = []
    if newest is not None:
        cards = _of_library(user, newest, now) if user.library_id else _above(user, newest, now)
    if user.has_right(Right.OPEN_ROUNDS):
        year = jalali_year(today)
        if not Round.objects.filter(year__gte=year).exists():
            cards.append(
                DeskCard(
                    sentence=f"دورهٔ رف‌خوانی {to_persian_digits(year)} هنوز گشوده نشده است",
                    url=reverse("round-new"),
                    action="گشودن دوره",
                    symbol="calendar",
                )
            )
    return cards


def _of_library(user: User, newest: Round, now: datetime) -> list[DeskCard]:
    today = timezone.localdate(now)
    if [place.stage for place in placed(user, [newest], today)] != [Stage.NOT_BEGUN]:
        return []
    year = to_persian_digits(newest.year)
    return [
        DeskCard(
            sentence=f"رف‌خوانی دورهٔ {year} در کتابخانهٔ شما آغاز نشده است",
            url=reverse("round", args=(newest.year,)),
            action="دیدن دوره",
            since=newest.opened_at,
            age=f"{window_words(newest.opens_on, newest.closes_on, today)} "
            f"({format_jalali(newest.closes_on, long=True)})",
            late=is_late(Stage.NOT_BEGUN, newest.closes_on, today, has_overdue=False),
            symbol="calendar",
        )
    ]


def _above(user: User, newest: Round, now: datetime) -> list[DeskCard]:
    today = timezone.localdate(now)
    late = whole(placed(user, [newest], today)).late
    if not late:
        return []
    return [
        DeskCard(
            sentence=f"کتابخانه در دورهٔ {to_persian_digits(newest.year)} دیر کرده است",
            count=late,
            url=f"{reverse('round', args=(newest.year,))}?stage={LATE}",
            action="دیدن دیرکرده‌ها",
            since=newest.opened_at,
            age=window_words(newest.opens_on, newest.closes_on, today),
            late=True,
            symbol="calendar",
        )
    ]
