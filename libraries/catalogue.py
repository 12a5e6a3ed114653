"""Finding a book in the catalogue from what somebody wrote of it.

What later apps keep of a copy (loans, trips to the binder) is asked for by the names of its
reverse relations, so that this app imports none of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count, QuerySet

from libraries.catalogue_index import Wanted, all_of, any_of, titles_with, words_near
from libraries.domain.catalogue_score import ASIDE, Question, words_of
from libraries.domain.catalogue_words import (
    joined_pairs,
    mistakes_allowed,
    nearest,
    split_pairs,
    whole_term,
)
from libraries.models import Copy, CopyStatus, Library, Title

# Longer questions are no titles; what follows is left out.
LONGEST_QUESTION = 300
MOST_WORDS = 8
# So many titles are compared with the question, of those that the index gives.
COMPARED = 300
# Where not all words are found, of so many some have to be.
MOST_OF_SOME = 5
# Of a short word's many neighbours, the nearest.
NEIGHBOURS = 24
# With this score nobody looks for a better title, and under that one none is offered.
GOOD, LEAST = 88, 55


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """A title that was found, with its library loaded.

    `lendable` counts the copies that can be handed over now; `score` is 0 to 100, how well the
    title fits what was asked; `exact` says that all words of the question that tell a book stand
    in it as written.
    """

    title: Title
    lendable: int
    score: int
    exact: bool


def find_titles(
    words: str, *, libraries: QuerySet[Library], own: Library | None = None, limit: int = 20
) -> list[TitleMatch]:
    """The titles of these libraries that fit the words of a request, best first; at most `limit`.

    `words` are a title, in any order and spelling, perhaps with author and subject. Of titles
    that fit alike, those of the library `own` come first, then those with copies to lend. The
    caller says which libraries may be looked into; nothing else limits the search.
    """
    question = Question(words_of(words[:LONGEST_QUESTION]))
    ids = list(libraries.order_by().values_list("pk", flat=True))
    if not ids or not any(word.sound for word in question.words):
        return []
    scored: dict[int, tuple[int, bool, int]] = {}
    known: dict[tuple[str, str, str], tuple[int, bool]] = {}
    for wanted, enough in _ways(question):
        for pk, library, *texts in titles_with(wanted, ids, COMPARED):
            key = (texts[0], texts[1], texts[2])
            if key not in known:
                known[key] = question.score(*key)
            scored[pk] = (*known[key], library)
        if any(score >= enough for score, _, _ in scored.values()):
            break
    return _best(scored, own, limit)


def _ways(question: Question) -> Iterator[tuple[Wanted, int]]:
    """What to look for, one after the other, each with the score that ends the search: the title
    as a whole, all words, all words or their neighbours, then fewer and fewer of them.
    """
    yield whole_term([word.sound for word in question.words]), GOOD
    telling = [word.sound for word in question.words if word.plain not in ASIDE]
    asked = list(dict.fromkeys(word for word in telling if word and not word.isdigit()))
    if not asked:
        # «این و آن» or «۱۹۸۴»: found if it is the title, or else every book would do.
        return
    asked = _longest(asked, MOST_WORDS)
    yield all_of(_groups(asked, {})), GOOD
    neighbours = _neighbours(asked)
    yield all_of(_groups(asked, neighbours)), LEAST
    groups = _groups(_longest(asked, MOST_OF_SOME), neighbours)
    for left_out in range(1, len(groups) // 2 + 1):
        some = combinations(groups, len(groups) - left_out)
        yield any_of(all_of(part) for part in some), LEAST


def _longest(asked: Sequence[str], most: int) -> list[str]:
    """The longest words, in their order: they tell more, and fewer titles have them."""
    longest = sorted(asked, key=len, reverse=True)[:most]
    return [word for word in asked if word in longest]


def _groups(asked: Sequence[str], neighbours: dict[str, list[str]]) -> list[Wanted]:
    """For each word what may stand in its place: itself, its neighbours, itself as two words, or
    as one with the word beside it.
    """
    groups = []
    for i, word in enumerate(asked):
        terms: list[Wanted] = [word, *neighbours.get(word, ())]
        for pair in (asked[i - 1 : i + 1], asked[i : i + 2]):
            if len(pair) == 2:
                joined = "".join(pair)
                terms += [joined, *neighbours.get(joined, ())]
        terms += [all_of(parts) for parts in split_pairs(word)]
        groups.append(any_of(terms))
    return groups


def _neighbours(asked: Sequence[str]) -> dict[str, list[str]]:
    """The catalogue's words within as many mistakes as are allowed, nearest first."""
    wanted = [word for word in (*asked, *joined_pairs(asked)) if mistakes_allowed(word)]
    near = words_near(wanted)
    return {word: nearest(word, near, NEIGHBOURS) for word in wanted}


def _best(
    scored: dict[int, tuple[int, bool, int]], own: Library | None, limit: int
) -> list[TitleMatch]:
    """The best of what was found, with what there is to lend of each."""
    own_id = own.pk if own else None
    order = sorted(
        (-score, library != own_id, pk)
        for pk, (score, _, library) in scored.items()
        if score >= LEAST
    )
    # Among those that fit alike, what can be lent decides: so those are all counted.
    last = order[limit - 1][0] if len(order) > limit else 0
    chosen = [pk for score, _, pk in order if score <= last] if last else [pk for *_, pk in order]
    lendable = lendable_counts(chosen)
    chosen.sort(key=lambda pk: (-scored[pk][0], scored[pk][2] != own_id, -lendable.get(pk, 0), pk))
    chosen = chosen[:limit]
    titles = Title.objects.select_related("library").in_bulk(chosen)
    return [
        TitleMatch(titles[pk], lendable.get(pk, 0), scored[pk][0], scored[pk][1])
        for pk in chosen
        if pk in titles
    ]


def lendable_counts(titles: Sequence[int]) -> dict[int, int]:
    """How many copies of each title can be handed over now: available, not for use in the library
    only, neither lent nor at the binder. Titles without such a copy are left out.
    """
    here = Copy.objects.filter(
        title__in=titles, status=CopyStatus.AVAILABLE, is_reference=False
    ).order_by()
    away = [
        here.filter(**{f"{way}__isnull": False, f"{way}__{end}__isnull": True}).values("pk")
        for way, end in (("loans", "returned_at"), ("binding_trips", "back_on"))
    ]
    counted = here.exclude(pk__in=away[0]).exclude(pk__in=away[1])
    return dict(counted.values_list("title").annotate(Count("pk")))
