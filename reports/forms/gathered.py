"""What reports 2 and 3 share: a letter over a table of libraries, with sums at its foot.

A line of the table is a library that read its shelves, or one that did not and why: the directive
prints its «علت عدم انجام رف‌خوانی» across the line's remaining columns. Counts of libraries and
sums are taken from the lines, so that they can't disagree with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Literal

from libraries.domain.jalali import format_jalali
from libraries.domain.printed import Value, printed
from reports.forms import sheet
from reports.forms.common import Box, Sentence, Signature, cell_text, plain_text
from reports.forms.report_1 import WEEDED_COLUMNS, Annex, Counts, Method, annex_boxes
from reports.forms.seal import Seal

Kind = Literal["institutional", "participatory"]
KINDS: dict[Kind, str] = {"institutional": "نهادی", "participatory": "مشارکتی"}
# A cell has no room for report 1's whole words.
METHODS: dict[Method, str] = {
    "cards": "رف‌برگه‌دان",
    "list": "فهرست نسخ",
    "barcode": "بارکدخوان",
}
COPIES_LABEL = "تعداد نسخه"
WEEDED_LABEL = "وجین شده"
OTHER_COLUMNS = ("مفقود شده", "عدم بازگشت از امانت", "ارسالی به صحّافی")
FIGURES = 1 + len(WEEDED_COLUMNS) + len(OTHER_COLUMNS)
# As many as fill a page together with the letter and the signature.
BLANK_READ = 6
BLANK_UNREAD = 3


@dataclass(frozen=True)
class LibraryRow:
    """A library that read its shelves in the round, once or more often.

    `methods` are those of all its readings, `started_on` the first day of the first and `ended_on`
    the last day of the last. None is left empty.
    """

    name: Value = None
    county: Value = None
    degree: Value = None
    methods: tuple[Method, ...] = ()
    started_on: date | None = None
    ended_on: date | None = None
    copies: int | None = None
    counts: Counts = Counts()

    @property
    def period(self) -> str:
        """First and last day; one day alone where there is no other."""
        days = dict.fromkeys(day for day in (self.started_on, self.ended_on) if day)
        return " تا ".join(format_jalali(day) for day in days)

    @property
    def figures(self) -> tuple[int | None, ...]:
        """The numbers as the table's columns run: copies read, then the seven counts."""
        return (self.copies, *self.counts.in_order())


@dataclass(frozen=True)
class UnreadRow:
    """A library that did not read its shelves, and why; no reason leaves room to write it."""

    name: Value = None
    county: Value = None
    degree: Value = None
    reason: Value = None


@dataclass(frozen=True)
class Line:
    """A line of the table as printed. One that was not read has a reason in place of figures."""

    number: int
    library: tuple[str, ...]
    reading: tuple[str, ...] = ()
    figures: tuple[int | None, ...] = ()
    unread: bool = False
    reason: str = ""

    @property
    def printed_number(self) -> str:
        return printed(self.number)

    @property
    def printed_figures(self) -> tuple[str, ...]:
        return tuple(printed(figure) for figure in self.figures)


@dataclass(frozen=True)
class Column:
    """A column before the figures: its head, its share of the width, whether it holds words."""

    label: str
    width: float
    wide: bool = False


NUMBER = Column("ردیف", 9)
NAME = Column("نام کتابخانه", 52, wide=True)
COUNTY = Column("شهرستان", 26, wide=True)
DEGREE = Column("درجه", 11)
METHOD = Column("روش رف‌خوانی", 35)
PERIOD = Column("بازه زمانی اجرا", 41)
# The sum of a large province's copies has eight digits, and is bold.
_FIGURE_WIDTHS = (20, 15, 14, 15, 15, 15, 18, 17)


@dataclass(frozen=True)
class GatheredForm:
    """Report 2 or 3 in the order in which it is printed.

    `place` heads the pages after the first. `rows` None gives empty lines to write in and no sums;
    `with_county` adds the county's column.
    """

    annex: str
    title: str
    place: str
    addressee: Sentence
    opening: Sentence
    annexes: tuple[tuple[Box, ...], ...]
    request: Sentence
    rows: tuple[LibraryRow, ...] | None
    unread: tuple[UnreadRow, ...]
    signatures: tuple[Signature, ...]
    copy_line: str = ""
    with_county: bool = False

    greeting = "با سلام"
    reason_label = "علت عدم انجام رف‌خوانی"
    sum_label = "جمع"
    nothing = "موردی یافت نشد."
    copies_label = COPIES_LABEL
    weeded_label = WEEDED_LABEL
    weeded_columns = WEEDED_COLUMNS
    other_columns = OTHER_COLUMNS

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns before the figures."""
        county = (COUNTY,) if self.with_county else ()
        return (NUMBER, NAME, *county, DEGREE, METHOD, PERIOD)

    @property
    def widths(self) -> tuple[float, ...]:
        """Each column's share of the table in per cent."""
        shares = (*(column.width for column in self.columns), *_FIGURE_WIDTHS)
        return tuple(round(100 * share / sum(shares), 2) for share in shares)

    @property
    def reason_span(self) -> int:
        """How many columns a reason runs across: those of the reading and of the figures."""
        return 2 + FIGURES

    def groups(self) -> list[list[Line]]:
        """Return the lines, county by county in the order given, numbered through.

        In a county those that read come first.
        """
        numbers = count(1)
        if self.rows is None:
            return [list(_blank_lines(numbers, with_county=self.with_county))]
        found: list[list[Line]] = []
        counties = [row.county for row in self.rows] + [row.county for row in self.unread]
        for county in dict.fromkeys(counties):
            read = [row for row in self.rows if row.county == county]
            unread = [row for row in self.unread if row.county == county]
            lines = [self._read_line(next(numbers), row) for row in read]
            lines += [self._unread_line(next(numbers), row) for row in unread]
            found.append(lines)
        return found

    def sums(self) -> Line | None:
        """Return the foot of the table; None for a blank form and for one with no library.

        A sum with an unknown part is unknown.
        """
        if self.rows is None or not (self.rows or self.unread):
            return None
        columns = ([row.figures[at] for row in self.rows] for at in range(FIGURES))
        return Line(0, (), figures=tuple(_sum(column) for column in columns))

    def _read_line(self, number: int, row: LibraryRow) -> Line:
        methods = "، ".join(METHODS[method] for method in row.methods)
        return Line(number, self._library(row), (methods, row.period), row.figures)

    def _unread_line(self, number: int, row: UnreadRow) -> Line:
        return Line(number, self._library(row), unread=True, reason=cell_text(row.reason))

    def _library(self, row: LibraryRow | UnreadRow) -> tuple[str, ...]:
        county = (cell_text(row.county),) if self.with_county else ()
        return (cell_text(row.name), *county, cell_text(row.degree))


