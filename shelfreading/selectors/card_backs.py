"""What stands on the backs of the cards (directive 3-3 د): copies, volumes, numbers, readings."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from libraries.models import Copy, CopyStatus, Title
from shelfreading.domain.findings import SEEN, Finding
from shelfreading.models import ReadingEvent, ReadingSession, SessionFinding

CHUNK = 200
GONE_STATUSES = (CopyStatus.MISSING, CopyStatus.UNRETURNED, CopyStatus.WEEDED)
# What a reading that didn't see a copy says of it on the card; nothing where nobody looked.
_WORDS = {
    Finding.ON_LOAN: "امانت",
    Finding.FOLLOW_UP_DUE: "امانت",
    Finding.UNRETURNED: "بازنگشته",
    Finding.AT_BINDER: "صحافی",
    Finding.WEEDED: "وجین",
}
_STRUCK = (Finding.MISSING, Finding.KNOWN_MISSING)


@dataclass(frozen=True, slots=True)
class CardReading:
    """One reading of a copy: its day, seen or not, and where it was if not on the shelf."""

    on: date
    is_seen: bool
    word: str = ""


@dataclass(slots=True)
class BackLine:
    """A registration number on the back of a card. `is_struck` where the last reading looked for
    the copy in vain; `remark` is «مفقود شده» once that is on record (directive 3-3 ه).
    """

    registration_number: str
    volume: str
    is_struck: bool = False
    remark: str = ""
    readings: list[CardReading] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CardBack:
    """The back of one title's card. `copies` are those that the library has, `volumes` how many
    volumes they make up.
    """

    title: str
    author: str
    call_number: str
    copies: int
    volumes: int
    lines: list[BackLine]


def card_backs(session: ReadingSession, title_id: int | None = None) -> Iterator[CardBack]:
    """The cards of the titles in a session's list, in its order, with all copies that the library
    has of each; or the one title's. In a number of queries that grows with hundreds of titles.
    """
    rows = session.expected.order_by("position").values_list("copy__title_id", flat=True)
    if title_id is not None:
        rows = rows.filter(copy__title_id=title_id)
    title_ids = list(dict.fromkeys(rows))
    for start in range(0, len(title_ids), CHUNK):
        yield from _backs_of(title_ids[start : start + CHUNK])


def _backs_of(title_ids: Collection[int]) -> Iterator[CardBack]:
    titles = Title.objects.in_bulk(list(title_ids))
    copies: dict[int, list[Copy]] = {}
    for copy in Copy.objects.filter(title__in=title_ids).order_by("registration_key", "pk"):
        copies.setdefault(copy.title_id, []).append(copy)
    readings = _readings_of([copy.pk for group in copies.values() for copy in group])
    for title_id in title_ids:
        title = titles[title_id]
        group = copies[title_id]
        lines = [_line_of(copy, readings.get(copy.pk, [])) for copy in group]
        kept = [
            copy
            for copy, line in zip(group, lines, strict=True)
            if copy.status not in GONE_STATUSES and not line.is_struck
        ]
        yield CardBack(
            title=title.title,
            author=title.author,
            call_number=group[0].call_number,
            copies=len(kept),
            volumes=len({copy.volume for copy in kept}),
            lines=lines,
        )


def _line_of(copy: Copy, readings: list[tuple[date, str]]) -> BackLine:
    line = BackLine(copy.registration_number, copy.volume)
    for on, finding in readings:
        found = Finding(finding)
        line.readings.append(CardReading(on, found in SEEN, _WORDS.get(found, "")))
        line.is_struck = found in _STRUCK
    if copy.status == CopyStatus.MISSING:
        line.is_struck = True
        line.remark = "مفقود شده"
    return line


def _readings_of(copy_ids: Collection[int]) -> dict[int, list[tuple[date, str]]]:
    """Each copy's readings, oldest first; where nobody read, there was none."""
    tick = ReadingEvent.objects.filter(pk=OuterRef("event_id")).values("received_at")
    rows = (
        SessionFinding.objects.filter(copy__in=copy_ids, finding__in=[*SEEN, *_STRUCK, *_WORDS])
        .annotate(seen_at=Subquery(tick))
        .order_by("session__started_at", "session_id")
        .values_list("copy_id", "finding", "seen_at", "session__closed_at", "session__computed_at")
    )
    readings: dict[int, list[tuple[date, str]]] = {}
    for copy_id, finding, seen_at, closed_at, computed_at in rows:
        on = timezone.localdate(seen_at or closed_at or computed_at)
        readings.setdefault(copy_id, []).append((on, finding))
    return readings
