"""Call numbers and the order books stand in (call-numbers.md, "Order").

`shelf_key` turns a call number into a string over [0-9a-z] that every collation sorts alike, so the
key can be stored, indexed and sorted anywhere. Inside it "0" ends a field and is less than all that
a field can hold, which is how nothing comes before something.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from libraries.domain.call_number_reading import read, squeeze
from libraries.domain.call_number_rules import DEFAULT, Rules
from libraries.domain.persian import (
    SYMBOLS,
    alphabet_key,
    stored_form,
    to_ascii_digits,
    to_persian_digits,
)

__all__ = [
    "DEFAULT",
    "HUNDREDS",
    "KEY_LENGTH",
    "NATURAL_KEY_LENGTH",
    "CallNumber",
    "Rules",
    "class_bounds",
    "class_key",
    "contradicts",
    "display",
    "hundreds_of",
    "key_prefix",
    "key_readable",
    "main_class",
    "natural_key",
    "parse",
    "prefix_of",
    "prefix_rank",
    "repair",
    "shelf_key",
]

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


def key_readable(key: str) -> bool:
    """Whether the call number behind a shelf key could be read."""
    return bool(key) and key[0] != "z"


def key_prefix(key: str) -> str:
    """The part of a shelf key that stands for the prefix: keys that share it are one run of
    shelves. "" where the call number couldn't be read.
    """
    if not key_readable(key):
        return ""
    return key[: key.index("0", 1) + 1] if key[0] == "y" else key[:2]


@lru_cache(maxsize=20_000)
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
    """A key over [0-9a-z] that sorts by main class alone; "z", the last, where it can't be read."""
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
            f"ردهٔ آغاز ({display(first)}) پس از ردهٔ پایان ({display(last)}) است؛ "
            "جای آن دو را عوض کنید."
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
    parts = read(call_number or "", DEFAULT.prefix_pattern)
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
