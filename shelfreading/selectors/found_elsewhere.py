"""Copies on record as missing or unreturned that another library's reading saw (spec B5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.models import Copy, CopyStatus, StatusChange, User
from libraries.roles import Right
from shelfreading.models import ReadingEvent

Kind = ReadingEvent.Kind
AWAY = (CopyStatus.MISSING, CopyStatus.UNRETURNED)


def copies_seen_elsewhere(copies: QuerySet[Copy]) -> QuerySet[Any]:
    """Those of `copies` that are on record as missing or unreturned and that another library
    scanned since, each with `seen_event`, the last such scan, and `seen_at`; the newest first.

    A scan that was undone, that came in after its reading's end, or whose library has a copy of
    its own with this barcode says nothing.
    """
    undone = ReadingEvent.objects.filter(
        kind=Kind.UNDO, about=OuterRef("pk"), session=OuterRef("session"), is_late=False
    )
    theirs = Copy.objects.filter(library=OuterRef("session__library"), barcode=OuterRef("code"))
    scans = (
        ReadingEvent.objects.filter(kind=Kind.SCAN, code=OuterRef("barcode"), is_late=False)
        .exclude(session__library=OuterRef("library"))
        .filter(~Exists(theirs), ~Exists(undone))
        .order_by("-received_at", "-seq")
    )
    gone = StatusChange.objects.filter(copy=OuterRef("pk"), to_status=OuterRef("status"))
    return (
        copies.filter(status__in=AWAY)
        .exclude(barcode="")
        .annotate(
            seen_event=Subquery(scans.values("pk")[:1]),
            seen_at=Subquery(scans.values("received_at")[:1]),
            gone_at=Subquery(gone.order_by("-at").values("at")[:1], output_field=DateTimeField()),
        )
        .filter(Q(gone_at__isnull=True) | Q(seen_at__gt=F("gone_at")), seen_at__isnull=False)
        .order_by("-seen_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A copy and the reading of another library that saw it."""

    copy: Copy
    event: ReadingEvent
    at: datetime


def found_lines(copies: Sequence[Any]) -> list[FoundLine]:
    """Copies of `copies_seen_elsewhere` with where each was seen."""
    events = ReadingEvent.objects.select_related("session__library__county").in_bulk(
        [copy.seen_event for copy in copies]
    )
    return [FoundLine(copy, events[copy.seen_event], copy.seen_at) for copy in copies]


def found_elsewhere_cards(user: User) -> list[DeskCard]:
    """The card for the desk of the library whose copies were seen elsewhere; none without any."""
    if not user.has_right(Right.SETTLE_FINDINGS):
        return []
    seen = copies_seen_elsewhere(Copy.objects.for_user(user)).values_list("seen_at", flat=True)
    times = list(seen)
    if not times:
        return []
    since = min(times)
    return [
        DeskCard(
            sentence="نسخهٔ مفقود یا برنگشتهٔ شما در کتابخانهٔ دیگری دیده شد",
            count=len(times),
            url=reverse("found-elsewhere"),
            action="دیدن",
            since=since,
            age=f"نخستین بار {format_jalali(timezone.localdate(since), long=True)}",
            symbol="found",
        )
    ]
