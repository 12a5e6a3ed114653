"""Open loans as an Excel file; personal data is masked as on the page."""

from collections.abc import Sequence
from io import BytesIO

from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.domain.national_id import mask_mobile
from libraries.files.write import Sheet, write_workbook
from loans.selectors import LoanLine

HEADERS = (
    *("ردیف", "عضو", "شمارهٔ عضویت", "تلفن همراه", "عنوان", "پدیدآورنده", "شمارهٔ ثبت", "بارکد"),
    *("تاریخ امانت", "مهلت بازگشت", "روز دیرکرد", "حال"),
)
WIDTHS = (7, 26, 14, 15, 44, 26, 12, 17, 13, 13, 11, 18)


def loans_xlsx(lines: Sequence[LoanLine], note: str) -> BytesIO:
    """The loans given, a row each, in their order; the file is open at its beginning."""
    target = BytesIO()
    rows = [
        (
            number,
            member.full_name if member else "نامعلوم",
            member.membership_number if member else "",
            mask_mobile(member.mobile) if member and member.mobile else "",
            loan.copy.title.title,
            loan.copy.title.author,
            loan.copy.registration_number,
            loan.copy.barcode,
            format_jalali(timezone.localdate(loan.lent_at)),
            format_jalali(loan.due_on) if loan.due_on else "نامعلوم",
            line.days_late,
            line.label,
        )
        for number, line in enumerate(lines, start=1)
        for loan in (line.loan,)
        for member in (loan.member,)
    ]
    write_workbook(target, [Sheet("امانت‌ها", HEADERS, rows, WIDTHS, [note])])
    target.seek(0)
    return target
