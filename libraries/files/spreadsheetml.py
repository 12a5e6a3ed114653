"""Reads SpreadsheetML 2003, the XML that many programs save as .xls.

Expat is used as it is, piece by piece: a document type, and with it every entity that could grow
or reach for another file, is refused, which leaves nothing for a wrapper to guard.
"""

import re
from pathlib import Path
from xml.parsers import expat

from libraries.files.calamine_process import cell_text
from libraries.files.limits import Limits, Unreadable, persian_number
from libraries.files.rows import (
    Progress,
    RowCollector,
    Table,
    chosen_sheet,
    empty_formulas,
    too_many_columns,
)
from libraries.files.sniff import damaged

_CHUNK = 1 << 18
_WHOLE_NUMBER = re.compile(r"-?\d{1,30}", re.ASCII)
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z?", re.ASCII)


def read_spreadsheetml(path: Path, filename: str, limits: Limits, progress: Progress) -> Table:
    """Return the fullest worksheet of a SpreadsheetML 2003 file.

    Raises Unreadable where the XML breaks off, declares entities, or is beyond the limits.
    """
    reader = _Reader(filename, limits)
    size = path.stat().st_size
    done = 0
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                reader.feed(chunk)
                done += len(chunk)
                progress(done, size)
        reader.feed(b"", last=True)
    except expat.ExpatError as error:
        raise Unreadable(
            f"فایل «{filename}» در سطر {persian_number(error.lineno)} ناقص یا خراب است و خوانده "
            "نمی‌شود؛ آن را دوباره از برنامه‌اش خروجی بگیرید و بفرستید."
        ) from error
    except Unreadable:
        raise
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise damaged(filename) from error
    return reader.table()


class _Reader:
    """Follows Worksheet > Row > Cell > Data; a Data within a Comment is no value."""

    def __init__(self, filename: str, limits: Limits) -> None:
        self._filename = filename
        self._limits = limits
        self._sheets: list[tuple[str, RowCollector]] = []
        self._rows: RowCollector | None = None
        self._row_number = 0
        self._cells: list[str] = []
        self._column = 0
        self._merged = 0
        self._has_formula = False
        self._in_comment = False
        self._text: list[str] | None = None
        self._type = ""
        self._value = ""
        self._empty_formulas = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, chunk: bytes, last: bool = False) -> None:
        """Parse the next piece of the file."""
        self._parser.Parse(chunk, last)

    def table(self) -> Table:
        """Return the sheet with the most filled rows."""
        if not self._sheets:
            raise Unreadable(
                f"در فایل «{self._filename}» هیچ برگه‌ای نیست؛ "
                "آن را دوباره از برنامه‌اش خروجی بگیرید و بفرستید."
            )
        filled_sheets = sum(collector.filled > 0 for _, collector in self._sheets)
        name, collector = max(self._sheets, key=lambda sheet: sheet[1].filled)
        table = Table(rows=collector.finish(), sheet=name, kind="spreadsheetml", encoding="xml")
        if filled_sheets > 1:
            table.notices.append(chosen_sheet(name, filled_sheets, collector.filled))
        if self._empty_formulas:
            table.notices.append(empty_formulas(self._empty_formulas))
        return table

    def _refuse_doctype(self, *_: object) -> None:
        raise Unreadable(
            f"فایل «{self._filename}» ساختاری دارد که برای ایمنی خوانده نمی‌شود (DOCTYPE)؛ "
            "آن را در اکسل باز کنید و با قالب xlsx ذخیره کنید."
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "Cell":
            self._start_cell(attributes)
        elif name == "Data":
            if not self._in_comment:
                self._text = []
                self._type = attributes.get("ss:Type") or attributes.get("Type", "")
                self._parser.CharacterDataHandler = self._text.append
        elif name == "Row":
            self._start_row(attributes)
        elif name == "Comment":
            self._in_comment = True
        elif name == "Worksheet":
            self._rows = RowCollector(self._filename, self._limits)
            self._row_number = 0
            sheet = attributes.get("ss:Name") or attributes.get("Name", "")
            self._sheets.append((sheet, self._rows))

    def _end(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "Cell":
            self._end_cell()
        elif name == "Data":
            if self._text is not None:
                self._parser.CharacterDataHandler = None
                self._value = _value_text("".join(self._text), self._type)
                self._text = None
        elif name == "Row":
            if self._rows is not None:
                self._rows.add(self._cells)
            self._cells = []
        elif name == "Comment":
            self._in_comment = False

    def _start_row(self, attributes: dict[str, str]) -> None:
        index = _index(attributes)
        if self._rows is not None and index > self._row_number + 1:
            self._rows.add_blank_rows(index - self._row_number - 1)
            self._row_number = index
        else:
            self._row_number += 1
        self._cells = []
        self._column = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._value = ""
        self._merged = 0
        self._has_formula = False
        if attributes:
            # An index counts from one and skips the empty cells before it.
            self._column = max(self._column, _index(attributes) - 1)
            self._merged = _number(attributes.get("ss:MergeAcross", ""))
            self._has_formula = "ss:Formula" in attributes

    def _end_cell(self) -> None:
        if self._value:
            if self._column >= self._limits.max_columns:
                raise too_many_columns(
                    self._filename, self._row_number, self._column + 1, self._limits
                )
            self._cells.extend([""] * (self._column - len(self._cells)))
            self._cells.append(self._value)
        elif self._has_formula:
            self._empty_formulas += 1
        self._column += 1 + self._merged


def _index(attributes: dict[str, str]) -> int:
    return _number(attributes.get("ss:Index") or attributes.get("Index", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _value_text(text: str, kind: str) -> str:
    if kind == "Number" and not _WHOLE_NUMBER.fullmatch(text):
        try:
            return cell_text(float(text))
        except ValueError:
            return text
    if kind == "DateTime":
        moment = _DATE_TIME.fullmatch(text)
        if moment:
            day, time = moment.groups()
            return day if time == "00:00:00" else f"{day} {time}"
    if kind == "Boolean":
        return "TRUE" if text.strip() == "1" else "FALSE"
    if kind == "Error":
        return ""
    return text
