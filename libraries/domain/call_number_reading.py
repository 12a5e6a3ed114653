"""Reading a call number: which of its letters and digits are what (call-numbers.md).

The text is first squeezed: nothing invisible, no spaces, ASCII digits, one spelling a letter, and
every slash, dot and «٫» as "/". A usual number is then read by one expression, an unusual one piece
by piece. Spaces stand anywhere, so they are asked only where nothing else tells a year from the
decimals before it («955/07 1385»).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from libraries.domain.persian import (
    ALPHABET,
    ARABIC_DIGITS,
    PERSIAN_DIGITS,
    SYMBOLS,
    TATWEEL,
    stored_form,
    to_ascii_digits,
)

LATIN = SYMBOLS[10:]
# No call number is longer; what is, is text that came into the wrong column.
LONGEST = 120

_MADDA = "\u0653"
_SLASHES = "/.٫⁄∕／\\"
_DASHES = "-،,–—−‐‑"


def _squeeze_table() -> dict[int, str | None]:
    """What becomes of each character; letters of other scripts stay, marks leave no trace.

    It is filled for the blocks that occur, because asking for what a table lacks is slow; the rest
    stays and is passed over when the number is read.
    """
    known = (*range(0x3100), *range(0xFE00, 0x10000), *range(0xE0000, 0xE0200))
    table = {
        **{code: chr(code).lower() if chr(code).isalnum() else None for code in known},
        **{ord(a): b for a, b in zip("أإٱءيىئېےكڪةۀھہەؤ", "اااایییییککههههه" + "و", strict=True)},
        **{ord(digit): str(i % 10) for i, digit in enumerate(PERSIAN_DIGITS + ARABIC_DIGITS)},
        **dict.fromkeys(map(ord, _SLASHES), "/"),
        **dict.fromkeys(map(ord, _DASHES), "-"),
        TATWEEL: None,
    }
    # Lists copied from a PDF hold letters by their shape at the word's end, middle or beginning.
    for code in (*range(0xFB50, 0xFDFC), *range(0xFE70, 0xFEFD)):
        letters = unicodedata.normalize("NFKC", chr(code))
        table[code] = "".join(table.get(ord(letter)) or "" for letter in letters)
    return table


_SQUEEZE = _squeeze_table()


def squeeze(text: str) -> str:
    """The text as the expressions below read it, at most `LONGEST` characters: an initial alef is
    one letter, whether it was written «ا» or «الف».
    """
    if _MADDA in text:
        text = stored_form(text)
    return text.translate(_SQUEEZE).replace("الف", "ا")[:LONGEST]


class Parts(NamedTuple):
    """What a call number holds, squeezed; an absent part is empty.

    `main_class` is 955, 8فا3 or the lower-case letters of the Library of Congress, and empty where
    the number can't be read; `whole` is the whole number after those letters, `decimals` the digits
    after the slash. `groups` are the mark's letters and digits by turns: (("د", "356"), ("ج", "")).
    `rest` is what the rules don't know.
    """

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


UNREADABLE = Parts()

_YEAR = "(?:1[34]|19|20)[0-9]{2}"
_LETTER = f"[{ALPHABET}a-z]"
_FA = "[48](?:فا|fa)"
# Classes of the Library of Congress, with the letters Iran added (PIR, DSR); none begins with
# i, o, w, x or y.
_LC_LETTERS = "[a-hj-np-vz][a-z]{0,2}"
_DECIMALS = "(?:/+([0-9]+))?"
_VOLUME = "(?:جلد|vol|[جv])"
_COPY = "(?:نسخه|copy|[نc])"
# Four digits after ج or ن are a year («د35ج1385»: a work mark and a year).
_SMALL = "/*([0-9]{1,3})(?![0-9])"

_DEWEY = re.compile(f"({_FA})([0-9]?)([0-9]*){_DECIMALS}|([0-9]{{3}})(?![0-9]|/+{_FA}){_DECIMALS}")
_CONGRESS = re.compile(f"({_LC_LETTERS})([0-9]{{1,4}})(?![0-9]){_DECIMALS}")
_SWAPPED = re.compile(f"([0-9]+)/+([0-9]{{3}}(?![0-9])|{_FA}[0-9]?(?![0-9]))")

# The usual tail, in its usual order: author mark, work mark, year, volume, copy.
_USUAL_TAIL = re.compile(
    f"[/-]*(?!جلد|نسخه|vol|copy)({_LETTER}+)([0-9]+?)"
    f"(?:({_LETTER}+?)(?:[/-]*([0-9]{{4}}))?|[/-]*({_YEAR}))?"
    f"(?:[/-]*{_VOLUME}{_SMALL})?(?:[/-]*{_COPY}{_SMALL})?"
)
_PIECE = re.compile(f"[/-]*({_LETTER}*)(/*)([0-9]*)|.")
_LONG_WITH_YEAR = re.compile(f"([0-9]+)({_YEAR})")
_VOLUME_OR_COPY = re.compile(f"(.*?)(?:({_VOLUME})|{_COPY})")
_WORDS = ("جلد", "نسخه", "vol", "copy")
_YEAR_APART = re.compile(f"(?<=[0-9])\\s+(?={_YEAR}(?![0-9]))")

# What must follow a prefix, so that it is not the first letter of a mark or of a Congress class
# (R is a class there as well as our reference mark: R 856 is read as the mark, RC 856 as a class).
_DEWEY_AHEAD = f"{_FA}|[0-9]{{3}}(?![0-9])|[0-9]+/+(?:[0-9]{{3}}(?![0-9])|{_FA})"
_AFTER_PERSIAN_PREFIX = f"[/-]*(?={_DEWEY_AHEAD}|{_LC_LETTERS}[0-9])"
_AFTER_LATIN_PREFIX = f"[/-]*(?={_DEWEY_AHEAD}|[a-hj-np-vz][a-z]{{1,2}}[0-9])"
_UNLISTED_PREFIX = f"([{ALPHABET}]{{1,2}})[/-]*(?={_FA}|[0-9]{{3}}/+[0-9])"


def prefix_pattern(spellings: Iterable[str]) -> re.Pattern[str]:
    """The expression that finds one of the squeezed spellings (group 1 Persian, group 2 Latin), or
    a prefix that isn't listed (group 3: one or two Persian letters before a class with a slash).
    """
    longest_first = sorted(spellings, key=len, reverse=True)
    persian = "|".join(map(re.escape, (s for s in longest_first if not s.isascii())))
    latin = "|".join(map(re.escape, (s for s in longest_first if s.isascii())))
    return re.compile(
        f"({persian or '(?!)'}){_AFTER_PERSIAN_PREFIX}|({latin or '(?!)'}){_AFTER_LATIN_PREFIX}"
        f"|{_UNLISTED_PREFIX}"
    )


# Whoever writes a copy asks one number for its class, its prefix and its keys, one after another.
@lru_cache(maxsize=256)
def read(text: str, prefixes: re.Pattern[str]) -> Parts:
    """The parts of a call number as it came; `UNREADABLE` where no class is found. Never raises."""
    squeezed = squeeze(text)
    parts = _read(squeezed, prefixes)
    if squeezed and not parts.year and not (parts.groups and len(parts.decimals) < 5):
        parted = squeeze(_YEAR_APART.sub("-", to_ascii_digits(stored_form(text))))
        if parted != squeezed:
            return _read(parted, prefixes)
    return parts


def _read(squeezed: str, prefixes: re.Pattern[str]) -> Parts:
    prefix = ""
    start = 0
    swapped = False
    if not "0" <= squeezed[:1] <= "9" and (found := prefixes.match(squeezed)):
        prefix = found[found.lastindex or 0]
        start = found.end()
    head = _DEWEY.match(squeezed, start)
    if head is None and (halves := _SWAPPED.match(squeezed, start)):
        # The left half can't be a class and the right one is: a right-to-left display turned them.
        squeezed = f"{halves[2]}/{halves[1]}{squeezed[halves.end() :]}"
        swapped = True
        head = _DEWEY.match(squeezed)
    if head is None:
        return _read_congress(squeezed, start, prefix)
    fa, form, more, fa_decimals, hundreds, decimals = head.groups()
    if fa:
        main_class = f"{fa[0]}فا{form}"
        decimals = more + (fa_decimals or "")
    else:
        main_class = hundreds
    tail = _USUAL_TAIL.fullmatch(squeezed, head.end())
    if tail is None:
        rest = _read_tail(squeezed[head.end() :], congress=False)
        return Parts(prefix, main_class, "", decimals or "", *rest, swapped)
    letters, digits, work, year, bare_year, volume, copy = tail.groups()
    return Parts(
        prefix,
        main_class,
        "",
        decimals or "",
        ((letters, digits), (work, "")) if work else ((letters, digits),),
        year or bare_year or "",
        volume or "",
        copy or "",
        "",
        swapped,
    )


def _read_congress(squeezed: str, start: int, prefix: str) -> Parts:
    head = _CONGRESS.match(squeezed, start)
    if head is None:
        return UNREADABLE
    rest = _read_tail(squeezed[head.end() :], congress=True)
    return Parts(prefix, head[1], head[2], head[3] or "", *rest)


def _read_tail(
    tail: str, *, congress: bool
) -> tuple[tuple[tuple[str, str], ...], str, str, str, str]:
    """Groups, year, volume, copy and the unknown rest of what follows the class, in any order.

    A letter ج or ن with digits is a volume or copy where a dot or the whole word says so, or where
    the mark already stands; but in a Library of Congress number it may be a second cutter.
    """
    groups: list[tuple[str, str]] = []
    year = volume = copy = rest = ""
    for piece in _PIECE.finditer(tail):
        letters, dot, digits = piece[1] or "", piece[2], piece[3] or ""
        had_year = bool(year)
        if not year and (long := _LONG_WITH_YEAR.fullmatch(digits)):
            digits, year = long.groups()
        elif not year and len(digits) == 4 and (groups or not letters):
            digits, year = "", digits
        marked = _VOLUME_OR_COPY.fullmatch(letters) if digits else None
        if marked and (
            dot
            or letters.endswith(_WORDS)
            or ((groups or had_year) and len(digits) < 4)
            and (not congress or had_year or len(groups) > 1)
        ):
            letters = marked[1]
            if marked[2] and not volume:
                volume, digits = digits, ""
            elif not marked[2] and not copy:
                copy, digits = digits, ""
            if letters and not (had_year or rest):
                groups.append((letters, ""))
                letters = ""
        elif letters and not (had_year or volume or copy or rest):
            groups.append((letters, digits))
            letters = digits = ""
        rest += letters + digits
    return tuple(groups), year, volume, copy, rest
