"""Reads the memory of a barcode reader: which of its lines are scans (directive 3-3, spec S3.5).

Every value that could be a code is a scan. A code that no record has is a work list, so it must
not vanish here: left out is only what stands at the head or the foot and says what it is, and what
can't be a code wherever it stands.
"""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from libraries.domain.codes import clean_code, lost_digits
from libraries.domain.persian import stored_form, to_persian_digits
from shelfreading.domain.memory_columns import MemoryColumns, find_columns, is_code_heading
from shelfreading.domain.scan_times import is_moment, moment, month_first, plain

__all__ = ["Memory", "ReaderScan", "clean_code", "read_memory"]

Rows = Sequence[Sequence[str]]

_NOISE_WORDS = (
    *("memory", "dump", "start", "begin", "end", "eof", "stop", "total", "count", "records?"),
    *("lines?", "checksum", "crc", "serial", "s/?n", "model", "device", "firmware", "version"),
    *("ver", "date", "time", "file", "download", "upload", "user", "operator", "location"),
    *("پایان", "شروع", "آغاز", "تعداد", "جمع", "مجموع", "تاریخ", "ساعت", "دستگاه", "سریال"),
)
# Either the bare word, or the word parted from a value: «END», «CRC=3F2A», «S/N: 00123».
_NOISE = re.compile(
    rf"(?:{'|'.join(_NOISE_WORDS)})(?:[\s:=#,].*)?|v[0-9]+(?:\.[0-9]+)+|[#;<>\[{{}}/].*"
)


@dataclass(frozen=True, slots=True)
class ReaderScan:
    """One scan: the row it stands in (from 1), the cell as it came, the code, and the moment by
    the reader's own clock, without a time zone; None where the file does not tell it.
    """

    line: int
    raw: str
    code: str
    at: datetime.datetime | None


@dataclass(slots=True)
class Memory:
    """What a reader's memory held; ``skipped`` has the rows that are no scans, with their text.

    ``looks_like_copies_list`` says that the columns are those of a copies list.
    """

    scans: list[ReaderScan] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    looks_like_copies_list: bool = False


def read_memory(rows: Rows) -> Memory:
    """Return the scans of a reader's memory, in its order; repeats stay.

    ``rows`` are the texts of a table's cells. The column of codes is found by its heading, or as
    the one whose values look like codes and are not dates, times, symbologies, sequence numbers or
    quantities. Takes any texts.
    """
    columns, rows = find_columns(rows)
    memory = Memory(looks_like_copies_list=columns.looks_like_copies_list)
    found: list[tuple[int, str, str]] = []
    for line, row in enumerate(rows, start=1):
        raw = row[columns.code] if columns.code < len(row) else ""
        code = clean_code(raw)
        if line <= columns.first_row or not code or _is_never_code(raw, code):
            if text := stored_form(" ".join(row)):
                memory.skipped.append((line, text))
        else:
            found.append((line, raw, code))
    first, last = _without_noise(found)
    noise = found[:first] + found[last:]
    memory.skipped = sorted(memory.skipped + [(line, stored_form(raw)) for line, raw, _ in noise])
    months_lead = month_first(plain(text) for text in _column(rows, columns.day))
    for line, raw, code in found[first:last]:
        at = _scan_moment(rows[line - 1], columns, months_lead)
        memory.scans.append(ReaderScan(line, raw, code, at))
    memory.notices = _notices(memory, columns)
    return memory


def _is_never_code(raw: str, code: str) -> bool:
    if code.isdecimal():
        return False
    if not any(map(str.isalnum, code)) or is_code_heading(raw):
        return True
    text = stored_form(raw)
    return " " in text and any(map(str.isalpha, text)) and not text.startswith("]")


def _without_noise(found: list[tuple[int, str, str]]) -> tuple[int, int]:
    """Return the bounds between which the scans stand, without the noise at head and foot."""
    first, last = 0, len(found)
    while first < last and _is_noise(found[first][1]):
        first += 1
    while last > first and _is_noise(found[last - 1][1]):
        last -= 1
    return first, last


def _is_noise(raw: str) -> bool:
    text = plain(raw)
    return _NOISE.fullmatch(text) is not None or is_moment(text)


def _column(rows: Rows, column: int | None) -> list[str]:
    return [] if column is None else [row[column] for row in rows if column < len(row)]


def _scan_moment(
    row: Sequence[str], columns: MemoryColumns, months_lead: bool
) -> datetime.datetime | None:
    parts = [
        plain(row[column])
        for column in (columns.day, columns.time)
        if column is not None and column < len(row)
    ]
    return moment(" ".join(filter(None, parts)), month_first=months_lead) if parts else None


def _notices(memory: Memory, columns: MemoryColumns) -> list[str]:
    notices = []
    if memory.scans and columns.width > 1:
        notices.append(f"کدها از ستون {to_persian_digits(columns.code + 1)} خوانده شد.")
    if memory.skipped:
        notices.append(
            f"{to_persian_digits(len(memory.skipped))} سطر که کد نیست (مانند سربرگ دستگاه) کنار "
            "گذاشته شد."
        )
    lost = sum(lost_digits(scan.code) for scan in memory.scans)
    if lost:
        notices.append(
            f"{to_persian_digits(lost)} کد در اکسل کوتاه شده (مانند 1.2E+09) و رقم‌هایش از میان "
            "رفته است؛ فایل اصلی دستگاه را بفرستید."
        )
    if columns.looks_like_copies_list:
        notices.append(
            "این فایل به فهرست نسخ می‌ماند، نه به حافظهٔ بارکدخوان؛ "
            "اگر فایل دیگری در نظرتان بود، همان را بفرستید."
        )
    return notices
