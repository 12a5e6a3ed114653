"""Persian text: the form that is kept, the form that is searched, and the alphabet's order."""

import re
import unicodedata

ZWNJ = "\u200c"
PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"
ALPHABET = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
SYMBOLS = "0123456789abcdefghijklmnopqrstuvwxyz"
HARAKAT = (
    *range(0x0610, 0x061B),
    *range(0x064B, 0x0660),
    0x0670,
    *range(0x06D6, 0x06DD),
    *range(0x06DF, 0x06E5),
    0x06E7,
    0x06E8,
    *range(0x06EA, 0x06EE),
)
TATWEEL = 0x0640

# What can't be seen and means nothing here: controls that are not white space, bidi and other
# format characters, variation selectors; and what no database or Excel file can hold (lone
# surrogates, the two noncharacters of the first plane). ZWNJ is left out: it means something.
INVISIBLE_RANGES = (
    (0x00, 0x08),
    (0x0E, 0x1B),
    (0x7F, 0x84),
    (0x86, 0x9F),
    (0xAD, 0xAD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x180B, 0x180F),
    (0x200B, 0x200B),
    (0x200D, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0x13430, 0x1345F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_INVISIBLE = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in INVISIBLE_RANGES) + "]")
_ARABIC_LETTERS = re.compile("[يىك]")
_STORED_LETTERS = str.maketrans("يىك", "ییک")
_ZWNJ_RUN = re.compile(ZWNJ + "{2,}")

_DIGITS = str.maketrans(PERSIAN_DIGITS + ARABIC_DIGITS, "0123456789" * 2)
_TO_PERSIAN = str.maketrans("0123456789" + ARABIC_DIGITS, PERSIAN_DIGITS * 2)

_SEARCH: dict[int, str | None] = {
    **{ord(letter): letter for letter in ALPHABET},
    **dict.fromkeys((*HARAKAT, TATWEEL, ord(ZWNJ), ord(" "))),
    **{ord(a): b for a, b in zip("آأإٱۀةؤ", "ااااههو", strict=True)},
    **{ord(a): b for a, b in zip(PERSIAN_DIGITS + ARABIC_DIGITS, "0123456789" * 2, strict=True)},
}


def stored_form(text: str) -> str:
    """The text as it is kept (call-numbers.md, "Persian text"): NFC, Persian ی and ک, nothing
    invisible but ZWNJ (and that only inside a word, once), white space folded to single spaces.

    Hamza, digits and case stay as they were typed. Takes any string; doing it twice changes
    nothing.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # Invisible marks go first, so that they don't keep a letter and its hamza apart; NFC comes
    # before the letters are changed, since it knows ئ as ي with a hamza and not as ی with one.
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", text)
    if _ARABIC_LETTERS.search(text):
        text = text.translate(_STORED_LETTERS)
    words = text.split()
    if ZWNJ in text:
        text = " ".join(filter(None, (word.strip(ZWNJ) for word in words)))
        return _ZWNJ_RUN.sub(ZWNJ, text)
    return " ".join(words)


def search_key(text: str) -> str:
    """The text as it is searched and compared (call-numbers.md, "Persian text"): the stored form
    with ASCII digits, without spaces, ZWNJ, harakat and tatweel, hamza letters made plain, and
    Latin letters in one case. So «کتابخانه‌ها», «کتابخانه ها» and «كتابخانه‌ها» meet.
    """
    text = stored_form(text)
    if text.isascii():
        return text.replace(" ", "").lower()
    # Case is folded until nothing changes: a few letters (ᾴ, ΐ) take two steps with NFC between.
    text = text.translate(_SEARCH)
    folded = unicodedata.normalize("NFC", text.casefold())
    while folded != text:
        text, folded = folded, unicodedata.normalize("NFC", folded.casefold())
    return folded


def to_ascii_digits(text: str) -> str:
    """The text with Persian and Arabic digits as ASCII ones; nothing else changes."""
    return text if text.isascii() else text.translate(_DIGITS)


def to_persian_digits(value: object) -> str:
    """The value as text with ASCII and Arabic digits as Persian ones, for people to read."""
    return str(value).translate(_TO_PERSIAN)


class _Words(dict[int, str | None]):
    """Letters for sorting: hamza made plain, marks out, punctuation as a space."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        return letter if letter.isalnum() else " "


class _Ranks(dict[int, str]):
    """A code over [0-9a-z] for each letter; letters of other scripts come last, by code point."""

    def __missing__(self, code: int) -> str:
        return f"zz{code:06x}"


_WORDS = _Words(
    {
        **_SEARCH,
        ord("آ"): "آ",
        ord("ئ"): "ی",
        ord("ء"): None,
        ord(" "): " ",
    }
)
_RANKS = _Ranks(
    {
        ord(" "): "0",
        **{ord(digit): "1" + digit for digit in "0123456789"},
        **{ord(letter): SYMBOLS[i + 2] for i, letter in enumerate(ALPHABET)},
        **{ord("a") + i: "z" + SYMBOLS[i] for i in range(26)},
    }
)


def alphabet_key(text: str) -> str:
    """A key over [0-9a-z] that sorts names by the Persian alphabet, word by word: digits, then
    Persian letters (آ before ا, پ after ب, گ after ک), then Latin, then the rest. Any collation
    sorts these keys alike.
    """
    words = stored_form(text).casefold().translate(_WORDS).split()
    return " ".join(words).translate(_RANKS)
