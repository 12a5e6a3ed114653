"""Which stretches of shelf were read (spec "What a match can find").

A stretch is read where copies of it were seen. A run of unseen copies longer than chance
explains was not read, and nothing on it is ever called missing.
"""

from collections.abc import Iterable, Sequence
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
    positions: Sequence[int], seen: Sequence[int] | bytearray, shelf_runs: Sequence[int]
) -> Coverage:
    """Decide which runs of unseen copies were not read.

    `positions` are the places in the frozen list of the copies that tell something: those
    that should stand there, and those seen where they belong; in shelf order. `seen` is 1
    for a copy seen, `shelf_runs` the run of shelves each belongs to; all of one length.

    A run of k ≥ 10 unseen copies with p^k < 10⁻⁶ is unread, p being the rate of unseen
    copies outside all unread runs. Beginning from every run of ten or more, runs that chance
    does explain are taken back until nothing changes: what remains explains itself, and a
    patchy reading never makes an unread shelf look searched. A run of shelves of which not
    one copy was seen is unread whatever its length.
    """
    runs = list(_unseen_runs(positions, seen, shelf_runs))
    unseen_total = sum(run.count for run in runs)
    total = unseen_total + sum(1 for flag in seen if flag)
    unread = [run for run in runs if run.whole_shelf_run or run.count >= SHORTEST_RUN]
    while True:
        inside = sum(run.count for run in unread)
        outside = total - inside
        rate = (unseen_total - inside) / outside if outside else 0.0
        kept = [run for run in unread if run.whole_shelf_run or _beyond_chance(run.count, rate)]
        if len(kept) == len(unread):
            return Coverage(unread, rate)
        unread = kept


def _beyond_chance(count: int, rate: float) -> bool:
    if rate <= 0.0:
        return True
    return rate < 1.0 and count * log(rate) < log(CHANCE)


def _unseen_runs(
    positions: Sequence[int], seen: Sequence[int] | bytearray, shelf_runs: Sequence[int]
) -> Iterable[UnseenRun]:
    """Each longest run of unseen copies inside one run of shelves."""
    start = 0
    total = len(positions)
    while start < total:
        shelf_run = shelf_runs[start]
        end = start
        while end < total and shelf_runs[end] == shelf_run:
            end += 1
        index = start
        while index < end:
            if seen[index]:
                index += 1
                continue
            first = index
            while index < end and not seen[index]:
                index += 1
            yield UnseenRun(
                positions[first],
                positions[index - 1],
                index - first,
                whole_shelf_run=first == start and index == end,
            )
        start = end
