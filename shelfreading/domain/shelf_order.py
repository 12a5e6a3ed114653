"""The fewest moves that put a shelf right (spec B1).

What was seen, in the order it was seen, holds a longest run in shelf order; the copies outside
it, and no others, have to move. Copies that stand together and belong together move as one block.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """One carrying of books: `items` from where they stand to between `after` and `before`.

    All are indices into the walk. `after` and `before` stand where they belong now; None is
    the end of a shelf run.
    """

    items: tuple[int, ...]
    after: int | None
    before: int | None


def longest_run_in_order(ranks: Sequence[int]) -> list[int]:
    """Indices of a longest non-decreasing subsequence, ascending.

    Patience sorting in O(n log n); a shelf in order costs one comparison a book.
    """
    if not ranks:
        return []
    last_ranks: list[int] = []  # smallest last rank of a run of each length
    last_index = array("q")  # and where in the walk it stands
    previous = array("q", bytes(8 * len(ranks)))
    for index, rank in enumerate(ranks):
        if not last_ranks or rank >= last_ranks[-1]:
            previous[index] = last_index[-1] if last_index else -1
            last_ranks.append(rank)
            last_index.append(index)
        else:
            length = bisect_right(last_ranks, rank)
            previous[index] = last_index[length - 1] if length else -1
            last_ranks[length] = rank
            last_index[length] = index
    run = [0] * len(last_ranks)
    index = last_index[-1]
    for place in range(len(run) - 1, -1, -1):
        run[place] = index
        index = previous[index]
    return run


def fewest_moves(ranks: Sequence[int], shelf_runs: Sequence[int]) -> list[Move]:
    """The moves that put a walk in order, in walking order.

    `ranks` are the seen copies' places in shelf order (equal for equal call numbers), in the
    order they were seen; `shelf_runs` name the run of shelves each belongs to, so that no
    neighbour is named from another section. The number of copies in all moves is the walk's
    length less its longest non-decreasing subsequence.
    """
    kept = longest_run_in_order(ranks)
    if len(kept) == len(ranks):
        return []
    kept_ranks = [ranks[index] for index in kept]
    is_kept = bytearray(len(ranks))
    for index in kept:
        is_kept[index] = 1

    moves: list[Move] = []
    block: list[int] = []
    block_gap = -1
    for index in range(len(ranks)):
        if is_kept[index]:
            continue
        gap = bisect_right(kept_ranks, ranks[index])
        together = (
            block
            and block[-1] == index - 1
            and block_gap == gap
            and ranks[index] >= ranks[block[-1]]
            and shelf_runs[index] == shelf_runs[block[-1]]
        )
        if not together and block:
            moves.append(_move(block, block_gap, kept, shelf_runs))
            block = []
        block.append(index)
        block_gap = gap
    if block:
        moves.append(_move(block, block_gap, kept, shelf_runs))
    return moves


def _move(
    block: Sequence[int], gap: int, kept: Sequence[int], shelf_runs: Sequence[int]
) -> Move:
    shelf_run = shelf_runs[block[0]]

    def neighbour(place: int) -> int | None:
        if 0 <= place < len(kept) and shelf_runs[kept[place]] == shelf_run:
            return kept[place]
        return None

    return Move(tuple(block), neighbour(gap - 1), neighbour(gap))
