"""The frozen list in shelf order, with what is lent now and what was read so far (spec S3.4)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from libraries.domain.call_numbers import class_bounds
from libraries.domain.codes import clean_code
from libraries.domain.persian import search_key, to_ascii_digits
from libraries.models import Copy
from loans.models import Loan
from shelfreading.models import ExpectedCopy, ReadingSession
from shelfreading.selectors.events import TICKS, WALKED, is_read, standing_events

CHUNK = 500
LINES_ON_PAGE = 100


@dataclass(slots=True)
class ShelfLine:
    """One copy of the list. `ticks` are the standing ticks, oldest first, as (event id, kind);
    the last one counts. `section_starts` where a new section's shelves begin on the page.
    """

    position: int
    copy: Copy
    is_lent: bool
    due_on: date | None
    was_scanned: bool
    ticks: list[tuple[str, str]] = field(default_factory=list)
    section_starts: bool = False

    @property
    def number(self) -> int:
        """The line's number as people count."""
        return self.position + 1

    @property
    def page(self) -> int:
        """The page of the whole list that the line stands on."""
        return self.position // LINES_ON_PAGE + 1

    @property
    def tick(self) -> str:
        """present, absent, or '' for neither."""
        return self.ticks[-1][1] if self.ticks else ""

    @property
    def ticks_json(self) -> str:
        """The ticks for the page's script."""
        return json.dumps(self.ticks)


def expected_in_order(session: ReadingSession) -> QuerySet[ExpectedCopy]:
    """The frozen list, as the shelf runs, with all that a line of it shows."""
    return session.expected.select_related("copy__title", "copy__section").order_by("position")


def expected_found(session: ReadingSession, words: str) -> QuerySet[ExpectedCopy]:
    """The lines whose title or author holds the words, or whose registration number or barcode
    they are.
    """
    key = search_key(words)
    number = to_ascii_digits(words).strip()
    return expected_in_order(session).filter(
        Q(copy__title__search_text__contains=key)
        | Q(copy__registration_number=number)
        | Q(code=clean_code(words))
    )


def shelf_lines(session: ReadingSession, rows: Sequence[ExpectedCopy]) -> list[ShelfLine]:
    """Lines for some of the list, in a number of queries that doesn't grow with them."""
    copy_ids = [row.copy_id for row in rows]
    lent = dict(
        Loan.objects.filter(copy__in=copy_ids, returned_at__isnull=True).values_list(
            "copy_id", "due_on"
        )
    )
    events = standing_events([session.pk])
    scanned = set(
        events.filter(kind__in=WALKED, code__in=[row.code for row in rows]).values_list(
            "code", flat=True
        )
    )
    ticks: dict[int, list[tuple[str, str]]] = {}
    for pk, copy_id, kind in (
        events.filter(kind__in=TICKS, copy__in=copy_ids)
        .order_by("received_at", "seq")
        .values_list("pk", "copy_id", "kind")
    ):
        ticks.setdefault(copy_id, []).append((str(pk), kind))
    lines: list[ShelfLine] = []
    for row in rows:
        line = ShelfLine(
            row.position,
            row.copy,
            is_lent=row.copy_id in lent,
            due_on=lent.get(row.copy_id),
            was_scanned=row.code in scanned,
            ticks=ticks.get(row.copy_id, []),
        )
        line.section_starts = not lines or lines[-1].copy.section_id != row.copy.section_id
        lines.append(line)
    return lines


def all_shelf_lines(session: ReadingSession) -> Iterator[ShelfLine]:
    """The whole list, some hundred lines at a time, for paper and Excel."""
    last_section = None
    for start in range(0, session.expected_count, CHUNK):
        rows = expected_in_order(session).filter(position__gte=start, position__lt=start + CHUNK)
        for line in shelf_lines(session, list(rows)):
            line.section_starts = line.copy.section_id != last_section
            last_section = line.copy.section_id
            yield line


def position_of_class(session: ReadingSession, text: str) -> int | None:
    """Where a class begins in the list, or what comes after it; None where nothing does.

    Raises ValueError with a Persian sentence where the class can't be read.
    """
    lowest, highest = class_bounds(text, text, session.library.rules)
    rows = session.expected.filter(copy__class_key__gte=lowest).order_by("position")
    inside = rows.filter(copy__class_key__lte=highest)
    return (
        inside.values_list("position", flat=True).first()
        if inside.exists()
        else rows.values_list("position", flat=True).first()
    )


def first_unread(session: ReadingSession) -> int | None:
    """The position of the first copy that was neither seen nor looked for."""
    return (
        session.expected.exclude(is_read([session.pk]))
        .order_by("position")
        .values_list("position", flat=True)
        .first()
    )
