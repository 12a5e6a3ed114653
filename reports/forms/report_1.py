"""Report 1 (گزارش شماره یک): a library's shelf reading, from its head to the county head.

Directive 7-1 and annex 3. The numbers are given, never counted here: a submitted report prints
the copy that was frozen with it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.template.loader import render_to_string

from libraries.domain.printed import Value, printed
from reports.forms import sheet
from reports.forms.common import Box, Fill, Sentence, Signature, plain_text
from reports.forms.seal import Seal

Method = Literal["cards", "list", "barcode"]
Annex = Literal["content", "duplicate", "worn", "no_audience", "missing", "unreturned", "binding"]

METHODS: dict[Method, str] = {
    "cards": "رف‌برگه‌دان",
    "list": "فهرست نسخ نرم‌افزار مدیریّت",
    "barcode": "بارکدخوان",
}
# The boxes in the directive's own three lines.
ANNEXES: tuple[dict[Annex, str], ...] = (
    {"content": "منابع وجینی (محتوایی)", "duplicate": "منابع وجینی (تکراری)"},
    {"worn": "منابع وجینی (فرسوده)", "no_audience": "منابع وجینی (بدون مخاطب)"},
    {
        "missing": "مفقودی",
        "unreturned": "عدم بازگشتی از امانت",
        "binding": "نیازمند صحّافی",
    },
)
WEEDED_LABEL = "تعداد نسخه وجین شده"
WEEDED_COLUMNS = ("محتوایی", "نسخ تکراری", "نسخ فرسوده", "بدون مخاطب")
OTHER_COLUMNS = (
    "تعداد نسخه مفقود شده",
    "تعداد نسخه عدم بازگشت از امانت",
    "تعداد نسخه ارسالی به صحّافی",
)
COLLEAGUES_AT_LEAST = 3


@dataclass(frozen=True)
class Counts:
    """Copies of each outcome, in the order of the report's table. None is drawn as a blank."""

    content: int | None = None
    duplicate: int | None = None
    worn: int | None = None
    no_audience: int | None = None
    missing: int | None = None
    unreturned: int | None = None
    binding: int | None = None

    def in_order(self) -> tuple[int | None, ...]:
        """Return the seven numbers as the table's columns run."""
        return (
            self.content,
            self.duplicate,
            self.worn,
            self.no_audience,
            self.missing,
            self.unreturned,
            self.binding,
        )


@dataclass(frozen=True)
class Layout:
    """Report 1 in the order in which it is printed."""

    annex: str
    title: str
    addressee: Sentence
    greeting: str
    opening: Sentence
    methods: tuple[Box, ...]
    done: str
    annexes: tuple[tuple[Box, ...], ...]
    request: str
    colleagues_label: str
    colleagues: tuple[Sentence, ...]
    weeded_label: str
    weeded_columns: tuple[str, ...]
    other_columns: tuple[str, ...]
    counts: tuple[int | None, ...]
    signatures: tuple[Signature, ...]

    @property
    def printed_counts(self) -> tuple[str, ...]:
        return tuple(printed(count) for count in self.counts)


