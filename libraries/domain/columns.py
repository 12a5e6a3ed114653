"""Which column of a copies list holds what: found by its heading, however it is spelt."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from libraries.domain.persian import search_key, stored_form

Mapping = dict[str, int]
"""Field code → index of the column that holds it, from 0."""

_HEADER_SEARCH_ROWS = 30
_LEAST_HEADINGS = 2
# Shorter names («ج», «نشر») occur inside other words, so they count only as a whole heading.
_LEAST_CONTAINED = 4
# The ezafe after a silent he, «شماره‌ی ثبت» or «شماره ی ثبت», is written or not as one likes.
_EZAFE = re.compile("(?<=ه)[\u200c ]ی(?= |$)")


@dataclass(frozen=True, slots=True)
class Field:
    """A thing that a copies list may hold, and the headings it is known to stand under."""

    code: str
    label: str
    headings: tuple[str, ...]
    required: bool = False


FIELDS: tuple[Field, ...] = (
    Field("row", "ردیف", ("ردیف", "شماره ردیف", "row", "no", "#")),
    Field(
        "title",
        "عنوان",
        ("عنوان", "عنوان کتاب", "نام کتاب", "عنوان اثر", "عنوان و نام پدیدآور", "title"),
        required=True,
    ),
    Field(
        "author",
        "پدیدآورنده",
        (
            *("پدیدآورنده", "پدیدآور", "پدیدآورندگان", "پدیدآوران", "نام پدیدآور"),
            *("نویسنده", "نویسندگان", "نام نویسنده", "مؤلف", "مؤلفان", "سرشناسه", "author"),
        ),
    ),
    Field(
        "subjects",
        "موضوع‌ها",
        ("موضوع", "موضوعات", "موضوع ها", "سرعنوان موضوعی", "subject", "subjects"),
    ),
    Field("publisher", "ناشر", ("ناشر", "نام ناشر", "انتشارات", "نشر", "publisher")),
    Field(
        "year",
        "سال نشر",
        (
            *("سال نشر", "سال انتشار", "سال چاپ", "تاریخ نشر", "تاریخ انتشار", "سال"),
            *("year", "publication year"),
        ),
    ),
    Field(
        "registration_number",
        "شمارهٔ ثبت",
        (
            *("شماره ثبت", "ش ثبت", "شماره ثبتی", "ثبت", "شماره دفتر ثبت", "شماره ثبت کتاب"),
            *("شماره ثبت نسخه", "registration number", "registration no", "accession number"),
            "accession no",
        ),
        required=True,
    ),
    Field(
        "registered_on",
        "تاریخ ثبت",
        ("تاریخ ثبت", "تاریخ ثبت نسخه", "تاریخ ورود", "registration date", "date registered"),
    ),
    Field("volume", "شمارهٔ جلد", ("جلد", "شماره جلد", "ش جلد", "ج", "volume", "vol")),
    Field(
        "copy_number", "شمارهٔ نسخه", ("نسخه", "شماره نسخه", "ش نسخه", "ن", "copy", "copy number")
    ),
    Field("main_class", "ردهٔ اصلی", ("رده اصلی", "رده کلی", "رده", "main class")),
    Field(
        "call_number",
        "شمارهٔ راهنما",
        (
            *("شماره راهنما", "راهنما", "ش راهنما", "شماره بازیابی", "نشانه بازیابی"),
            *("شماره راهنمای کتاب", "call number", "call no"),
        ),
    ),
    Field(
        "class_number",
        "شمارهٔ رده",
        (
            *("شماره رده", "ش رده", "شماره رده بندی", "رده بندی", "رده دیویی", "رده بندی دیویی"),
            *("شماره دیویی", "دیویی", "رده کنگره", "رده بندی کنگره", "کد رده", "class", "dewey"),
        ),
    ),
    Field(
        "author_mark",
        "کاتر",
        ("کاتر", "شماره کاتر", "نشانه مؤلف", "نشانه پدیدآور", "نشانه اثر", "cutter"),
    ),
    Field(
        "barcode",
        "بارکد",
        ("بارکد", "بارکد نسخه", "بارکد کتاب", "شماره بارکد", "کد نسخه", "شناسه نسخه", "barcode"),
    ),
    Field(
        "section",
        "بخش",
        (
            *("بخش", "نام بخش", "محل نگهداری", "محل", "پایگاه", "نام پایگاه", "محل استقرار"),
            *("بخش نگهداری", "بخش کتابخانه", "section", "location"),
        ),
    ),
    Field(
        "status",
        "وضعیت",
        ("وضعیت", "وضعیت نسخه", "وضعیت کتاب", "وضعیت مدرک", "وضعیت امانت", "status"),
    ),
    Field("reference", "مرجع", ("مرجع", "کتاب مرجع", "نسخه مرجع", "reference")),
    Field(
        "borrower_name",
        "نام امانت‌گیرنده",
        (
            *("امانت گیرنده", "نام امانت گیرنده", "نام عضو", "عضو", "نام و نام خانوادگی"),
            *("نام و نام خانوادگی عضو", "نام و نام خانوادگی امانت گیرنده", "borrower"),
        ),
    ),
    Field(
        "borrower_membership",
        "شمارهٔ عضویت",
        ("شماره عضویت", "کد عضویت", "شماره عضو", "کد عضو", "عضویت", "membership number"),
    ),
    Field(
        "borrower_national_id",
        "کد ملی امانت‌گیرنده",
        ("کد ملی", "شماره ملی", "کد ملی عضو", "کد ملی امانت گیرنده", "national id"),
    ),
    Field(
        "borrower_mobile",
        "تلفن همراه امانت‌گیرنده",
        ("تلفن همراه", "همراه", "موبایل", "شماره همراه", "شماره موبایل", "تلفن", "mobile"),
    ),
    Field("lent_on", "تاریخ امانت", ("تاریخ امانت", "تاریخ تحویل به عضو", "lent on", "loan date")),
    Field(
        "due_on",
        "مهلت بازگشت",
        (
            *("مهلت بازگشت", "تاریخ بازگشت", "موعد بازگشت", "مهلت", "موعد", "تاریخ موعد"),
            *("سررسید", "تاریخ سررسید", "مهلت تحویل", "مهلت امانت", "due date", "due on"),
            *("تاریخ برگشت", "تاریخ عودت", "تاریخ پایان امانت"),
        ),
    ),
)

FIELD_BY_CODE = {field.code: field for field in FIELDS}

# Headings that contain the name of a field and are something else.
_OTHER_HEADINGS = (
    *("محل نشر", "محل انتشار", "شماره استاندارد", "شابک", "isbn", "نوبت چاپ", "قیمت", "بها"),
    *("زبان", "مترجم", "شماره صفحه", "تعداد صفحات", "تعداد نسخه", "تعداد جلد", "قطع"),
    *("عنوان فرعی", "عنوان موازی", "عنوان فروست", "فروست", "شماره فروست", "ویرایش", "ملاحظات"),
    *("یادداشت", "توضیحات", "کتابخانه", "نام کتابخانه", "کد کتابخانه", "شماره قفسه"),
    *("تعداد امانت", "دفعات امانت", "نوع مدرک", "نوع منبع", "کاربر ثبت کننده", "ثبت کننده"),
    *("تاریخ عضویت", "تاریخ برگشت واقعی", "وضعیت نشر", "وضعیت فیزیکی", "وضعیت ظاهری"),
    "وضعیت جلد",
)


def heading_key(heading: str) -> str:
    """Return a heading's letters and digits only, in the form that texts are compared in.

    «شمارهٔ ثبت:», «شماره‌ی ثبت» and «شماره ثبت» with Arabic letters give the same key.
    """
    key = search_key(_EZAFE.sub("", stored_form(heading)))
    return "".join(filter(str.isalnum, key)) or key


_KNOWN: dict[str, tuple[str, int]] = {
    **{heading_key(heading): ("", 0) for heading in _OTHER_HEADINGS},
    **{
        heading_key(heading): (field.code, position)
        for field in FIELDS
        for position, heading in enumerate(field.headings)
    },
}
"""Heading key → field code and the heading's place among the field's own.

