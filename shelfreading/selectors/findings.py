"""What the pages of a reading's findings show: classes with their counts, and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from libraries.domain.call_numbers import HUNDREDS
from libraries.domain.codes import clean_code
from libraries.domain.persian import search_key, to_ascii_digits, to_persian_digits
from libraries.models import Copy
from loans.domain.overdue import days_late
from loans.models import Loan
from shelfreading.domain.findings import CONSEQUENCES, LABELS, OF_EXPECTED, SEEN, Finding
from shelfreading.models import (
    WEEDING_OF_FATE,
    Decision,
    ExpectedCopy,
    ReadingEvent,
    ReadingSession,
    SessionFinding,
)

OUT_OF_ORDER = "out_of_order"
ALL = "all"
OTHER_CLASSES = "other"
CLASS_CHOICES = [
    *((code, f"{to_persian_digits(code)} {name}") for code, name in HUNDREDS.items()),
    (OTHER_CLASSES, "کنگره و خوانده‌نشدنی"),
]
LABEL_OF = {finding.value: label for finding, label in LABELS.items()} | {
    OUT_OF_ORDER: "بیرون از ترتیب",
    ALL: "همه",
}
# Missing takes two looks (spec B5).
TWICE, ONCE = "مفقود، دو بار جسته", "دیده‌نشده، یک بار جسته"
CONSEQUENCE_OF = {finding.value: text for finding, text in CONSEQUENCES.items()} | {
    OUT_OF_ORDER: "در همان بخش به جای درست خود برده شود.",
    ALL: "",
}
# What asks for somebody's eye comes first; what the page opens on is the first of them with rows.
ORDER = (
    *(Finding.MISSING, Finding.UNRETURNED, Finding.FOLLOW_UP_DUE, Finding.ON_LOAN_ON_SHELF),
    *(Finding.FOUND, Finding.BACK_FROM_BINDER, Finding.WEEDED_ON_SHELF, Finding.MISPLACED),
    *(OUT_OF_ORDER, Finding.UNKNOWN, Finding.NOT_READ, Finding.PRESENT, Finding.ON_LOAN),
    *(Finding.AT_BINDER, Finding.KNOWN_MISSING, Finding.WEEDED, Finding.REPEATED),
)
LENT = (
    Finding.ON_LOAN,
    Finding.UNRETURNED,
    Finding.FOLLOW_UP_DUE,
    Finding.ON_LOAN_ON_SHELF,
)


def class_counts(session: ReadingSession) -> dict[str, int]:
    """How many in each class as last computed, and out of order; all 0 before the first time."""
    counts = session.summary.get("counts", {})
    return {finding.value: counts.get(finding.value, 0) for finding in Finding} | {
        OUT_OF_ORDER: session.summary.get("moved_copies", 0)
    }


def looked(session: ReadingSession) -> dict[str, int]:
    """How many of the missing were looked for twice, and how many once."""
    sought = session.summary.get("sought", 0)
    return {"sought": sought, "once": class_counts(session)[Finding.MISSING] - sought}


def first_class(counts: dict[str, int]) -> str:
    """The class to look at first: the first in ORDER that has rows."""
    return next((str(code) for code in ORDER if counts[code]), Finding.PRESENT.value)


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and the terms it has to equal, each with its label and class."""

    label: str
    total: int
    terms: list[tuple[str, int]]

    @property
    def closes(self) -> bool:
        """Whether the terms add up to the total."""
        return self.total == sum(count for _, count in self.terms)


def sums(session: ReadingSession) -> list[Sum]:
    """The two sums of the match table: of the expected copies, and of what was read."""
    counts = class_counts(session)
    seen = sum(counts[finding] for finding in SEEN)
    expected: list[tuple[str, int]] = []
    for finding in OF_EXPECTED:
        if finding is Finding.MISSING:
            looks = looked(session)
            expected += [(TWICE, looks["sought"]), (ONCE, looks["once"])]
        else:
            expected.append((LABELS[finding], counts[finding]))
    observed = [("دیده‌شده از فهرست", seen)] + [
        (LABELS[finding], counts[finding])
        for finding in (Finding.MISPLACED, Finding.UNKNOWN, Finding.REPEATED)
    ]
    return [
        Sum(label, total, [term for term in terms if term[1]])
        for label, total, terms in (
            ("نسخهٔ فهرست", session.summary.get("expected", 0), expected),
            ("بار خواندن", session.summary.get("scans", 0), observed),
        )
    ]


def findings_of(
    session: ReadingSession,
    *,
    finding: str,
    hundreds: str = "",
    section_id: int | None = None,
    words: str = "",
) -> QuerySet[SessionFinding]:
    """The rows of a class (a code, OUT_OF_ORDER or ALL) in shelf order, narrowed.

    `hundreds` is a key of HUNDREDS or OTHER_CLASSES; `words` are part of a title or author, or
    a registration number or barcode.
    """
    rows = session.findings.select_related("copy__title", "copy__section", "copy__library")
    if finding == OUT_OF_ORDER:
        rows = rows.filter(move__isnull=False)
    elif finding != ALL:
        rows = rows.filter(finding=finding)
    return narrowed(rows, hundreds=hundreds, section_id=section_id, words=words)


