"""Which books are named as out of order, and which wrongly, beside two common ways (spec B1).

Shelves of two hundred books with some put elsewhere at random, or with five that stand together
put elsewhere as a block. Aim: with one book moved, nobody is wrongly accused.

Where two books, or two blocks, that stand side by side have changed places, nobody can tell which
of the two was moved: naming either is right and counts as naming the one that was. A book that
was put back into its own place wasn't moved. Run: `python benchmarks/bench_order.py [shelves]`.
"""

import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.common import show  # noqa: E402
from shelfreading.domain.shelf_order import fewest_moves  # noqa: E402

SHELVES = 1_000
BOOKS = 200
BLOCK = 5
Rule = Callable[[Sequence[int]], set[int]]


def fewest(shelf: Sequence[int]) -> set[int]:
    """Ours: the books that the fewest moves carry."""
    moves = fewest_moves([shelf], range(BOOKS), [0] * BOOKS)
    return {book for move in moves for book in move.items}


def neighbour_pairs(shelf: Sequence[int]) -> set[int]:
    """Both books of every pair side by side that descends."""
    pairs = zip(shelf, shelf[1:], strict=False)
    return {book for left, right in pairs if left > right for book in (left, right)}


def running_maximum(shelf: Sequence[int]) -> set[int]:
    """Every book that comes after one of a higher number."""
    named: set[int] = set()
    highest = -1
    for book in shelf:
        if book < highest:
            named.add(book)
        highest = max(highest, book)
    return named


RULES: dict[str, Rule] = {
    "fewest moves": fewest,
    "neighbour pairs": neighbour_pairs,
    "running maximum": running_maximum,
}


def with_moved(chance: random.Random, count: int) -> tuple[list[int], list[set[int]]]:
    """A shelf with `count` books taken out and put in anywhere, and what was moved: each alone."""
    shelf = list(range(BOOKS))
    moved = chance.sample(range(BOOKS), count)
    for book in moved:
        shelf.remove(book)
    for book in moved:
        shelf.insert(chance.randrange(len(shelf) + 1), book)
    return shelf, [{book} for book in moved]


def with_block(chance: random.Random) -> tuple[list[int], list[set[int]]]:
    """A shelf with five books that stand together put in somewhere else together."""
    first = chance.randrange(BOOKS - BLOCK + 1)
    block = list(range(first, first + BLOCK))
    rest = [book for book in range(BOOKS) if book not in block]
    place = chance.randrange(len(rest) + 1)
    return rest[:place] + block + rest[place:], [set(block)]


def judged(
    shelf: Sequence[int], moved: Sequence[set[int]], named: set[int]
) -> tuple[int, int, int]:
    """How many of the moved books are named, how many others are, and how many of the moved ones
    are named by their counterparts."""
    right = by_counterpart = 0
    left_over = set(named)
    for books in moved:
        same = counterpart(shelf, moved, books)
        if not books <= left_over and same and same <= left_over:
            left_over -= same
            right += len(books)
            by_counterpart += len(books)
        else:
            right += len(books & left_over)
            left_over -= books
    return right, len(left_over), by_counterpart


def really_moved(shelf: Sequence[int], moved: Sequence[set[int]]) -> list[set[int]]:
    """The moves without which the shelf's others would not be in order with them."""
    stay = set(shelf).difference(*moved)
    out = []
    for books in moved:
        seen = [book for book in shelf if book in books or book in stay]
        if seen != sorted(seen):
            out.append(books)
        else:
            stay |= books
    return out


def counterpart(shelf: Sequence[int], moved: Sequence[set[int]], books: set[int]) -> set[int]:
    """What the books changed places with, where it is no more than they are; else nothing."""
    others = set().union(*moved) - books
    seen = [book for book in shelf if book not in others]
    places = [place for place, book in enumerate(seen) if book in books]
    jumped = {book for book in seen[: places[0]] if book > max(books)}
    jumped |= {book for book in seen[places[-1] + 1 :] if book < min(books)}
    return jumped if len(jumped) <= len(books) else set()


def main(shelves: int) -> None:
    """Print, for each kind of shelf and each rule, the books named and wrongly accused."""
    kinds: dict[str, Callable[[random.Random], tuple[list[int], list[set[int]]]]] = {
        f"{count} moved": lambda chance, count=count: with_moved(chance, count)  # type: ignore[misc]
        for count in (1, 4, 10)
    } | {f"a block of {BLOCK}": with_block}
    rows = []
    for kind, make in kinds.items():
        chance = random.Random(BOOKS)
        made = [make(chance) for _ in range(shelves)]
        made = [(shelf, really_moved(shelf, moved)) for shelf, moved in made]
        out = sum(len(books) for _, moved in made for books in moved)
        for name, rule in RULES.items():
            right = wrong = same = spotless = 0
            for shelf, moved in made:
                named, accused, by_counterpart = judged(shelf, moved, rule(shelf))
                right += named
                wrong += accused
                same += by_counterpart
                spotless += not accused
            rows.append(
                (
                    kind,
                    name,
                    f"{right / out:.1%}",
                    f"{right / shelves:.2f}",
                    f"{same:,}",
                    f"{wrong / shelves:.2f}",
                    f"{wrong:,}",
                    f"{spotless:,}",
                )
            )
    print(f"{shelves:,} shelves of {BOOKS} books")
    headers = (
        "moved",
        "rule",
        "named",
        "a shelf",
        "by counterpart",
        "wrongly",
        "in all",
        "spotless shelves",
    )
    show(headers, rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SHELVES)