The code is '' for a heading that is known to be no field.
"""


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the index of the row of headings, or None.

    Titles and blank rows may stand above it, so it is the row among the first thirty in which
    the most fields are recognised, and at least two.
    """
    best, best_found = None, _LEAST_HEADINGS - 1
    for index, row in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        found = len(guess_mapping(row))
        if found > best_found:
            best, best_found = index, found
    return best


def guess_mapping(header: Sequence[str]) -> Mapping:
    """Return which column holds which field, by the headings.

    A heading that is a known name as a whole goes before one that begins with a name, and that
    before one that contains it. No column is used twice, and a column whose field another has
    taken is left over: it is not put to a lesser use.
    """
    candidates = [
        (*candidate, column)
        for column, heading in enumerate(header)
        if (candidate := _best_field(heading_key(heading)))
    ]
    mapping: Mapping = {}
    for _, _, code, column in sorted(candidates, key=lambda one: (*one[:2], one[3])):
        if code:
            mapping.setdefault(code, column)
    _take_class(header, mapping)
    return {field.code: mapping[field.code] for field in FIELDS if field.code in mapping}


def _best_field(key: str) -> tuple[int, int, str] | None:
    """Return how a heading is known (0 as a whole, 1 by its beginning, 2 by a part of it), its
    place among equals, and the field.
    """
    if key in _KNOWN:
        code, position = _KNOWN[key]
        return 0, position, code
    found = [
        (1 if key.startswith(known) else 2, -len(known), code)
        for known, (code, _) in _KNOWN.items()
        if len(known) >= _LEAST_CONTAINED and known in key
    ]
    return min(found, default=None)


def _take_class(header: Sequence[str], mapping: Mapping) -> None:
    """With no call number, a bare «رده» is the class number: it alone says where a copy stands."""
    if "call_number" in mapping or "class_number" in mapping:
        return
    for column, heading in enumerate(header):
        if heading_key(heading) == heading_key("رده"):
            if mapping.get("main_class") == column:
                del mapping["main_class"]
            mapping["class_number"] = column
            return


def header_signature(header: Sequence[str]) -> str:
    """Return a short name of a row of headings, by which a library's mapping is remembered.

    It stays the same when the headings change only in letter forms, marks and spaces, and
    changes when a column comes, goes or moves.
    """
    keys = [heading_key(heading) for heading in header]
    while keys and not keys[-1]:
        keys.pop()
    return hashlib.sha256("\x1f".join(keys).encode()).hexdigest()[:32]


def samples(rows: Sequence[Sequence[str]], header_row: int, n: int = 3) -> list[list[str]]:
    """Return for each column its first ``n`` different values under the header.

    ``header_row`` is an index; -1 stands for no header. Only the first 200 rows are looked at.
    """
    body = rows[header_row + 1 : header_row + 201]
    width = max((len(row) for row in rows[max(header_row, 0) : header_row + 201]), default=0)
    found: list[list[str]] = [[] for _ in range(width)]
    for row in body:
        for values, cell in zip(found, row, strict=False):
            if len(values) < n:
                text = stored_form(cell)
                if text and text not in values:
                    values.append(text)
    return found
