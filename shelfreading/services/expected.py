"""The list of a reading by cards, which grows card by card and always runs as the shelf does."""

from collections.abc import Mapping

from django.db.models import F, Max

from libraries.bulk import bulk_rewrite
from libraries.domain.call_numbers import key_readable
from libraries.models import Copy
from shelfreading.domain.frozen_list import freeze
from shelfreading.domain.shelf_order import UNREADABLE
from shelfreading.models import ExpectedCopy, ReadingSession, ShelfRead

SHELF_ORDER = (
    "copy__section__position",
    "copy__section_id",
    "copy__shelf_key",
    "copy__registration_key",
    "copy_id",
)
# Out of the way of every place there is, while places are given anew.
ASIDE = 1_000_000_000


def expected_add(session: ReadingSession, copy: Copy) -> ExpectedCopy:
    """Take a copy into a locked session's list, in its place in shelf order.

    Cards are turned as the shelf runs, so most come last and cost one row; one that comes in
    between moves all behind it, and the words said of stretches move with their copies.
    """
    last = session.expected.select_related("copy__section").order_by("-position").first()
    row = ExpectedCopy(
        session=session,
        copy=copy,
        position=session.expected_count,
        rank=UNREADABLE,
        shelf_run=0,
        code=copy.barcode or f"#{copy.pk}",
        status=copy.status,
    )
    comes_last = last is None or _place(last.copy) < _place(copy)
    if last is not None and comes_last:
        _follow(row, last)
    elif comes_last and key_readable(copy.shelf_key):
        row.rank = 0
    row.save(force_insert=True)
    session.expected_count += 1
    session.save(update_fields=["expected_count"])
    if not comes_last:
        order_anew(session)
    return row


def _place(copy: Copy) -> tuple[int, int, str, str, int]:
    """Where a copy stands; compares as SHELF_ORDER sorts."""
    return (
        copy.section.position,
        copy.section_id,
        copy.shelf_key,
        copy.registration_key,
        copy.pk,
    )


def _follow(row: ExpectedCopy, last: ExpectedCopy) -> None:
    """Rank and shelf run of a row that comes right behind the list's last one."""
    before, copy = last.copy, row.copy
    pairs = [(before.section_id, before.shelf_key), (copy.section_id, copy.shelf_key)]
    (_, first_run), (_, run) = freeze(pairs, row.session.library.rules)
    row.shelf_run = last.shelf_run + run - first_run
    if not key_readable(copy.shelf_key):
        return
    if run == first_run and before.shelf_key == copy.shelf_key:
        row.rank = last.rank
    else:
        highest = row.session.expected.aggregate(highest=Max("rank"))["highest"]
        row.rank = highest + 1


def order_anew(session: ReadingSession) -> None:
    """Give a locked session's list the places that its copies' shelf order gives it."""
    rows = list(
        session.expected.order_by(*SHELF_ORDER).values_list(
            "pk", "copy__section_id", "copy__shelf_key", "position", "rank", "shelf_run"
        )
    )
    places = freeze([(section, key) for _, section, key, *_ in rows], session.library.rules)
    anew = {
        pk: (position, rank, run)
        for position, ((pk, *_), (rank, run)) in enumerate(zip(rows, places, strict=True))
    }
    moved = {before: anew[pk][0] for pk, _, _, before, _, _ in rows}
    first = min(
        (min(before, anew[pk][0]) for pk, _, _, before, *old in rows if anew[pk] != (before, *old)),
        default=None,
    )
    if first is None:
        return
    session.expected.filter(position__gte=first).update(position=F("position") + ASIDE)
    bulk_rewrite(
        ExpectedCopy,
        ("position", "rank", "shelf_run"),
        ((pk, *place) for pk, place in anew.items() if place[0] >= first),
    )
    _move_words(session, moved)


def _move_words(session: ReadingSession, moved: Mapping[int, int]) -> None:
    """Let the words on stretches follow the copies at their ends."""
    words = list(session.shelves_read.order_by("pk"))
    session.shelves_read.all().delete()
    for word in words:
        ends = (moved[word.first_position], moved[word.last_position])
        word.pk = None
        word.first_position, word.last_position = min(ends), max(ends)
    ShelfRead.objects.bulk_create(words)
