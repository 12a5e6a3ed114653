"""What the index is asked for, and the order in which its answers are looked at."""

import pytest

from libraries.domain.catalogue_query import (
    Wanted,
    all_of,
    any_of,
    groups_of,
    likeliest,
    phrases_of,
    query_text,
)


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("بوف", "'بوف'"),
        (all_of(["بوف"]), "'بوف'"),
        (any_of(["بوف", "بوف"]), "'بوف'"),
        (all_of(["بوف", any_of(["کور", "گور"])]), "('بوف' & ('کور' | 'گور'))"),
    ],
)
def test_a_query_is_written_out(wanted: Wanted, text: str) -> None:
    assert query_text(wanted, "'", " & ", " | ") == text


def test_a_group_holds_what_the_catalogue_knows() -> None:
    titles = {"کلاغ": 3, "کلاه": 2, "کلاغسفید": 1, "سف": 4, "ید": 7}
    crow, white = groups_of(["کلاغ", "سفید"], {"کلاغ": ["کلاه"]}, titles)
    assert (crow.terms, crow.pairs, crow.titles) == ({"کلاغ", "کلاه", "کلاغسفید"}, (), 6)
    assert (white.terms, white.pairs, white.titles) == ({"کلاغسفید"}, (("سف", "ید"),), 5)
    (nothing,) = groups_of(["هیچ"], {}, titles)
    assert nothing.titles == 0


def test_phrases_are_all_words_in_a_row() -> None:
    assert sorted(phrases_of(["زن", "", "زیادی"])) == sorted(
        ["=زن", "=زن", "=زنزیادی", "=زیادی", "=زیادی"]
    )
    assert len(phrases_of(["واژه"] * 50)) == 78


def test_the_likeliest_have_most_words_and_are_short() -> None:
    titles = {"بوف": 1, "کور": 1, "گور": 1, "هدایت": 1}
    groups = groups_of(["بوف", "کور", "هدایت"], {"کور": ["گور"]}, titles)
    found = [
        (1, "بوف @1 =بوف"),
        (2, "بوف گور هدایت @1 =بوفگور"),
        (3, "بوف کور هدایت @1 =بوفکور"),
        (4, "بوف دیگر کور و هدایت @1 =بوفکورودیگر"),
        (5, "هیچ @1 =هیچ"),
    ]
    order = likeliest(found, groups, frozenset({"=بوفکور"}), 10)
    assert order == [3, 4, 2, 1, 5]
    assert likeliest(found, groups[:1], frozenset({"=هیچ"}), 1) == [5]
