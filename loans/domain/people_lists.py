"""Checks lists of open loans and of members row by row, as `libraries.domain.copies_list` does
copies: what can be taken, what can't and why.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence

from libraries.domain.codes import clean_code, lost_digits
from libraries.domain.columns import FIELD_BY_CODE, heading_key
from libraries.domain.copy_records import LONGEST, CheckedList, CopyRecord, Rejected
from libraries.domain.jalali import parse_jalali
from libraries.domain.national_id import clean_mobile, clean_national_id
from libraries.domain.persian import search_key, stored_form

MEMBER_FIELDS = (
    *("borrower_name", "borrower_membership", "borrower_national_id", "borrower_mobile"),
)
LOAN_FIELDS = ("registration_number", "barcode", "title", *MEMBER_FIELDS, "lent_on", "due_on")
_CLEANERS = (("borrower_national_id", clean_national_id), ("borrower_mobile", clean_mobile))


def columns_missing(mapping: Mapping[str, int], *, loans: bool) -> str:
    """What no list of this kind can do without, as a sentence; "" where it is all there."""
    if loans and not {"registration_number", "barcode"} & set(mapping):
        return "بگویید ستون «شمارهٔ ثبت» یا «بارکد» کدام است؛ بی آن کتاب شناخته نمی‌شود."
    if loans and not set(MEMBER_FIELDS[:3]) & set(mapping):
        return "بگویید ستون نام، شمارهٔ عضویت یا کد ملی عضو کدام است؛ بی آن عضو شناخته نمی‌شود."
    if not loans and "borrower_name" not in mapping:
        return "بگویید ستون نام عضو کدام است؛ بی آن عضوی ثبت نمی‌شود."
    return ""


def check_people_rows(
    rows: Sequence[Sequence[str]],
    header_row: int,
    mapping: Mapping[str, int],
    *,
    loans: bool,
    today: datetime.date,
    progress: Callable[[int, int], None] | None = None,
) -> CheckedList:
    """Read every row below the header as an open loan, or as a member, or say why it is none.

    Empty rows and repeated headers are passed over.
    """
    checked = CheckedList()
    header = tuple(map(heading_key, rows[header_row]))
    for index in range(header_row + 1, len(rows)):
        row = rows[index]
        if progress:
            progress(index + 1, len(rows))
        if not any(map(stored_form, row)) or tuple(map(heading_key, row)) == header:
            continue
        record, reasons = _record(index + 1, row, mapping)
        reasons += _loan_reasons(record, today) if loans else _member_reasons(record)
        if reasons:
            checked.rejected.append(Rejected(index + 1, list(row), tuple(reasons)))
        else:
            checked.records.append(record)
    return checked


def _record(
    number: int, row: Sequence[str], mapping: Mapping[str, int]
) -> tuple[CopyRecord, list[str]]:
    """The row's values, and what is wrong with any of them by itself."""
    cells = {code: row[at] for code, at in mapping.items() if at < len(row)}
    record = CopyRecord(number, stored_form(cells.get("title", "")), "")
    reasons = []
    record.borrower_name = stored_form(cells.get("borrower_name", ""))
    for code in ("registration_number", "barcode", "borrower_membership"):
        value = clean_code(cells.get(code, ""))
        setattr(record, code, value)
        if lost_digits(value):
            reasons.append(
                f"{FIELD_BY_CODE[code].label} «{value}» در اکسل کوتاه شده است؛ قالب ستون را «متن» "
                "کنید و فهرست را دوباره خروجی بگیرید."
            )
    for code, clean in _CLEANERS:
        if text := stored_form(cells.get(code, "")):
            try:
                setattr(record, code, clean(text))
            except ValueError as error:
                reasons.append(str(error))
    for code in ("lent_on", "due_on"):
        try:
            setattr(record, code, parse_jalali(cells.get(code, "")))
        except ValueError as error:
            reasons.append(f"{FIELD_BY_CODE[code].label}: {error}")
    reasons += [
        f"{FIELD_BY_CODE[code].label} بسیار بلند است؛ آن را کوتاه کنید."
        for code, longest in LONGEST.items()
        if len(getattr(record, code)) > longest
    ]
    return record, reasons


def _loan_reasons(record: CopyRecord, today: datetime.date) -> list[str]:
    reasons = []
    if not (record.registration_number or record.barcode):
        reasons.append("شمارهٔ ثبت و بارکد هر دو خالی است؛ یکی را بنویسید.")
    if not names_someone(record):
        reasons.append("عضو نامعلوم است؛ نام، شمارهٔ عضویت یا کد ملی او را بنویسید.")
    if record.lent_on and record.lent_on > today:
        reasons.append("تاریخ امانت در آینده است؛ آن را درست کنید.")
    if record.lent_on and record.due_on and record.due_on < record.lent_on:
        reasons.append("مهلت بازگشت پیش از تاریخ امانت است؛ یکی را درست کنید.")
    return reasons


def _member_reasons(record: CopyRecord) -> list[str]:
    return [] if search_key(record.borrower_name) else ["نام عضو خالی است؛ آن را بنویسید."]


def names_someone(record: CopyRecord) -> bool:
    """Whether a record names its borrower in any way."""
    return bool(
        record.borrower_membership
        or search_key(record.borrower_name)
        or record.borrower_national_id
    )
