"""What libraries order differently, and the symbols of a shelf key that follow from it."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from libraries.domain.call_number_reading import LATIN, prefix_pattern, squeeze
from libraries.domain.persian import ALPHABET, SYMBOLS

_LITERATURE = {"after_809": "8091", "before_800": "7991", "after_899": "8991", "apart": "9991"}
_NUMBERS = ("year", "volume", "copy")
_DIGITS_UP = str.maketrans("0123456789", "abcdefghij")


@lru_cache
def _ranks(prefixes: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    spellings = [squeeze(spelling) for group in prefixes for spelling in group]
    if not all(spelling.isalpha() for spelling in spellings) or len(prefixes) > 98:
        raise ValueError("هر پیش‌نشانه باید فقط از حرف باشد؛ فهرست پیش‌نشانه‌ها را درست کنید.")
    if len(set(spellings)) < len(spellings) or not all(prefixes):
        raise ValueError("هر پیش‌نشانه باید یک بار در فهرست بیاید؛ تکراری‌ها را بردارید.")
    return {
        squeeze(spelling): rank
        for rank, group in enumerate(prefixes, start=1)
        for spelling in group
    }


@dataclass(frozen=True)
class Rules:
    """What libraries order differently (call-numbers.md, "Order").

    `literature`: where 8فا stands: "after_809", "before_800", "after_899", or "apart" behind 999.
    `madda_first`: آ before ا, else the two are one letter.
    `order`: the sequence in which year, volume and copy decide.
    `prefixes`: groups of spellings of one prefix, in shelf order; the first spelling names it.
    Raises ValueError with a Persian sentence where the rules are none.
    """

    literature: str = "after_809"
    madda_first: bool = True
    order: tuple[str, ...] = _NUMBERS
    prefixes: tuple[tuple[str, ...], ...] = (
        ("م", "مرجع", "R", "Ref"),
        ("ک", "کودک", "کودکان"),
        ("ج", "نوجوان", "نوجوانان"),
        ("عر", "عربی"),
        ("لا", "لاتین"),
    )

    def __post_init__(self) -> None:
        if self.literature not in _LITERATURE:
            raise ValueError("جای ردهٔ «۸فا» شناخته نیست؛ یکی از چهار جای ممکن را برگزینید.")
        if sorted(self.order) != sorted(_NUMBERS):
            raise ValueError("ترتیب باید سال، جلد و نسخه را هر کدام یک بار داشته باشد.")
        _ranks(self.prefixes)

    @property
    def spellings(self) -> dict[str, int]:
        """Squeezed spelling → rank of its prefix, from 1."""
        return _ranks(self.prefixes)

    @cached_property
    def prefix_pattern(self) -> re.Pattern[str]:
        """Finds a prefix at the beginning of a squeezed number."""
        return _prefix_pattern(tuple(self.spellings))

    @cached_property
    def codes(self) -> "_Codes":
        """The symbols that stand for letters and digits in a key."""
        return _letter_codes(self.madda_first)

    @cached_property
    def class_codes(self) -> "_ClassCodes":
        """Main class → its part of the key."""
        return _class_codes(self.literature)


class _Codes(dict[int, str | int]):
    """Letters of other scripts come last, by code point."""

    def __missing__(self, code: int) -> str:
        return f"zz{code:06x}"


class _ClassCodes(dict[str, str]):
    """Dewey ("1", three digits, then what 8فا adds) before Library of Congress ("2", letters)."""

    def __init__(self, literature: str) -> None:
        super().__init__()
        self.literature = literature

    def __missing__(self, main_class: str) -> str:
        if not main_class:
            code = "z"
        elif main_class[1:3] == "فا":
            place = _LITERATURE[self.literature] if main_class[0] == "8" else "4091"
            code = "1" + place + (main_class[3:].translate(_DIGITS_UP) or "0")
        elif main_class.isdigit():
            code = f"1{main_class}00"
        else:
            code = f"2{main_class}0"
        self[main_class] = code
        return code


# Rules are made anew for each request, so what is costly to make is shared among equal ones.
_prefix_pattern = lru_cache(prefix_pattern)
_class_codes = lru_cache(_ClassCodes)


@lru_cache
def _letter_codes(madda_first: bool) -> _Codes:
    letters = dict(zip(ALPHABET, SYMBOLS[1:], strict=False))
    if not madda_first:
        letters["آ"] = letters["ا"]
    return _Codes(
        {
            ord("!"): "0",
            **_DIGITS_UP,
            **{ord(letter): code for letter, code in letters.items()},
            **{ord(letter): "z" + letter for letter in LATIN},
        }
    )


DEFAULT = Rules()
