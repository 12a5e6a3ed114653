"""What reports 2 and 3 tell the desk of who is to send them (directive 7-2, 7-4)."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from libraries.models import User
from libraries.roles import Right, Role
from reports.domain.deadlines import days_left, report_2_due
from reports.domain.workflow import LEVEL_LABELS, Level, State, days_words
from reports.forms.gathered import KINDS
from reports.models import Report, Revision
from shelfreading.models import Round, RoundLibrary

ROUNDS = 2  # the newest; what is older is found in the list of rounds
_Key = tuple[int, str]


def gathered_cards(user: User, now: datetime) -> list[DeskCard]:
    """For each of the newest rounds and kind of library: the report 2 or 3 that this person's
    office hasn't sent yet, though something reached it. One that came back has its own card."""
    if not user.has_right(Right.GATHER_REPORTS) or user.role == Role.PROVINCIAL_EXPERT:
        return []
    level = Level.COUNTY if user.county_id else Level.PROVINCE
    rounds = {asked.pk: asked for asked in Round.objects.all()[:ROUNDS]}
    reports = Report.objects.for_user(user).filter(round__in=rounds, library_kind__in=KINDS)
    sent = set(reports.filter(level=level).values_list("round", "library_kind"))
    waits = _waits(user, reports, level)
    cards = []
    for key, since in _reached(reports).items():
        if key not in sent:
            asked = rounds[key[0]]
            cards.append(_card(level, asked, key[1], waits[key], since, now))
    return cards


def _reached(reports: Any) -> dict[_Key, datetime]:
    """When the last of the libraries' reports was first sent, by round and kind."""
    first = Revision.objects.filter(
        number=1, report__in=reports.filter(level=Level.LIBRARY).values("pk")
    )
    rows = (
        first.order_by()
        .values_list("report__round", "report__library_kind")
        .annotate(last=Max("submitted_at"))
    )
    return {(round_id, kind): last for round_id, kind, last in rows}


def _waits(user: User, reports: Any, level: Level) -> Counter[_Key]:
    """How many libraries and counties are still waited for, by round and kind."""
    waits: Counter[_Key] = Counter()
    opened = Q(level=Level.LIBRARY, state__in=(State.SUBMITTED, State.RETURNED))
    if level == Level.PROVINCE:
        opened = Q(level=Level.LIBRARY) & ~Q(state=State.REVIEWED)
        opened |= Q(level=Level.COUNTY) & ~Q(state=State.ACCEPTED)
    rows = reports.filter(opened).order_by().values_list("round", "library_kind")
    for round_id, kind, count in rows.annotate(count=Count("pk")):
        waits[round_id, kind] += count
    own = Report.objects.filter(
        level=Level.LIBRARY, round=OuterRef("round"), library=OuterRef("library")
    )
    silent = RoundLibrary.objects.for_user(user).filter(~Exists(own), reason="")
    rows = silent.order_by().values_list("round", "library__kind")
    for round_id, kind, count in rows.annotate(count=Count("pk")):
        waits[round_id, kind] += count
    return waits


def _card(
    level: Level, asked: Round, kind: str, waits: int, since: datetime, now: datetime
) -> DeskCard:
    year = to_persian_digits(asked.year)
    name = f"{LEVEL_LABELS[level]}، کتابخانه‌های {KINDS[kind]}، دورهٔ {year}"  # type: ignore[index]
    age = f"آخرین گزارش کتابخانه‌ها {format_jalali(timezone.localdate(since), long=True)}"
    today = timezone.localdate(now)
    due = report_2_due(timezone.localdate(since)) if level == Level.COUNTY else None
    if due:
        age += f"؛ {days_words(days_left(due, today))}"
    who = "کتابخانه" if level == Level.COUNTY else "کتابخانه یا شهرستان"
    waiting = f"منتظر {to_persian_digits(waits)} {who}"
    return DeskCard(
        sentence=f"{name}: {waiting if waits else 'آمادهٔ فرستادن است'}",
        url=reverse("gathered", args=[asked.year, kind]),
        action="دیدن و فرستادن",
        since=since,
        age=age,
        late=due is not None and due < today,
        symbol="report",
    )
