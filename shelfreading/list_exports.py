"""The shelf list as an Excel file, and as the lines of the printed one."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import IO

from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from libraries.files.rows import Progress
from libraries.files.write import Cell, Sheet, write_workbook
from shelfreading.models import ReadingSession
from shelfreading.selectors.shelf_list import ShelfLine, all_shelf_lines
from shelfreading.shelf_list_pdf import ShelfListHeader, ShelfListRow

HEADERS = (
    "ردیف",
    "بخش",
    "شمارهٔ راهنما",
    "عنوان",
    "پدیدآورنده",
    "جلد",
    "نسخه",
    "شمارهٔ ثبت",
    "بارکد",
    "مرجع",
    "وضعیت",
    "علامت",
)
WIDTHS = (7.0, 14.0, 24.0, 44.0, 26.0, 6.0, 6.0, 12.0, 15.0, 7.0, 12.0, 14.0)


def write_shelf_list(
    target: IO[bytes], session: ReadingSession, now: datetime, progress: Progress
) -> None:
    """Write the whole list in shelf order as Excel, with what is lent and what was read `now`."""
    local = timezone.localtime(now)
    note = (
        f"فهرست رف «{session.name}»، {session.library.name}، "
        f"{format_jalali(local.date())} ساعت {to_persian_digits(f'{local:%H:%M}')}"
    )
    rows = _rows(session, progress)
    write_workbook(target, [Sheet("فهرست رف", HEADERS, rows, WIDTHS, notes=[note])])


def _rows(session: ReadingSession, progress: Progress) -> Iterator[tuple[Cell, ...]]:
    for line in all_shelf_lines(session):
        progress(line.number, session.expected_count)
        copy = line.copy
        yield (
            line.number,
            copy.section.name,
            copy.call_number,
            copy.title.title,
            copy.title.author,
            copy.volume,
            copy.copy_number,
            copy.registration_number,
            copy.barcode,
            "مرجع" if copy.is_reference else "",
            status_word(line),
            mark_word(line),
        )


def status_word(line: ShelfLine) -> str:
    """What the records say of the copy now; a lent one stands out by its word."""
    return "در امانت" if line.is_lent else line.copy.get_status_display()


def mark_word(line: ShelfLine) -> str:
    """What the reading says of the copy so far."""
    if line.was_scanned or line.tick == "present":
        return "هست"
    return "نیست" if line.tick == "absent" else ""


def list_filename(session: ReadingSession, ending: str, on: date) -> str:
    """A name that sorts by day and says which reading."""
    day = format_jalali(on).replace("/", "-")
    return f"فهرست رف {session.pk} {to_persian_digits(day)}.{ending}"


def printed_header(session: ReadingSession, on: date) -> ShelfListHeader:
    """The head of the printed list."""
    classes = ""
    if session.class_first or session.class_last:
        classes = f"رده‌های {session.class_first or 'آغاز'} تا {session.class_last or 'پایان'}"
    return ShelfListHeader(
        title=f"فهرست رف: {session.name}",
        library=session.library.name,
        class_range=classes,
        date=on,
    )


def printed_rows(session: ReadingSession) -> Iterator[ShelfListRow]:
    """The lines of the printed list, in shelf order."""
    for line in all_shelf_lines(session):
        copy = line.copy
        yield ShelfListRow(
            position=line.number,
            call_number=copy.call_number,
            title=copy.title.title,
            section=copy.section.name,
            author=copy.title.author,
            registration_number=copy.registration_number,
            barcode=copy.barcode,
            volume=copy.volume,
            copy_number=copy.copy_number,
            status_label=copy.get_status_display(),
            on_loan=line.is_lent,
            due_on=line.due_on,
        )
