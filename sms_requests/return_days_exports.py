"""The borrowers of an announcement as an Excel file; telephone numbers are masked."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.domain.national_id import mask_mobile
from libraries.domain.persian import to_persian_digits
from libraries.files.write import Sheet, write_workbook
from sms_requests.selectors.returning import OUTCOMES

HEADERS = ("ردیف", "عضو", "شمارهٔ عضویت", "تلفن همراه", "شمار کتاب", "پیامک", "زمان رسیدن")
WIDTHS = (7, 28, 16, 15, 11, 18, 20)


def notices_xlsx(notices: Iterable[Any], note: str) -> BytesIO:
    """The notices of `selectors.returning.notices`, a row each; the file is open at its start."""
    target = BytesIO()
    rows = [
        (
            number,
            notice.member.full_name,
            notice.member.membership_number,
            mask_mobile(notice.message.to) if notice.message else "",
            notice.loans,
            OUTCOMES[notice.outcome][0],
            _moment(notice.message.delivered_at) if notice.message else "",
        )
        for number, notice in enumerate(notices, start=1)
    ]
    write_workbook(target, [Sheet("امانت‌گیرندگان", HEADERS, rows, WIDTHS, [note])])
    target.seek(0)
    return target


def _moment(at: Any) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{format_jalali(local)} {to_persian_digits(f'{local:%H:%M}')}"
