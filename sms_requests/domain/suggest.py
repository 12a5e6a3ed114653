"""Which libraries are meant, where nobody can say for sure: the likeliest first, for a person to
choose from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from libraries.domain.persian import search_key
from sms_requests.domain.library_names import SAY_NOTHING, LibraryNames, name_words
from sms_requests.domain.parse import parse_message
from sms_requests.domain.tokens import Shape, clean, tokens_of

MOST_LIKELY = 3
MOST_MATCHING = 8
_LEAST_SCORE = 62  # of 100; below, names look alike by chance
_MOST_WORDS = 60  # of a text that are looked at
_TOO_MANY = 6  # libraries that words name: they tell nothing
_SAYS_LIBRARY = frozenset(search_key(word) for word in ("کتابخانه", "کتابخونه", "کتابخانهٔ"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A library as it is chosen from: its name, and the county that tells it from its namesakes."""

    id: int
    name: str
    county: str

    @property
    def label(self) -> str:
        """Its name, with the county."""
        return f"{self.name}، {self.county}"


def likely_libraries(text: str, names: LibraryNames, limit: int = MOST_LIKELY) -> list[int]:
    """The ids of the libraries that a text may mean, likeliest first.

    First what the parser finds; then what stands behind «کتابخانه», also misspelt; then the
    longest stretches of words that name only a few.
    """
    parsed = parse_message(text, names).library
    found: dict[int, tuple[int, ...]] = {}
    keys = [t.key for t in tokens_of(clean(text)) if t.shape is not Shape.MARK][:_MOST_WORDS]
    for place, key in enumerate(keys):
        if key in SAY_NOTHING:
            continue
        is_labelled = any(before in _SAYS_LIBRARY for before in keys[max(place - 3, 0) : place])
        named = names.at_start(keys[place : place + 6], misspelt=is_labelled)
        if named is None or len(named.wide) > _TOO_MANY:
            continue
        for library_id in named.wide:
            is_part = library_id not in named.ids
            rank = (not is_labelled, is_part, len(named.ids), -named.length, place)
            found[library_id] = min(rank, found.get(library_id, rank))
    ranked = sorted(found, key=lambda library_id: (found[library_id], library_id))
    first = [] if parsed is None else [parsed]
    return [*first, *(i for i in ranked if i != parsed)][:limit]


def matching_libraries(
    typed: str, choices: Iterable[Choice], limit: int = MOST_MATCHING
) -> list[Choice]:
    """The libraries whose names, or counties, look like what was typed, best first."""
    asked = _spaced(typed)
    if not asked:
        return []
    scored = [(_score(asked, choice), choice) for choice in choices]
    fitting = [pair for pair in scored if pair[0] >= _LEAST_SCORE]
    fitting.sort(key=lambda pair: (-pair[0], len(pair[1].name), pair[1].name, pair[1].id))
    return [choice for _, choice in fitting[:limit]]


def the_one_meant(typed: str, choices: Sequence[Choice]) -> Choice | None:
    """The library that was typed in full, with or without its county; None where none was, or
    two bear the name.
    """
    for told in (lambda c: c.label, lambda c: c.name):
        same = [choice for choice in choices if search_key(told(choice)) == search_key(typed)]
        if same:
            return same[0] if len(same) == 1 else None
    return None


def _spaced(name: str) -> str:
    """The words that tell a library from others, with a space between; where all are common ones,
    these."""
    return " ".join(name_words(name)) or " ".join(search_key(word) for word in name.split())


def _score(asked: str, choice: Choice) -> float:
    """0 to 100. What was typed so far may be a part of a word, hence the part's likeness too."""
    name = _spaced(choice.name)
    with_county = f"{name} {_spaced(choice.county)}"
    whole = max(fuzz.token_sort_ratio(asked, name), fuzz.token_sort_ratio(asked, with_county))
    part = fuzz.partial_ratio(asked, with_county) if len(asked) <= len(with_county) else 0
    return max(whole, 0.9 * part)