@dataclass(frozen=True)
class Report1:
    """What report 1 says. `library` and `county_addressee` are names alone, without their titles.

    `method` None leaves its boxes open; `annexes` are the lists that go with the report.
    """

    county_addressee: Value = None
    started_on: date | None = None
    ended_on: date | None = None
    copies_read: int | None = None
    library: Value = None
    degree: Value = None
    method: Method | None = None
    annexes: frozenset[Annex] = frozenset()
    colleagues: tuple[str, ...] = ()
    counts: Counts = Counts()
    library_head: str | None = None

    def layout(self) -> Layout:
        """Return the form's words with this reading's values in their places."""
        named = (*self.colleagues, *[""] * (COLLEAGUES_AT_LEAST - len(self.colleagues)))
        return Layout(
            annex="پیوست سه",
            title="گزارش شماره یک: گزارش انجام رف‌خوانی کتابخانه",
            addressee=("رییس محترم اداره‌ی شهرستان", Fill(self.county_addressee)),
            greeting="با سلام",
            opening=(
                "به استحضار می‌رساند در تاریخ",
                Fill(self.started_on, "date"),
                "لغایت",
                Fill(self.ended_on, "date"),
                "رف‌خوانی",
                Fill(self.copies_read, "number"),
                "نسخه کتاب کتابخانه عمومی",
                Fill(self.library),
                "با درجه",
                Fill(self.degree, "number"),
                "و با استفاده از:",
            ),
            methods=tuple(Box(label, key == self.method) for key, label in METHODS.items()),
            done="انجام شد و گزارش انجام آن به شرح ذیل همراه با ضمیمه‌های پیوستی:",
            annexes=annex_boxes(self.annexes),
            request=(
                "حضورتان ارسال می‌شود. خواهشمند است نسبت به بررسی فهرستهای پیوستی "
                "و صدور دستور مقتضی اقدام لازم را مبذول فرمایید."
            ),
            colleagues_label="همکاران شرکت کننده در رف‌خوانی:",
            colleagues=tuple(
                (f"{printed(number)}-", Fill(name)) for number, name in enumerate(named, start=1)
            ),
            weeded_label=WEEDED_LABEL,
            weeded_columns=WEEDED_COLUMNS,
            other_columns=OTHER_COLUMNS,
            counts=self.counts.in_order(),
            signatures=(Signature(("مسئول کتابخانه عمومی",), self.library_head),),
        )


def annex_boxes(annexes: frozenset[Annex]) -> tuple[tuple[Box, ...], ...]:
    """The boxes of the lists that may go with a report, those of `annexes` ticked."""
    return tuple(
        tuple(Box(label, key in annexes) for key, label in line.items()) for line in ANNEXES
    )


def blank() -> Report1:
    """Return the empty form, to be filled in by hand."""
    return Report1()


def render_html(form: Report1, seal: Seal | None = None) -> str:
    """Return the form as a whole HTML document, to be read or given to `reports.pdf.to_pdf`."""
    context = {"form": form.layout(), "seal": seal}
    return render_to_string("reports/forms/report_1.html", context)


def to_xlsx(form: Report1, seal: Seal | None = None) -> bytes:
    """Return the form as an Excel file."""
    layout = form.layout()
    page = sheet.FormSheet(layout.title, [1] * len(layout.counts))
    sheet.put_title(page, layout.annex, layout.title)
    for line in (plain_text(layout.addressee), layout.greeting, plain_text(layout.opening)):
        page.put(line)
        page.next(sheet.LINE_HEIGHT)
    page.put_boxes(layout.methods)
    page.put(layout.done)
    page.next(sheet.LINE_HEIGHT)
    for boxes in layout.annexes:
        page.put_boxes(boxes)
    page.put(layout.request)
    page.next(sheet.LINE_HEIGHT)
    for sentence in ((layout.colleagues_label,), *layout.colleagues):
        page.put(plain_text(sentence))
        page.next(sheet.LINE_HEIGHT)
    page.next(8)
    _put_counts(page, layout)
    page.next(16)
    page.put_signatures(layout.signatures)
    page.put_seal(seal)
    return page.to_bytes()


def _put_counts(page: sheet.FormSheet, layout: Layout) -> None:
    weeded = len(layout.weeded_columns)
    page.put(layout.weeded_label, 1, weeded, head=True, size=9)
    for column, label in enumerate(layout.other_columns, start=weeded + 1):
        page.put(label, column, column, rows=2, head=True, size=9)
    page.next(24)
    for column, label in enumerate(layout.weeded_columns, start=1):
        page.put(label, column, column, head=True, size=9)
    page.next(24)
    for column, count in enumerate(layout.counts, start=1):
        page.put(count, column, column, boxed=True, align="center")
    page.next(sheet.HAND_HEIGHT)
