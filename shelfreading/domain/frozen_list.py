"""Turning copies in shelf order into the ranks and shelf runs that the match compares."""

from collections.abc import Iterable, Iterator

from libraries.domain.call_numbers import Rules, key_prefix, key_readable
from shelfreading.domain.shelf_order import UNREADABLE


def freeze(copies: Iterable[tuple[object, str]], rules: Rules) -> Iterator[tuple[int, int]]:
    """Rank and shelf run of each copy, for (section, shelf key) pairs that come in shelf order.

    Copies with equal keys share a rank: either may stand first. Each section, and each prefix
    in it, is a run of shelves of its own; so are a section's unreadable call numbers, whose
    rank is UNREADABLE.
    """
    rank = shelf_run = -1
    last_run: object = None
    last_key = ""
    for section, key in copies:
        readable = key_readable(key)
        run = (section, key_prefix(key) if readable else None)
        if run != last_run:
            shelf_run += 1
            rank += 1
        elif key != last_key:
            rank += 1
        last_run, last_key = run, key
        yield (rank if readable else UNREADABLE), shelf_run
