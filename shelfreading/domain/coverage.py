"""Which stretches of shelf were read (spec "What a match can find").

A stretch is read where copies of it were seen. A run of unseen copies longer than chance
explains was not read, and nothing on it is ever called missing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

SHORTEST_RUN = 10
CHANCE = 1e-6


@dataclass(frozen=True, slots=True)
class UnseenRun:
    """Unseen copies that stand together: positions in the frozen list, both ends included.

    `count` is the number of copies in it that should stand there and were not seen; lent,
    weeded and other absent copies between them don't count.
    """

    first: int
    last: int
    count: int
    whole_shelf_run: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was not read, and the reading's own rate of unseen copies everywhere else."""

    unread: list[UnseenRun]
    rate: float


def unread_runs(
    positions: Sequence[int],
    seen: bytearray,
    shelf_runs: Sequence[int],
    *,
    in_vain: int = 0,
) -> Coverage:
    """Decide which runs of unseen copies were not read.

    `positions` are the places in the frozen list of the copies that tell something: those
    that should stand there, and those seen where they belong; ascending. `seen` has one flag
    for each of them, 1 for a copy seen, or for one of the `in_vain` copies that somebody looked
    for and didn't find: their shelf was read, and they are unseen. `shelf_runs` numbers the run
    of shelves of every position in the frozen list, ascending.

    A run of k ≥ 10 unseen copies with p^k < 10⁻⁶ is unread, p being the rate of unseen
    copies outside all unread runs. Beginning from every run of ten or more, runs that chance
    does explain are taken back until nothing changes: what remains explains itself, and a
    patchy reading never makes an unread shelf look searched. A run of shelves of which not
    one copy was seen is unread whatever its length.
    """
    unseen_total = seen.count(0) + in_vain
    unread = list(_long_runs(positions, seen, shelf_runs))
    while True:
        inside = sum(run.count for run in unread)
        outside = len(seen) - inside
        rate = (unseen_total - inside) / outside if outside else 0.0
        kept = [run for run in unread if run.whole_shelf_run or _beyond_chance(run.count, rate)]
        if len(kept) == len(unread):
            return Coverage(unread, rate)
        unread = kept


def _beyond_chance(count: int, rate: float) -> bool:
    if rate <= 0.0:
        return True
    return rate < 1.0 and count * log(rate) < log(CHANCE)


def _long_runs(
    positions: Sequence[int], seen: bytearray, shelf_runs: Sequence[int]
) -> Iterator[UnseenRun]:
    """The runs of unseen copies that may be unread: ten or more, or all of a run of shelves."""
    start = 0
    while start < len(positions):
        behind = bisect_right(shelf_runs, shelf_runs[positions[start]])
        end = bisect_left(positions, behind, start)
        first = seen.find(0, start, end)
        while first >= 0:
            after = seen.find(1, first, end)
            if after < 0:
                after = end
            whole = first == start and after == end
            if whole or after - first >= SHORTEST_RUN:
                yield UnseenRun(positions[first], positions[after - 1], after - first, whole)
            first = seen.find(0, after, end)
        start = end
