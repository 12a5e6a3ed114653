"""The lists annexed to report 1: the four weedings and binding, laid out as minutes 5 is.

Minutes 5 and 6 are the other two annexes that report 1 names; spec "The five forms".
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.template.loader import render_to_string

from reports.forms import sheet
from reports.forms.common import (
    CopiesForm,
    CopyRow,
    LibraryHeader,
    county_head_signs,
    declaration,
    expert_signs,
    library_head_signs,
)
from reports.forms.seal import Seal

AnnexKind = Literal["content", "duplicate", "worn", "no_audience", "binding"]
OF_REPORT_1 = "ضمیمه‌ی گزارش شماره یک"
WHAT: dict[AnnexKind, str] = {
    "content": "منابع وجینی (محتوایی)",
    "duplicate": "منابع وجینی (تکراری)",
    "worn": "منابع وجینی (فرسوده)",
    "no_audience": "منابع وجینی (بدون مخاطب)",
    "binding": "منابع نیازمند صحّافی",
}


@dataclass(frozen=True)
class AnnexList:
    """Copies proposed for one kind of weeding, or for the binder.

    A weeding waits for the provincial expert, so its list has his column and his signature; the
    binder's list says since when each copy is out (directive 4-3).
    `rows` None prints empty rows to write in. `part_of` names the report it is annexed to; a list
    that is printed by itself belongs to none.
    """

    kind: AnnexKind
    header: LibraryHeader = LibraryHeader()
    rows: tuple[CopyRow, ...] | None = None
    declared_on: date | None = None
    library_head: str | None = None
    county_head: str | None = None
    expert: str | None = None
    part_of: str = OF_REPORT_1

    def layout(self) -> CopiesForm:
        """Return the list's words with this reading's values in their places."""
        what = WHAT[self.kind]
        weeding = self.kind != "binding"
        signatures = (library_head_signs(self.library_head), county_head_signs(self.county_head))
        return CopiesForm(
            annex=self.part_of,
            title=f"صورت {what}",
            header=self.header,
            rows=self.rows,
            closing=declaration(
                f"نسخه کتاب از کتابخانه در قالب {what} اعلام شد.", self.declared_on, self.rows
            ),
            signatures=(*signatures, expert_signs(self.expert)) if weeding else signatures,
            with_opinion=weeding,
            with_sent_on=not weeding,
        )


def blank(kind: AnnexKind) -> AnnexList:
    """Return the empty list of `kind`, to be filled in by hand."""
    return AnnexList(kind)


def render_html(form: AnnexList, seal: Seal | None = None) -> str:
    """Return the list as a whole HTML document, to be read or given to `reports.pdf.to_pdf`."""
    context = {"form": form.layout(), "seal": seal}
    return render_to_string("reports/forms/annex.html", context)


def to_xlsx(form: AnnexList, seal: Seal | None = None) -> bytes:
    """Return the list as an Excel file."""
    return sheet.copies_workbook(form.layout(), seal)
