"""A text cut into words, numbers and marks, each with its place in the cleaned text."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from libraries.domain.persian import search_key, stored_form, to_ascii_digits

# Beyond what is read: ten parts of a text and more say no more than nine.
LONGEST = 1_000

_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|(?<!\S)[\w-]+\.(?:ir|com|org|net|me)(?:/\S*)?(?!\w)",
    re.IGNORECASE,
)
# «ک.م» and «ش.ملی» are one label, though a dot is a mark.
_SHORT_LABELS = (
    (re.compile(r"(?<!\w)[کك]\s*\.\s*م(?:لی)?(?!\w)\.?"), "کد ملی "),
    (re.compile(r"(?<!\w)ش\s*\.\s*(?:م|ملی)(?!\w)\.?"), "شماره ملی "),
)
_PART = re.compile(r"(?P<number>\d+)|(?P<word>[^\W\d_]+)|(?P<space>[ \u200c]+)|(?P<mark>.)", re.S)
_STRONG = frozenset("\n،,؛;/|*+=\t\\")
_ALIKE = str.maketrans({"ئ": "ی", "ء": None})


class Shape(Enum):
    """What a token is made of."""

    WORD = 1
    NUMBER = 2
    MARK = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a mark; `key` is how it is compared, `start` and `end` where it is."""

    key: str
    shape: Shape
    start: int
    end: int

    @property
    def is_strong(self) -> bool:
        """Whether it is a mark that sets parts apart, as a comma does and a dot may not."""
        return self.shape is Shape.MARK and self.key in _STRONG


@lru_cache(maxsize=16_384)
def letters_key(text: str) -> str:
    """The text as names and labels are compared: its search key, with hamza made plain too."""
    return search_key(text).translate(_ALIKE)


def clean(text: str) -> str:
    """The text in its stored form, line by line, without addresses of pages and mail."""
    lines = (stored_form(line) for line in _ADDRESS.sub("\n", text[:LONGEST]).splitlines())
    kept = "\n".join(line for line in lines if line)
    for pattern, label in _SHORT_LABELS:
        kept = pattern.sub(label, kept)
    return kept


def tokens_of(cleaned: str) -> list[Token]:
    """The tokens of a cleaned text. A word ends at white space, ZWNJ, a mark or a digit."""
    found = []
    for match in _PART.finditer(_joined(cleaned)):
        kind = match.lastgroup
        if kind == "space":
            continue
        part = match[0]
        start, end = match.span()
        if kind == "word":
            key = letters_key(part)
            if key:
                found.append(Token(key, Shape.WORD, start, end))
        elif kind == "number":
            found.append(Token(_ascii(part), Shape.NUMBER, start, end))
        else:
            found.append(Token(part, Shape.MARK, start, end))
    return found


def _joined(text: str) -> str:
    """The text with its harakat and tatweel as letters, so that they part no word."""
    return re.sub(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]", "\u0640", text)


def _ascii(digits: str) -> str:
    """Digits of any alphabet as ASCII ones."""
    plain = to_ascii_digits(digits)
    return plain if plain.isascii() else "".join(str(int(digit)) for digit in plain)
