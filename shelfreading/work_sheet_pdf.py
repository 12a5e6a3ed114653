"""A work list on paper, for a walk along the shelves: what to do, where, and a box to tick.

Set by Typst, for such a list may have thousands of rows. Values reach it as data, never as
markup.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from libraries.domain.persian import stored_form
from libraries.domain.printed import Value, printed
from libraries.models import Copy
from libraries.refusal import Refused
from libraries.templatetags.fa import call_parts
from shelfreading.typeset import TypesettingStopped, typeset

TEMPLATE = Path("templates") / "shelfreading" / "work_sheet.typ"
# Longer words are broken, or they run out of their column.
WORD_LETTERS = 24
BRIEF_LETTERS = 26
ZERO_WIDTH_SPACE = "\u200b"
# One line of a cell: its parts are («text» | «bold» | «soft», words) or («call», call number).
Line = Sequence[tuple[str, str]]
# A cell is lines; None draws a box to tick.
Cell = Sequence[Line] | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head and its width: a share of what is left, or millimetres."""

    head: str
    share: float = 0
    millimetres: float = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the sheet under its heading, with a sentence before it."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    heading: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class WorkSheet:
    """The whole sheet. `warnings` stand boxed before the tables."""

    title: str
    library: str
    date: Value
    parts: Sequence[Part]
    warnings: Sequence[Line] = field(default_factory=tuple)
    empty: str = ""


def work_sheet_pdf(sheet: WorkSheet) -> bytes:
    """The sheet as an A4 PDF. The same sheet gives the same bytes.

    Raises Refused when the machine has not memory enough.
    """
    with TemporaryDirectory(prefix="work-sheet-") as folder:
        (Path(folder) / "data.json").write_text(
            json.dumps(_data(sheet), ensure_ascii=False), encoding="utf-8"
        )
        target = Path(folder) / "sheet.pdf"
        try:
            typeset(settings.BASE_DIR / TEMPLATE, Path(folder), settings.FORMS_FONT_DIR, target)
        except TypesettingStopped as error:
            raise Refused(
                "چیدن این برگه نیمه‌کاره ماند، چون حافظهٔ رایانه کم آمد؛ "
                "آن را بخش به بخش یا رده به رده چاپ کنید."
            ) from error
        return target.read_bytes()


def book_cell(copy: Copy | None, end: str = "", *, brief: bool = False) -> Cell:
    """A copy as a cell: its title (cut where it is only to be recognised by it), its call number
    and, unless `brief`, its registration number; `end` for none.
    """
    if copy is None:
        return [[("soft", end)]]
    title = copy.title.title
    if brief and len(title) > BRIEF_LETTERS:
        title = title[:BRIEF_LETTERS].rstrip() + "…"
    number = [] if brief else [("soft", f"ثبت {copy.registration_number}")]
    return [[("text", title)], [("call", copy.call_number), *number]]


def _data(sheet: WorkSheet) -> dict[str, Any]:
    return {
        "title": printed(sheet.title),
        "library": printed(sheet.library),
        "date": printed(sheet.date),
        "empty": sheet.empty,
        "warnings": [_line(line) for line in sheet.warnings],
        "parts": [
            {
                "heading": part.heading,
                "note": part.note,
                "columns": [
                    {"head": column.head, "share": column.share, "mm": column.millimetres}
                    for column in part.columns
                ],
                "rows": [
                    [None if cell is None else [_line(line) for line in cell] for cell in row]
                    for row in part.rows
                ],
            }
            for part in sheet.parts
            if part.rows
        ],
    }


def _line(line: Line) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "words": [_breakable(part) for part in call_parts(stored_form(words))]}
        if kind == "call"
        else {"kind": kind, "words": [_breakable(printed(words))]}
        for kind, words in line
        if words
    ]


def _breakable(text: str) -> str:
    return " ".join(
        ZERO_WIDTH_SPACE.join(
            word[at : at + WORD_LETTERS] for at in range(0, len(word), WORD_LETTERS)
        )
        for word in text.split(" ")
    )
