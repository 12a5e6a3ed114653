"""The fewest moves that put the shelves right (spec B1).

What was seen, in the order it was seen, holds a longest run in shelf order; the copies outside
it, and no others, have to move. Copies that stand together and belong together move as one block.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

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
        readable = [position for position in walk if ranks[position] != UNREADABLE]
        stands = _split(readable, _ranks_as_walked(readable, ranks, shelf_runs), shelf_runs)
        kept.extend(stands[0])
        blocks.extend(stands[1])
    if not blocks:
        return []
    kept.sort()  # positions grow with the rank
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
    seen_of_run: dict[int, list[int]] = {}
    for place, position in enumerate(walk):
        seen_of_run.setdefault(shelf_runs[position], []).append(place)
    walked = sorted(seen_of_run, key=lambda run: seen_of_run[run][len(seen_of_run[run]) // 2])
    if walked == sorted(walked):
        return walk_ranks  # ranks grow from run to run as it is
    span = max(walk_ranks) + 1
    shift = {run: place * span for place, run in enumerate(walked)}
    return [
        rank + shift[shelf_runs[position]]
        for rank, position in zip(walk_ranks, walk, strict=True)
    ]


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
    for index, flag in enumerate(stays):
        if flag:
            continue
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
