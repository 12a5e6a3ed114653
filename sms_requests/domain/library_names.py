"""The libraries by their names: which one do these words name?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from sms_requests.domain.tokens import Shape, clean, letters_key, tokens_of
from sms_requests.domain.words import TO_THE_TOWN, TOWNS


def _keys(text: str) -> tuple[str, ...]:
    return tuple(letters_key(word) for word in text.split())


# In the names of so many libraries that they tell none from another.
SAY_NOTHING = frozenset(
    _keys(
        """کتابخانه عمومی مشارکتی نهادی مستقل روستایی شهری ره ص ع عج س رحمه قدس سره واقع
        شهر شهرستان روستای روستا استان بخش شعبه و"""
    )
)
# Before many names: they name a library only with what follows.
_HONOURS = frozenset(
    _keys(
        """شهید شهیدان شهدای امام امامزاده آیت الله اله حضرت علامه استاد دکتر حاج سید حجت الاسلام
        پروفسور شماره مولا بانو سردار میرزا ملا شیخ ابن خاتم بابا"""
    )
)
_UP_TO_TWENTY = """یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده
    هفده هجده نوزده بیست"""
_NUMBERS = {word: str(number) for number, word in enumerate(_keys(_UP_TO_TWENTY), 1)}
# «۲۲ بهمن» is written «بیست و دو» too, of which «و» says nothing: both are 20 and 2.
_NUMBERS |= {f"2{digit}": f"20{digit}" for digit in range(1, 10)}
_HOMOPHONES = str.maketrans("صثطذضظقحع", "سستزززغها")
_MOST_WORDS = 7  # of a name, beyond which the words in its middle are not looked for apart
_LONGEST_SPAN = 8  # words


@dataclass(frozen=True, slots=True)
class Named:
    """The libraries that some words name (more than one: it can't be told), and the number of
    words that do; `wide` holds also those of whose names the words are a part, where `ids` bear
    them whole."""

    ids: frozenset[int]
    length: int
    wide: frozenset[int]
    is_full: bool = False


def name_words(name: str) -> list[str]:
    """The words of a library's name that tell it from others, digits as ASCII."""
    words = [token.key for token in tokens_of(clean(name)) if token.shape is not Shape.MARK]
    return [_NUMBERS.get(word, word) for word in words if word not in SAY_NOTHING]


def tells_one(words: Iterable[str]) -> bool:
    """Whether words hold more than «شهید», «شماره», a number and the like."""
    return any(word not in _HONOURS and not word.isdigit() for word in words)


def _allowed(length: int) -> int:
    """The letters that may differ in a word of so many."""
    return 0 if length < 4 else 1 if length < 7 else 2


class LibraryNames:
    """An index over the names of libraries, built once and never changed.

    A name may be written in part, as long as its words keep their order; the town may stand first.
    """

    def __init__(self, libraries: Iterable[tuple[int, str]]) -> None:
        full: dict[str, set[int]] = defaultdict(set)
        parts: dict[str, set[int]] = defaultdict(set)
        words_of: dict[int, list[str]] = {}
        in_names: dict[str, set[int]] = defaultdict(set)
        for library_id, name in libraries:
            words = name_words(name)
            if not words:
                continue
            words_of[library_id] = words
            full["".join(words)].add(library_id)
            for word in words:
                in_names[word].add(library_id)
            for part in _parts(words):
                parts["".join(part)].add(library_id)
        self._full = full
        self._parts = parts
        self._words_of = words_of
        self._in_names = in_names
        self._towns = {words[-1] for words in words_of.values() if tells_one(words[:-1])}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in in_names:
            self._by_length[len(word)].append(word)
        self._wholes_by_length: dict[int, list[str]] = defaultdict(list)
        for whole in {*full, *("".join(w[:-1]) for w in words_of.values() if len(w) > 1)}:
            self._wholes_by_length[len(whole)].append(whole)
        self._near = lru_cache(maxsize=20_000)(self._near_words)

    def is_town(self, word: str) -> bool:
        """Whether the word ends some library's name, as towns do."""
        return word in self._towns

    def at_start(self, keys: Sequence[str], *, misspelt: bool = True) -> Named | None:
        """What the first words name: as many as can be, rightly spelt rather than not."""
        keys = [_NUMBERS.get(key, key) for key in keys[:_LONGEST_SPAN]]
        best = None
        for length in range(len(keys), 0, -1):
            best = self._exact("".join(keys[:length]), length)
            if best:
                break
        if not misspelt:
            return best
        reached = best.length if best else 0
        for length in range(len(keys), reached, -1):
            near = self._misspelt(keys[:length])
            if near and (best is None or (near.ids <= best.ids and len(best.ids) > 1)):
                return near
        return best

    def whole(self, keys: Sequence[str], *, misspelt: bool = True) -> Named | None:
        """What all these words together name."""
        if not keys or len(keys) > _LONGEST_SPAN:
            return None
        keys = [_NUMBERS.get(key, key) for key in keys]
        exact = self._exact("".join(keys), len(keys))
        return exact or (self._misspelt(keys) if misspelt else None)

    def _exact(self, joined: str, length: int) -> Named | None:
        parts = frozenset(self._parts.get(joined, ()))
        if joined in self._full:
            full = frozenset(self._full[joined])
            return Named(full, length, full | parts, is_full=True)
        return Named(parts, length, parts) if parts else None

    def _misspelt(self, keys: Sequence[str]) -> Named | None:
        """What the words name when each is read as the nearest words that names hold."""
        readings: list[tuple[str, int]] = [("", 0)]
        for key in keys:
            near = self._near(key)
            if not near:
                readings = []
                break
            readings = [
                (joined + word, cost + more) for joined, cost in readings for word, more in near
            ][:64]
        found: dict[int, set[int]] = defaultdict(set)
        for joined, cost in readings:
            named = self._full.get(joined) or self._parts.get(joined)
            if named:
                found[cost] |= named
        if not found:
            return self._nearest_whole("".join(keys), len(keys))
        ids = frozenset(found[min(found)])
        return Named(ids, len(keys), ids)

    def _near_words(self, key: str) -> tuple[tuple[str, int], ...]:
        """Words of names that the word may stand for, each with the letters that differ."""
        if key in self._in_names:
            return ((key, 0),)
        if key.isdigit():
            return ()
        sound = key.translate(_HOMOPHONES)
        near: dict[str, int] = {}
        for length in range(max(len(key) - 2, 2), len(key) + 3):
            most = _allowed(max(length, len(key)))
            words = self._by_length.get(length)
            if not words or not most:
                continue
            for word, cost, _ in process.extract(
                key, words, scorer=OSA.distance, score_cutoff=most, limit=8
            ):
                near[word] = int(cost)
            if length == len(key):
                for word in words:
                    if word not in near and word.translate(_HOMOPHONES) == sound:
                        near[word] = 1
        least = min(near.values(), default=0)
        return tuple((word, cost) for word, cost in near.items() if cost <= least)[:4]

    def _nearest_whole(self, joined: str, length: int) -> Named | None:
        """The names nearest to the words written together, where a word was cut or joined."""
        if len(joined) < 6:
            return None
        most = 1 if len(joined) < 9 else 2
        found: dict[int, set[int]] = defaultdict(set)
        for size in range(len(joined) - most, len(joined) + most + 1):
            wholes = self._wholes_by_length.get(size)
            if not wholes:
                continue
            for whole, cost, _ in process.extract(
                joined, wholes, scorer=OSA.distance, score_cutoff=most, limit=4
            ):
                found[int(cost)] |= self._full.get(whole) or self._parts[whole]
        if not found:
            return None
        ids = frozenset(found[min(found)])
        return Named(ids, length, ids)

    def narrowed(
        self, ids: frozenset[int], keys: Sequence[str], wide: frozenset[int]
    ) -> tuple[frozenset[int], int]:
        """The libraries that the words after a name leave over, and how many of these words speak
        of the place.

        `wide` holds `ids` and those of whose names the words before were a part. Another town
        leaves none that has a town in its name: «شهید مطهری» of a third town is neither of two.
        """
        taken = 0
        while taken < len(keys):
            at = taken
            while at < len(keys) and keys[at] in TO_THE_TOWN:
                at += 1
            length, left = self._place_at(wide, keys[at : at + 2])
            if length:
                ids, wide, taken = left, left, at + length
                continue
            length = self._town_at(keys[at : at + 2])
            if not length or taken:
                break
            ids = frozenset(i for i in ids if not self._has_town(i))
            return ids, at + length
        return ids, taken

    def _town_at(self, keys: Sequence[str]) -> int:
        """The number of words that are a town."""
        for length in range(len(keys), 0, -1):
            if "".join(keys[:length]) in TOWNS or (length == 1 and keys[0] in self._towns):
                return length
        return 0

    def _has_town(self, library_id: int) -> bool:
        words = self._words_of[library_id]
        return words[-1] in self._towns or "".join(words[-2:]) in TOWNS or words[-1] in TOWNS

    def _place_at(self, ids: frozenset[int], keys: Sequence[str]) -> tuple[int, frozenset[int]]:
        """The number of words that are a word of some of these libraries' names, and those."""
        for length in range(len(keys), 0, -1):
            joined = "".join(keys[:length])
            left = frozenset(i for i in ids if joined in self._words_of[i])
            if left:
                return length, left
        for length in range(len(keys), 0, -1):
            joined = "".join(keys[:length])
            near = {word for word, _ in self._near(joined)} - {joined}
            left = frozenset(i for i in ids if not near.isdisjoint(self._words_of[i]))
            if left:
                return length, left
        return 0, ids


def _parts(words: Sequence[str]) -> Iterable[Sequence[str]]:
    """The words of a name that may stand for it: some in their order, or the town first."""
    if len(words) <= _MOST_WORDS:
        choices: Iterable[Sequence[str]] = (
            choice for size in range(1, len(words) + 1) for choice in combinations(words, size)
        )
    else:
        choices = (
            choice
            for first in range(len(words))
            for last in range(first + 1, len(words) + 1)
            for choice in (
                words[first:last],
                [*words[first:last], *words[max(last, len(words) - 1) :]],
            )
        )
    for choice in choices:
        if tells_one(choice) or (len(choice) > 1 and any(word.isdigit() for word in choice)):
            yield choice
    if len(words) > 1:
        yield [words[-1], *words[:-1]]


@lru_cache(maxsize=4)
def _indexed(libraries: tuple[tuple[int, str], ...]) -> LibraryNames:
    return LibraryNames(libraries)


def library_names(libraries: Sequence[tuple[int, str]]) -> LibraryNames:
    """The index over these libraries; the last few are kept, so that each is built once."""
    return _indexed(tuple(libraries))
