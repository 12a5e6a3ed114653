"""Which stretches were read: a run longer than chance explains was not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfreading.domain.coverage import CHANCE, SHORTEST_RUN, Coverage, UnseenRun, unread_runs


def coverage(shelves: str) -> Coverage:
    """Shelves as a text: | parts runs of shelves, # was seen, . was not."""
    runs = shelves.split("|")
    flags = bytearray(int(mark == "#") for run in runs for mark in run)
    shelf_runs = [number for number, run in enumerate(runs) for _ in run]
    return unread_runs(range(len(flags)), flags, shelf_runs)


SEEN = "#" * 200


@pytest.mark.parametrize(
    ("shelves", "unread"),
    [
        (SEEN, []),
        # With nothing unseen elsewhere, ten in a row are beyond chance, nine are not counted.
        (SEEN + "." * 10 + SEEN, [(200, 209)]),
        (SEEN + "." * 9 + SEEN, []),
        (SEEN + "." * 10, [(200, 209)]),
        ("." * 10 + SEEN, [(0, 9)]),
        # Two runs of shelves: what ends one and begins the next are two runs of unseen copies.
        (SEEN + "." * 6 + "|" + "." * 6 + SEEN, []),
        # A run of shelves of which nothing was seen is unread, however short.
        (SEEN + "|" + "..." + "|" + SEEN, [(200, 202)]),
        ("...", [(0, 2)]),
        ("", []),
        ("#", []),
    ],
)
def test_runs_by_hand(shelves, unread):
    assert [(run.first, run.last) for run in coverage(shelves).unread] == unread


@pytest.mark.parametrize(
    ("every", "length", "is_unread"),
    [
        # p = 1/10: p^k < 10^-6 from the seventh on, but ten are the least.
        (10, 9, False),
        (10, 10, True),
        # p = 1/2: 2^-19 > 10^-6 > 2^-20.
        (2, 19, False),
        (2, 20, True),
        # p = 1/3: 3^-12 > 10^-6 > 3^-13.
        (3, 12, False),
        (3, 14, True),
    ],
)
def test_the_rate_decides_how_long_is_long(every, length, is_unread):
    patchy = ("." + "#" * (every - 1)) * 600
    # The patchy part ends with #, so the run is its own; the last # closes it.
    found = coverage(patchy + "." * length + "#")
    assert bool(found.unread) is is_unread
    if is_unread:
        assert found.rate == pytest.approx(1 / every, rel=0.01)


def test_positions_are_those_of_the_list_and_others_between_do_not_count():
    positions = [0, 2, *range(10, 40, 2), 50, 51]
    flags = bytearray([1, 1, *[0] * 15, 1, 1])
    (run,) = unread_runs(positions, flags, [0] * 60).unread
    assert run == UnseenRun(first=10, last=38, count=15, whole_shelf_run=False)


def test_a_patchy_reading_does_not_make_an_unread_shelf_look_searched():
    found = coverage("##.###.#" * 60 + "|" + "#" * 30 + "." * 400 + "|" + "##.###.#" * 60)
    assert [(run.first, run.count) for run in found.unread] == [(510, 400)]
    assert found.rate == pytest.approx(240 / 990)


marks = st.text(alphabet="#.", max_size=30)
shelf = st.one_of(
    marks, st.integers(0, 40).map(lambda n: "." * n), st.integers(0, 80).map(lambda n: "#" * n)
)


def test_what_was_sought_in_vain_still_counts_as_unseen():
    """Or looking twice would lower the rate, and other shelves would turn unread."""
    shelves = "#." * 40 + "#" * 10 + "." * 12 + "#" * 10
    flags = bytearray(int(mark == "#") for mark in shelves)
    runs = [0] * len(flags)
    before = unread_runs(range(len(flags)), flags, runs)
    assert before.unread == []
    for place in range(1, 80, 2):
        flags[place] = 1
    assert unread_runs(range(len(flags)), flags, runs, in_vain=40) == before
    assert unread_runs(range(len(flags)), flags, runs).unread != []


@given(st.lists(shelf, max_size=12), st.sampled_from(["", "|"]))
def test_what_is_called_unread_is_beyond_chance_and_nothing_else_is(parts, between):
    shelves = between.join(part for part in parts if part)
    found = coverage(shelves)
    unread = {(run.first, run.last) for run in found.unread}
    place = 0
    outside = unseen_outside = 0
    for run in shelves.split("|"):
        for unseen in _unseen(run):
            first, last = place + unseen[0], place + unseen[1] - 1
            length = unseen[1] - unseen[0]
            whole = length == len(run)
            long = length >= SHORTEST_RUN and found.rate**length < CHANCE
            assert ((first, last) in unread) is (whole or long)
            if (first, last) not in unread:
                unseen_outside += length
        place += len(run)
    outside = place - sum(run.count for run in found.unread)
    assert found.rate == (unseen_outside / outside if outside else 0.0)


def _unseen(run: str) -> list[tuple[int, int]]:
    """Start and end of each longest run of dots."""
    found = []
    start = None
    for place, mark in enumerate(run + "#"):
        if mark == "." and start is None:
            start = place
        elif mark == "#" and start is not None:
            found.append((start, place))
            start = None
    return found
