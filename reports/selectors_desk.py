"""What reports tell the desk: what came back, what waits, what is due."""

from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.models import User
from libraries.roles import Right
from reports.domain.deadlines import days_left, desk_due, report_1_due
from reports.domain.workflow import LEVEL_LABELS, Level, State, days_words
from reports.selectors_way import waiting_for
from shelfreading.models import ReadingSession

_ASKS = {
    State.SUBMITTED: ("منتظر پذیرش شماست", "رسیدگی"),
    State.ACCEPTED: ("منتظر نظر شماست", "نظر دادن"),
    State.RETURNED: ("برای اصلاح بازگردانده شده است", "دیدن و اصلاح"),
}


def report_cards(user: User, now: datetime) -> list[DeskCard]:
    """Reports that wait for a move of this person, and readings whose report 1 is not sent yet."""
    if not user.has_right(Right.VIEW_REPORTS):
        return []
    return [*_waiting(user, now), *_unsent(user, now)]


def _waiting(user: User, now: datetime) -> list[DeskCard]:
    """A card for each kind of report that waits, with the one that waits longest behind it."""
    today = timezone.localdate(now)
    groups = (
        waiting_for(user, now)
        .order_by()
        .values("level", "state")
        .annotate(count=Count("pk"), oldest=Min("since"), due=Min("due_on"), any=Min("pk"))
        .order_by("level", "state")
    )
    cards = []
    for group in groups:
        level, state = Level(group["level"]), State(group["state"])
        sentence, action = _ASKS[state]
        due = desk_due(level, state, timezone.localdate(group["oldest"]), group["due"])
        age = f"از {_day(group['oldest'])}"
        query = urlencode({"who": "me", "state": state.value, "level": level.value})
        cards.append(
            DeskCard(
                sentence=f"{LEVEL_LABELS[level]} {sentence}",
                count=group["count"],
                url=reverse("report", args=[group["any"]])
                if group["count"] == 1
                else f"{reverse('reports')}?{query}",
                action=action,
                since=group["oldest"],
                age=f"{age}؛ {days_words(days_left(due, today))}" if due else age,
                late=due is not None and due < today,
                symbol="report",
            )
        )
    return cards


def _unsent(user: User, now: datetime) -> list[DeskCard]:
    """Readings that are applied and not reported: report 1 is due two weeks after their end."""
    if not user.has_right(Right.SUBMIT_REPORTS):
        return []
    sessions = ReadingSession.objects.for_user(user).filter(
        state=ReadingSession.State.APPLIED, reports__isnull=True
    )
    today = timezone.localdate(now)
    cards = []
    for session in sessions.order_by("closed_at"):
        assert session.closed_at is not None
        due = report_1_due(timezone.localdate(session.closed_at))
        cards.append(
            DeskCard(
                sentence=f"گزارش «{session.name}» هنوز فرستاده نشده است",
                url=reverse("report-send", args=[session.pk]),
                action="فرستادن گزارش",
                since=session.closed_at,
                age=f"پایان خواندن {_day(session.closed_at)}؛ {days_words(days_left(due, today))}",
                late=due < today,
                symbol="report",
            )
        )
    return cards


def _day(moment: datetime) -> str:
    return format_jalali(timezone.localdate(moment), long=True)
