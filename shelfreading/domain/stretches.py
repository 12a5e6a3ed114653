"""Stretches: the frozen list cut into pieces that one person reads at a time (spec B4).

A stretch lies within one run of shelves and one hundred of the classes. So that it is read in
some minutes it holds a hundred copies at most, and what is longer falls into even parts.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from libraries.domain.call_numbers import (
    HUNDREDS,
    Rules,
    display,
    hundreds_of,
    main_class,
    prefix_of,
)

LONGEST = 100
UNREADABLE = "شمارهٔ راهنمای ناخوانا"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Copies that stand together: positions in the frozen list, both ends included.

    `section` and `classes` say in words where it is; `label` is both, and differs from that of
    every other stretch of the list. `shelf` names the part of the section it belongs to: the
    prefix and the hundred of the classes; `start` is the class it begins with, or "".
    """

    first: int
    last: int
    section: str
    shelf: str
    start: str
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
    stretches: list[tuple[int, int]] = []
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
    places = []
    for first, last in ends:
        section, call = place_at(first)
        words = _shelf(call, rules), display(main_class(call, rules))
        places.append((section, *words, _classes(call, place_at(last)[1], rules)))
    parts = Counter(places)
    told: Counter[tuple[str, ...]] = Counter()
    stretches = []
    for (first, last), place in zip(ends, places, strict=True):
        told[place] += 1
        section, shelf, start, classes = place
        if parts[place] > 1:
            classes += " " + display(f"({told[place]} از {parts[place]})")
        stretches.append(
            Stretch(first, last, section, shelf, start, classes, f"{section}، {classes}")
        )
    return stretches


def _shelf(call_number: str, rules: Rules) -> str:
    """The prefix and the hundred's number and name; in the Library of Congress its letter."""
    main = main_class(call_number, rules)
    hundred = hundreds_of(call_number, rules)
    if hundred:
        words = f"{hundred} {HUNDREDS[hundred]}"
    else:
        words = f"کنگره {main[0]}" if main else UNREADABLE
    return display(f"{prefix_of(call_number, rules)} {words}".strip())


def _classes(first: str, last: str, rules: Rules) -> str:
    """The main classes from one call number to another, behind their prefix."""
    low, high = main_class(first, rules), main_class(last, rules)
    if not low:
        return UNREADABLE
    span = low if low == high or not high else f"{low} تا {high}"
    return display(f"{prefix_of(first, rules)} {span}".strip())


def stretch_at(firsts: Sequence[int], position: int) -> int:
    """The index of the stretch that a position lies in; `firsts` are their first positions."""
    return bisect_right(firsts, position) - 1
