"""The fewest moves that put the shelves right (spec B1).

What was seen, in the order it was seen, holds a longest run in shelf order; the copies outside
it, and no others, have to move. Copies that stand together and belong together move as one block.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

UNREADABLE = -1


@dataclass(frozen=True, slots=True)
class Move:
    """One carrying of books: `items` from where they stand to between `after` and `before`.

    All are positions in the frozen list. `after` and `before` were seen where they belong;
    None is the end of a run of shelves.
    """

    items: tuple[int, ...]
    after: int | None
    before: int | None


def longest_run_in_order(ranks: Sequence[int]) -> list[int]:
    """Indices of a longest non-decreasing subsequence, ascending.

    Patience sorting in O(n log n); a shelf in order costs one comparison a book.
    """
    last_ranks: list[int] = []  # smallest last rank of a run of each length
    last_index: list[int] = []  # and where in the walk it stands
    previous = [-1] * len(ranks)
    for index, rank in enumerate(ranks):
        if not last_ranks or rank >= last_ranks[-1]:
            if last_index:
                previous[index] = last_index[-1]
            last_ranks.append(rank)
            last_index.append(index)
        else:
            length = bisect_right(last_ranks, rank)
            if length:
                previous[index] = last_index[length - 1]
            last_ranks[length] = rank
            last_index[length] = index
    run = last_index  # its length and its last place hold; the way back gives the others
    for place in range(len(run) - 1, 0, -1):
        run[place - 1] = previous[run[place]]
    return run


def fewest_moves(
    walks: Sequence[Sequence[int]], ranks: Sequence[int], shelf_runs: Sequence[int]
) -> list[Move]:
    """The moves that put the shelves right, in the order the books were walked past.

    Each walk is one reader's way along the shelves: positions in the frozen list in the order
    seen, none twice. `ranks` and `shelf_runs` go by position (see `reconcile.ExpectedList`).
    In each walk as many copies move as its length less its longest non-decreasing subsequence.
    Copies whose call number can't be read have no place to be moved to and stay out.
    """
    blocks: list[list[int]] = []
    kept: list[int] = []
    for walk in walks:
        readable = walk
        if UNREADABLE in ranks:
            readable = [position for position in walk if ranks[position] != UNREADABLE]
        stands = _split(readable, _ranks_as_walked(readable, ranks, shelf_runs), shelf_runs)
        kept.extend(stands[0])
        blocks.extend(stands[1])
    if not blocks:
        return []
    # Equal call numbers stay as they stand: a neighbour is the book next to the gap.
    kept.sort(key=ranks.__getitem__)
    kept_ranks = [ranks[position] for position in kept]
    return [_move(block, kept, kept_ranks, ranks, shelf_runs) for block in blocks]


def _ranks_as_walked(
    walk: Sequence[int], ranks: Sequence[int], shelf_runs: Sequence[int]
) -> list[int]:
    """The walk's ranks, with its runs of shelves in the order they were walked.

    The order is that of the middle of what was seen of each run: whoever reads the children's
    shelves first accuses no book, and neither does one stray.
    """
    walk_ranks = [ranks[position] for position in walk]
    walk_runs = [shelf_runs[position] for position in walk]
    walked = _runs_as_walked(walk_runs)
    if walked == sorted(walked):
        return walk_ranks  # ranks grow from run to run as it is
    span = max(walk_ranks) + 1
    shift = {run: place * span for place, run in enumerate(walked)}
    return [rank + shift[run] for rank, run in zip(walk_ranks, walk_runs, strict=True)]


def _runs_as_walked(walk_runs: Sequence[int]) -> list[int]:
    """The runs of shelves in the order of their middle copy, the run of each copy given."""
    left = {run: count // 2 for run, count in Counter(walk_runs).items()}
    walked: list[int] = []
    for run, copies in groupby(walk_runs):
        if run in left:
            left[run] -= len(list(copies))
            if left[run] < 0:  # the middle one has been passed
                walked.append(run)
                del left[run]
    return walked


def _split(
    walk: Sequence[int], walk_ranks: Sequence[int], shelf_runs: Sequence[int]
) -> tuple[list[int], list[list[int]]]:
    """The copies of a walk that stay, and the blocks that move."""
    kept = longest_run_in_order(walk_ranks)
    if len(kept) == len(walk):
        return list(walk), []
    kept_ranks = [walk_ranks[index] for index in kept]
    stays = bytearray(len(walk))
    for index in kept:
        stays[index] = 1
    blocks: list[list[int]] = []
    last_index = last_gap = -2
    index = stays.find(0)
    while index >= 0:
        gap = bisect_right(kept_ranks, walk_ranks[index])
        together = (
            last_index == index - 1
            and last_gap == gap
            and walk_ranks[index] >= walk_ranks[last_index]
            and shelf_runs[walk[index]] == shelf_runs[walk[last_index]]
        )
        if together:
            blocks[-1].append(walk[index])
        else:
            blocks.append([walk[index]])
        last_index, last_gap = index, gap
        index = stays.find(0, index + 1)
    return [walk[index] for index in kept], blocks


def _move(
    block: Sequence[int],
    kept: Sequence[int],
    kept_ranks: Sequence[int],
    ranks: Sequence[int],
    shelf_runs: Sequence[int],
) -> Move:
    """A block's way home: between the nearest copies that stand where they belong."""
    after_place = bisect_right(kept_ranks, ranks[block[0]]) - 1
    before_place = max(after_place + 1, bisect_left(kept_ranks, ranks[block[-1]]))

    def neighbour(place: int) -> int | None:
        if 0 <= place < len(kept) and shelf_runs[kept[place]] == shelf_runs[block[0]]:
            return kept[place]
        return None

    return Move(tuple(block), neighbour(after_place), neighbour(before_place))
