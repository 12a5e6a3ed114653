"""Checks a copies list row by row before anything is written: what can be taken, what can't."""

import datetime
import re
from collections.abc import Callable, Sequence
from typing import Any

from libraries.domain import call_numbers
from libraries.domain.codes import clean_code, lost_digits
from libraries.domain.columns import FIELD_BY_CODE, Mapping, heading_key
from libraries.domain.copy_records import LONGEST, SUBJECTS_KEPT, CheckedList, CopyRecord, Rejected
from libraries.domain.jalali import parse_jalali
from libraries.domain.list_values import STATUS_WORDS, is_yes, status_code
from libraries.domain.persian import stored_form, to_ascii_digits, to_persian_digits

__all__ = [
    "CheckedList",
    "CopiesListError",
    "CopyRecord",
    "Rejected",
    "check_rows",
]

DEFAULT_SECTION = "مخزن"

_PROGRESS_STEP = 2_000
_DIGIT = re.compile("[0-9]")
_TOTAL_WORDS = ("جمع", "مجموع", "تعداد", "total", "Total")
# A closing total fills a few cells only; a book called «جمع و تفریق» fills more.
_MOST_CELLS_OF_TOTAL = 4


class CopiesListError(ValueError):
    """The list as a whole can't be taken; ``str()`` is a Persian sentence for the user."""


