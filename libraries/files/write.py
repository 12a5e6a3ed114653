"""Writes Excel files that open right to left, print well, and hold text as text."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

Cell = str | int | float | None
"""What a cell may hold. Codes, registration numbers and dates are given as texts."""

_LONGEST_TEXT = 32_767
# Excel takes 31; openpyxl sets a number behind the second of two equal titles.
_LONGEST_TITLE = 28
_SAMPLE_ROWS = 200
_NARROWEST, _WIDEST = 6.0, 60.0
# Characters in a line of an A4 page upright; a wider table is printed across.
_UPRIGHT_WIDTH = 95
_A4 = 9
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# A spreadsheet takes what begins so for a formula, or (#) for an error value.
_FORMULA_STARTS = ("=", "+", "-", "@", "#", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows under its headers, and lines of text that stand above them.

    ``widths`` are in characters; without them they follow the first rows.
    """

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[float] | None = None
    notes: Sequence[str] = ()


def write_workbook(target: Path | str | IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write an xlsx file with the sheets, to a path or to a binary file object.

    Texts leave as texts, whatever they begin with; control characters are left out, and what
    is longer than a cell can hold is cut.
    """
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(workbook, sheet)
    workbook.save(target)


def rejected_workbook(
    target: Path | str | IO[bytes],
    header: Sequence[str],
    rejected: Iterable[tuple[int, Sequence[str], Sequence[str]]],
) -> None:
    """Write the rows of a copies list that can't be taken, as they came, each with its reasons.

    ``rejected`` gives the number, the cells and the reasons of each row, as Rejected does;
    ``header`` is the list's own row of headings, so that the rows can be put right here and the
    file sent in again.
    """
    rows: Iterable[list[Cell]] = (
        [row_number, " ".join(reasons), *cells] for row_number, cells, reasons in rejected
    )
    headers = ["ردیف در فایل", "دلیل پذیرفته نشدن", *header]
    write_workbook(target, [Sheet("پذیرفته‌نشده‌ها", headers, rows)])


def _write_sheet(workbook: Workbook, sheet: Sheet) -> None:
    worksheet = workbook.create_sheet(_sheet_title(sheet.title))
    rows = iter(sheet.rows)
    first_rows = list(itertools.islice(rows, _SAMPLE_ROWS))
    widths = sheet.widths or _fitting_widths(sheet.headers, first_rows)
    for number, width in enumerate(widths, start=1):
        worksheet.column_dimensions[get_column_letter(number)].width = width
    _set_up_page(worksheet, header_row=len(sheet.notes) + 1, width=sum(widths))
    for note in sheet.notes:
        worksheet.append([_guarded(worksheet, note)])
    worksheet.append([_heading(worksheet, heading) for heading in sheet.headers])
    for row in itertools.chain(first_rows, rows):
        worksheet.append([_guarded(worksheet, value) for value in row])


def _set_up_page(worksheet: Any, header_row: int, width: float) -> None:
    worksheet.sheet_view.rightToLeft = True
    worksheet.freeze_panes = f"A{header_row + 1}"
    worksheet.print_title_rows = f"{header_row}:{header_row}"
    worksheet.page_setup.paperSize = _A4
    worksheet.page_setup.orientation = "landscape" if width > _UPRIGHT_WIDTH else "portrait"
    worksheet.page_setup.fitToWidth = 1
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    worksheet.oddFooter.center.text = "صفحهٔ &P از &N"


def _sheet_title(title: str) -> str:
    return _ILLEGAL_IN_TITLE.sub(" ", title).strip(" '")[:_LONGEST_TITLE].rstrip(" '") or "برگه"


def _fitting_widths(headers: Sequence[str], rows: list[Sequence[Cell]]) -> list[float]:
    longest = [len(heading) for heading in headers]
    for row in rows:
        for column, value in enumerate(row[: len(longest)]):
            if value is not None:
                longest[column] = max(longest[column], len(str(value)))
    return [min(_WIDEST, max(_NARROWEST, length + 3.0)) for length in longest]


def _heading(worksheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(worksheet, _legal(text))
    cell.data_type = "s"
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF4")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _guarded(worksheet: Any, value: Cell) -> Any:
    if not isinstance(value, str):
        return value
    text = _legal(value)
    if not text.startswith(_FORMULA_STARTS):
        return text
    cell = WriteOnlyCell(worksheet, text)
    cell.data_type = "s"
    # The mark of a text typed behind an apostrophe: editing the cell does not wake the formula.
    cell.quotePrefix = True
    return cell


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)[:_LONGEST_TEXT]
