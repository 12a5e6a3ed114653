"""Stretches: the frozen list cut into pieces that one person reads at a time (spec B4).

A stretch lies within one run of shelves and one hundred of the classes. So that it is read in
some minutes it holds a hundred copies at most, and what is longer falls into even parts.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from libraries.domain.call_numbers import Rules, display, main_class, prefix_of

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Stretch:
    """Copies that stand together: positions in the frozen list, both ends included.

    `section` and `classes` say in words where it is; `label` is both, and differs from that of
    every other stretch of the list.
    """

    first: int
    last: int
    section: str
    classes: str
    label: str

    @property
    def size(self) -> int:
        """How many copies of the list stand in it."""
        return self.last - self.first + 1


def cut(
    shelf_runs: Sequence[int], class_keys: Sequence[str], longest: int = LONGEST
) -> list[tuple[int, int]]:
    """First and last position of each stretch, in shelf order; together they are the list.

    `shelf_runs` and `class_keys` go by position (see `frozen_list.freeze`, `class_key`): a key's
    first two characters are the hundred of a Dewey class, or the letter of another.
    """
    stretches = []
    keys = [(run, key[:2]) for run, key in zip(shelf_runs, class_keys, strict=True)]
    start = 0
    for _, group in groupby(keys):
        size = sum(1 for _ in group)
        parts = -(-size // longest)
        edges = [start + size * part // parts for part in range(parts + 1)]
        stretches.extend(
            (first, behind - 1) for first, behind in zip(edges, edges[1:], strict=False)
        )
        start += size
    return stretches


def named(
    ends: Sequence[tuple[int, int]], place_at: Callable[[int], tuple[str, str]], rules: Rules
) -> list[Stretch]:
    """Stretches with the words people know them by. `place_at` gives the section's name and the
    call number of a position; it is asked for the ends alone.
    """
    places = [
        (place_at(first)[0], _classes(place_at(first)[1], place_at(last)[1], rules))
        for first, last in ends
    ]
    parts = Counter(places)
    told: Counter[tuple[str, str]] = Counter()
    stretches = []
    for (first, last), place in zip(ends, places, strict=True):
        told[place] += 1
        section, classes = place
        if parts[place] > 1:
            classes += display(f" ({told[place]} از {parts[place]})")
        stretches.append(Stretch(first, last, section, classes, f"{section}، {classes}"))
    return stretches


def _classes(first: str, last: str, rules: Rules) -> str:
    """The main classes from one call number to another, behind their prefix."""
    low, high = main_class(first, rules), main_class(last, rules)
    if not low:
        return "شمارهٔ راهنمای ناخوانا"
    span = low if low == high or not high else f"{low} تا {high}"
    return display(f"{prefix_of(first, rules)} {span}".strip())


def stretch_at(firsts: Sequence[int], position: int) -> int:
    """The index of the stretch that a position lies in; `firsts` are their first positions."""
    return bisect_right(firsts, position) - 1
