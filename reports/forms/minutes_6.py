"""Minutes 6 (صورتجلسه‌ی شماره شش): missing copies; directive, annex 2."""

from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True)
class Minutes6:
    """Missing copies (directive 6-2), with the provincial expert's opinion on each.

    `rows` None prints empty rows to write in.
    """

    header: LibraryHeader = LibraryHeader()
    rows: tuple[CopyRow, ...] | None = None
    declared_on: date | None = None
    library_head: str | None = None
    county_head: str | None = None
    expert: str | None = None

    def layout(self) -> CopiesForm:
        """Return the form's words with this reading's values in their places."""
        return CopiesForm(
            annex="پیوست دو",
            title="صورتجلسه‌ی شماره شش: گزارش منابع مفقودی",
            header=self.header,
            rows=self.rows,
            closing=declaration(
                "نسخه کتاب از کتابخانه در قالب منابع مفقودی اعلام شد.",
                self.declared_on,
                self.rows,
            ),
            signatures=(
                library_head_signs(self.library_head),
                county_head_signs(self.county_head),
                expert_signs(self.expert),
            ),
            with_opinion=True,
        )


def blank() -> Minutes6:
    """Return the empty form, to be filled in by hand."""
    return Minutes6()


def render_html(form: Minutes6, seal: Seal | None = None) -> str:
    """Return the form as a whole HTML document, to be read or given to `reports.pdf.to_pdf`."""
    context = {"form": form.layout(), "seal": seal}
    return render_to_string("reports/forms/minutes_6.html", context)


def to_xlsx(form: Minutes6, seal: Seal | None = None) -> bytes:
    """Return the form as an Excel file."""
    return sheet.copies_workbook(form.layout(), seal)
