"""Cutting the frozen list into stretches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.domain.call_numbers import DEFAULT, class_key
from shelfreading.domain.stretches import cut, named, stretch_at

HUNDREDS = st.sampled_from([class_key(f"{hundred}42/1") for hundred in range(10)])


@given(
    st.lists(st.tuples(st.integers(0, 3), HUNDREDS, st.integers(1, 350)), max_size=12),
    st.integers(1, 120),
)
def test_stretches_are_the_list_and_stay_within_a_shelf(
    groups: list[tuple[int, str, int]], longest: int
) -> None:
    runs = [run for run, _, size in groups for _ in range(size)]
    keys = [key for _, key, size in groups for _ in range(size)]
    stretches = cut(runs, keys, longest)
    assert [p for first, last in stretches for p in range(first, last + 1)] == list(
        range(len(runs))
    )
    for first, last in stretches:
        assert len({(runs[p], keys[p][:2]) for p in range(first, last + 1)}) == 1
        assert last - first + 1 <= longest
    starts = [first for first, _ in stretches]
    for index, (first, last) in enumerate(stretches):
        assert stretch_at(starts, first) == stretch_at(starts, last) == index


@pytest.mark.parametrize(
    ("size", "sizes"), [(1, [1]), (100, [100]), (101, [50, 51]), (250, [83, 83, 84])]
)
def test_long_shelves_fall_into_even_parts(size: int, sizes: list[int]) -> None:
    key = class_key("300/1")
    assert [last - first + 1 for first, last in cut([0] * size, [key] * size)] == sizes


def test_letters_and_numbers_that_cannot_be_read_stand_apart() -> None:
    keys = [class_key(text) for text in ("299/1", "300/1", "BP10", "PIR8", "؟", "بی‌شماره")]
    assert cut([0] * 6, keys) == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 5)]


def test_names_tell_where_a_stretch_is_and_no_two_are_alike() -> None:
    calls = ["297/1 الف1", "299/9 ب1", "8فا3/62 پ1", "8فا3/62 ت1", "م 030/1 ب", "PIR8/1", "؟"]
    ends = [(0, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)]
    stretches = named(ends, lambda position: ("مخزن", calls[position]), DEFAULT)
    assert [stretch.label for stretch in stretches] == [
        "مخزن، ۲۹۷ تا ۲۹۹",
        "مخزن، ۸فا۳ (۱ از ۲)",
        "مخزن، ۸فا۳ (۲ از ۲)",
        "مخزن، م ۰۳۰",
        "مخزن، PIR",
        "مخزن، شمارهٔ راهنمای ناخوانا",
    ]
    assert [stretch.shelf for stretch in stretches] == [
        "۲۰۰ دین", "۸۰۰ ادبیات", "۸۰۰ ادبیات", "م ۰۰۰ کلیات", "کنگره P", "شمارهٔ راهنمای ناخوانا",
    ]  # fmt: skip
    assert [stretch.start for stretch in stretches] == ["۲۹۷", "۸فا۳", "۸فا۳", "۰۳۰", "PIR", ""]
