"""The office's corrections to reports 3: whose they are and which are open (directive 7-6)."""

from datetime import datetime

from django.db.models import Case, Count, F, IntegerField, Min, QuerySet, When
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.models import User
from libraries.roles import Right
from reports.models import Correction, Report


def corrections_of(user: User) -> QuerySet[Correction]:
    """The corrections in the user's scope: open ones first, of these one's own; then the newest."""
    own_first = Case(When(desk=user.role, then=0), default=1, output_field=IntegerField())
    return (
        Correction.objects.filter(report__in=Report.objects.for_user(user))
        .select_related("report__province", "report__round", "asked_by", "done_by")
        .order_by(F("done_at").desc(nulls_first=True), own_first, "-asked_at", "pk")
    )


def correction_cards(user: User, now: datetime) -> list[DeskCard]:
    """The corrections that this person's desk was given and hasn't dealt with."""
    if not user.has_right(Right.CLOSE_CORRECTIONS):
        return []
    mine = corrections_of(user).filter(desk=user.role, done_at__isnull=True).order_by()
    told = mine.aggregate(count=Count("pk"), oldest=Min("asked_at"))
    if not told["count"]:
        return []
    since = format_jalali(timezone.localdate(told["oldest"]), long=True)
    return [
        DeskCard(
            sentence="اصلاحِ خواستهٔ ادارهٔ کل منابع بر عهدهٔ شماست",
            count=told["count"],
            url=reverse("corrections"),
            action="انجام اصلاح‌ها",
            since=told["oldest"],
            age=f"از {since}",
            symbol="edit",
        )
    ]
