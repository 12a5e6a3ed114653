"""Which library a text names, among its chunks: by its label, alone in a chunk, or at its edge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sms_requests.domain.chunks import Chunk, Gap
from sms_requests.domain.library_names import SAY_NOTHING, LibraryNames, Named, tells_one
from sms_requests.domain.tokens import Token
from sms_requests.domain.words import (
    AFTER,
    BEFORE_LIBRARY,
    FROM,
    OBJECT_MARKS,
    OR,
    TO_THE_TOWN,
    WORKS,
    Label,
)

_LEAST_MISSPELT = 5  # letters of a single word that may be a misspelt name without a label


@dataclass(frozen=True, slots=True)
class Finding:
    """The library, None where none is named or more than one fits; `is_tried` where something
    stands for one; and the chunks that are left, with the library's words marked as done."""

    library: int | None
    is_tried: bool
    chunks: list[Chunk]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where libraries may be named: a chunk and the words of it that do."""

    chunk: Chunk
    ids: frozenset[int]
    words: Sequence[int]
    wide: frozenset[int]  # also those of whose names the words are a part only


def find_library(chunks: Sequence[Chunk], tokens: Sequence[Token], names: LibraryNames) -> Finding:
    """The library that the chunks name. Two that fit are none."""
    return _Search(list(chunks), tokens, names).finding()


class _Search:
    def __init__(self, chunks: list[Chunk], tokens: Sequence[Token], names: LibraryNames) -> None:
        self.chunks = chunks
        self.tokens = tokens
        self.names = names

    def finding(self) -> Finding:
        """By label first; without one, by what stands alone, then at an edge, then misspelt."""
        labelled = [c for c in self.chunks if c.label is Label.LIBRARY]
        places, unknown = [], []
        for chunk in labelled:
            self._trim(chunk)
            if not chunk.words:
                chunk.is_done = True
                continue
            place = self._at_start(chunk)
            if place is None:
                unknown.append(chunk)
            else:
                places.append(place)
        if places:
            for chunk in unknown:  # «کتابخانهٔ نیمه‌شب» beside a library is a title
                self._as_title(chunk)
            return self._decide(places)
        if unknown:
            for chunk in unknown:
                if chunk.is_quoted:
                    self._as_title(chunk)
                else:
                    chunk.is_done = True
            return Finding(None, True, self.chunks)
        for level in (self._alone, self._part_alone, self._at_edges, self._misspelt_alone):
            places = level()
            if places:
                return self._decide(places)
        return Finding(None, bool(labelled), self.chunks)

    def _as_title(self, chunk: Chunk) -> None:
        if chunk.label_start is not None:
            chunk.words = [chunk.label_start, *chunk.words]
        chunk.label = None

    def _keys(self, words: Sequence[int]) -> list[str]:
        return [self.tokens[i].key for i in words]

    def _telling(self, words: Sequence[int]) -> list[int]:
        """The words that tell a library from others."""
        return [i for i in words if self.tokens[i].key not in SAY_NOTHING]

    def _trim(self, chunk: Chunk) -> None:
        while chunk.words and self.tokens[chunk.words[0]].key in BEFORE_LIBRARY:
            chunk.words = chunk.words[1:]

    def _match(
        self, words: Sequence[int], *, misspelt: bool
    ) -> tuple[Named, frozenset[int], list[int]] | None:
        """What the first words name, the libraries when their town is read too, all words used."""
        telling = self._telling(words)
        named = self.names.at_start(self._keys(telling), misspelt=misspelt)
        if named is None:
            return None
        last = telling[named.length - 1]
        after = [i for i in words if i > last]
        ids, more = self.names.narrowed(named.ids, self._keys(after), named.wide)
        used = [i for i in words if i <= last] + after[:more]
        return named, ids, used

    def _at_start(self, chunk: Chunk) -> _Place | None:
        """The library after its label; the words after it become a chunk of their own."""
        match = self._match(chunk.words, misspelt=True)
        if match is None:
            return None
        named, ids, used = match
        self._split(chunk, used)
        return _Place(chunk, ids, used, ids if named.ids != ids else named.wide)

    def _split(self, chunk: Chunk, used: Sequence[int]) -> None:
        """Leave in a chunk what names the library; what stands beside it is another's."""
        rest = [i for i in chunk.words if i not in used]
        chunk.words = list(used)
        if rest:
            at = self.chunks.index(chunk)
            before = rest[0] < used[0]
            gap = chunk.gap if before else Gap.WALL
            other = Chunk(words=rest, gap=gap, is_open=True, is_tail=not before)
            if before:
                chunk.gap = Gap.WALL
            if chunk.label is not Label.LIBRARY:
                other.label, chunk.label = chunk.label, None
            self.chunks.insert(at if before else at + 1, other)

    def _free(self) -> list[Chunk]:
        return [
            c
            for c in self.chunks
            if c.words and c.label is None and not c.is_done and not c.is_quoted
        ]

    def _alone(self) -> list[_Place]:
        """Chunks that are a library's name or a town, whole."""
        found = []
        for chunk in self._free():
            match = self._match(chunk.words, misspelt=False)
            if match and len(match[2]) >= len(self._telling(chunk.words)):
                named, ids, _ = match
                telling = self._telling(chunk.words)
                town = self.names.is_town("".join(self._keys(telling)))
                if named.is_full or town or (len(telling) > 1 and tells_one(self._keys(telling))):
                    wide = ids if named.ids != ids else named.wide
                    found.append(_Place(chunk, ids, chunk.words, wide))
        return found

    def _part_alone(self) -> list[_Place]:
        """Chunks of one word out of a name, where another chunk can be the title."""
        free = self._free()
        found = []
        for chunk in free:
            named = self.names.whole(self._keys(self._telling(chunk.words)), misspelt=False)
            if named and len(named.ids) == 1 and len(free) > 1:
                found.append(_Place(chunk, named.ids, chunk.words, named.wide))
        return found

    def _at_edges(self) -> list[_Place]:
        """Names of two words and more at the beginning or the end of a chunk."""
        found = []
        for chunk in self._free():
            match = self._match(chunk.words, misspelt=False)
            if match and self._is_telling_pair(match[2]):
                found.append(_Place(chunk, match[1], match[2], match[1]))
                continue
            place = self._at_end(chunk)
            if place:
                found.append(place)
        for chunk in self.chunks:
            if chunk.label in (Label.TITLE, Label.MAYBE_TITLE) and chunk.words:
                place = self._at_end(chunk, only_asked=True)
                if place:
                    found.append(place)
        for place in found:
            self._split(place.chunk, place.words)
        return found

    def _at_end(self, chunk: Chunk, *, only_asked: bool = False) -> _Place | None:
        """The library that the last words of a chunk name: two and more, or after «را از»."""
        for first in range(1, len(chunk.words)):
            words = chunk.words[first:]
            before = self._keys(chunk.words[max(first - 2, 0) : first])
            if before[-1] in WORKS:
                continue
            asked = before[-1] in FROM and (before[0] in AFTER or before[0] in OBJECT_MARKS)
            named = self.names.whole(self._keys(self._telling(words)), misspelt=False)
            if named is None or (only_asked and not asked):
                continue
            if before[-1] in FROM and not asked and not named.is_full:
                continue
            if self._is_telling_pair(words) or (asked and named.is_full):
                return _Place(chunk, named.ids, words, named.wide)
        return None

    def _is_telling_pair(self, words: Sequence[int]) -> bool:
        keys = self._keys(self._telling(words))
        return len(keys) > 1 and tells_one(keys)

    def _misspelt_alone(self) -> list[_Place]:
        """Chunks that are a misspelt name whole, where another chunk can be the title."""
        free = self._free()
        if len(free) < 2:
            return []
        found = []
        for chunk in free:
            keys = self._keys(self._telling(chunk.words))
            if len(keys) == 1 and len(keys[0]) < _LEAST_MISSPELT:
                continue
            named = self.names.whole(keys)
            if named and len(named.ids) == 1:
                found.append(_Place(chunk, named.ids, chunk.words, named.wide))
        return found

    def _decide(self, places: Sequence[_Place]) -> Finding:
        """The one library that all places allow, with what other chunks say of the town."""
        for place in places:
            place.chunk.is_done = True
        ids, wide = places[0].ids, places[0].wide
        for place in places[1:]:
            ids &= place.ids
            wide &= place.wide
        for other in self._others_after_or():
            ids &= other
        if ids:
            ids = self._with_towns(ids, wide, places[-1].chunk)
        return Finding(next(iter(ids)) if len(ids) == 1 else None, True, self.chunks)

    def _others_after_or(self) -> Iterator[frozenset[int]]:
        """Libraries that «یا …» or «و …» names beside another."""
        for chunk in self._free():
            if self.tokens[chunk.words[0]].key not in OR:
                continue
            telling = self._telling(chunk.words[1:])
            named = self.names.whole(self._keys(telling), misspelt=False)
            if named and (named.is_full or self._is_telling_pair(telling)):
                chunk.is_done = True
                yield named.ids

    def _with_towns(
        self, ids: frozenset[int], wide: frozenset[int], named: Chunk
    ) -> frozenset[int]:
        """What is left when chunks that are only a town are heard; these are no titles then."""
        for chunk in self._free():
            is_next = chunk is self._after(named)
            keys = self._keys(self._telling(chunk.words))
            if not is_next and not self._is_titled_without(chunk):
                continue
            left, taken = self.names.narrowed(ids, keys, wide)
            if not keys or taken < len(keys):
                continue
            if left or (is_next and self._is_titled_without(chunk)):
                chunk.is_done = True
                ids = left
        return ids if len(ids) < 2 else self._with_town_at_end(ids)

    def _with_town_at_end(self, ids: frozenset[int]) -> frozenset[int]:
        """What «شهر …» at the end of some other chunk leaves, even of a title."""
        for chunk in self.chunks:
            keys = self._keys(chunk.words)
            for first in range(1, len(keys) - 1):
                if keys[first] in TO_THE_TOWN and not chunk.is_done:
                    left, taken = self.names.narrowed(ids, keys[first:], ids)
                    if left and taken == len(keys) - first:
                        chunk.words = chunk.words[:first]
                        return left
        return ids

    def _is_titled_without(self, chunk: Chunk) -> bool:
        """Whether the title can be looked for elsewhere."""
        return any(
            other is not chunk
            and other.words
            and not other.is_done
            and (other.is_quoted or other.label in (None, Label.TITLE, Label.MAYBE_TITLE))
            for other in self.chunks
        )

    def _after(self, chunk: Chunk) -> Chunk | None:
        """The next chunk that says something."""
        later = self.chunks[self.chunks.index(chunk) + 1 :]
        return next((other for other in later if other.words), None)
