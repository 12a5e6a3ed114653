"""Forms as Excel: one right-to-left A4 sheet, written line by line from the top."""

from collections.abc import Sequence
from io import BytesIO
from math import ceil

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from reports.forms.common import Box, CopiesForm, Sentence, Signature, plain_text
from reports.forms.seal import Seal

# Every Windows machine has Tahoma with Persian letters; the PDF's font may not be installed there.
FONT = "Tahoma"
PERSIAN_DIGITS = "[$-3000429]0"
FORMULA_SIGNS = ("=", "+", "-", "@")
RIGHT_TO_LEFT_MARK = "\N{RIGHT-TO-LEFT MARK}"
RIGHT_TO_LEFT = 2  # Alignment.readingOrder
A4 = 9  # the sheet's paperSize
SHEET_WIDTH = 92.0  # characters over all columns: an A4 page in portrait at nearly full size
LANDSCAPE_WIDTH = 136.0
COLUMN_UNIT = 14.0  # points: the size at which a Persian letter takes one unit of a column's width
LINE_HEIGHT = 20.0  # points
HAND_HEIGHT = 24.0  # points, enough to write by hand
THIN = Side(style="thin", color="FF444444")
DOTTED = Side(style="dotted", color="FF444444")
HEAD_FILL = PatternFill("solid", fgColor="FFEDEDED")


class FormSheet:
    """A sheet that is filled downwards; columns are counted from 1, at the right."""

    def __init__(self, title: str, widths: Sequence[float], *, landscape: bool = False) -> None:
        """Open a sheet named after `title`, its columns sharing the page as `widths` do."""
        self.columns = len(widths)
        self.row = 1
        self._height = 0.0
        self._book = Workbook()
        self._book.properties.title = title
        self._book.properties.creator = ""
        self._sheet = self._book.active
        self._sheet.title = title.partition(":")[0][:31]
        self._sheet.sheet_view.rightToLeft = True
        self._sheet.sheet_view.showGridLines = False
        self._sheet.page_setup.paperSize = A4
        self._sheet.page_setup.orientation = "landscape" if landscape else "portrait"
        self._sheet.page_setup.fitToHeight = 0
        self._sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self._sheet.print_options.horizontalCentered = True
        self._sheet.oddFooter.center.text = "صفحهٔ &P از &N"
        unit = (LANDSCAPE_WIDTH if landscape else SHEET_WIDTH) / sum(widths)
        for column, width in enumerate(widths, start=1):
            self._sheet.column_dimensions[get_column_letter(column)].width = unit * width

    def put(
        self,
        value: str | int | None,
        first: int = 1,
        last: int | None = None,
        *,
        rows: int = 1,
        bold: bool = False,
        size: float = 10,
        align: str = "right",
        boxed: bool = False,
        head: bool = False,
    ) -> None:
        """Write `value` into columns `first` to `last` of this row (to the end if None), merged.

        `rows` above 1 merges downwards too; `boxed` rules the cells' borders; `head` is a table's
        head. A text never becomes a formula.
        """
        last = self.columns if last is None else last
        cell = self._sheet.cell(self.row, first)
        _write(cell, value)
        cell.font = Font(name=FONT, size=size, bold=bold or head)
        cell.alignment = Alignment(
            horizontal="center" if head else align,
            vertical="center",
            wrap_text=True,
            readingOrder=RIGHT_TO_LEFT,
        )
        if boxed or head:
            for row in range(self.row, self.row + rows):
                for column in range(first, last + 1):
                    self._sheet.cell(row, column).border = Border(THIN, THIN, THIN, THIN)
        if head:
            cell.fill = HEAD_FILL
        if not head:
            self._make_room(value, first, last, size)
        if last > first or rows > 1:
            self._sheet.merge_cells(
                start_row=self.row, end_row=self.row + rows - 1, start_column=first, end_column=last
            )

    def next(self, height: float | None = None) -> None:
        """Go to the next row; the row just left is `height` points high, more if its text needs."""
        height = max(height or 0.0, self._height)
        if height:
            self._sheet.row_dimensions[self.row].height = height
        self.row += 1
        self._height = 0.0

    def repeat_on_every_page(self, first_row: int) -> None:
        """Print the rows from `first_row` to the one before this at the top of every page, and
        keep them in sight when the sheet is scrolled."""
        self._sheet.print_title_rows = f"{first_row}:{self.row - 1}"
        self._sheet.freeze_panes = self._sheet.cell(self.row, 1)

    def put_line(self, parts: Sequence[Sentence], height: float = LINE_HEIGHT) -> None:
        """Write labelled places side by side on one row, sharing its width."""
        for part, (first, last) in zip(parts, self._shares(len(parts)), strict=True):
            self.put(plain_text(part), first, last, boxed=True)
        self.next(height)

    def put_boxes(self, boxes: Sequence[Box]) -> None:
        """Write check boxes and their words on one row.

        A mark holds each box at the right of its words, where some programs lose it at a line's
        beginning.
        """
        texts = (f"{RIGHT_TO_LEFT_MARK}{'☑' if box.ticked else '☐'} {box.label}" for box in boxes)
        self.put("     ".join(texts))
        self.next(LINE_HEIGHT)

    def put_seal(self, seal: Seal | None) -> None:
        """Write at the foot what the printed form's code says; nothing where there is no seal."""
        if seal is None:
            return
        self.next(8)
        self.put(seal.line, size=8)
        self.next(LINE_HEIGHT)

    def put_signatures(self, signatures: Sequence[Signature]) -> None:
        """Write the signature blocks side by side, with room for a hand to sign."""
        for at in range(max(len(each.lines) for each in signatures)):
            self._put_across([each.lines[at] for each in signatures], 18, bold=True)
        self._put_across([each.name_label for each in signatures], 18)
        self._put_across([each.printed_name for each in signatures], 28, dotted=True)
        self._put_across([each.date_label for each in signatures], 18)
        self._put_across(["" for _ in signatures], 40, dotted=True)

    def _put_across(
        self, texts: Sequence[str], height: float, *, bold: bool = False, dotted: bool = False
    ) -> None:
        for text, (first, last) in zip(texts, self._shares(len(texts)), strict=True):
            self.put(text, first, last, align="center", bold=bold)
            if dotted:
                for column in range(first, last + 1):
                    self._sheet.cell(self.row, column).border = Border(bottom=DOTTED)
        self.next(height)

    def to_bytes(self) -> bytes:
        """Return the finished workbook."""
        target = BytesIO()
        self._book.save(target)
        return target.getvalue()

    def _make_room(self, value: str | int | None, first: int, last: int, size: float) -> None:
        """Grow the row for a text of several lines, as not every program does by itself."""
        width = sum(
            self._sheet.column_dimensions[get_column_letter(column)].width
            for column in range(first, last + 1)
        )
        lines = ceil(len(str(value or "")) * size / COLUMN_UNIT / width)
        if lines > 1:
            self._height = max(self._height, 2 * size * lines)

    def _shares(self, parts: int) -> list[tuple[int, int]]:
        """Split the columns into `parts` runs of about the same width: (first, last) of each."""
        letters = [get_column_letter(column) for column in range(1, self.columns + 1)]
        widths = [self._sheet.column_dimensions[letter].width for letter in letters]
        ends: list[int] = []
        reached = 0.0
        for column, width in enumerate(widths, start=1):
            reached += width
            if reached >= sum(widths) * (len(ends) + 1) / parts - 0.01 or column == self.columns:
                ends.append(column)
        return list(zip([1, *(end + 1 for end in ends[:-1])], ends, strict=True))


