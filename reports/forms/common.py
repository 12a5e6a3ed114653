"""What the forms share: text as it is printed, places to fill, rows of copies, signatures."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from libraries.domain.printed import Value, printed


@dataclass(frozen=True)
class Fill:
    """A place in a form that a value fills; drawn as a dotted blank where there is none.

    `size` names the blank's width in the print style sheet; a "date" blank is three of them,
    parted by slashes.
    """

    value: Value = None
    size: Literal["number", "text", "date"] = "text"

    is_fill = True  # templates tell a place from a printed word by it

    @property
    def text(self) -> str:
        return printed(self.value)


Sentence = tuple[str | Fill, ...]


def plain_text(sentence: Sentence) -> str:
    """Return `sentence` as one line of text, its blanks as rows of dots."""
    dots = {
        "number": "........",
        "text": "....................",
        "date": "..... / ..... / .........",
    }
    return " ".join(
        (part.text or dots[part.size]) if isinstance(part, Fill) else part for part in sentence
    )


@dataclass(frozen=True)
class Box:
    """A check box and the words beside it."""

    label: str
    ticked: bool


@dataclass(frozen=True)
class LibraryHeader:
    """The lines under a form's title. None is drawn as a blank.

    `library` is the library's name alone («شهید بهشتی»): the form prints «کتابخانه عمومی» itself.
    """

    library: Value = None
    province: Value = None
    county: Value = None
    place: Value = None
    degree: Value = None
    date: Value = None

    def lines(self) -> tuple[tuple[Sentence, ...], ...]:
        """Return the header's three lines of labelled places, as the directive has them."""
        return (
            (("کتابخانه عمومی:", Fill(self.library)),),
            (
                ("استان:", Fill(self.province)),
                ("شهرستان:", Fill(self.county)),
                ("شهر/ روستا:", Fill(self.place)),
            ),
            (("درجه:", Fill(self.degree)), ("تاریخ:", Fill(self.date, "date"))),
        )


@dataclass(frozen=True)
class CopyRow:
    """One copy in a form's table. None or "" is left empty, to be written in by hand."""

    title: Value = None
    author: Value = None
    year: Value = None
    registration_number: Value = None
    registered_on: Value = None
    volume: Value = None
    copy_number: Value = None
    main_class: Value = None
    opinion: Value = ""
    sent_on: Value = None


@dataclass(frozen=True)
class Column:
    """A column of a copies table: its printed head and the `CopyRow` field under it.

    `width` is a share of the table's width; the sum need not be 100. A `wide` column holds
    words, which begin at its right edge; the others hold numbers, centred.
    """

    field: str
    label: str
    width: float
    wide: bool = False


_COLUMNS = (
    Column("title", "عنوان", 47, wide=True),
    Column("author", "مؤلّف", 33, wide=True),
    Column("year", "سال نشر", 13),
    Column("registration_number", "شماره‌ی ثبت", 18),
    Column("registered_on", "تاریخ ثبت", 20),
    Column("volume", "شماره جلد", 12),
    Column("copy_number", "شماره نسخه", 12),
    Column("main_class", "رده اصلی", 14),
)
_OPINION = Column("opinion", "نظر کارشناس منابع", 34, wide=True)
_SENT_ON = Column("sent_on", "تاریخ ارسال", 20)
ROW_NUMBER_WIDTH = 11.0
# As many empty rows as fill one page together with the head and the signatures.
BLANK_ROWS = 19


@dataclass(frozen=True)
class Signature:
    """A place to sign: what the signer does and is, and the name where it is known."""

    lines: tuple[str, ...]
    name: str | None = None

    name_label = "نام و نام خانوادگی"
    date_label = "تاریخ / امضا"

    @property
    def printed_name(self) -> str:
        return printed(self.name)


def library_head_signs(name: str | None) -> Signature:
    """The library head's place under a list of copies."""
    return Signature(("کنترل و تأیید شد", "مسئول کتابخانه عمومی"), name)


def county_head_signs(name: str | None) -> Signature:
    """The county head's place under a list of copies."""
    return Signature(("کنترل و تأیید شد", "رییس اداره‌ی شهرستان"), name)


def expert_signs(name: str | None) -> Signature:
    """The provincial expert's place under a list whose rows await an opinion."""
    return Signature(("بررسی و اعلام نظر شد", "کارشناس منابع استان"), name)


# Signs that belong to the Latin word before them: «C++», «C#».
_SIGNS_AFTER_LATIN = re.compile(r"(?<=[A-Za-z])([+#]+)(?![A-Za-z0-9+#])")


def cell_text(value: Value) -> str:
    """Return `value` as a table's cell prints it.

    In a Persian line the signs at the end of «C++» would jump to its other side; an invisible
    left-to-right mark holds them.
    """
    text = printed(value)
    return text if text.isascii() else _SIGNS_AFTER_LATIN.sub("\\1\N{LEFT-TO-RIGHT MARK}", text)


def _cell_value(value: Value) -> str | int:
    return value if isinstance(value, int) else cell_text(value)


@dataclass(frozen=True)
class CopiesForm:
    """A form that is a table of copies, laid out as minutes 5 is.

    `rows` None gives numbered empty rows to write in; an empty tuple says that there was nothing
    to list. `with_opinion` adds the expert's column, `with_sent_on` the day a copy went out.
    """

    annex: str
    title: str
    header: LibraryHeader
    rows: tuple[CopyRow, ...] | None
    closing: Sentence
    signatures: tuple[Signature, ...]
    with_opinion: bool = False
    with_sent_on: bool = False

    row_number_label = "ردیف"
    nothing = "موردی یافت نشد."

    @property
    def columns(self) -> tuple[Column, ...]:
        sent_on = (_SENT_ON,) if self.with_sent_on else ()
        return (*_COLUMNS, *sent_on, _OPINION) if self.with_opinion else (*_COLUMNS, *sent_on)

    @property
    def widths(self) -> tuple[float, ...]:
        """Each column's share of the table in per cent, the row number's first."""
        shares = (ROW_NUMBER_WIDTH, *(column.width for column in self.columns))
        return tuple(round(100 * share / sum(shares), 2) for share in shares)

    def cells(self) -> list[tuple[str, ...]]:
        """Return the printed text of each row, its number first; empty rows for a blank form."""
        return [
            tuple(value if isinstance(value, str) else printed(value) for value in row)
            for row in self.values()
        ]

    def values(self) -> list[tuple[str | int, ...]]:
        """Return the rows with their numbers as numbers, for a spreadsheet; the rest as printed."""
        if self.rows is None:
            empty = ("",) * len(self.columns)
            return [(number, *empty) for number in range(1, BLANK_ROWS + 1)]
        return [
            (number, *(_cell_value(getattr(row, column.field)) for column in self.columns))
            for number, row in enumerate(self.rows, start=1)
        ]


def declaration(words: str, declared_on: date | None, rows: tuple[CopyRow, ...] | None) -> Sentence:
    """Return the sentence under a list: when and how many copies were declared to be what."""
    count = None if rows is None else len(rows)
    return ("در تاریخ", Fill(declared_on, "date"), "تعداد", Fill(count, "number"), words)
