"""Call numbers and the order books stand in (call-numbers.md, "Order").

`shelf_key` turns a call number into a string over [0-9a-z] that every collation sorts alike, so the
key can be stored, indexed and sorted anywhere. Inside it "0" ends a field and is less than all that
a field can hold, which is how nothing comes before something.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from libraries.domain.call_number_reading import LATIN, Parts, prefix_pattern, read, squeeze
from libraries.domain.persian import (
    ALPHABET,
    SYMBOLS,
    alphabet_key,
    stored_form,
    to_ascii_digits,
    to_persian_digits,
)

KEY_LENGTH = 200
NATURAL_KEY_LENGTH = 40

HUNDREDS = {
    "000": "کلیات",
    "100": "فلسفه و روان‌شناسی",
    "200": "دین",
    "300": "علوم اجتماعی",
    "400": "زبان",
    "500": "علوم طبیعی",
    "600": "علوم عملی (فناوری)",
    "700": "هنر",
    "800": "ادبیات",
    "900": "تاریخ و جغرافیا",
}

_LITERATURE = {"after_809": "8091", "before_800": "7991", "after_899": "8991", "apart": "9991"}
_NUMBERS = ("year", "volume", "copy")
_DIGITS_UP = str.maketrans("0123456789", "abcdefghij")


@dataclass(frozen=True)
class Rules:
    """What libraries order differently (call-numbers.md, "Order").

    `literature`: where 8فا stands: after 809, before 800, after 899, or apart behind 999.
    `madda_first`: آ before ا, else the two are one letter.
    `order`: the sequence in which year, volume and copy decide.
    `prefixes`: groups of spellings of one prefix, in shelf order; the first spelling names it.
    Raises ValueError with a Persian sentence where the rules are none.
    """

    literature: Literal["after_809", "before_800", "after_899", "apart"] = "after_809"
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
        spellings = [squeeze(spelling) for group in self.prefixes for spelling in group]
        if not all(spelling.isalpha() for spelling in spellings) or len(self.prefixes) > 98:
            raise ValueError("هر پیش‌نشانه باید فقط از حرف باشد؛ فهرست پیش‌نشانه‌ها را درست کنید.")
        if len(set(spellings)) < len(spellings) or not all(self.prefixes):
            raise ValueError("هر پیش‌نشانه باید یک بار در فهرست بیاید؛ تکراری‌ها را بردارید.")

    @cached_property
    def spellings(self) -> dict[str, int]:
        """Squeezed spelling → rank of its prefix, from 1."""
        return {
            squeeze(spelling): rank
            for rank, group in enumerate(self.prefixes, start=1)
            for spelling in group
        }

    @cached_property
    def prefix_pattern(self) -> re.Pattern[str]:
        """Finds a prefix at the beginning of a squeezed number."""
        return prefix_pattern(self.spellings)

    @cached_property
    def codes(self) -> "_Codes":
        """The symbols that stand for letters and digits in a key."""
        letters = dict(zip(ALPHABET, SYMBOLS[1:], strict=False))
        if not self.madda_first:
            letters["آ"] = letters["ا"]
        return _Codes(
            {
                ord("!"): "0",
                **_DIGITS_UP,
                **{ord(letter): code for letter, code in letters.items()},
                **{ord(letter): "z" + letter for letter in LATIN},
            }
        )

    @cached_property
    def class_codes(self) -> "_ClassCodes":
        """Main class → its part of the key."""
        return _ClassCodes(self.literature)


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


DEFAULT = Rules()


@dataclass(frozen=True)
class CallNumber:
    """The parts of a call number; an absent one is empty. Digits are ASCII, letters Persian, those
    of the Library of Congress upper case.

    `groups` are the mark's letters and digits by turns: (("د", "356"), ("ج", "")). `swapped` says
    that a display had turned the halves round and they were turned back. A number that isn't
    `readable` has no part at all.
    """

    readable: bool
    prefix: str = ""
    main_class: str = ""
    whole: str = ""
    decimals: str = ""
    groups: tuple[tuple[str, str], ...] = ()
    year: str = ""
    volume: str = ""
    copy: str = ""
    rest: str = ""
    swapped: bool = False

    @property
    def mark(self) -> str:
        """The author mark and the work mark, e.g. د356ج."""
        return "".join(letters + digits for letters, digits in self.groups)


def parse(text: str, rules: Rules = DEFAULT) -> CallNumber:
    """The call number's parts (call-numbers.md, "What a call number holds"). Never raises."""
    parts = read(text or "", rules.prefix_pattern)
    if not parts.main_class:
        return CallNumber(readable=False)
    parts = parts._replace(
        prefix=_prefix_name(parts.prefix, rules), main_class=_shown_class(parts.main_class)
    )
    return CallNumber(True, *parts)


def shelf_key(text: str, rules: Rules = DEFAULT) -> str:
    """The key that sorts call numbers as the shelf does; use it as `sorted(texts, key=shelf_key)`.

    At most `KEY_LENGTH` characters of [0-9a-z]. Spellings of one number share a key; what can't be
    read comes after everything, by its text. Never raises.
    """
    parts = read(text or "", rules.prefix_pattern)
    if not parts.main_class:
        return "z" + alphabet_key(text or "")[: KEY_LENGTH - 1]
    codes = rules.codes
    fields = parts.decimals + "!"
    for letters, digits in parts.groups:
        fields += f"{letters}!{digits}!"
    key = (
        _prefix_code(parts.prefix, rules)
        + rules.class_codes[parts.main_class]
        + (_number(parts.whole) if parts.whole else "")
        + (fields + "!").translate(codes)
    )
    for name in rules.order:
        key += _number(getattr(parts, name))
    if parts.rest:
        key += parts.rest.translate(codes)
    return key[:KEY_LENGTH]


