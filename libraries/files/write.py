"""Writes Excel files that open right to left, print well, and hold text as text."""

import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from libraries.files import xlsx_parts

Cell = str | int | float | None
"""What a cell may hold. Codes, registration numbers and dates are given as texts."""

# Excel takes 31; a number is set behind the second of two equal titles.
_LONGEST_TITLE = 28
_SAMPLE_ROWS = 200
_NARROWEST, _WIDEST = 6.0, 60.0
# Characters in a line of an A4 page upright; a wider table is printed across.
_UPRIGHT_WIDTH = 95
_ILLEGAL_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
# Six is zlib's own middle; three takes half its time for a tenth more bytes.
_COMPRESSION = 3


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
    titles = _titles(sheets)
    header_rows = [len(sheet.notes) + 1 for sheet in sheets]
    parts = {
        "[Content_Types].xml": xlsx_parts.content_types(len(sheets)),
        "_rels/.rels": xlsx_parts.ROOT_RELATIONS,
        "xl/workbook.xml": xlsx_parts.workbook(titles, header_rows),
        "xl/_rels/workbook.xml.rels": xlsx_parts.workbook_relations(len(sheets)),
        "xl/styles.xml": xlsx_parts.STYLES,
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for number, sheet in enumerate(sheets, start=1):
            part = f"xl/worksheets/sheet{number}.xml"
            with archive.open(part, "w", force_zip64=True) as stream:
                for piece in xlsx_parts.pieces(_lines(sheet)):
                    stream.write(piece)


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


def _lines(sheet: Sheet) -> Iterator[str]:
    """The sheet's part, a row at a time."""
    rows = iter(sheet.rows)
    first_rows = list(itertools.islice(rows, _SAMPLE_ROWS))
    widths = sheet.widths or _fitting_widths(sheet.headers, first_rows)
    yield xlsx_parts.sheet_start(widths, len(sheet.notes) + 1)
    write_row = xlsx_parts.row_writer()
    for note in sheet.notes:
        yield write_row([note])
    yield write_row(sheet.headers, xlsx_parts.HEADING)
    for row in itertools.chain(first_rows, rows):
        yield write_row(row)
    yield xlsx_parts.sheet_end(landscape=sum(widths) > _UPRIGHT_WIDTH)


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    """A title for each sheet; no two are equal, whatever the case of their letters."""
    titles: list[str] = []
    used: set[str] = set()
    for sheet in sheets:
        title = _sheet_title(sheet.title)
        numbered = title
        number = 1
        while numbered.casefold() in used:
            number += 1
            numbered = f"{title}{number}"
        used.add(numbered.casefold())
        titles.append(numbered)
    return titles


def _sheet_title(title: str) -> str:
    return _ILLEGAL_IN_TITLE.sub(" ", title).strip(" '")[:_LONGEST_TITLE].rstrip(" '") or "برگه"


def _fitting_widths(headers: Sequence[str], rows: list[Sequence[Cell]]) -> list[float]:
    longest = [len(heading) for heading in headers]
    for row in rows:
        for column, value in enumerate(row[: len(longest)]):
            if value is not None:
                longest[column] = max(longest[column], len(str(value)))
    return [min(_WIDEST, max(_NARROWEST, length + 3.0)) for length in longest]
