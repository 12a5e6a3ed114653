"""The fewest moves: as few as there can be, and they do put the shelf right (spec B1)."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfreading.domain.shelf_order import (
    UNREADABLE,
    Move,
    fewest_moves,
    longest_run_in_order,
)


def longest_by_trying(ranks: Sequence[int]) -> int:
    """The length of a longest non-decreasing subsequence, in the plain quadratic way."""
    best: list[int] = []
    for index, rank in enumerate(ranks):
        before = [best[place] for place in range(index) if ranks[place] <= rank]
        best.append(1 + max(before, default=0))
    return max(best, default=0)


def put_right(walk: Sequence[int], ranks: Sequence[int], moves: Sequence[Move]) -> list[int]:
    """Carry the books as a person would: each into its gap, in order within the gap."""
    carried = {item for move in moves for item in move.items}
    shelf = [position for position in walk if position not in carried]
    for move in moves:
        for item in move.items:
            place = 0 if move.after is None else shelf.index(move.after) + 1
            end = len(shelf) if move.before is None else shelf.index(move.before)
            assert place <= end
            while place < end and ranks[shelf[place]] <= ranks[item]:
                place += 1
            shelf.insert(place, item)
    return shelf


@st.composite
def walks(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """A walk along one run of shelves, and the rank of every position; ranks may be equal."""
    count = draw(st.integers(1, 40))
    steps = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    ranks = [sum(steps[: place + 1]) for place in range(count)]
    seen = draw(st.lists(st.sampled_from(range(count)), unique=True))
    if draw(st.booleans()):
        seen.sort()
        for _ in range(draw(st.integers(0, 4))):
            if seen:
                book = seen.pop(draw(st.integers(0, len(seen) - 1)))
                seen.insert(draw(st.integers(0, len(seen))), book)
    return seen, ranks


@given(st.lists(st.integers(0, 12), max_size=60))
def test_the_longest_run_is_in_order_and_none_is_longer(ranks):
    run = longest_run_in_order(ranks)
    assert run == sorted(set(run))
    assert [ranks[index] for index in run] == sorted(ranks[index] for index in run)
    assert len(run) == longest_by_trying(ranks)


@given(walks())
def test_as_few_copies_move_as_can_be_and_the_others_stand_in_order(walked):
    walk, ranks = walked
    moves = fewest_moves([walk], ranks, [0] * len(ranks))
    carried = [item for move in moves for item in move.items]
    assert (
        len(carried)
        == len(set(carried))
        == len(walk) - longest_by_trying([ranks[position] for position in walk])
    )
    stay = [ranks[position] for position in walk if position not in set(carried)]
    assert stay == sorted(stay)


@given(walks())
def test_carrying_them_puts_the_shelf_right(walked):
    walk, ranks = walked
    shelf = put_right(walk, ranks, fewest_moves([walk], ranks, [0] * len(ranks)))
    assert sorted(shelf) == sorted(walk)
    assert [ranks[position] for position in shelf] == sorted(ranks[p] for p in walk)


@given(walks())
def test_a_block_stood_together_in_order_and_its_neighbours_stay(walked):
    walk, ranks = walked
    moves = fewest_moves([walk], ranks, [0] * len(ranks))
    carried = {item for move in moves for item in move.items}
    for move in moves:
        start = walk.index(move.items[0])
        assert tuple(walk[start : start + len(move.items)]) == move.items
        assert [ranks[item] for item in move.items] == sorted(ranks[item] for item in move.items)
        assert move.after not in carried and move.before not in carried
        if move.after is not None:
            assert ranks[move.after] <= ranks[move.items[0]]
        if move.before is not None:
            assert ranks[move.before] >= ranks[move.items[-1]]


@pytest.mark.parametrize(
    ("walk", "expected"),
    [
        ([], []),
        ([0, 1, 2, 3], []),
        ([1, 2, 3, 0, 4], [Move((0,), None, 1)]),
        ([4, 0, 1, 2, 3], [Move((4,), 3, None)]),
        ([0, 3, 4, 1, 2, 5, 6, 7], [Move((3, 4), 2, 5)]),
        ([0, 4, 1, 2, 3, 5], [Move((4,), 3, 5)]),
        ([0, 1, 5, 2, 3, 4, 8, 6, 7, 9], [Move((5,), 4, 6), Move((8,), 7, 9)]),
    ],
)
def test_moves_by_hand(walk, expected):
    assert fewest_moves([walk], list(range(10)), [0] * 10) == expected


def test_equal_call_numbers_may_stand_in_any_order():
    assert fewest_moves([[2, 0, 1, 3]], [0, 1, 1, 1], [0] * 4) == [Move((2,), 3, None)]
    assert fewest_moves([[0, 3, 1, 2]], [0, 1, 1, 1], [0] * 4) == []


def test_whoever_reads_the_childrens_shelves_first_accuses_no_book():
    ranks, runs = list(range(10)), [0] * 6 + [1] * 4
    assert fewest_moves([[6, 7, 8, 9, 0, 1, 2, 3, 4, 5]], ranks, runs) == []


def test_a_stray_from_another_run_moves_alone_and_the_ends_of_runs_are_no_neighbours():
    ranks, runs = list(range(8)), [0] * 4 + [1] * 4
    assert fewest_moves([[0, 1, 4, 2, 3, 5, 6, 7]], ranks, runs) == [Move((4,), None, 5)]
    assert fewest_moves([[0, 1, 2, 4, 5, 3, 6, 7]], ranks, runs) == [Move((3,), 2, None)]


def test_unreadable_call_numbers_have_no_place_to_go():
    ranks = [0, 1, 2, UNREADABLE, UNREADABLE]
    assert fewest_moves([[4, 0, 3, 1, 2]], ranks, [0, 0, 0, 1, 1]) == []
    assert fewest_moves([[3, 2, 4, 0, 1]], ranks, [0, 0, 0, 1, 1]) == [Move((2,), 1, None)]


def test_two_walks_are_judged_apart_and_share_neighbours():
    moves = fewest_moves([[0, 1, 7, 2], [5, 6, 8]], list(range(9)), [0] * 9)
    assert moves == [Move((7,), 6, 8)]


def test_of_two_hundred_books_with_ten_moved_only_those_are_named():
    chance = random.Random(7)
    for _ in range(20):
        shelf = list(range(200))
        moved = chance.sample(range(200), 10)
        for book in moved:
            shelf.remove(book)
            # Far enough away, or it is in order again.
            shelf.insert((book + chance.randrange(60, 140)) % 190, book)
        named = [
            item for move in fewest_moves([shelf], range(200), [0] * 200) for item in move.items
        ]
        assert len(named) <= 10
