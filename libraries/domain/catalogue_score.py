"""How well a title fits what somebody asked for."""

from dataclasses import dataclass, field

from libraries.domain.catalogue_words import (
    joined_pairs,
    mistakes_allowed,
    mistakes_between,
    plain_words,
    sound_of,
)

# Said beside a title, or so common that they tell no book from another.
_ASIDE = """
    کتاب کتابی کتابهای رمان جلد جلدی ج دوره مجموعه اثر آثار نوشته نوشتهٔ نویسنده نویسندهٔ مولف مؤلف
    تالیف مترجم ترجمه ترجمهٔ شاعر ناشر انتشارات نشر چاپ عنوان نام شماره موضوع درباره دربارهٔ مورد
    از در به با و یا که را رو بر تا ی ای ها های این آن برای یک هم هست است نیست بود شد سلام لطفا لطفاً
    میخواهم میخوام خواستم دارید دارین موجود امانت درخواست کتابو the of a an and in to by book
"""
ASIDE = frozenset(plain_words(_ASIDE))
_NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        (
            *("اول یکم نخست", "دوم", "سوم", "چهارم", "پنجم", "ششم", "هفتم", "هشتم", "نهم", "دهم"),
            *("یازدهم", "دوازدهم", "سیزدهم", "چهاردهم", "پانزدهم", "شانزدهم", "هفدهم", "هجدهم"),
            *("نوزدهم", "بیستم"),
        ),
        start=1,
    )
    for word in words.split()
}

# A word that only sounds alike, and one that stands beside the title.
SAME_SOUND, IN_AUTHOR, IN_SUBJECTS = 0.96, 0.95, 0.85
LEAST_ALIKE = 0.6
ASIDE_WEIGHT = 0.15
# How much of a title's fit is what it has besides, and what is asked besides.
TITLE_SHARE, QUESTION_SHARE = 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, as it sounds, and how much it tells."""

    plain: str
    sound: str
    weight: float


def words_of(text: str) -> list[Word]:
    """The words of a title or a question; «دوم» and «۲» are one."""
    return [
        Word(plain, sound_of(plain), weight_of(plain))
        for plain in (_NUMBERS.get(word, word) for word in plain_words(text))
    ]


def weight_of(plain: str) -> float:
    """Long words tell more than short ones, numbers tell volumes apart."""
    if plain in ASIDE:
        return ASIDE_WEIGHT
    return 0.4 if plain.isdigit() else min(len(plain), 6) / 6


@dataclass(slots=True)
class Question:
    """The words asked for, compared with one title after the other."""

    words: list[Word]
    _words_like: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    _pairs_like: dict[str, list[tuple[int, float]]] = field(default_factory=dict)

    def score(self, title: str, author: str, subjects: str) -> tuple[int, bool]:
        """0 to 100, and whether each word that tells something stands there as it is written.

        What counts is how much of the question is found, by the weight of its words, and how much
        of the title was asked for. A whole title in a question that says more («… نوشتهٔ …») fits
        as well.
        """
        in_title, found_there = self._against(words_of(title))
        best = in_title
        if min(in_title) < 1 and author:
            found, _ = self._against(words_of(author))
            best = [max(one, IN_AUTHOR * two) for one, two in zip(best, found, strict=True)]
        if min(best) < LEAST_ALIKE and subjects:
            found, _ = self._against(words_of(subjects))
            best = [max(one, IN_SUBJECTS * two) for one, two in zip(best, found, strict=True)]
        weights = [word.weight for word in self.words]
        asked = sum(map(float.__mul__, best, weights)) / sum(weights)
        fit = asked * (1 - TITLE_SHARE + TITLE_SHARE * found_there)
        if asked >= 0.5 or sum(one > 0 for one in in_title) > 1:
            fit = max(fit, found_there * (1 - QUESTION_SHARE + QUESTION_SHARE * asked))
        exact = all(
            one in (1, IN_AUTHOR, IN_SUBJECTS)
            for one, word in zip(best, self.words, strict=True)
            if word.weight > ASIDE_WEIGHT
        )
        return round(100 * fit), exact

    def _against(self, there: list[Word]) -> tuple[list[float], float]:
        """For each word asked how well it is found there, and how much of what is there was."""
        best = [0.0] * len(self.words)
        met = [0.0] * len(there)
        for j, other in enumerate(there):
            for i, alike in self._asked_like(other.plain):
                best[i] = max(best[i], alike)
                met[j] = max(met[j], alike)
            # Two words that are one there …
            for i, alike in self._asked_pairs_like(other.plain):
                best[i : i + 2] = [max(one, alike) for one in best[i : i + 2]]
                met[j] = max(met[j], alike)
        # … and one that is two.
        for j, pair in enumerate(joined_pairs([word.plain for word in there])):
            for i, alike in self._asked_like(pair):
                best[i] = max(best[i], alike)
                met[j : j + 2] = [max(one, alike) for one in met[j : j + 2]]
        weight = sum(word.weight for word in there)
        told = sum(word.weight * one for word, one in zip(there, met, strict=True))
        return best, told / weight if weight else 0.0

    def _asked_like(self, other: str) -> list[tuple[int, float]]:
        """The places of the words asked for that a title's word may be, and how alike they are."""
        if (known := self._words_like.get(other)) is None:
            asked = [word.plain for word in self.words]
            known = self._words_like[other] = _alike(asked, other)
        return known

    def _asked_pairs_like(self, other: str) -> list[tuple[int, float]]:
        """The same for each two words asked for, written as one; the first one's place."""
        if (known := self._pairs_like.get(other)) is None:
            asked = joined_pairs([word.plain for word in self.words])
            known = self._pairs_like[other] = _alike(asked, other)
        return known


def _alike(asked: list[str], other: str) -> list[tuple[int, float]]:
    likeness = [(i, _likeness(word, other)) for i, word in enumerate(asked)]
    return [(i, alike) for i, alike in likeness if alike]


def _likeness(word: str, other: str) -> float:
    """1 for the same word, less for the same sound, 0 for what is no misspelling of it."""
    if word == other:
        return 1.0
    if abs(len(word) - len(other)) > 2:
        return 0.0
    word, other = sound_of(word), sound_of(other)
    if word == other:
        return SAME_SOUND
    allowed = mistakes_allowed(word)
    if not allowed:
        return 0.0
    mistakes = mistakes_between(word, other)
    if mistakes > allowed:
        return 0.0
    return max(LEAST_ALIKE, SAME_SOUND - 0.7 * mistakes / max(len(word), len(other)))