def _number(digits: str) -> str:
    """Digits as a number of any length: its length, then itself; "0" where there is none."""
    if not digits:
        return "0"
    digits = digits.lstrip("0")
    return SYMBOLS[min(len(digits) + 1, 35)] + digits


def _prefix_code(prefix: str, rules: Rules) -> str:
    if not prefix:
        return "00"
    rank = rules.spellings.get(prefix)
    return f"{rank:02}" if rank else f"y{prefix.translate(rules.codes)}0"


def _prefix_name(prefix: str, rules: Rules) -> str:
    rank = rules.spellings.get(prefix)
    return rules.prefixes[rank - 1][0] if rank else prefix


def _shown_class(main_class: str) -> str:
    return main_class.upper() if main_class.isascii() else main_class


def prefix_of(text: str, rules: Rules = DEFAULT) -> str:
    """The prefix by its first spelling in the rules, as it is where they don't list it, or ""."""
    return _prefix_name(read(text or "", rules.prefix_pattern).prefix, rules)


def prefix_rank(prefix: str, rules: Rules = DEFAULT) -> int:
    """Where the prefix's run of shelves stands: 0 without a prefix, then as the rules list them;
    one that they don't list comes behind all of them.
    """
    if not prefix:
        return 0
    return rules.spellings.get(squeeze(prefix), len(rules.prefixes) + 1)


def main_class(text: str, rules: Rules = DEFAULT) -> str:
    """What stands before the slash (ردهٔ اصلی of minutes 5 and 6): 297, 8فا3, or the letters of the
    Library of Congress; "" where the number can't be read.
    """
    return _shown_class(read(text or "", rules.prefix_pattern).main_class)


def class_key(text: str, rules: Rules = DEFAULT) -> str:
    """A key over [0-9a-z] that sorts by main class alone; "z", after all, where it can't be read."""
    return rules.class_codes[read(text or "", rules.prefix_pattern).main_class]


def class_bounds(first: str, last: str, rules: Rules = DEFAULT) -> tuple[str, str]:
    """Bounds for `class_key`, both inclusive, that take the main classes from first to last.

    An empty end is open; an open last end takes the unreadable ones too. «8فا» and letters of the
    Library of Congress take all below them (8فا1 to 8فا9; B takes BP). Raises ValueError with a
    Persian sentence where a class can't be read or the two are reversed.
    """
    lower = _bound(first, rules) if first.strip() else ""
    upper = _bound(last, rules) if last.strip() else "z"
    if lower > upper + "z":
        raise ValueError(
            f"ردهٔ آغاز ({display(first)}) پس از ردهٔ پایان ({display(last)}) است؛ جایشان را عوض کنید."
        )
    return lower, upper + "z"


def _bound(text: str, rules: Rules) -> str:
    letters = squeeze(text)
    if letters.isascii() and letters.isalpha() and len(letters) <= 3:
        return "2" + letters
    code = class_key(text, rules)
    if code == "z":
        raise ValueError(f"ردهٔ «{display(text)}» خوانده نمی‌شود؛ سه رقم مانند ۲۹۷، یا ۸فا بنویسید.")
    return code.removesuffix("0")


def hundreds_of(text: str, rules: Rules = DEFAULT) -> str:
    """The main class's hundreds, a key of `HUNDREDS` (8فا counts as 800); "" for the Library of
    Congress and where the number can't be read.
    """
    found = read(text or "", rules.prefix_pattern).main_class
    return found[0] + "00" if found[:1].isdigit() else ""


_CLASS_HALF = r"(?:[0-9](?:\s*[0-9]){2}(?!\s*[0-9])|[48]\s*(?:فا|fa)(?:\s*[0-9])?(?!\s*[0-9]))"
_HALVES = re.compile(rf"([0-9](?:\s*[0-9])*)(\s*[/.٫]\s*)({_CLASS_HALF})", re.IGNORECASE)


def repair(text: str) -> str:
    """The stored form, with halves that a right-to-left display swapped in logical order again;
    only where that is certain: the left half can't be a class and the right one is.
    """
    text = stored_form(text)
    if not read(text, DEFAULT.prefix_pattern).swapped:
        return text
    halves = _HALVES.search(to_ascii_digits(text))
    if halves is None:
        return text
    left, middle, right = (text[slice(*halves.span(i))] for i in (1, 2, 3))
    return text[: halves.start()] + right + middle + left + text[halves.end() :]


def contradicts(call_number: str, main_class: str) -> bool:
    """Whether both halves are three digits, so that nobody can tell if they are swapped, and the
    main class that the list gives beside the number is not the one it begins with.
    """
    parts: Parts = read(call_number or "", DEFAULT.prefix_pattern)
    if len(parts.decimals) != 3 or not parts.main_class.isdigit():
        return False
    given = squeeze(main_class or "")
    given = read(given.zfill(3) if given.isdigit() else given, DEFAULT.prefix_pattern).main_class
    return bool(given) and given not in (parts.main_class, parts.main_class[0] + "00")


def display(text: str) -> str:
    """The stored form with Persian digits; isolate it on the page (`<bdi>`)."""
    return to_persian_digits(stored_form(text))


_RUNS = re.compile("([0-9]+)|([^0-9/-]+)")


def natural_key(text: str) -> str:
    """A key for registration numbers, at most `NATURAL_KEY_LENGTH` characters of [0-9a-z]: digits
    as numbers, before letters: 9 < 10 < 10/2 < الف5.
    """
    key = ""
    for digits, letters in _RUNS.findall(squeeze(text or "")):
        key += "1" + _number(digits) if digits else "2" + letters.translate(DEFAULT.codes) + "0"
    return key[:NATURAL_KEY_LENGTH]
