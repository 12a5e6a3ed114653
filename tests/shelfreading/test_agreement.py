"""How large a sample is, which copies it holds, and what its agreement is worth (spec B6)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfreading.domain.agreement import (
    Agreement,
    agreement,
    agreement_words,
    draw,
    percent,
    usual_size,
    wilson,
)


# R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
# Medicine 17 (1998), table I, method 3: Wilson's score interval without continuity correction.
@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_gives_the_published_values(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_wilson_holds_its_share_and_mirrors(hits: int, misses: int) -> None:
    total = hits + misses
    low, high = wilson(hits, total)
    assert 0 <= low < high <= 1
    if total:
        assert low <= hits / total <= high
    assert wilson(misses, total) == (pytest.approx(1 - high), pytest.approx(1 - low))


@given(st.integers(1, 50), st.integers(1, 20))
def test_more_copies_know_it_better(hits: int, times: int) -> None:
    low, high = wilson(hits, hits + 5)
    low_more, high_more = wilson(hits * (times + 1), (hits + 5) * (times + 1))
    assert high_more - low_more < high - low


@pytest.mark.parametrize(
    ("population", "size"), [(0, 0), (1, 1), (10, 9), (100, 34), (1000, 49), (20_000, 51),
                             (10**7, 51)],
)  # fmt: skip
def test_the_usual_size_is_enough_for_six_points(population: int, size: int) -> None:
    assert usual_size(population) == size


@given(st.integers(0, 10**6))
def test_the_usual_size_never_exceeds_what_there_is(population: int) -> None:
    assert 0 <= usual_size(population) <= min(population, 51)


@given(st.lists(st.integers(), min_size=1, max_size=60, unique=True), st.data())
def test_a_draw_is_a_part_in_its_order_and_the_same_again(
    population: list[int], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(population)))
    seed = data.draw(st.integers(0, 2**62))
    drawn = draw(population, size, seed)
    assert len(drawn) == size
    assert drawn == [each for each in population if each in set(drawn)]
    assert drawn == draw(population, size, seed)


def test_each_copy_has_the_same_chance() -> None:
    """2,000 draws of 5 of 20: each about 500 times; six standard deviations are about 116."""
    times = Counter(each for seed in range(2000) for each in draw(range(20), 5, seed))
    assert all(384 < times[each] < 616 for each in range(20))


def test_more_than_there_is_cannot_be_drawn() -> None:
    with pytest.raises(ValueError):
        draw([1, 2], 3, 0)


def test_agreement_counts_equal_answers_of_both_kinds() -> None:
    pairs = [(True, True)] * 44 + [(False, False)] * 2 + [(True, False)] * 3 + [(False, True)]
    found = agreement(pairs)
    assert (found.compared, found.agreed, found.share) == (50, 46, 920)
    assert found.interval == (812, 968)
    assert agreement_words(found) == (
        "۹۲٫۰٪ (فاصلهٔ اطمینان ۹۵ درصد: ۸۱٫۲٪ تا ۹۶٫۸٪؛ ۴۶ از ۵۰ نسخه)"
    )


def test_nothing_compared_says_so() -> None:
    nothing = Agreement(0, 0)
    assert nothing.share is None
    assert nothing.interval == (0, 1000)
    assert agreement_words(nothing) == "چیزی برای سنجیدن نماند"


@pytest.mark.parametrize(
    ("value", "words"), [(0, "۰٫۰٪"), (5, "۰٫۵٪"), (965, "۹۶٫۵٪"), (1000, "۱۰۰٫۰٪")]
)
def test_per_mille_is_told_as_percent(value: int, words: str) -> None:
    assert percent(value) == words