def _blank_lines(numbers: Iterator[int], *, with_county: bool) -> Iterator[Line]:
    library = ("",) * (3 if with_county else 2)
    for _ in range(BLANK_READ):
        yield Line(next(numbers), library, ("", ""), (None,) * FIGURES)
    for _ in range(BLANK_UNREAD):
        yield Line(next(numbers), library, unread=True)


def _sum(figures: list[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None


def kind_words(kind: Kind | None, both: str) -> str:
    """The word for which libraries a report gathers (directive 7-3, 7-5).

    A filled form names its own kind alone, so that a reader of any kind hears the right word; the
    blank one has `both`, as the directive prints them, and one is struck by hand.
    """
    return both if kind is None else KINDS[kind]


def boxes(annexes: frozenset[Annex]) -> tuple[tuple[Box, ...], ...]:
    """The boxes of report 1; a page lying down takes the four weedings in one line."""
    content_line, worn_line, others = annex_boxes(annexes)
    return ((*content_line, *worn_line), others)


def to_workbook(form: GatheredForm, seal: Seal | None = None) -> bytes:
    """Return the form as an Excel file; its figures are numbers."""
    page = sheet.FormSheet(form.title, form.widths, landscape=True)
    sheet.put_title(page, form.annex, form.title)
    for sentence in (form.addressee, (form.greeting,), form.opening):
        page.put(plain_text(sentence))
        page.next(sheet.LINE_HEIGHT)
    for line_of_boxes in form.annexes:
        page.put_boxes(line_of_boxes)
    page.put(plain_text(form.request))
    page.next(sheet.LINE_HEIGHT)
    page.next(8)
    _put_head(page, form)
    for lines in form.groups():
        for line in lines:
            _put_line(page, form, line)
    _put_foot(page, form)
    page.next(16)
    page.put_signatures(form.signatures)
    if form.copy_line:
        page.put(form.copy_line)
        page.next(sheet.LINE_HEIGHT)
    page.put_seal(seal)
    return page.to_bytes()


def _put_head(page: sheet.FormSheet, form: GatheredForm) -> None:
    first = page.row
    labels = (*(column.label for column in form.columns), COPIES_LABEL)
    for column, label in enumerate(labels, start=1):
        page.put(label, column, column, rows=2, head=True, size=9)
    weeded = len(labels) + 1
    others = weeded + len(WEEDED_COLUMNS)
    page.put(WEEDED_LABEL, weeded, others - 1, head=True, size=9)
    for column, label in enumerate(OTHER_COLUMNS, start=others):
        page.put(label, column, column, rows=2, head=True, size=9)
    page.next(24)
    for column, label in enumerate(WEEDED_COLUMNS, start=weeded):
        page.put(label, column, column, head=True, size=9)
    page.next(24)
    page.repeat_on_every_page(first)


def _put_line(page: sheet.FormSheet, form: GatheredForm, line: Line) -> None:
    cells = (line.number, *line.library, *line.reading, *line.figures)
    for column, value in enumerate(cells, start=1):
        wide = column <= len(form.columns) and form.columns[column - 1].wide
        align = "right" if wide else "center"
        page.put(value, column, column, boxed=True, size=9, align=align)
    if line.unread:
        reason = ": ".join(filter(None, (form.reason_label, line.reason)))
        page.put(reason, len(cells) + 1, boxed=True, size=9)
    page.next(sheet.HAND_HEIGHT if form.rows is None else sheet.LINE_HEIGHT)


def _put_foot(page: sheet.FormSheet, form: GatheredForm) -> None:
    sums = form.sums()
    if sums is not None:
        words = len(form.columns)
        page.put(form.sum_label, 1, words, head=True, size=9)
        for column, figure in enumerate(sums.figures, start=words + 1):
            page.put(figure, column, column, boxed=True, bold=True, size=9, align="center")
        page.next(sheet.HAND_HEIGHT)
    elif form.rows is not None:
        page.put(form.nothing, boxed=True, align="center")
        page.next(sheet.HAND_HEIGHT)
