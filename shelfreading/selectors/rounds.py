"""Which round asks a library to read (directive 7-7)."""

from datetime import date

from django.db.models import QuerySet

from libraries.models import Library
from shelfreading.models import ReadingSession, Round, RoundLibrary


def round_asking(library: Library, today: date) -> RoundLibrary | None:
    """The library's place in the round that a reading begun today counts for.

    That is the round in whose window today lies; after it, the newest one for as long as the
    library has sent no report of it. None where no round asks this library.
    """
    asked = list(
        RoundLibrary.objects.filter(library=library, round__opens_on__lte=today)
        .select_related("round")
        .order_by("-round__year")
    )
    for place in asked:
        if today <= place.round.closes_on:
            return place
    if not asked or sessions_in(asked[0]).filter(is_reported=True).exists():
        return None
    return asked[0]


def sessions_in(place: RoundLibrary) -> QuerySet[ReadingSession]:
    """The library's readings that count for the round."""
    return ReadingSession.objects.filter(round=place.round_id, library=place.library_id)


def libraries_left_out(asked: Round) -> QuerySet[Library]:
    """Libraries of the round's kinds that it doesn't ask: they were added after it opened."""
    return Library.objects.filter(kind__in=asked.kinds).exclude(
        pk__in=asked.libraries.values("library")
    )
