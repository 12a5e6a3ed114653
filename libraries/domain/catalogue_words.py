"""The words by which a catalogue is searched, and which of them may be a misspelling of which.

The index in the database is made with `title_terms` and `word_forms` (libraries.catalogue_index).
Who changes what they return has to note all titles anew in a migration.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from libraries.domain.persian import ARABIC_DIGITS, PERSIAN_DIGITS, stored_form

LONGEST_TEXT = 4000
LONGEST_WORD = 40
LONGEST_WHOLE = 60
# Words shorter than the first are not misspelt, from the second on two letters may be wrong.
LEAST_MISSPELT = 3
LONG_WORD = 7
# Stand before what is no word: the whole title as one, and the library's id.
WHOLE, LIBRARY = "=", "@"
# Stands between the title and the rest: a character that nobody writes.
END_OF_TITLE = "\ue000"

MARKS = (
    r"[\u0300-\u036F\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED]"
)
BETWEEN_WORDS = (
    r"[\u0001-/:-`{-\u00BF\u00D7\u00F7\u02B0-\u02FF\u0600-\u060F\u061B-\u061F\u066A-\u066D"
    r"\u06D4\u06DD\u06DE\u06E9\u06FD\u06FE\u2000-\u2BFF\u2E00-\u2E7F\u3000-\u303F\uD800-\uDFFF\uE001-\uF8FF"
    r"\uFD3E\uFD3F\uFE00-\uFE6F\uFF00-\uFFFF]+"
)
# One letter for those that are alike or change their shape with the keyboard.
PLAIN_LETTERS = ("يىكےەةٱ" + PERSIAN_DIGITS + ARABIC_DIGITS, "ییکیهها" + "0123456789" * 2)
# One letter for those that sound alike in Persian; the hamza that stands alone is silent.
SOUND_LETTERS = ("ذضظصثطحغعء", "زززسستهقا")

_MARKS = re.compile(MARKS)
_BETWEEN = re.compile(BETWEEN_WORDS)
_PLAIN: dict[int, int | None] = {**str.maketrans(*PLAIN_LETTERS)}
_SOUND: dict[int, int | None] = {
    **str.maketrans(SOUND_LETTERS[0][:-1], SOUND_LETTERS[1]),
    ord(SOUND_LETTERS[0][-1]): None,
}
_BOTH = _PLAIN | _SOUND
_TOO_LONG = re.compile(f"([^ ]{{{LONGEST_WORD}}})(?=[^ ])")


def plain_words(text: str) -> list[str]:
    """The text's words as they are compared: both alphabets' letters and digits as one, without
    case, diacritics, hamza and harakat. ZWNJ and punctuation stand between words.
    """
    return _folded(stored_form(text[:LONGEST_TEXT]), _PLAIN).split()


def _folded(text: str, letters: dict[int, int | None]) -> str:
    text = unicodedata.normalize("NFKD", text).lower().translate(letters)
    return _TOO_LONG.sub(r"\1 ", _BETWEEN.sub(" ", _MARKS.sub("", text)))


# Words come again and again in the titles that are compared.
@lru_cache(maxsize=20_000)
def sound_of(word: str) -> str:
    """A plain word with one letter for all that sound alike: «ذرت» and «زرت» meet."""
    return word.translate(_SOUND)


def whole_term(words: list[str]) -> str:
    """The term for a title as a whole, by the sound of its words: however it is cut into words."""
    return WHOLE + "".join(words)[:LONGEST_WHOLE]


def library_term(library_id: int) -> str:
    """The term that all titles of a library have."""
    return f"{LIBRARY}{library_id}"


def title_terms(library_id: int, title: str, author: str, subjects: str) -> list[str]:
    """All that a title is found by, each once; its texts are as `stored_form` leaves them."""
    texts = (
        f"{title[:LONGEST_TEXT]} {END_OF_TITLE} {author[:LONGEST_TEXT]} {subjects[:LONGEST_TEXT]}"
    )
    words = _folded(texts, _BOTH).split()
    end = words.index(END_OF_TITLE)
    whole = whole_term(words[:end])
    return list(dict.fromkeys([library_term(library_id), whole, *words[:end], *words[end + 1 :]]))


def is_word(term: str) -> bool:
    """Whether a term is a word rather than a title as a whole or a library."""
    return term[0] not in WHOLE + LIBRARY


def mistakes_allowed(word: str) -> int:
    """How many letters of a word may be wrong, missing, too many or changed places."""
    if len(word) < LEAST_MISSPELT or word.isdigit():
        return 0
    return 1 if len(word) < LONG_WORD else 2


def word_forms(word: str) -> list[str]:
    """What is left of a word when as many letters as may be wrong are taken away; of long words
    the beginning only. Two words within as many mistakes of one another share a form.
    """
    beginning = word[:LONG_WORD]
    forms = {beginning}
    last = {beginning}
    for _ in range(mistakes_allowed(word)):
        last = {form[:i] + form[i + 1 :] for form in last for i in range(len(form))}
        forms |= last
    return sorted(forms)


def mistakes_between(word: str, other: str) -> int:
    """How many mistakes make one word of the other: a letter wrong, missing, too many, or two
    neighbours that changed places. One more than `word` allows stands for all above.
    """
    return OSA.distance(word, other, score_cutoff=mistakes_allowed(word))


def nearest(word: str, others: Sequence[str], limit: int) -> list[str]:
    """Of the others those within as many mistakes as the word may have, nearest first."""
    found = process.extract(
        word,
        others,
        scorer=OSA.distance,
        processor=None,
        score_cutoff=mistakes_allowed(word),
        limit=limit + 1,
    )
    return [other for other, _, _ in found if other != word][:limit]


def joined_pairs(words: Sequence[str]) -> list[str]:
    """Each two neighbours written as one."""
    return [first + second for first, second in pairwise(words)]


def split_pairs(word: str) -> list[tuple[str, str]]:
    """The ways to read a word as two of at least two letters each."""
    return [(word[:i], word[i:]) for i in range(2, len(word) - 1)] if len(word) >= 4 else []
