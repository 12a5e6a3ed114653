"""The second look on paper: what to look for, between which books, where else, boxes to tick."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks import task

from libraries.domain.persian import to_persian_digits
from libraries.jobs import Progress, job_keep_result, job_run
from shelfreading.models import ReadingSession
from shelfreading.selectors.second_look import Look, LookLine, Place, look_lines, second_look_rows
from shelfreading.work_sheet_pdf import (
    Cell,
    Column,
    Line,
    Part,
    WorkSheet,
    book_cell,
    work_sheet_pdf,
)

# What a request lays out in a second or two; more is the worker's.
MOST_AT_ONCE = 500
PLACES_ON_PAPER = 3
COLUMNS = (
    Column("", millimetres=8),
    Column("این را بجویید", share=1.3),
    Column("جایش پس از این است", share=1),
    Column("و پیش از این", share=1),
    Column("یا شاید اینجا", share=1.3),
    Column("پیدا شد", millimetres=12),
    Column("نبود", millimetres=10),
)
NOTE = (
    "به ترتیب قفسه‌ها. نخست جای خود کتاب و چند کتاب دو سوی آن، پشت ردیف و زیر قفسه را ببینید، "
    "سپس جاهایی را که در ستون «یا شاید اینجا» آمده است."
)


def second_look_sheet(session: ReadingSession, asked: Mapping[str, Any], now: datetime) -> bytes:
    """The sheet of what was asked for (see `second_look_rows`) as PDF. Raises Refused."""
    lines = look_lines(session, list(second_look_rows(session, **asked)), now)
    parts = [
        Part(COLUMNS, rows, heading=f"بخش {section}", note="" if number else NOTE)
        for number, (section, rows) in enumerate(_by_section(lines))
    ]
    count = to_persian_digits(len(lines))
    return work_sheet_pdf(
        WorkSheet(
            title=f"نگاه دوم: {session.name}، {count} نسخه",
            library=session.library.name,
            date=timezone.localdate(now),
            parts=parts,
            empty="نسخه‌ای برای جستن نیست.",
        )
    )


def _by_section(lines: list[LookLine]) -> Iterator[tuple[str, list[list[Cell]]]]:
    section = ""
    rows: list[list[Cell]] = []
    for number, line in enumerate(lines, start=1):
        name = line.copy.section.name
        if rows and name != section:
            yield section, rows
            rows = []
        section = name
        rows.append(_row(number, line))
    if rows:
        yield section, rows


def _row(number: int, line: LookLine) -> list[Cell]:
    copy = line.copy
    codes = [f"ثبت {copy.registration_number}", copy.barcode]
    book: list[Line] = [
        [("bold", copy.title.title)],
        [("call", copy.call_number)],
        [("soft", " · ".join(filter(None, codes)))],
    ]
    if line.look != Look.OPEN:
        book.append([("bold", f"({line.label})")])
    return [
        [[("text", str(number))]],
        book,
        book_cell(line.after, "آغاز این قفسه‌ها", brief=True),
        book_cell(line.before, "پایان این قفسه‌ها", brief=True),
        list(_places(line.places)),
        None,
        None,
    ]


def _places(places: Sequence[Place]) -> Iterator[Line]:
    """The likely places, a line or two each; call numbers read with digits turned share one."""
    turned = [place.place.value for place in places if place.place.kind == "turned"]
    for place in places[:PLACES_ON_PAPER]:
        if place.place.kind == "turned":
            continue
        value = [("soft", place.place.value)] if place.place.value else []
        yield [("text", f"• {place.place.reason}"), *value]
        if place.beside:
            word = "پس از" if place.after else "پیش از"
            yield [("soft", word), ("call", place.beside.call_number)]
    if turned:
        between: Line = [piece for part in turned for piece in (("text", "،"), ("call", part))]
        yield [("text", "• دو رقم جابه‌جا:"), *between[1:]]


@task()
def second_look_print(job_id: int, session_id: int, asked: dict[str, Any]) -> None:
    """Lay out a long sheet and keep it as the job's result."""

    def run(progress: Progress) -> str:
        session = ReadingSession.objects.select_related("library").get(pk=session_id)
        progress.step("چیدن برگه", unit="")
        content = ContentFile(second_look_sheet(session, asked, timezone.now()))
        job_keep_result(progress.job, f"نگاه دوم {session.pk}.pdf", content)
        return "برگهٔ نگاه دوم آمادهٔ چاپ است."

    job_run(job_id, run)