def narrowed(
    rows: QuerySet[SessionFinding],
    *,
    hundreds: str = "",
    section_id: int | None = None,
    words: str = "",
) -> QuerySet[SessionFinding]:
    """The rows of one hundred, one section, or with these words, in shelf order."""
    if hundreds == OTHER_CLASSES:
        rows = rows.filter(copy__isnull=False).exclude(copy__main_class__regex=r"^[0-9۰-۹]")
    elif hundreds:
        rows = rows.filter(copy__main_class__startswith=hundreds[0])
    if section_id:
        rows = rows.filter(copy__section=section_id)
    if words.strip():
        code = clean_code(words)
        found = Q(code=code) | Q(copy__barcode=code)
        found |= Q(copy__registration_number=to_ascii_digits(words).strip())
        if key := search_key(words):
            found |= Q(copy__title__search_text__contains=key)
        rows = rows.filter(found)
    return rows.order_by("position", "pk")


@dataclass(slots=True)
class FindingLine:
    """One row of the findings page."""

    row: SessionFinding
    label: str
    loan: Loan | None = None
    days_late: int = 0
    decision: Decision | None = None
    # The other library that a strayed copy belongs to.
    other_library: str = ""
    elsewhere: "SeenElsewhere | None" = None

    @property
    def copy(self) -> Copy | None:
        """The copy, None for a code that no record has."""
        return self.row.copy

    @property
    def fate_css(self) -> str:
        """The tone of what was decided."""
        fate = self.decision.fate if self.decision else ""
        if fate in WEEDING_OF_FATE:
            return "tone-weed"
        return "tone-binder" if fate == Decision.Fate.BINDING else "tone-quiet"


def finding_lines(
    session: ReadingSession, rows: Sequence[SessionFinding], today: date
) -> list[FindingLine]:
    """The rows with loans and decisions, in a number of queries that doesn't grow with them."""
    copy_ids = [row.copy_id for row in rows if row.copy_id]
    loans = {
        loan.copy_id: loan
        for loan in Loan.objects.filter(copy__in=copy_ids, returned_at__isnull=True)
    }
    decisions = {
        f"c{decision.copy_id}" if decision.copy_id else f"u{decision.code}": decision
        for decision in session.decisions.filter(
            Q(copy__in=copy_ids)
            | Q(copy__isnull=True, code__in=[row.code for row in rows if not row.copy_id])
        )
    }
    elsewhere = seen_elsewhere(session, rows)
    lines = []
    for row in rows:
        line = FindingLine(row, LABEL_OF[row.finding], elsewhere=elsewhere.get(row.event_id))
        if row.finding != Finding.REPEATED:
            line.decision = decisions.get(row.key)
        if row.finding in LENT and row.copy_id in loans:
            line.loan = loans[row.copy_id]
            line.days_late = days_late(line.loan.due_on, today)
        if row.copy is not None and row.copy.library_id != session.library_id:
            line.other_library = row.copy.library.name
        lines.append(line)
    return lines


@dataclass(frozen=True, slots=True)
class SeenElsewhere:
    """Another reading in which a copy turned up, where, and when that came in (spec B5)."""

    session: str
    library: str
    at: datetime


def seen_elsewhere(
    session: ReadingSession, rows: Sequence[SessionFinding]
) -> dict[UUID | None, SeenElsewhere]:
    """By event: the other reading that saw what this one didn't; nothing for its own events."""
    events = ReadingEvent.objects.exclude(session=session).filter(
        pk__in=[row.event_id for row in rows if row.event_id]
    )
    found = events.values_list("pk", "session__name", "session__library__name", "received_at")
    return {pk: SeenElsewhere(name, library, at) for pk, name, library, at in found}


def doubtful_places(session: ReadingSession) -> list[ExpectedCopy]:
    """The first copy of each run of shelves most of whose copies seem out of order."""
    runs = session.summary.get("doubtful", [])
    firsts = session.expected.filter(shelf_run__in=runs).order_by().values("shelf_run")
    positions = [row["first"] for row in firsts.annotate(first=Min("position"))]
    return list(
        session.expected.filter(position__in=positions)
        .select_related("copy__section")
        .order_by("position")
    )


def outcome_of(session: ReadingSession) -> list[tuple[str, int]]:
    """What applying will do, class by class, as far as the findings alone say it."""
    counts = class_counts(session)
    return [
        (CONSEQUENCE_OF[finding], counts[finding])
        for finding in (
            *(Finding.MISSING, Finding.UNRETURNED, Finding.ON_LOAN_ON_SHELF, Finding.FOUND),
            *(Finding.BACK_FROM_BINDER, Finding.FOLLOW_UP_DUE),
        )
        if counts[finding]
    ]