def _write(cell: Cell, value: str | int | None) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
        cell.quotePrefix = value.startswith(FORMULA_SIGNS)
    else:
        cell.value = value
        cell.number_format = PERSIAN_DIGITS


def put_title(sheet: FormSheet, annex: str, title: str) -> None:
    """Write what every form begins with."""
    sheet.put(annex, size=9)
    sheet.next()
    sheet.put(title, bold=True, size=14, align="center")
    sheet.next(30)


def copies_workbook(form: CopiesForm, seal: Seal | None = None) -> bytes:
    """Return a list of copies as an Excel file: the words, columns and order of its PDF."""
    sheet = FormSheet(form.title, form.widths)
    put_title(sheet, form.annex, form.title)
    for line in form.header.lines():
        sheet.put_line(line)
    sheet.next(8)

    head = sheet.row
    labels = (form.row_number_label, *(each.label for each in form.columns))
    for column, label in enumerate(labels, start=1):
        sheet.put(label, column, column, head=True, size=9)
    sheet.next(32)
    sheet.repeat_on_every_page(head)

    aligned = ("center", *("right" if each.wide else "center" for each in form.columns))
    for cells in form.values():
        for column, value in enumerate(cells, start=1):
            sheet.put(value, column, column, boxed=True, size=9, align=aligned[column - 1])
        sheet.next(HAND_HEIGHT if form.rows is None else None)
    if not form.values():
        sheet.put(form.nothing, boxed=True, align="center")
        sheet.next(HAND_HEIGHT)

    sheet.next(8)
    sheet.put(plain_text(form.closing))
    sheet.next(24)
    sheet.put_signatures(form.signatures)
    sheet.put_seal(seal)
    return sheet.to_bytes()
