"""Which column of a reader's memory holds the codes, and which the day and the time."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libraries.domain.codes import clean_code
from libraries.domain.columns import guess_mapping, heading_key
from shelfreading.domain.scan_times import is_date, is_moment, is_packed, is_time, plain

Rows = Sequence[Sequence[str]]

_HEADER_SEARCH_ROWS = 20
_MOST = 0.8
# Enough to tell what a column holds.
_SHAPE_ROWS = 2_000

# The better heading stands first.
_CODE_HEADINGS = [
    heading_key(word)
    for word in (
        *("بارکد", "شماره بارکد", "بارکدها", "barcode", "bar code", "barcodes", "scanned barcode"),
        *("کد", "شناسه", "code", "scanned code", "barcode data", "scan data", "data", "scan"),
        *("scans", "content", "value", "item", "isbn", "ean", "id", "شماره ثبت"),
        *("barcode number", "barcode no", "item barcode", "item id", "کدها", "کد کتاب"),
    )
]
_DAY_HEADINGS = {
    heading_key(word)
    for word in (
        *("تاریخ", "تاریخ اسکن", "زمان", "تاریخ و ساعت", "date", "scan date", "datetime"),
        *("date time", "timestamp", "time stamp", "date and time"),
    )
}
_TIME_HEADINGS = {heading_key(word) for word in ("ساعت", "زمان اسکن", "time", "scan time")}

_SYMBOLOGY = re.compile(
    r"(?:gs1[\s_-]?)?(?:code[\s_-]?(?:128|39|93|11|32)|ean[\s_-]?(?:8|13|128)?|upc[\s_-]?[ae]?"
    r"|(?:i|interleaved|industrial)?[\s_-]?2[\s_-]?of[\s_-]?5|itf(?:[\s_-]?14)?|codabar|nw-?7|msi"
    r"|qr(?:[\s_-]?code)?|data[\s_-]?matrix|pdf[\s_-]?417|aztec|databar|\]?[a-z][0-9])"
)
_LIKELY_CODE = re.compile(r"[0-9]{6,}")
_SMALL_NUMBER = re.compile(r"[0-9]{1,3}")
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")


@dataclass(frozen=True, slots=True)
class MemoryColumns:
    """Indices of the columns; ``first_row`` is how many rows, the header the last, stand above.

    ``day`` may hold the time as well.
    """

    code: int = 0
    day: int | None = None
    time: int | None = None
    first_row: int = 0
    width: int = 1
    looks_like_copies_list: bool = False


def is_code_heading(text: str) -> bool:
    """Return whether a text is a heading that columns of codes have."""
    return heading_key(text) in _CODE_HEADINGS


def find_columns(rows: Rows) -> tuple[MemoryColumns, Rows]:
    """Return the columns of a reader's memory, and the rows, cut where blanks part the columns."""
    width = max(map(len, rows), default=0)
    if width == 1:
        rows = _cut_at_blanks(rows)
        width = max(map(len, rows))
    header = _find_header(rows)
    names = [heading_key(cell) for cell in rows[header]] if header is not None else []
    body = rows[header + 1 :] if header is not None else rows
    shapes = [_Shape(body[:_SHAPE_ROWS], column) for column in range(width)]
    code = _code_by_heading(names)
    if code is None:
        code = max(range(width), key=lambda column: shapes[column].rank, default=0)
    others = [column for column in range(width) if column != code]
    day = _first(
        others,
        lambda column: (
            shapes[column].is_day
            or shapes[column].is_packed
            or _named(names, column, _DAY_HEADINGS)
        ),
    )
    time = _first(
        [column for column in others if column != day],
        lambda column: shapes[column].is_time or _named(names, column, _TIME_HEADINGS),
    )
    fields = guess_mapping(rows[header]) if header is not None else {}
    return MemoryColumns(
        code=code,
        day=day,
        time=time,
        first_row=0 if header is None else header + 1,
        width=width,
        looks_like_copies_list="title" in fields and len(fields) >= 4,
    ), rows