def check_rows(
    rows: Sequence[Sequence[str]],
    header_row: int | None,
    mapping: Mapping,
    *,
    default_section: str = DEFAULT_SECTION,
    require_barcode: bool = False,
    require_registration: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> CheckedList:
    """Read every row below the header as a copy, or say why it can't be one.

    ``header_row`` is an index, None where the list has no header. Empty rows, repeated headers
    and a closing total are passed over. ``progress`` is called with (rows done, rows in all).

    Raises CopiesListError where a column is missing without which no row can be taken.
    """
    _require_columns(mapping, require_barcode, require_registration)
    first = 0 if header_row is None else header_row + 1
    checker = _Checker(rows[:first], mapping, default_section, require_registration)
    for index in range(first, len(rows)):
        checker.take(index + 1, rows[index])
        if progress and (index + 1) % _PROGRESS_STEP == 0:
            progress(index + 1, len(rows))
    if progress:
        progress(len(rows), len(rows))
    return checker.result()


def _require_columns(mapping: Mapping, barcode: bool, registration: bool) -> None:
    required = ["title"]
    required += ["registration_number"] * registration + ["barcode"] * barcode
    missing = [FIELD_BY_CODE[code].label for code in required if code not in mapping]
    if missing:
        names = " و ".join(f"«{name}»" for name in missing)
        raise CopiesListError(
            f"در فهرست نسخ ستون {names} پیدا نشد؛ "
            "ستون را دستی برگزینید یا فهرست را با این ستون خروجی بگیرید."
        )


class _Memo(dict[str, Any]):
    """Remembers what a function made of each text; a list repeats most of its texts."""

    def __init__(self, function: Callable[[str], Any]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> Any:
        value = self[text] = self._function(text)
        return value


class _Checker:
    def __init__(
        self,
        above: Sequence[Sequence[str]],
        mapping: Mapping,
        default_section: str,
        require_registration: bool,
    ) -> None:
        self._mapping = mapping
        self._default_section = default_section
        self._require_registration = require_registration
        self._last_column = max(mapping.values())
        # The header and the title lines may come again at the top of each printed page.
        self._above = {key for row in above if (key := _row_key(row))}
        self._stored = _Memo(stored_form)
        self._numbers = _Memo(lambda text: to_ascii_digits(stored_form(text)))
        self._dates = _Memo(_date_or_none)
        self._statuses = _Memo(status_code)
        self._classes = _Memo(_full_class)
        self._registrations: dict[str, int] = {}
        self._barcodes: dict[str, int] = {}
        self._checked = CheckedList()
        self._without_section = 0

    def take(self, row_number: int, row: Sequence[str]) -> None:
        """Put one row where it belongs."""
        cells = row if len(row) > self._last_column else [*row, *[""] * self._last_column]
        record = CopyRecord(row_number, self._text(cells, "title"), "")
        record.registration_number = self._code(cells, "registration_number")
        record.barcode = self._code(cells, "barcode")
        if self._is_layout(row, record):
            return
        record.author = self._text(cells, "author")
        record.subjects = self._text(cells, "subjects")[:SUBJECTS_KEPT].rstrip()
        record.publisher = self._text(cells, "publisher")
        record.year = self._text(cells, "year")
        record.volume = self._number(cells, "volume")
        record.copy_number = self._number(cells, "copy_number")
        record.section = self._text(cells, "section")
        self._fill_call_number(record, cells)
        self._fill_borrower(record, cells)
        if "reference" in self._mapping:
            record.is_reference = is_yes(cells[self._mapping["reference"]])
        reasons = [*self._missing(record), *self._repeated(record), *_overlong(record)]
        reasons += self._fill_status(record, cells)
        if reasons:
            self._checked.rejected.append(Rejected(row_number, list(row), tuple(reasons)))
            return
        record.registered_on = self._date(record, cells, "registered_on")
        record.lent_on = self._date(record, cells, "lent_on")
        record.due_on = self._date(record, cells, "due_on")
        if not record.section:
            record.section = self._default_section
            self._without_section += 1
        self._checked.records.append(record)

    def result(self) -> CheckedList:
        """Return all that was taken, with what the user should know of the whole."""
        if self._without_section:
            self._checked.notices.append(
                f"{to_persian_digits(self._without_section)} نسخه در فهرست بخش ندارد و در بخش "
                f"«{self._default_section}» گذاشته می‌شود."
            )
        without_barcode = sum(not record.barcode for record in self._checked.records)
        if without_barcode:
            self._checked.notices.append(
                f"{to_persian_digits(without_barcode)} نسخه بارکد ندارد و با بارکدخوان شناخته "
                "نمی‌شود."
            )
        return self._checked

    def _text(self, cells: Sequence[str], code: str) -> str:
        column = self._mapping.get(code)
        return "" if column is None else self._stored[cells[column]]

    def _number(self, cells: Sequence[str], code: str) -> str:
        column = self._mapping.get(code)
        return "" if column is None else self._numbers[cells[column]]

    def _code(self, cells: Sequence[str], code: str) -> str:
        column = self._mapping.get(code)
        return "" if column is None else clean_code(cells[column])

    def _date(self, record: CopyRecord, cells: Sequence[str], code: str) -> datetime.date | None:
        column = self._mapping.get(code)
        if column is None or not (text := self._stored[cells[column]]):
            return None
        day: datetime.date | None = self._dates[text]
        if day is None:
            label = FIELD_BY_CODE[code].label
            record.warnings += (f"{label} «{text[:40]}» تاریخ خوانایی نیست و خالی ماند.",)
        return day

    def _is_layout(self, row: Sequence[str], record: CopyRecord) -> bool:
        """Tell an empty row, a header or title line that comes again, and a closing total."""
        total = record.title.startswith(_TOTAL_WORDS)
        numbered = _DIGIT.search(record.registration_number or record.barcode)
        if record.title and numbered and not total:
            return False
        key = _row_key(row)
        if not key or key in self._above:
            return True
        some_total = total or any(cell.startswith(_TOTAL_WORDS) for cell in key)
        if not some_total or len(key) > _MOST_CELLS_OF_TOTAL:
            return False
        return not record.barcode or self._counts_rows(record.barcode)

    def _counts_rows(self, text: str) -> bool:
        """Whether a number, and what it counts («۳۰۰۰ نسخه»), is that of the rows so far."""
        rows = len(self._checked.records) + len(self._checked.rejected)
        return re.fullmatch(f"{rows}[^0-9]*", text) is not None

    def _fill_call_number(self, record: CopyRecord, cells: Sequence[str]) -> None:
        call_number = self._text(cells, "call_number")
        if not call_number:
            class_number = self._class(cells, "class_number")
            call_number = _joined(class_number, self._text(cells, "author_mark"), record)
        record.call_number = call_numbers.repair(call_number) if call_number else ""
        record.main_class = self._class(cells, "main_class")
        if not record.main_class:
            record.main_class = call_numbers.main_class(record.call_number)
        elif call_numbers.contradicts(record.call_number, record.main_class):
            record.warnings += (
                f"شمارهٔ راهنمای «{record.call_number}» با ردهٔ اصلی «{record.main_class}» "
                "نمی‌خواند؛ شاید دو نیمهٔ آن جابه‌جا شده باشد.",
            )

    def _class(self, cells: Sequence[str], code: str) -> str:
        column = self._mapping.get(code)
        return "" if column is None else self._classes[cells[column]]

    def _fill_borrower(self, record: CopyRecord, cells: Sequence[str]) -> None:
        record.borrower_name = self._text(cells, "borrower_name")
        record.borrower_membership = self._code(cells, "borrower_membership")
        record.borrower_national_id = self._code(cells, "borrower_national_id")
        record.borrower_mobile = self._code(cells, "borrower_mobile")

    def _fill_status(self, record: CopyRecord, cells: Sequence[str]) -> list[str]:
        text = self._text(cells, "status")
        status = self._statuses[text]
        if status is None:
            known = "، ".join(words[0] for words in STATUS_WORDS.values())
            return [f"وضعیت «{text[:40]}» شناخته نیست؛ یکی از این‌ها را بنویسید: {known}."]
        record.status = status
        return []

    def _missing(self, record: CopyRecord) -> list[str]:
        reasons = []
        if not record.title:
            reasons.append("عنوان خالی است؛ عنوان کتاب را بنویسید.")
        if not record.registration_number and self._require_registration:
            reasons.append("شمارهٔ ثبت خالی است؛ شمارهٔ ثبت نسخه را بنویسید.")
        return reasons

    def _repeated(self, record: CopyRecord) -> list[str]:
        return [
            *_repeat(self._registrations, "شمارهٔ ثبت", record.registration_number, record),
            *_repeat(self._barcodes, "بارکد", record.barcode, record),
        ]


def _repeat(seen: dict[str, int], label: str, code: str, record: CopyRecord) -> list[str]:
    if not code:
        return []
    if lost_digits(code):
        return [
            f"{label} «{code}» در اکسل کوتاه شده و رقم‌هایش از میان رفته است؛ "
            "قالب ستون را «متن» کنید و فهرست را دوباره خروجی بگیرید."
        ]
    first = seen.setdefault(code, record.row_number)
    if first == record.row_number:
        return []
    return [
        f"{label} «{code}» تکراری است و نخست در سطر {to_persian_digits(first)} آمده است؛ "
        "یکی از دو سطر را درست کنید."
    ]


def _overlong(record: CopyRecord) -> list[str]:
    return [
        f"{FIELD_BY_CODE[code].label} بیش از {to_persian_digits(longest)} نویسه دارد؛ "
        "آن را کوتاه کنید."
        for code, longest in LONGEST.items()
        if len(getattr(record, code)) > longest
    ]


def _joined(class_number: str, mark: str, record: CopyRecord) -> str:
    """Put a call number together from the columns of class and cutter, volume and copy."""
    if not class_number:
        return mark
    call_number = f"{class_number} {mark}".rstrip()
    parts = call_numbers.parse(call_number)
    if record.volume.isdigit() and not parts.volume:
        call_number += f" ج.{record.volume}"
    if record.copy_number.isdigit() and int(record.copy_number) > 1 and not parts.copy:
        call_number += f" ن.{record.copy_number}"
    return call_number


def _row_key(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(heading_key, row)))


def _full_class(text: str) -> str:
    """A class that stood in a number cell has lost its leading zeros: 25 is 025."""
    text = to_ascii_digits(stored_form(text))
    return text.zfill(3) if text.isdigit() else text


def _date_or_none(text: str) -> datetime.date | None:
    try:
        return parse_jalali(text)
    except ValueError:
        return None
