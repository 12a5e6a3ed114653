"""Understanding a member's text: what is asked, by whom, of which library (spec R1, R6, R7).

The text is cut into words, numbers and marks; numbers are sorted out first; labels and marks part
the rest into chunks; greetings are taken off; then the library is looked for, then names, and what
is left over is the title. Where two libraries fit, none is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sms_requests.domain.chunks import (
    Chunk,
    Gap,
    Reader,
    labels_in,
    number_after,
    wants_to_join,
)
from sms_requests.domain.library_names import LibraryNames, library_names
from sms_requests.domain.numbers import read_numbers
from sms_requests.domain.peeling import peel
from sms_requests.domain.people import begins_a_name, is_a_name, looks_like_an_author, may_be_a_name
from sms_requests.domain.phrases import phrase_at, says_nothing
from sms_requests.domain.tokens import Shape, Token, clean, tokens_of
from sms_requests.domain.which_library import Finding, find_library
from sms_requests.domain.words import (
    AFTER_A_NAME,
    GOES_ON,
    KIN,
    QUESTIONS,
    QUESTIONS_BEGIN,
    TOWNS,
    Label,
)

NAMES = {Label.FULL_NAME, Label.FAMILY_NAME, Label.MAYBE_NAME}
TITLES = {Label.TITLE, Label.MAYBE_TITLE}


class Kind(StrEnum):
    """What a text asks for."""

    LOAN = "loan"
    MEMBERSHIP = "membership"
    NOORMAGS = "noormags"
    UNCLEAR = "unclear"


# A text that can't be told lacks whatever it doesn't hold: the answer asks for all of it.
NEEDED = {
    Kind.LOAN: ("national_id", "library", "title"),
    Kind.MEMBERSHIP: ("full_name", "national_id", "library"),
    Kind.NOORMAGS: ("full_name", "national_id"),
    Kind.UNCLEAR: ("national_id", "library", "title", "full_name"),
}


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """What was understood: None stands for what isn't there or can't be told.

    `national_id` has ten ASCII digits and a right check digit; `library` is an id out of the given
    ones; `missing` names the parts that the kind needs and that are None.
    """

    kind: Kind
    national_id: str | None
    library: int | None
    title: str | None
    full_name: str | None
    missing: frozenset[str]


def parse_message(text: str, libraries: Sequence[tuple[int, str]] | LibraryNames) -> ParsedMessage:
    """What a member's text says, whatever the order, the letters, digits and separators.

    `libraries` holds the id and the name of each library, or is an index made of them. Takes any
    text and never raises; beyond its first thousand letters nothing is read.
    """
    names = libraries if isinstance(libraries, LibraryNames) else library_names(libraries)
    return _Message(text, names).parsed()


class _Message:
    """One text on its way from words to parts."""

    def __init__(self, text: str, names: LibraryNames) -> None:
        self.cleaned = clean(text)
        self.tokens: list[Token] = tokens_of(self.cleaned)
        labels = labels_in(self.tokens)
        labelled = {
            number: label
            for i, (label, length) in labels.items()
            if (number := number_after(self.tokens, i + length)) is not None
        }
        self.numbers = read_numbers(self.cleaned, self.tokens, labelled.get)
        said = {label for label, _ in labels.values()}
        self.is_noormags = Label.NOORMAGS in said
        self.is_membership = Label.MEMBERSHIP in said or wants_to_join(self.tokens)
        taken = self.numbers.taken | self._years(labelled)
        self.chunks = Reader(
            self.tokens,
            labels,
            taken,
            lambda keys: names.whole(keys, misspelt=False) is not None,
            self.is_noormags or self.is_membership,
        ).read()
        for chunk in self.chunks:
            peel(chunk, self.tokens)
        self.found: Finding = find_library(self.chunks, self.tokens, names)
        self.chunks = self.found.chunks
        for chunk in self.chunks:
            if not chunk.is_done:
                peel(chunk, self.tokens)

    def _years(self, labelled: dict[int, Label]) -> set[int]:
        """Numbers that are a year of birth, which only a Noormags request holds without a label."""
        return {
            i
            for i, token in enumerate(self.tokens)
            if token.shape is Shape.NUMBER
            and (
                labelled.get(i) is Label.YEAR
                or (self.is_noormags and token.key[:2] in ("13", "14") and len(token.key) == 4)
            )
        }

    def parsed(self) -> ParsedMessage:
        """The parts, and the kind that they make."""
        full_name = self._labelled_name()
        title, is_title_sure = self._title()
        kind = self._kind(title, is_title_sure, full_name is not None)
        if kind in (Kind.MEMBERSHIP, Kind.NOORMAGS):
            full_name = full_name or self._bare_name()
            title = None
        elif kind is Kind.UNCLEAR:
            title = None
        parts = {
            "national_id": self.numbers.national_id,
            "library": self.found.library,
            "title": title,
            "full_name": full_name,
        }
        missing = frozenset(part for part in NEEDED[kind] if parts[part] is None)
        return ParsedMessage(
            kind, self.numbers.national_id, self.found.library, title, full_name, missing
        )

    def _keys(self, chunk: Chunk) -> list[str]:
        return [self.tokens[i].key for i in chunk.words]

    def _text(self, words: Sequence[int]) -> str:
        """The words as they were written, with the marks between them."""
        start, end = self.tokens[words[0]].start, self.tokens[words[-1]].end
        written = self.cleaned[start:end]
        if written.count("(") > written.count(")") and self.cleaned[end : end + 1] == ")":
            written += ")"
        return " ".join(written.split())

    def _labelled_name(self) -> str | None:
        """The names after «نام» and «نام خانوادگی», one after the other."""
        chunks = [c for c in self.chunks if c.label in NAMES and c.words]
        chunks.sort(key=lambda chunk: chunk.label is Label.FAMILY_NAME)
        written = [self._text(self._name_words(chunk)) for chunk in chunks[:2]]
        for chunk in chunks:
            chunk.is_done = True
        if len(chunks) > 1 and chunks[1].label is not Label.FAMILY_NAME:
            written = written[:1]
        return " ".join(written) or None

    def _name_words(self, chunk: Chunk) -> list[int]:
        """The words of a name, without «می‌خواستم» before it and what goes on after «هستم»."""
        words, keys = chunk.words, self._keys(chunk)
        end = next((i for i, key in enumerate(keys) if i and key in AFTER_A_NAME), len(keys))
        words, keys = words[:end], keys[:end]
        for first in range(1, len(words)):
            before = [key for key in keys[:first] if key not in KIN]
            if says_nothing(before) and begins_a_name(keys[first:]):
                return words[first:]
        return words

    def _bare_name(self) -> str | None:
        """A name without a label, where one is expected: what looks most like one."""
        left = [c for c in self.chunks if c.words and not c.is_done and c.label is None]
        for fits in (is_a_name, begins_a_name, may_be_a_name):
            for chunk in left:
                words = self._name_words(chunk)
                keys = [self.tokens[i].key for i in words]
                if len(keys) > 1 and fits(keys) and may_be_a_name(keys):
                    return self._text(words)
        return None

    def _title(self) -> tuple[str | None, bool]:
        """The title, and whether a label or quotation marks say that it is one."""
        labelled = [
            i for i, c in enumerate(self.chunks) if c.label in TITLES and c.words and not c.is_done
        ]
        quoted = [i for i, c in enumerate(self.chunks) if c.is_quoted and c.words and not c.is_done]
        if labelled or quoted:
            first = (labelled or quoted)[0]
            return self._from(first, Gap.STRONG if labelled else Gap.NONE), True
        left = [
            i
            for i, c in enumerate(self.chunks)
            if c.words and not c.is_done and c.label is None and not c.is_statement
        ]
        better = [i for i in left if not self._is_other(self.chunks[i])] or left
        # «کتابخانهٔ حافظ شیرازی، بوف کور»: what follows the name is none where one stands apart.
        better = [i for i in better if not self.chunks[i].is_tail] or better
        if better:
            return self._from(better[0], Gap.WEAK), False
        authors = [c for c in self.chunks if c.label is Label.MAYBE_AUTHOR and c.words]
        if authors and authors[0].label_start is not None:
            chunk = authors[0]
            return self._text([authors[0].label_start, *chunk.words]), False
        return None, False

    def _is_other(self, chunk: Chunk) -> bool:
        """Whether it is a name, a town or the number of a list, where a title may be elsewhere."""
        keys = self._keys(chunk)
        joined = "".join(keys)
        return is_a_name(keys) or joined in TOWNS or (joined.isdigit() and len(joined) < 3)

    def _from(self, first: int, most: Gap) -> str:
        """The title that begins with a chunk and goes on over the gaps that a title may have."""
        words = list(self.chunks[first].words)
        for chunk in self.chunks[first + 1 :]:
            keys = self._keys(chunk)
            goes_on = bool(keys) and keys[0] in GOES_ON and chunk.gap <= Gap.STRONG
            if (
                chunk.label is not None
                or chunk.is_done
                or not chunk.words
                or (chunk.gap > most and not goes_on)
                or looks_like_an_author(keys)
                or chunk.is_statement
            ):
                break
            words += chunk.words
        return self._text(words)

    def _kind(self, title: str | None, is_title_sure: bool, is_named: bool) -> Kind:
        if self.is_noormags:
            return Kind.NOORMAGS
        if self.is_membership:
            return Kind.MEMBERSHIP
        tried = self.numbers.was_tried
        asks = any(
            phrase_at(self.tokens, i, QUESTIONS, QUESTIONS_BEGIN)[0]
            for i in range(len(self.tokens))
        )
        if asks and not tried and not (is_title_sure and self.found.is_tried):
            return Kind.UNCLEAR
        if is_title_sure:
            return Kind.LOAN
        if not tried and any(token.key in ("؟", "?") for token in self.tokens):
            return Kind.UNCLEAR
        if is_named and title is None:
            return Kind.MEMBERSHIP
        left = [c for c in self.chunks if c.words and not c.is_done and c.label is None]
        if tried and left and all(is_a_name(self._keys(c)) for c in left):
            return Kind.MEMBERSHIP
        parts = tried + self.found.is_tried + (title is not None)
        return Kind.LOAN if parts >= 2 else Kind.UNCLEAR
