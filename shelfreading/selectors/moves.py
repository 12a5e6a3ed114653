"""The two work lists of the shelves: books out of order, and books that belong elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import Lag, Lead

from libraries.models import Copy
from shelfreading.domain.findings import Finding
from shelfreading.models import ReadingSession, SessionFinding
from shelfreading.selectors.events import WALKED, standing_events


@dataclass(slots=True)
class MoveLine:
    """One carrying of books (spec B1): a block, in its order, to between two neighbours.

    A neighbour is None where the run of shelves ends.
    """

    number: int
    rows: list[SessionFinding] = field(default_factory=list)
    done: bool = False

    @property
    def after(self) -> Copy | None:
        """The copy behind which the block belongs."""
        return self.rows[0].belongs_after

    @property
    def before(self) -> Copy | None:
        """The copy before which the block belongs."""
        return self.rows[0].belongs_before

    @property
    def section(self) -> str:
        """The section all of it belongs to."""
        copy = self.rows[0].copy
        return copy.section.name if copy else ""


def move_lines(session: ReadingSession, first: int = 1, last: int | None = None) -> list[MoveLine]:
    """The moves numbered first to last, in the order the books were walked past."""
    rows = (
        session.findings.filter(move__gte=first)
        .select_related(
            "copy__title", "copy__section", "belongs_after__title", "belongs_before__title"
        )
        .order_by("move", "position")
    )
    if last is not None:
        rows = rows.filter(move__lte=last)
    lines: dict[int, MoveLine] = {}
    for row in rows:
        number = row.move or 0
        lines.setdefault(number, MoveLine(number)).rows.append(row)
    done = _put_right(session, [row for line in lines.values() for row in line.rows])
    for line in lines.values():
        line.done = all(row.key in done for row in line.rows)
    return list(lines.values())


@dataclass(slots=True)
class StrayLine:
    """A misplaced copy: where it was seen (between which two), where it belongs."""

    row: SessionFinding
    seen_after: Copy | None = None
    seen_before: Copy | None = None
    other_library: str = ""
    done: bool = False

    @property
    def copy(self) -> Copy | None:
        """The copy itself."""
        return self.row.copy

    @property
    def rows(self) -> list[SessionFinding]:
        """As a move has them."""
        return [self.row]


def stray_lines(session: ReadingSession) -> list[StrayLine]:
    """The misplaced copies in the order they were seen, each with what stood beside it."""
    rows = list(
        session.findings.filter(finding=Finding.MISPLACED)
        .select_related("copy__title", "copy__section", "copy__library")
        .order_by("position")
    )
    beside = _codes_beside(session, rows)
    codes = {code for pair in beside.values() for code in pair if code}
    copies = {
        copy.barcode: copy
        for copy in Copy.objects.filter(
            library=session.library_id, barcode__in=codes
        ).select_related("title")
    }
    done = _put_right(session, rows)
    lines = []
    for row in rows:
        before, after = beside.get(row.event_id, ("", ""))
        line = StrayLine(row, copies.get(before), copies.get(after), done=row.key in done)
        if row.copy is not None and row.copy.library_id != session.library_id:
            line.other_library = row.copy.library.name
        lines.append(line)
    return lines


def _codes_beside(
    session: ReadingSession, rows: Sequence[SessionFinding]
) -> dict[object, tuple[str, str]]:
    """By event: the codes that its reader read just before it and just after."""
    if not rows:
        return {}
    walk: dict[str, Any] = {
        "partition_by": F("device"),
        "order_by": (F("seq"), F("received_at")),
    }
    events = (
        standing_events([session.pk])
        .filter(kind__in=WALKED)
        .annotate(before=Window(Lag("code"), **walk), after=Window(Lead("code"), **walk))
        .values_list("pk", "before", "after")
    )
    wanted = {row.event_id for row in rows}
    return {
        pk: (before or "", after or "") for pk, before, after in events.iterator() if pk in wanted
    }


def _put_right(session: ReadingSession, rows: Sequence[SessionFinding]) -> set[str]:
    decided = session.decisions.filter(
        is_put_right=True, copy__in={row.copy_id for row in rows}
    ).values_list("copy_id", flat=True)
    return {f"c{copy_id}" for copy_id in decided}
