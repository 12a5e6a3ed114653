"""Report 2 (گزارش شماره دو): a county's shelf readings, from its head to the director general.

Directive 7-2, 7-3 and annex 3: one for the institutional libraries, one for the participatory.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string

from libraries.domain.printed import Value, printed
from reports.forms import gathered
from reports.forms.common import Fill, Signature
from reports.forms.gathered import GatheredForm, Kind, LibraryRow, UnreadRow
from reports.forms.report_1 import Annex
from reports.forms.seal import Seal


@dataclass(frozen=True)
class Report2:
    """What report 2 says. `province` and `county` are names alone, `year` a Jalali year.

    `rows` are the county's libraries of this kind that read their shelves, `unread` those that did
    not; `rows` None prints empty lines to write in.
    """

    kind: Kind | None = None
    province: Value = None
    county: Value = None
    year: int | None = None
    annexes: frozenset[Annex] = frozenset()
    rows: tuple[LibraryRow, ...] | None = None
    unread: tuple[UnreadRow, ...] = ()
    county_head: str | None = None

    def layout(self) -> GatheredForm:
        """Return the form's words with this county's values in their places."""
        kind = gathered.kind_words(self.kind, "نهادی / مشارکتی")
        return GatheredForm(
            annex="پیوست سه",
            title=f"گزارش شماره دو: گزارش انجام رف‌خوانی کتابخانه‌های {kind} شهرستان",
            place=printed(self.county),
            addressee=("مدیر کل محترم کتابخانه‌های عمومی استان", Fill(self.province)),
            opening=(
                "به پیوست گزارش انجام رف‌خوانی",
                Fill(len(self.rows) if self.rows is not None else None, "number"),
                "باب کتابخانه‌های عمومی شهرستان",
                Fill(self.county),
                "سال",
                Fill(self.year, "number"),
                "به شرح ذیل همراه با ضمیمه پیوستی در خصوص:",
            ),
            annexes=gathered.boxes(self.annexes),
            request=(
                "به تفکیک کتابخانه‌های عمومی حضورتان ارسال می‌شود. خواهشمند است نسبت به صدور دستور "
                "مقتضی اقدام لازم را مبذول فرمایید. لازم به توضیح است در",
                Fill(len(self.unread) if self.rows is not None else None, "number"),
                "باب از کتابخانه‌های عمومی این شهرستان بنا به دلایل ذیل رف‌خوانی صورت نگرفته است.",
            ),
            rows=self.rows,
            unread=self.unread,
            signatures=(Signature(("رییس اداره‌ی شهرستان",), self.county_head),),
        )


def blank() -> Report2:
    """Return the empty form, to be filled in by hand."""
    return Report2()


def render_html(form: Report2, seal: Seal | None = None) -> str:
    """Return the form as a whole HTML document, to be read or given to `reports.pdf.to_pdf`."""
    context = {"form": form.layout(), "seal": seal}
    return render_to_string("reports/forms/report_2.html", context)


def to_xlsx(form: Report2, seal: Seal | None = None) -> bytes:
    """Return the form as an Excel file."""
    return gathered.to_workbook(form.layout(), seal)
