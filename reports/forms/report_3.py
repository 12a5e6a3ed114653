"""Report 3 (گزارش شماره سه): a province's shelf readings, from its director general.

Directive 7-4, 7-5 and annex 4: to the resources office, with a copy to the libraries office; one
for the institutional libraries, one for the participatory.
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
class Report3:
    """What report 3 says. `province` is a name alone, `year` a Jalali year.

    `rows` are the province's libraries of this kind that read their shelves, `unread` those that
    did not; each names its county, and counties are printed in the order in which they come.
    `rows` None prints empty lines to write in.
    """

    kind: Kind | None = None
    province: Value = None
    year: int | None = None
    annexes: frozenset[Annex] = frozenset()
    rows: tuple[LibraryRow, ...] | None = None
    unread: tuple[UnreadRow, ...] = ()
    director_general: str | None = None

    def layout(self) -> GatheredForm:
        """Return the form's words with this province's values in their places."""
        kind = gathered.kind_words(self.kind, "نهادی/مشارکتی")
        return GatheredForm(
            annex="پیوست چهار",
            title=f"گزارش شماره سه: گزارش انجام رف‌خوانی کتابخانه‌های {kind} استان",
            place=printed(self.province),
            addressee=("مدیر کل محترم منابع",),
            opening=(
                "به پیوست گزارش انجام رف‌خوانی سال",
                Fill(self.year, "number"),
                "کتابخانه‌های عمومی استان",
                Fill(self.province),
                "به شرح ذیل همراه با ضمیمه پیوستی در خصوص:",
            ),
            annexes=gathered.boxes(self.annexes),
            request=(
                "به تفکیک کتابخانه‌های عمومی حضورتان ارسال می‌شود. خواهشمند است نسبت به بررسی و صدور "
                "دستور مقتضی اقدام لازم را مبذول فرمایید. لازم به توضیح است",
                Fill(len(self.unread) if self.rows is not None else None, "number"),
                "باب از کتابخانه‌های عمومی این استان بنا به دلایل ذیل رف‌خوانی صورت نگرفته است.",
            ),
            rows=self.rows,
            unread=self.unread,
            signatures=(Signature(("مدیر کل استان",), self.director_general),),
            copy_line="رونوشت: اداره کل امور کتابخانه‌ها",
            with_county=True,
        )


def blank() -> Report3:
    """Return the empty form, to be filled in by hand."""
    return Report3()


def render_html(form: Report3, seal: Seal | None = None) -> str:
    """Return the form as a whole HTML document, to be read or given to `reports.pdf.to_pdf`."""
    context = {"form": form.layout(), "seal": seal}
    return render_to_string("reports/forms/report_3.html", context)


def to_xlsx(form: Report3, seal: Seal | None = None) -> bytes:
    """Return the form as an Excel file."""
    return gathered.to_workbook(form.layout(), seal)
