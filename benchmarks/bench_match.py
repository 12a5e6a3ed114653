"""The match, all its classes and the fewest moves, against pandas' merge of the same columns.

Aim: at most twice pandas' time for the match alone (`how="left"`, which only says of each
expected copy whether it was scanned). Run: `python benchmarks/bench_match.py [sizes…]`.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from shelfreading.domain.reconcile import ExpectedList, reconcile, sums_close  # noqa: E402

SIZES = (100_000, 1_000_000)
ROUNDS = 3
TODAY = date(2026, 11, 21)


def library(copies: int) -> tuple[ExpectedList, list[str]]:
    """A list in shelf order and a reader's walk along it.

    Eighty in a hundred copies are scanned, one in a hundred of them stands within five hundred
    places of its own, one in twenty has a status of its own, one code in a thousand is unknown.
    """
    chance = random.Random(copies)
    codes = list(map(str, chance.sample(range(10**9, 2 * 10**9), copies)))
    others = ("binding", "weeded", "missing", "unreturned")
    statuses = [
        chance.choice(others) if chance.random() < 0.05 else "available" for _ in range(copies)
    ]
    shelf_runs = [place * 8 // copies for place in range(copies)]
    walk = [place for place in range(copies) if chance.random() < 0.8]
    for _ in range(len(walk) // 100):
        here = chance.randrange(len(walk))
        place = walk.pop(here)
        walk.insert(max(0, here + chance.randrange(-500, 500)), place)
    # What a reader sends is a text of its own, not the list's.
    scans = [
        f"{place}?" if chance.random() < 0.001 else codes[place].encode().decode() for place in walk
    ]
    return ExpectedList(codes, statuses, list(range(copies)), shelf_runs), scans


def best(work: Callable[[], object]) -> float:
    """Least seconds of a few rounds: the machine is shared."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def compare(copies: int) -> None:
    """Print one size's times side by side."""
    expected, scans = library(copies)
    match = reconcile(expected, scans, today=TODAY)
    assert sums_close(match, len(scans))
    left = pd.DataFrame({"code": expected.codes, "status": expected.statuses})
    right = pd.DataFrame({"code": scans, "place": range(len(scans))})

    def merge(how: str) -> Callable[[], object]:
        return lambda: left.merge(right, on="code", how=how, indicator=True)

    ours = best(lambda: reconcile(expected, scans, today=TODAY))
    print(
        f"{copies:>9,} copies, {len(scans):,} scans, {len(match.moves):,} moves: "
        f"match {ours:.2f} s",
        *(
            f"pandas {how} {seconds:.2f} s, ratio {ours / seconds:.2f}"
            for how in ("left", "outer")
            for seconds in (best(merge(how)),)
        ),
        sep=" | ",
    )


if __name__ == "__main__":
    for size in map(int, sys.argv[1:]) if len(sys.argv) > 1 else SIZES:
        compare(size)
