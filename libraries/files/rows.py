"""Gathers the rows of a table while it is read, and holds the limits on them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from libraries.files.limits import HEADER_ALLOWANCE, Limits, Unreadable, persian_number

Progress = Callable[[int, int | None], None]
"""Called with (done, total): rows of a workbook, bytes of a text; total None while unknown."""

PROGRESS_STEP = 2_000
"""Rows between two calls of a Progress."""


@dataclass(slots=True)
class Table:
    """What a file held: the text of each cell, every row as wide as the widest one."""

    rows: list[list[str]]
    sheet: str
    kind: str
    encoding: str = ""
    notices: list[str] = field(default_factory=list)


class RowCollector:
    """Takes rows one by one; cuts empty cells and rows at the end, refuses what is too much."""

    def __init__(self, filename: str, limits: Limits) -> None:
        self.rows: list[list[str]] = []
        self.filled = 0
        self._filename = filename
        self._limits = limits
        self._blank_rows = 0
        self._width = 0

    def add(self, cells: list[str]) -> None:
        """Append one row; the list is kept, not copied."""
        while cells and (not cells[-1] or cells[-1].isspace()):
            cells.pop()
        if not cells:
            self._blank_rows += 1
            return
        self.filled += 1
        if len(cells) > self._width:
            if len(cells) > self._limits.max_columns:
                row_number = len(self.rows) + self._blank_rows + 1
                raise too_many_columns(self._filename, row_number, len(cells), self._limits)
            self._width = len(cells)
        if self.filled > self._limits.max_rows + HEADER_ALLOWANCE:
            raise too_many_rows(self._filename, None, self._limits)
        if self._blank_rows:
            self._add_blank_rows()
        self.rows.append(cells)

    def add_blank_rows(self, count: int) -> None:
        """Append empty rows; they count only where a filled one follows."""
        self._blank_rows += count

    def finish(self) -> list[list[str]]:
        """Return the rows, all of one width."""
        width = self._width
        for row in self.rows:
            if len(row) < width:
                row.extend([""] * (width - len(row)))
        return self.rows

    def _add_blank_rows(self) -> None:
        # Empty rows keep the row numbers true, but are no way around the limit.
        if len(self.rows) + self._blank_rows > 2 * self._limits.max_rows + HEADER_ALLOWANCE:
            raise too_many_rows(self._filename, None, self._limits)
        self.rows.extend([] for _ in range(self._blank_rows))
        self._blank_rows = 0


def too_many_rows(filename: str, found: int | None, limits: Limits) -> Unreadable:
    """Return the refusal of a list that is too long; ``found`` is None where not counted."""
    limit = persian_number(limits.max_rows)
    much = f"بیش از {limit} سطر دارد" if found is None else f"{persian_number(found)} سطر دارد"
    return Unreadable(
        f"فایل «{filename}» {much} و بیش از {limit} سطر یک‌جا خوانده نمی‌شود؛ "
        "فهرست را به چند فایل کوچک‌تر بخش کنید."
    )


def too_many_columns(filename: str, row_number: int, found: int, limits: Limits) -> Unreadable:
    """Return the refusal of a row that reaches too far; ``found`` is its last filled column."""
    return Unreadable(
        f"سطر {persian_number(row_number)} فایل «{filename}» {persian_number(found)} ستون دارد و "
        f"بیش از {persian_number(limits.max_columns)} ستون خوانده نمی‌شود؛ "
        "ستون‌های اضافه را پاک کنید و فایل را دوباره بفرستید."
    )


def chosen_sheet(name: str, sheets: int, filled: int) -> str:
    """Return the notice that names the sheet taken out of several."""
    return (
        f"فایل {persian_number(sheets)} برگهٔ پر دارد؛ برگهٔ «{name}» با "
        f"{persian_number(filled)} سطر، که از همه پرتر است، خوانده شد."
    )


def empty_formulas(count: int) -> str:
    """Return the notice on formulas that the file stores no value for."""
    return (
        f"{persian_number(count)} خانهٔ این فایل فرمولی بدون مقدار دارد و خالی خوانده شد؛ "
        "اگر مقدارشان لازم است، فایل را در اکسل باز کنید، ذخیره کنید و دوباره بفرستید."
    )
