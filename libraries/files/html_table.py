"""Reads the web page with a table in it that some programs save as .xls."""

import html
import re
from pathlib import Path

from libraries.files.encoding import decode_text
from libraries.files.limits import Limits, Unreadable
from libraries.files.rows import PROGRESS_STEP, Progress, RowCollector, Table

# Neither expression can run past the next "<", so a broken page costs no more than a whole one.
_TAG = re.compile(r"<(/?)(table|tr|td|th|br|p|script|style)\b([^<>]*)>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")
_SPAN = re.compile(r"colspan\s*=\s*[\"']?(\d{1,3})", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\xa0]+")


def read_html_table(path: Path, filename: str, limits: Limits, progress: Progress) -> Table:
    """Return the table with the most filled rows of a web page.

    Raises Unreadable where the page holds no table or is beyond the limits.
    """
    content = path.read_bytes()
    text, encoding, _ = decode_text(content, filename)
    tables: list[RowCollector] = []
    open_tables: list[_OpenTable] = []
    for number, tag in enumerate(_TAG.finditer(text)):
        closing, name = tag[1], tag[2].lower()
        if name == "table" and not closing:
            tables.append(RowCollector(filename, limits))
            open_tables.append(_OpenTable(tables[-1]))
        elif open_tables:
            table = open_tables[-1]
            if name in ("td", "th", "tr", "table"):
                table.end_cell(text, tag.start())
            if name in ("td", "th") and not closing:
                table.start_cell(tag.end(), tag[3])
            elif name in ("tr", "table"):
                table.end_row()
            if name == "table":
                open_tables.pop()
        if number % (10 * PROGRESS_STEP) == 0:
            progress(len(content) * tag.end() // len(text), len(content))
    best = max(tables, key=lambda table: table.filled, default=None)
    if best is None or not best.filled:
        raise Unreadable(
            f"فایل «{filename}» یک صفحهٔ وب است و جدولی در آن نیست؛ "
            "فهرست را با قالب xlsx یا CSV خروجی بگیرید و بفرستید."
        )
    return Table(rows=best.finish(), sheet="", kind="html", encoding=encoding)


class _OpenTable:
    def __init__(self, rows: RowCollector) -> None:
        self._rows = rows
        self._cells: list[str] = []
        self._start: int | None = None
        self._span = 1

    def start_cell(self, start: int, attributes: str) -> None:
        span = _SPAN.search(attributes)
        self._start, self._span = start, int(span[1]) if span else 1

    def end_cell(self, text: str, end: int) -> None:
        if self._start is None:
            return
        plain = html.unescape(_ANY_TAG.sub(" ", text[self._start : end]))
        self._cells.append(_SPACES.sub(" ", plain).strip())
        self._cells.extend([""] * (self._span - 1))
        self._start = None

    def end_row(self) -> None:
        if self._cells:
            self._rows.add(self._cells)
            self._cells = []
