"""The work at the shelf on paper (spec B1): what to carry where, in the order of the walk."""

from datetime import datetime

from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks import task

from libraries.domain.persian import to_persian_digits
from libraries.jobs import Progress, job_keep_result, job_run
from shelfreading.models import ReadingSession
from shelfreading.selectors.findings import doubtful_places
from shelfreading.selectors.moves import MoveLine, StrayLine, move_lines, stray_lines
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
MOVE_COLUMNS = (
    Column("", millimetres=8),
    Column("این‌ها را بردارید", share=1.3),
    Column("که اینجاست، پس از", share=1),
    Column("و بگذارید پس از", share=1),
    Column("و پیش از", share=1),
    Column("شد", millimetres=9),
)
STRAY_COLUMNS = (
    Column("", millimetres=8),
    Column("نسخه", share=1.2),
    Column("اینجا دیده شد", share=1.2),
    Column("جای آن", share=1.2),
    Column("شد", millimetres=9),
)
MOVE_NOTE = (
    "به ترتیب راه رفتن. کتاب‌های هر ردیف با هم برداشته و به همان ترتیب میان دو همسایه گذاشته می‌شوند."
)


def moves_sheet(session: ReadingSession, now: datetime) -> bytes:
    """The moves and the strays that are not done yet, as PDF. Raises Refused."""
    moves = [move for move in move_lines(session) if not move.done]
    strays = [line for line in stray_lines(session) if not line.done]
    parts = [
        Part(MOVE_COLUMNS, [_move(move) for move in moves], "بیرون از ترتیب", MOVE_NOTE),
        Part(
            STRAY_COLUMNS,
            [_stray(number, line) for number, line in enumerate(strays, start=1)],
            "از بخش یا کتابخانهٔ دیگر",
        ),
    ]
    count = to_persian_digits(len(moves) + len(strays))
    return work_sheet_pdf(
        WorkSheet(
            title=f"کار پای قفسه: {session.name}، {count} کار",
            library=session.library.name,
            date=timezone.localdate(now),
            parts=parts,
            warnings=_warnings(session),
            empty="کاری نمانده است: آنچه خوانده شد به ترتیب است.",
        )
    )


def _warnings(session: ReadingSession) -> list[Line]:
    """Where the rule is to be doubted and not the shelf (spec B1)."""
    places = doubtful_places(session)
    if not places:
        return []
    lines: list[Line] = [
        [
            ("bold", "اینجا به ترتیب شک کنید، نه به قفسه."),
            ("text", "بیش از نیمی از نسخه‌های این قفسه‌ها بیرون از ترتیب می‌نماید؛ شاید"),
            ("text", "با ترتیب دیگری چیده یا از سوی دیگر خوانده شده باشد:"),
        ]
    ]
    for first in places:
        name = f"«{first.copy.section.name}» از"
        lines.append([("text", name), ("call", first.copy.call_number)])
    return lines


def _move(move: MoveLine) -> list[Cell]:
    copies = [row.copy for row in move.rows if row.copy]
    books: list[Line] = []
    if len(copies) > 1:
        books.append([("soft", f"{len(copies)} نسخه با هم:")])
    for copy in copies:
        books.append([("bold", copy.title.title)])
        books.append([("call", copy.call_number)])
        books.append([("soft", f"ثبت {copy.registration_number} · {copy.section.name}")])
    return [
        [[("text", str(move.number))]],
        books,
        book_cell(move.stands_after, "—", brief=True),
        book_cell(move.after, "آغاز این قفسه‌ها", brief=True),
        book_cell(move.before, "پایان این قفسه‌ها", brief=True),
        None,
    ]


def _stray(number: int, line: StrayLine) -> list[Cell]:
    copy = line.copy
    seen: list[Line] = []
    for word, book in (("پس از", line.seen_after), ("پیش از", line.seen_before)):
        if book:
            seen.append([("soft", word), ("text", book.title.title), ("call", book.call_number)])
    place: list[Line] = []
    if copy:
        where = "، ".join(filter(None, (line.other_library, copy.section.name)))
        place = [[("text", where)], [("call", copy.call_number)]]
    return [
        [[("text", str(number))]],
        [
            [("bold", copy.title.title if copy else "")],
            [("soft", f"ثبت {copy.registration_number} · {line.row.code}" if copy else "")],
        ],
        seen,
        place,
        None,
    ]


@task()
def moves_print(job_id: int, session_id: int) -> None:
    """Lay out a long sheet and keep it as the job's result."""

    def run(progress: Progress) -> str:
        session = ReadingSession.objects.select_related("library").get(pk=session_id)
        progress.step("چیدن برگه", unit="")
        content = ContentFile(moves_sheet(session, timezone.now()))
        job_keep_result(progress.job, f"کار پای قفسه {session.pk}.pdf", content)
        return "برگهٔ کار پای قفسه آمادهٔ چاپ است."

    job_run(job_id, run)
