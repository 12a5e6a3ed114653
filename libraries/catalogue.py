"""Finding a book in the catalogue from what somebody wrote of it.

What later apps keep of a copy (loans, trips to the binder) is asked for by the names of its
reverse relations, so that this app imports none of them.
"""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from libraries.domain.persian import search_key
from libraries.models import Copy, CopyStatus, Library, Title


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """A title that was found, with its library loaded.

    `lendable` counts the copies that can be handed over now; `score` is 0 to 100, how well the
    title fits what was asked; `exact` says that all words of the question stand in it as written.
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
    found = Title.objects.filter(library__in=libraries).select_related("library")
    keys = [search_key(word) for word in words.split()]
    if not any(keys):
        return []
    for key in keys:
        found = found.filter(search_text__contains=key)
    titles = list(found[:limit])
    counts = lendable_counts([title.pk for title in titles])
    matches = [TitleMatch(title, counts.get(title.pk, 0), 100, True) for title in titles]
    return sorted(matches, key=lambda one: (one.title.library != own, -one.lendable))


def lendable_counts(titles: list[int]) -> dict[int, int]:
    """How many copies of each title can be handed over now: available, not for use in the library
    only, neither lent nor at the binder. Titles without such a copy are left out.
    """
    return dict(
        Copy.objects.filter(title__in=titles, status=CopyStatus.AVAILABLE, is_reference=False)
        .exclude(
            pk__in=Copy.objects.filter(
                title__in=titles, loans__returned_at__isnull=True, loans__isnull=False
            ).values("pk")
        )
        .exclude(
            pk__in=Copy.objects.filter(
                title__in=titles, binding_trips__back_on__isnull=True, binding_trips__isnull=False
            ).values("pk")
        )
        .order_by()
        .values_list("title")
        .annotate(Count("pk"))
    )