class _Shape:
    """What the values of one column look like."""

    def __init__(self, rows: Rows, column: int) -> None:
        texts = [plain(row[column]) for row in rows if column < len(row) and row[column]]
        texts = [text for text in texts if text]
        count = len(texts)
        moments = sum(map(is_moment, texts))
        days = sum(is_moment(text) and not is_time(text) for text in texts)
        self.is_day = count > 0 and days >= _MOST * count
        self.is_time = count > 0 and not self.is_day and moments >= _MOST * count
        self.is_packed = count > 0 and sum(map(is_packed, texts)) >= _MOST * count
        self.rank = (0, 0.0, 0.0)
        if count and not self.is_day and not self.is_time:
            self.rank = _code_rank(texts, self.is_packed)


def _code_rank(texts: list[str], packed: bool) -> tuple[int, float, float]:
    """Rank a column as the codes': by what it surely is not, by how it differs, by its length."""
    count = len(texts)
    distinct = len(set(texts))
    codes = sum(
        " " not in text and any(map(str.isalnum, text)) and not _DECIMAL.fullmatch(text)
        for text in texts
    )
    symbologies = sum(_SYMBOLOGY.fullmatch(text) is not None for text in texts)
    small = sum(_SMALL_NUMBER.fullmatch(text) is not None for text in texts)
    symbology = symbologies >= _MOST * count
    quantity = small >= _MOST * count and distinct <= max(3, count // 10)
    kind = 1 if symbology or quantity or packed or _is_sequence(texts) else 2
    return kind, codes / count * distinct, sum(map(len, texts)) / count


def _is_sequence(texts: list[str]) -> bool:
    """Return whether the values count on by one, as numbers of records do."""
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 9]
    steps = sum(after - before == 1 for before, after in zip(numbers, numbers[1:], strict=False))
    return (
        len(numbers) > 1
        and len(numbers) >= _MOST * len(texts)
        and steps >= 0.95 * (len(numbers) - 1)
    )


def _find_header(rows: Rows) -> int | None:
    """Return the index of the first row with a heading for codes; none once a code has come.

    Where no heading is known, words beside one another at the very beginning are a header.
    """
    words = None
    first_filled = True
    for index, row in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        if any(map(is_code_heading, row)):
            return index
        if any(_LIKELY_CODE.fullmatch(clean_code(cell)) for cell in row):
            break
        if first_filled and any(row):
            first_filled = False
            words = index if _is_words(row) else None
    return words


def _is_words(row: Sequence[str]) -> bool:
    cells = [text for text in map(plain, row) if text]
    return len(cells) > 1 and not any(
        any(map(str.isdigit, cell)) or _SYMBOLOGY.fullmatch(cell) for cell in cells
    )


def _code_by_heading(names: list[str]) -> int | None:
    known = [column for column, name in enumerate(names) if name in _CODE_HEADINGS]
    return min(known, key=lambda column: _CODE_HEADINGS.index(names[column]), default=None)


def _named(names: list[str], column: int, headings: set[str]) -> bool:
    return column < len(names) and names[column] in headings


def _first(columns: list[int], holds: Callable[[int], bool]) -> int | None:
    return next(filter(holds, columns), None)


def _cut_at_blanks(rows: Rows) -> Rows:
    """Cut lines like «1200006931 2026-08-02 08:00» into cells, where most lines are like that."""
    cut = [row[0].split() if row else [] for row in rows]
    lengths = Counter(len(cells) for cells in cut if cells)
    if not lengths:
        return rows
    (length, often), *_ = lengths.most_common(1)
    if length < 2 or often < _MOST * lengths.total():
        return rows
    regular = [cells for cells in cut if len(cells) == length]
    for column in range(length):
        told = sum(
            is_date(text)
            or is_time(text)
            or is_packed(text)
            or _SYMBOLOGY.fullmatch(text) is not None
            for text in (plain(cells[column]) for cells in regular)
        )
        if told >= _MOST * len(regular):
            return [
                cells if len(cells) == length else row for cells, row in zip(cut, rows, strict=True)
            ]
    return rows
