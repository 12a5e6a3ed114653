"""Finding a book in the catalogue from what somebody wrote of it.

What later apps keep of a copy (loans, trips to the binder) is asked for by the names of its
reverse relations, so that this app imports none of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import Count, QuerySet
from django.db.models.expressions import RawSQL

from libraries.catalogue_index import noted_titles, titles_with, words_known, words_near
from libraries.domain.catalogue_query import (
    Group,
    Wanted,
    all_of,
    any_of,
    groups_of,
    likeliest,
    phrases_of,
)
from libraries.domain.catalogue_score import ASIDE, Question, words_of
from libraries.domain.catalogue_words import (
    joined_pairs,
    mistakes_allowed,
    nearest,
    split_pairs,
    whole_term,
)
from libraries.domain.persian import search_key
from libraries.models import Copy, CopyStatus, Library, Title
from libraries.tasks import catalogue_wake

# Longer questions are no titles; what follows is left out.
LONGEST_QUESTION = 300
MOST_WORDS = 8
# So many titles come from the index at once, and so many of these are compared with the question.
FOUND, COMPARED = 1_500, 100
# Words that together stand in so few titles are asked for by themselves.
RARE = 1_000
# Of the words that are more common than that, two of so many have to be there.
COMMON = 4
# Of a short word's many neighbours, the nearest.
NEIGHBOURS = 24
# With this score nobody looks for a better title, with that one nobody looks further than the rare
# words, and under the last none is offered.
GOOD, FAIR, LEAST = 88, 75, 55
# So many titles that the index doesn't know yet are compared one by one.
FEW_NOTED = 200


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
    search = _Search(question, frozenset(ids))
    phrases = frozenset(phrases_of([word.sound for word in question.words]))
    for wanted, groups, enough in _ways(question):
        found = titles_with(wanted, ids, FOUND)
        likely = likeliest(found, groups, phrases, COMPARED)
        search.compare(
            Title.objects.filter(pk__in=[pk for pk in likely if pk not in search.scored])
        )
        if search.best >= enough:
            break
    # Last, for what is found here must not end the search in the index.
    search.compare(_not_indexed(words[:LONGEST_QUESTION], ids))
    return _best(search.scored, own, limit)


@dataclass(slots=True)
class _Search:
    """A question with what was found so far: by a title's id its score, whether it is exact, and
    its library's id.
    """

    question: Question
    libraries: frozenset[int]
    scored: dict[int, tuple[int, bool, int]] = field(default_factory=dict)
    best: int = 0
    _known: dict[tuple[str, str, str], tuple[int, bool]] = field(default_factory=dict)

    def compare(self, titles: "QuerySet[Title]") -> None:
        """Compare the question with titles as they are now; many libraries have the same."""
        for pk, library, *texts in titles.values_list(
            "pk", "library_id", "title", "author", "subjects"
        ):
            key = (texts[0], texts[1], texts[2])
            if key not in self._known:
                self._known[key] = self.question.score(*key)
            if library in self.libraries:
                self.scored[pk] = (*self._known[key], library)
                self.best = max(self.best, self._known[key][0])


def _not_indexed(words: str, libraries: Sequence[int]) -> "QuerySet[Title]":
    """Titles that the index doesn't know as they are now: all of them if they are few; otherwise
    those that have the words as they are written, and the worker is woken.
    """
    noted = noted_titles(FEW_NOTED + 1)
    if not noted:
        return Title.objects.none()
    titles = Title.objects.filter(library__in=libraries)
    if len(noted) <= FEW_NOTED:
        return titles.filter(pk__in=noted)
    catalogue_wake()
    titles = titles.filter(pk__in=RawSQL("SELECT title_id FROM libraries_cataloguetodo", ()))
    for word in words_of(words):
        if word.plain not in ASIDE:
            titles = titles.filter(search_text__contains=search_key(word.plain))
    return titles[:COMPARED]


def _ways(question: Question) -> Iterator[tuple[Wanted, Sequence[Group], int]]:
    """What to look for, one after the other, each with the groups that it is made of and the score
    that ends the search: the title that is asked for, titles that stand in the question as a whole
    and those with all its words, those with its rare words or what is near these, and last those
    with some of its common ones.
    """
    sounds = [word.sound for word in question.words]
    yield whole_term(sounds), (), GOOD
    phrases = phrases_of(sounds)
    telling = [word.sound for word in question.words if word.plain not in ASIDE]
    asked = list(dict.fromkeys(word for word in telling if word and not word.isdigit()))
    if not asked:
        # «این و آن» or «۱۹۸۴»: found if it is a title, or else every book would do.
        yield any_of(phrases), (), LEAST
        return
    asked = _longest(asked, MOST_WORDS)
    parts = [part for word in asked for pair in split_pairs(word) for part in pair]
    titles = words_known(sorted({*asked, *joined_pairs(asked), *parts}))
    groups = groups_of(asked, {}, titles)
    all_words = [all_of(group.wanted for group in groups)] if all(g.titles for g in groups) else []
    yield any_of([*phrases, *all_words]), groups, GOOD
    near = words_near([word for word in (*asked, *joined_pairs(asked)) if mistakes_allowed(word)])
    groups = groups_of(asked, _neighbours(asked, near), near | titles)
    known = sorted((group for group in groups if group.titles), key=lambda group: group.titles)
    if not known:
        return
    if len(groups) == 1:
        yield any_of(whole_term([term]) for term in sorted(known[0].terms)), groups, GOOD
    rare = [group for i, group in enumerate(known) if _sum(known[: i + 1]) <= RARE] or known[:1]
    yield any_of(group.wanted for group in rare), groups, FAIR
    common = known[len(rare) :] if len(rare) > 1 or known[0].titles <= RARE else known
    if len(common) > 2:
        yield all_of(group.wanted for group in common), groups, FAIR
    for pair in combinations(common[:COMMON], 2):
        yield all_of(group.wanted for group in pair), groups, LEAST


def _sum(groups: Sequence[Group]) -> int:
    return sum(group.titles for group in groups)


def _longest(asked: Sequence[str], most: int) -> list[str]:
    """The longest words, in their order: they tell more, and fewer titles have them."""
    longest = sorted(asked, key=len, reverse=True)[:most]
    return [word for word in asked if word in longest]


def _neighbours(asked: Sequence[str], near: Mapping[str, int]) -> dict[str, list[str]]:
    """The catalogue's words within as many mistakes as are allowed, nearest first."""
    wanted = [word for word in (*asked, *joined_pairs(asked)) if mistakes_allowed(word)]
    return {word: nearest(word, list(near), NEIGHBOURS) for word in wanted}


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
