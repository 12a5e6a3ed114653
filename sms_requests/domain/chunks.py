"""The stretches of a text between labels, marks and numbers: what each part may be found in."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from sms_requests.domain.people import (
    begins_a_name,
    begins_with_a_form_of_address,
    is_a_name,
)
from sms_requests.domain.phrases import phrase_at, says_nothing
from sms_requests.domain.tokens import Shape, Token
from sms_requests.domain.words import (
    CONNECTING,
    EMPTY,
    LABELS,
    LABELS_BEGIN,
    LONGEST_NAME,
    MEMBER_VERBS,
    NO_AUTHOR,
    ONLY_BEFORE_NAMES,
    PLURAL,
    Label,
)

_OPENING = frozenset('«“"')
_CLOSING = frozenset('»”"')
_OF_NUMBERS = {Label.NATIONAL_ID, Label.OTHER_NUMBER, Label.YEAR}
_SPEAK_OF_ALL = _OF_NUMBERS | {Label.MEMBERSHIP, Label.NOORMAGS}
_TITLES = {Label.TITLE, Label.MAYBE_TITLE}
_NAMES = {Label.FULL_NAME, Label.FAMILY_NAME, Label.MAYBE_NAME}
_AUTHORS = {Label.AUTHOR, Label.MAYBE_AUTHOR}
_LOOK_AHEAD = 9  # words


class Gap(IntEnum):
    """What stands before a chunk: how far it belongs to the one before it."""

    NONE = 0
    WEAK = 1  # a dot, a colon, a dash, a bracket
    STRONG = 2  # a comma, a slash
    LINE = 3
    WALL = 4  # a number that was taken, a label


@dataclass(slots=True, eq=False)
class Chunk:
    """Words side by side, with the label before them; `words` are places in the list of tokens."""

    label: Label | None = None
    label_start: int | None = None
    is_sure: bool = False  # a colon stands after the label, or the label says it all
    gap: Gap = Gap.WALL
    is_quoted: bool = False
    words: list[int] = field(default_factory=list)
    is_open: bool = False  # no mark ends it
    is_asked: bool = False  # a question mark ends it
    is_statement: bool = False  # «… هستم»
    is_tail: bool = False  # stood in one chunk with a library's name
    is_done: bool = False  # explained: a library, a name, a greeting


def labels_in(tokens: Sequence[Token]) -> dict[int, tuple[Label, int]]:
    """Every phrase that can be a label: where it begins, what it says, how many words it has.

    A label of numbers counts only before a number, except «کد ملی», which stands by itself too.
    """
    found: dict[int, tuple[Label, int]] = {}
    i = 0
    while i < len(tokens):
        length, key = phrase_at(tokens, i, LABELS, LABELS_BEGIN)
        if not length:
            i += 1
            continue
        label = LABELS[key]
        if (
            label in _OF_NUMBERS
            and number_after(tokens, i + length) is None
            and (label is not Label.NATIONAL_ID or length == 1)
        ):
            i += 1
            continue
        found[i] = label, length
        i += length
    return found


def number_after(tokens: Sequence[Token], i: int) -> int | None:
    """The number that a label before `i` speaks of: at once, or after «من», «:» and the like."""
    for j in range(i, min(i + 4, len(tokens))):
        if tokens[j].shape is Shape.NUMBER:
            return j
        if tokens[j].shape is Shape.WORD and tokens[j].key not in EMPTY:
            return None
        if tokens[j].is_strong and tokens[j].key not in "=\n":
            return None
    return None


def wants_to_join(tokens: Sequence[Token]) -> bool:
    """Whether «عضو» stands some words before «شوم» and the like."""
    for i, token in enumerate(tokens):
        if token.key == "عضو":
            after = [later.key for later in tokens[i + 1 : i + 1 + _LOOK_AHEAD]]
            if MEMBER_VERBS.intersection(after):
                return True
    return False


class Reader:
    """Goes through the tokens once and cuts them into chunks."""

    def __init__(
        self,
        tokens: Sequence[Token],
        labels: dict[int, tuple[Label, int]],
        taken: Container[int],
        is_library: Callable[[Sequence[str]], bool],
        expects_name: bool,
    ) -> None:
        self.tokens = tokens
        self.labels = labels
        self.taken = taken
        self.is_library = is_library
        self.expects_name = expects_name
        self.chunks: list[Chunk] = []
        self.now = Chunk()

    def read(self) -> list[Chunk]:
        """All chunks with words, and those with a label and none."""
        i = 0
        while i < len(self.tokens):
            token = self.tokens[i]
            if i in self.taken:
                self._begin(Chunk())
            elif token.shape is Shape.MARK:
                self._mark(token)
            elif i in self.labels and self._may_be_label(i) and self._is_label(i):
                label, length = self.labels[i]
                has_colon = self._mark_at(i + length) in (":", "=")
                sure = has_colon or label is Label.TITLE
                if label in _SPEAK_OF_ALL:
                    self._begin(Chunk())
                else:
                    quoted = self.now.is_quoted
                    self._begin(Chunk(label, label_start=i, is_sure=sure, is_quoted=quoted))
                i += length
                continue
            else:
                self.now.words.append(i)
            i += 1
        self._begin(Chunk(), ended_by_mark=True)
        return self.chunks

    def _begin(self, chunk: Chunk, *, ended_by_mark: bool = False) -> None:
        if self.now.words or self.now.label:
            self.now.is_open = not ended_by_mark
            self.chunks.append(self.now)
        self.now = chunk

    def _mark(self, token: Token) -> None:
        if token.key in _CLOSING and self.now.is_quoted:
            self._begin(Chunk(gap=Gap.WEAK), ended_by_mark=True)
        elif token.key in _OPENING:
            if self.now.label and not self.now.words:
                self.now.is_quoted = True
            else:
                self._begin(Chunk(is_quoted=True, gap=Gap.WEAK), ended_by_mark=True)
        elif self.now.is_quoted:
            return
        elif not self.now.words:
            self._mark_before(token)
        else:
            self.now.is_asked = token.key in ("؟", "?")
            self._begin(Chunk(gap=_gap(token)), ended_by_mark=True)

    def _mark_before(self, token: Token) -> None:
        """A mark before the first word: a comma ends an empty label, a colon doesn't."""
        if self.now.label and token.is_strong and token.key not in "=\n":
            self._begin(Chunk(gap=Gap.STRONG), ended_by_mark=True)
        else:
            self.now.gap = max(self.now.gap, _gap(token))

    def _mark_at(self, i: int) -> str:
        return self.tokens[i].key if i < len(self.tokens) else ""

    def _keys_after(self, i: int) -> list[str]:
        """The words from a token on, up to a mark, a taken number or a sure label."""
        keys: list[str] = []
        for j in range(i, len(self.tokens)):
            if self.tokens[j].shape is Shape.MARK or j in self.taken:
                break
            if j in self.labels and self.labels[j][0] not in (Label.MAYBE_NAME, Label.MAYBE_AUTHOR):
                break
            keys.append(self.tokens[j].key)
        return keys

    def _may_be_label(self, i: int) -> bool:
        """In quotation marks only «کتابخانه» is one, at the beginning."""
        at_start = self.labels[i][0] is Label.LIBRARY and not self.now.words
        return at_start or not self.now.is_quoted

    def _is_label(self, i: int) -> bool:
        """Whether a phrase that can be a label is one here, and no word of a title."""
        label, length = self.labels[i]
        has_colon = self._mark_at(i + length) in (":", "=")
        if label in _SPEAK_OF_ALL or has_colon:
            return True
        after = self._keys_after(i + length)
        words = [self.tokens[j].key for j in self.now.words]
        if label is Label.LIBRARY:
            if after and after[0] in PLURAL:
                return False
            in_title = self.now.label in _TITLES and self.now.is_sure and not words
            joined = bool(words) and words[-1] == "و" and self.now.label is not Label.LIBRARY
            return not in_title and (not words or (bool(after) and not joined))
        if label in _AUTHORS:
            return self._is_author(i, words, after)
        if label is Label.TITLE or label is Label.FAMILY_NAME:
            return True
        if label is Label.FULL_NAME:
            return bool(after)
        if label is Label.MAYBE_TITLE:
            follows = i + length < len(self.tokens)
            in_title = self.now.label in _TITLES
            return follows and not in_title and self._is_explained(words, bool(after))
        named = begins_a_name(after) and (
            self.expects_name or is_a_name(after[:2]) or is_a_name(after[:3]) or "هستم" in after
        )
        if self.tokens[i].key in ("من", "بنده") and length == 1:
            says_so = "هستم" in after[1:5]
            named = (named and self.expects_name) or (
                says_so and (begins_a_name(after) or begins_with_a_form_of_address(after))
            )
        return named and self.now.label not in _TITLES and self._is_explained(words, True)

    def _is_author(self, i: int, words: Sequence[str], after: Sequence[str]) -> bool:
        """Whether an author follows: by a name's look, or by few words after a clear one."""
        label, length = self.labels[i]
        if not after or after[0] in NO_AUTHOR or (words and says_nothing(words)):
            return False
        named = is_a_name(after[:2]) or is_a_name(after[:3])
        clear = label is Label.AUTHOR or self.tokens[i].key not in ONLY_BEFORE_NAMES
        if not named and not (clear and len(after) <= LONGEST_NAME):
            return False
        if words:
            return True
        last = self.chunks[-1] if self.chunks else None
        return (
            last is not None
            and last.label is not Label.LIBRARY
            and self.now.label is None
            and self.now.gap <= Gap.STRONG
        )

    def _is_explained(self, words: Sequence[str], is_followed: bool) -> bool:
        """Whether what stands before a label in its chunk is whole without it."""
        if not words:
            return True
        if not is_followed or (len(words) == 1 and words[0] in CONNECTING):
            return False
        return (
            self.now.label in _NAMES
            or self.now.label is Label.LIBRARY
            or says_nothing(words)
            or words[-1] == "هستم"
            or is_a_name(words)
            or self.is_library(words)
        )


def _gap(token: Token) -> Gap:
    if token.key == "\n":
        return Gap.LINE
    return Gap.STRONG if token.is_strong else Gap.WEAK
