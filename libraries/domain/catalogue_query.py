"""What to look for in the catalogue's index, and which of what it gives is worth comparing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from libraries.domain.catalogue_words import split_pairs, whole_term

# What follows is no part of a title that the question quotes.
LONGEST_PHRASE = 12
# A title that is quoted is as likely as one that has one more long word.
PHRASE = 6


@dataclass(frozen=True, slots=True)
class Together:
    """What a title has all of, or (`some`) at least one of."""

    parts: tuple["Wanted", ...]
    some: bool = False


# A term, or several put together.
Wanted = str | Together


def all_of(parts: Iterable[Wanted]) -> Wanted:
    """A title has all of these."""
    return _together(parts, some=False)


def any_of(parts: Iterable[Wanted]) -> Wanted:
    """A title has at least one of these."""
    return _together(parts, some=True)


def _together(parts: Iterable[Wanted], *, some: bool) -> Wanted:
    once = tuple(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else Together(once, some)


def query_text(wanted: Wanted, quote: str, every: str, some: str) -> str:
    """As a database's own language has it. Terms hold letters, digits, = and @ only."""
    if isinstance(wanted, str):
        return f"{quote}{wanted}{quote}"
    inner = (query_text(part, quote, every, some) for part in wanted.parts)
    return f"({(some if wanted.some else every).join(inner)})"


@dataclass(frozen=True, slots=True)
class Group:
    """What may stand in a title for one word of the question: the word or others in its place, or
    the word cut in two. `titles` is about how many titles have any of them.
    """

    word: str
    terms: frozenset[str]
    pairs: tuple[tuple[str, str], ...]
    titles: int

    @property
    def wanted(self) -> Wanted:
        """As the index is asked for it."""
        return any_of([*sorted(self.terms), *map(all_of, self.pairs)])


def groups_of(
    asked: Sequence[str], near: Mapping[str, Sequence[str]], titles: Mapping[str, int]
) -> list[Group]:
    """For each word what may stand in its place: itself, what is near it, itself as two words, or
    as one with the word beside it. `titles` counts the titles that have a word; words in none are
    left out, and a group may be empty.
    """
    groups = []
    for i, word in enumerate(asked):
        terms = {word, *near.get(word, ())}
        for pair in (asked[i - 1 : i + 1], asked[i : i + 2]):
            if len(pair) == 2:
                joined = "".join(pair)
                terms |= {joined, *near.get(joined, ())}
        terms = {term for term in terms if titles.get(term)}
        pairs = [pair for pair in split_pairs(word) if all(titles.get(part) for part in pair)]
        count = sum(titles[term] for term in terms)
        count += sum(min(titles[part] for part in pair) for pair in pairs)
        groups.append(Group(word, frozenset(terms), tuple(pairs), count))
    return groups


def phrases_of(sounds: Sequence[str]) -> list[str]:
    """The terms of all titles, as a whole, that the question may hold: «بوف کور» stands in «کتاب
    بوف کور هدایت».
    """
    words = sounds[:LONGEST_PHRASE]
    return [
        whole_term(list(words[begin:end]))
        for begin in range(len(words))
        for end in range(begin + 1, len(words) + 1)
        if any(words[begin:end])
    ]


def likeliest(
    found: Iterable[tuple[int, str]],
    groups: Sequence[Group],
    phrases: frozenset[str],
    most: int,
) -> list[int]:
    """Of the titles found (id, terms) the ids of those that have most of what was asked for, and
    of these the shortest; at most `most`. Long words count more, and a word as it was asked for a
    little more than another in its place.
    """
    groups_with: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        for term in group.terms:
            groups_with.setdefault(term, []).append(place)
    cut = [(place, pair) for place, group in enumerate(groups) for pair in group.pairs]
    weights = [min(len(group.word), 6) for group in groups]
    asked = {group.word: 1 for group in groups} | dict.fromkeys(phrases, PHRASE)
    ranked: list[tuple[int, int, int]] = []
    for pk, text in found:
        terms = text.split()
        met = {place for term in terms for place in groups_with.get(term, ())}
        met.update(place for place, (one, two) in cut if one in terms and two in terms)
        told = sum(weights[place] for place in met) + sum(asked.get(term, 0) for term in terms)
        ranked.append((-told, len(terms), pk))
    ranked.sort()
    return [pk for *_, pk in ranked[:most]]
