"""National IDs and mobile numbers: made clean on the way in, masked on the way out.

The sentences name no digit of what was given: they may end up in logs and lists of errors.
"""

import re

from libraries.domain.persian import stored_form, to_ascii_digits, to_persian_digits

NATIONAL_ID_LENGTH = 10
_LEAST_LENGTH = 8
_SEPARATORS = str.maketrans("", "", " \u200c-–—−‐‑_./()")


def _bare(text: str) -> str:
    """The text with ASCII digits and without what people and programs put between digits."""
    return to_ascii_digits(stored_form(text)).translate(_SEPARATORS)


def _digits_of_id(text: str) -> str:
    digits = _bare(text)
    if not digits:
        raise ValueError("کد ملی خالی است؛ ده رقم آن را بنویسید.")
    if not re.fullmatch("[0-9]+", digits):
        raise ValueError("کد ملی فقط از رقم است؛ حرف‌ها و نشانه‌ها را از آن بردارید.")
    if not _LEAST_LENGTH <= len(digits) <= NATIONAL_ID_LENGTH:
        raise ValueError(
            f"کد ملی ده رقم دارد ولی این {to_persian_digits(len(digits))} رقم است؛ "
            "آن را دوباره از روی کارت بنویسید."
        )
    return digits


def clean_national_id(text: str) -> str:
    """A national ID as ten ASCII digits (call-numbers.md, "National IDs").

    Persian and Arabic digits, spaces, dashes and bidi marks are taken; eight or nine digits are
    filled up with the zeros that Excel ate (`was_filled` tells, so that a notice can be given).
    Raises ValueError with a Persian sentence for letters, a wrong length, ten repeated digits and a
    wrong check digit.
    """
    digits = _digits_of_id(text).zfill(NATIONAL_ID_LENGTH)
    if len(set(digits)) == 1:
        raise ValueError("کد ملی نمی‌تواند ده رقم یکسان باشد؛ آن را دوباره از روی کارت بنویسید.")
    remainder = sum(int(digit) * (10 - i) for i, digit in enumerate(digits[:9])) % 11
    if int(digits[9]) != (remainder if remainder < 2 else 11 - remainder):
        raise ValueError(
            "رقم پایانی کد ملی با رقم‌های دیگر نمی‌خواند؛ آن را دوباره از روی کارت بنویسید."
        )
    return digits


def was_filled(text: str) -> bool:
    """Whether `clean_national_id` fills the number up with zeros on the left."""
    digits = _bare(text)
    return bool(re.fullmatch(f"[0-9]{{{_LEAST_LENGTH},{NATIONAL_ID_LENGTH - 1}}}", digits))


def mask_national_id(national_id: str) -> str:
    """A national ID as lists show it: 386****561. Anything else is hidden whole."""
    if len(national_id) != NATIONAL_ID_LENGTH:
        return "*" * min(len(national_id), NATIONAL_ID_LENGTH)
    return f"{national_id[:3]}****{national_id[-3:]}"


_MOBILE = re.compile(r"(?:\+98|0098|98|0)?0?(9[0-9]{9})")


def clean_mobile(text: str) -> str:
    """A mobile number of Iran as eleven ASCII digits, 09xxxxxxxxx.

    It may begin with +98, 0098, 98, 0 or straight with 9 (providers send it as a number). Raises
    ValueError with a Persian sentence where it isn't one.
    """
    bare = _bare(text)
    if not bare:
        raise ValueError("شمارهٔ همراه خالی است؛ آن را با ۰۹ آغاز کنید و یازده رقم بنویسید.")
    found = _MOBILE.fullmatch(bare)
    if found is None:
        raise ValueError("شمارهٔ همراه درست نیست؛ یازده رقم بنویسید که با ۰۹ آغاز شود.")
    return "0" + found[1]


def mobile_or_nothing(text: str) -> str:
    """The number as `clean_mobile` gives it; "" where it is no mobile of Iran."""
    try:
        return clean_mobile(text)
    except ValueError:
        return ""


def mask_mobile(mobile: str) -> str:
    """A mobile number as lists show it: 0912***4567. Anything else is hidden whole."""
    if len(mobile) != 11:
        return "*" * min(len(mobile), 11)
    return f"{mobile[:4]}***{mobile[-4:]}"
