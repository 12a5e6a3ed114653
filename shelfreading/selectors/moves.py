"""The two work lists of the shelves: books out of order, and books that belong elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import OuterRef, Subquery

from libraries.models import Copy
from shelfreading.domain.findings import Finding
from shelfreading.models import ReadingSession, SessionFinding
from shelfreading.selectors.events import WALKED, standing_events

CHUNK = 500
NEITHER = ("", "")


@dataclass(slots=True)
class MoveLine:
    """One carrying of books (spec B1): a block, in its order, to between two neighbours.

    A neighbour is None where the run of shelves ends. `stands_after` and `stands_before` are what
    was read beside it, where it stood; None where that is no copy of the library.
    """

    number: int
    rows: list[SessionFinding] = field(default_factory=list)
    done: bool = False
    stands_after: Copy | None = None
    stands_before: Copy | None = None

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
    ends = [line.rows[0].event_id for line in lines.values()]
    ends += [line.rows[-1].event_id for line in lines.values()]
    beside = codes_beside(session, ends)
    copies = _copies_of(session, beside)
    for line in lines.values():
        line.done = all(row.key in done for row in line.rows)
        line.stands_after = copies.get(beside.get(line.rows[0].event_id, NEITHER)[0])
        line.stands_before = copies.get(beside.get(line.rows[-1].event_id, NEITHER)[1])
    return list(lines.values())


def work_at_shelf(session: ReadingSession) -> int:
    """How many books to carry: moves, and copies that belong elsewhere."""
    strays: int = session.summary.get("counts", {}).get(Finding.MISPLACED, 0)
    moves: int = session.summary.get("moves", 0)
    return moves + strays


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
    beside = codes_beside(session, [row.event_id for row in rows])
    copies = _copies_of(session, beside)
    done = _put_right(session, rows)
    lines = []
    for row in rows:
        before, after = beside.get(row.event_id, NEITHER)
        line = StrayLine(row, copies.get(before), copies.get(after), done=row.key in done)
        if row.copy is not None and row.copy.library_id != session.library_id:
            line.other_library = row.copy.library.name
        lines.append(line)
    return lines


def codes_beside(
    session: ReadingSession, event_ids: Sequence[UUID | None]
) -> dict[UUID | None, tuple[str, str]]:
    """By event: the codes that its reader read just before it and just after; '' for none."""
    walked = standing_events([session.pk]).filter(kind__in=WALKED, device=OuterRef("device"))
    before = walked.filter(seq__lt=OuterRef("seq")).order_by("-seq", "-received_at")
    after = walked.filter(seq__gt=OuterRef("seq")).order_by("seq", "received_at")
    found: dict[UUID | None, tuple[str, str]] = {}
    wanted = [event_id for event_id in event_ids if event_id]
    for start in range(0, len(wanted), CHUNK):
        events = session.events.filter(pk__in=wanted[start : start + CHUNK]).annotate(
            read_before=Subquery(before.values("code")[:1]),
            read_after=Subquery(after.values("code")[:1]),
        )
        for pk, *codes in events.values_list("pk", "read_before", "read_after"):
            found[pk] = (codes[0] or "", codes[1] or "")
    return found


def _copies_of(
    session: ReadingSession, beside: Mapping[UUID | None, tuple[str, str]]
) -> dict[str, Copy]:
    """The library's copies behind these codes."""
    codes = sorted({code for pair in beside.values() for code in pair if code})
    copies = Copy.objects.filter(library=session.library_id).select_related("title")
    return {
        copy.barcode: copy
        for start in range(0, len(codes), CHUNK)
        for copy in copies.filter(barcode__in=codes[start : start + CHUNK])
    }


def _put_right(session: ReadingSession, rows: Sequence[SessionFinding]) -> set[str]:
    decided = session.decisions.filter(
        is_put_right=True, copy__in={row.copy_id for row in rows}
    ).values_list("copy_id", flat=True)
    return {f"c{copy_id}" for copy_id in decided}
