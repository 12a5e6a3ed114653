"""The day's requests as an Excel file; personal data is masked as on the page."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.domain.national_id import mask_mobile, mask_national_id
from libraries.domain.persian import to_persian_digits
from libraries.files.write import Sheet, write_workbook
from sms_requests.domain.parse import Kind
from sms_requests.models import KIND_LABELS
from sms_requests.selectors.days import DayGroup

HEADERS = (
    *("شمارهٔ درخواست", "کتابخانه", "شهرستان", "نوع", "عنوان", "نام", "کد ملی", "شمارهٔ فرستنده"),
    *("رسیده در", "وضعیت", "از", "روز در این وضعیت", "دیر شده"),
)
WIDTHS = (12, 34, 16, 14, 44, 24, 14, 15, 18, 26, 13, 12, 10)
SUM_HEADERS = ("کتابخانه", "شهرستان", "درخواست", "دیر شده", "وضعیت‌ها")


def day_workbook(groups: Sequence[DayGroup], note: str, now: datetime) -> BytesIO:
    """Two sheets: each request, and each library's numbers; the file is open at its beginning."""
    today = timezone.localdate(now)
    rows = [
        (
            to_persian_digits(one.pk),
            group.library.name if group.library else "نزد هیچ کتابخانه‌ای",
            group.library.county.name if group.library else "",
            KIND_LABELS[Kind(one.kind)],
            one.wanted,
            one.full_name,
            to_persian_digits(mask_national_id(one.national_id)),
            to_persian_digits(mask_mobile(one.mobile)),
            f"{format_jalali(came)} {to_persian_digits(f'{came:%H:%M}')}",
            one.get_state_display(),
            format_jalali(timezone.localdate(one.since)),
            (today - timezone.localdate(one.since)).days,
            "بله" if one.is_late else "",
        )
        for group in groups
        for one in group.lines
        for came in (timezone.localtime(one.created_at),)
    ]
    sums = [
        (
            group.library.name if group.library else "نزد هیچ کتابخانه‌ای",
            group.library.county.name if group.library else "",
            len(group.lines),
            group.late,
            "، ".join(f"{label}: {to_persian_digits(number)}" for label, number in group.counts),
        )
        for group in groups
    ]
    target = BytesIO()
    write_workbook(
        target,
        [
            Sheet("درخواست‌ها", HEADERS, rows, WIDTHS, [note]),
            Sheet("به تفکیک کتابخانه", SUM_HEADERS, sums, None, [note]),
        ],
    )
    target.seek(0)
    return target
