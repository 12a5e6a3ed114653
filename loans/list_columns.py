"""What a list of each kind may hold, and whether the columns chosen for it will do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from libraries.domain.columns import FIELD_BY_CODE, FIELDS, Field, header_signature
from libraries.models import CopiesList
from libraries.refusal import Refused
from loans.domain.people_lists import LOAN_FIELDS, MEMBER_FIELDS, columns_missing

Kind = CopiesList.Kind


def fields_of(kind: str) -> list[Field]:
    """What a list of this kind may hold, with what it can't do without marked as required."""
    if kind == Kind.COPIES:
        return list(FIELDS)
    codes = LOAN_FIELDS if kind == Kind.LOANS else MEMBER_FIELDS
    return [replace(FIELD_BY_CODE[code], required=False) for code in codes]


def of_kind(kind: str, mapping: Mapping[str, int]) -> dict[str, int]:
    codes = {field.code for field in fields_of(kind)}
    return {code: column for code, column in mapping.items() if code in codes}


def signature(kind: str, header: Sequence[str]) -> str:
    """By which a library's mapping is remembered: the same headings may head several lists."""
    return header_signature(header) if kind == Kind.COPIES else header_signature([kind, *header])


def check_mapping(kind: str, mapping: Mapping[str, int], width: int) -> None:
    if kind != Kind.COPIES and (reason := columns_missing(mapping, loans=kind == Kind.LOANS)):
        raise Refused(reason)
    missing = [
        f"«{field.label}»"
        for field in fields_of(kind)
        if field.required and field.code not in mapping
    ]
    if missing:
        raise Refused(f"بگویید ستون {' و '.join(missing)} کدام است؛ بی آن نسخه‌ای ثبت نمی‌شود.")
    if set(mapping) - {field.code for field in fields_of(kind)} or any(
        not 0 <= i < width for i in mapping.values()
    ):
        raise Refused("یکی از ستون‌های برگزیده در فایل نیست؛ ستون‌ها را دوباره برگزینید.")
    if len(set(mapping.values())) < len(mapping):
        raise Refused("یک ستون را برای دو چیز برگزیده‌اید؛ هر ستون تنها یک معنا دارد.")
