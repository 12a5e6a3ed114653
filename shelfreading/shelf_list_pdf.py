"""The printed shelf list (spec S3.4): a whole library's copies in shelf order, with room to tick.

Set by Typst: at twenty thousand rows WeasyPrint needs minutes and gigabytes. Every row has the
same height (a long title is cut after its second line), so the pages are known beforehand and
nothing is laid out twice. The file carries no tags, which would make it ten times as large: it is
for paper, and the same list is on the screen.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Protocol

from django.conf import settings

from libraries.domain.persian import stored_form
from libraries.domain.printed import Value, printed
from libraries.refusal import Refused
from libraries.templatetags.fa import call_parts
from shelfreading.typeset import TypesettingStopped, typeset

TEMPLATE = Path("templates") / "shelfreading" / "shelf_list.typ"
# What two lines of a column hold, in letters of usual width. A longer title is cut: the row
# still says which book it is.
TITLE_LETTERS = 60
AUTHOR_LETTERS = 32
CAPITAL_WIDTH = 1.6
CUT = "…"
# A word that no line of its column holds may be broken every so many letters.
WORD_LETTERS = {"title": 24, "author": 14, "call": 12}
ZERO_WIDTH_SPACE = "\u200b"


class Steps(Protocol):
    """Told how far the work is; `libraries.jobs.Progress` is one."""

    def step(self, name: str) -> None: ...

    def __call__(self, done: int, total: int | None = None) -> None: ...


@dataclass(frozen=True)
class ShelfListHeader:
    """What stands at the head of every page; the page's section comes from its rows. An empty
    `class_range` is left out.
    """

    title: Value
    library: Value
    class_range: Value = None
    date: Value = None


@dataclass(frozen=True)
class ShelfListRow:
    """One copy, in its place on the shelf. `position` is its number in the whole list.

    A new `section` begins a new page, as its shelves stand apart. A copy `on_loan` says so in
    words, with the day it is due, whatever its `status_label`.
    """

    position: int
    call_number: str
    title: str
    section: str = ""
    author: str = ""
    registration_number: str = ""
    barcode: str = ""
    volume: Value = None
    copy_number: Value = None
    status_label: str = ""
    on_loan: bool = False
    due_on: date | None = None


def shelf_list_pdf(
    header: ShelfListHeader,
    rows: Iterable[ShelfListRow],
    out_path: Path,
    progress: Steps | None = None,
) -> int:
    """Write the list to `out_path` as an A4 PDF and return the number of copies in it.

    `rows` is read once and never held whole. Values reach Typst as data, never as markup, so
    that a title with # or $ is only a title. The same list gives the same bytes. Raises Refused
    when the machine has not memory enough (some 80 MB for each thousand copies).
    """
    with TemporaryDirectory(prefix="shelf-list-") as folder:
        with (Path(folder) / "data.json").open("w", encoding="utf-8") as target:
            if progress:
                progress.step("خواندن فهرست")
            count = _write_data(target, header, rows, progress)
        if progress:
            progress.step("چیدن صفحه‌ها")
        try:
            typeset(settings.BASE_DIR / TEMPLATE, Path(folder), settings.FORMS_FONT_DIR, out_path)
        except TypesettingStopped as error:
            raise Refused(
                f"چیدن این فهرست با {printed(count)} نسخه نیمه‌کاره ماند، چون حافظهٔ رایانه کم آمد؛ "
                "فهرست را بخش به بخش یا رده به رده چاپ کنید."
            ) from error
    return count


def _write_data(
    target: IO[str], header: ShelfListHeader, rows: Iterable[ShelfListRow], progress: Steps | None
) -> int:
    count = 0
    head = {name: printed(value) for name, value in vars(header).items()}
    target.write(json.dumps({"header": head}, ensure_ascii=False)[:-1] + ', "rows": [')
    for count, row in enumerate(rows, start=1):
        target.write(",\n" if count > 1 else "\n")
        json.dump(_row_data(row), target, ensure_ascii=False)
        if progress:
            progress(count)
    target.write("]}")
    return count


def _row_data(row: ShelfListRow) -> dict[str, object]:
    return {
        "position": printed(row.position),
        "section": printed(row.section),
        "call": [
            _breakable(part, WORD_LETTERS["call"])
            for part in call_parts(stored_form(row.call_number))
        ],
        "title": _breakable(_cut(printed(row.title), TITLE_LETTERS), WORD_LETTERS["title"]),
        "author": _breakable(_cut(printed(row.author), AUTHOR_LETTERS), WORD_LETTERS["author"]),
        "registration": printed(row.registration_number),
        "barcode": printed(row.barcode),
        "volume": printed(row.volume),
        "copy": printed(row.copy_number),
        "status": printed(row.status_label),
        "loan": row.on_loan,
        "due": printed(row.due_on),
    }


def _cut(text: str, letters: int) -> str:
    """Return `text`, or what of it is as wide as `letters` usual letters, with an ellipsis."""
    reached = 0.0
    for at, letter in enumerate(text):
        reached += CAPITAL_WIDTH if "A" <= letter <= "Z" else 1
        if reached > letters:
            return text[:at].rstrip() + CUT
    return text


def _breakable(text: str, letters: int) -> str:
    """Allow a line's end inside words of more than `letters` letters."""
    return " ".join(
        ZERO_WIDTH_SPACE.join(word[at : at + letters] for at in range(0, len(word), letters))
        for word in text.split(" ")
    )
