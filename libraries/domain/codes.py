"""Barcodes and other codes: one form for what a list gives, a reader sends and a person types."""

import re
from collections.abc import Collection, Iterable

from libraries.domain.persian import stored_form, to_ascii_digits

# The name of the symbology that a reader can be set to send before the code: "]C1".
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# How spreadsheets and exports keep a code a text (="0012", '0012), and what they make of a number.
_MADE_BY_SHEETS = re.compile(r"""=?"([^"]+)"|'(.+)|([0-9]+)\.0""")
# A number as Excel shows one that is too wide: the digits behind are gone for good.
_LOST_DIGITS = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+")


def clean_code(raw: str) -> str:
    """Return a code without what is not part of it, '' where nothing is left.

    Digits become ASCII; spaces, control and bidi marks, the symbology's name, the asterisks of
    Code 39 and what a spreadsheet puts round a code go. Letters stay as they are. Takes any
    string; twice changes nothing.
    """
    if raw.isascii() and raw.isalnum():
        return raw
    code, before = raw, None
    while before != code:  # taking something out can bring two marks together that NFC reorders
        before = code
        code = to_ascii_digits(stored_form(code)).replace(" ", "").replace("\u200c", "")
        code = _SYMBOLOGY.sub("", code, count=1) if code.startswith("]") else code
        if len(code) > 2 and code[0] == code[-1] == "*":
            code = code[1:-1]
        if made := _MADE_BY_SHEETS.fullmatch(code):
            code = made[made.lastindex or 0]
    return code


def with_zeros(codes: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the codes as ``known`` has them, where nothing differs but zeros in front.

    A spreadsheet that takes a code for a number drops them. A code that is known as it stands
    stays, and so does one that fits none or several.
    """
    exact = set(known)
    by_number: dict[str, str] = {}
    for code in exact:
        number = code.lstrip("0")
        by_number[number] = code if number not in by_number and code.isdecimal() else ""
    return [
        code if code in exact or not code.isdecimal() else by_number.get(code.lstrip("0")) or code
        for code in codes
    ]


def lost_digits(code: str) -> bool:
    """Return whether a code came as 1.2E+09, with its last digits lost."""
    return _LOST_DIGITS.fullmatch(code) is not None
