"""The libraries of a round as Excel."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import IO

from django.utils import timezone

from libraries.bulk import in_chunks
from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from libraries.files.write import Cell, Sheet, write_workbook
from reports.domain.deadlines import days_left
from reports.domain.round_stages import LABELS
from reports.domain.workflow import days_words
from reports.round_overview import Placed, place_lines
from shelfreading.models import Round

HEADERS = (
    *("ردیف", "استان", "شهرستان", "کتابخانه", "کد", "نوع", "درجه", "وضعیت در دوره", "دیرکرده"),
    *("مهلت", "روز مانده یا دیر شده", "آغاز خواندن", "پایان خواندن", "علت عدم انجام رف‌خوانی"),
)
WIDTHS = (8, 18, 18, 36, 12, 12, 8, 22, 10, 14, 18, 14, 14, 50)


def round_xlsx(target: IO[bytes], asked: Round, places: Sequence[Placed], today: date) -> None:
    """Write these libraries of a round (`placed`), a row each, in their order."""
    title = to_persian_digits(f"دورهٔ {asked.year}")
    note = (
        f"{title}، بخشنامهٔ {asked.circular_number}، مهلت {format_jalali(asked.opens_on)} تا "
        f"{format_jalali(asked.closes_on)}؛ وضعیت در {format_jalali(today)}"
    )
    write_workbook(target, [Sheet(title, HEADERS, _rows(asked, places, today), WIDTHS, [note])])


def _rows(asked: Round, places: Sequence[Placed], today: date) -> Iterator[tuple[Cell, ...]]:
    number = 0
    for chunk in in_chunks(places):
        for line in place_lines(chunk, asked):
            number += 1
            library, session = line.place.library, line.session
            yield (
                number,
                library.county.province.name,
                library.county.name,
                library.name,
                library.code,
                library.get_kind_display(),
                library.degree,
                LABELS[line.stage],
                "بله" if line.late else "",
                format_jalali(line.due_on) if line.due_on else "",
                days_words(days_left(line.due_on, today)) if line.due_on else "",
                _day(session.started_at) if session else "",
                _day(session.closed_at) if session else "",
                line.place.reason,
            )


def _day(moment: datetime | None) -> str:
    return format_jalali(timezone.localdate(moment)) if moment else ""
