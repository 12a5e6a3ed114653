"""Where a missing copy may be: each guess with its place, best first, fast (spec B5)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.domain.call_numbers import DEFAULT, shelf_key
from shelfreading.domain.likely_places import (
    MOST_PLACES,
    Gap,
    LikelyPlace,
    Lost,
    OtherCopy,
    PlaceKind,
    Shelves,
    Strange,
    codes_alike,
    likely_places,
    slip_between,
    turned_round,
)

# Two runs of shelves: 0–49 are 100/01 … 149/01, then 50–59 of the children's 8فا3.
CALLS = [f"{number}/01 الف1" for number in range(100, 150)] + [
    f"8فا3/{number} ب2" for number in range(10, 20)
]
RUNS = [0] * 50 + [1] * 10


def shelves(*missing: int) -> Shelves:
    in_place = [position not in missing for position in range(len(CALLS))]
    return Shelves([shelf_key(call) for call in CALLS], RUNS, in_place)


def lost(position: int, **given: object) -> Lost:
    known: dict = {"code": f"7000{position:03}", "call_number": CALLS[position], "title": position}
    return Lost(position, **(known | given))


def places(one: Lost, *more: int, **given: object) -> list[LikelyPlace]:
    found = likely_places([one], shelves(one.position, *more), rules=DEFAULT, **given)  # type: ignore[arg-type]
    return found[one.position]


def of_kind(found: list[LikelyPlace], kind: PlaceKind) -> list[tuple[Gap, str]]:
    return [(place.gap, place.value) for place in found if place.kind is kind]


@pytest.mark.parametrize(
    ("position", "missing", "gap"),
    [
        (5, (5,), Gap(4, 6)),
        (5, (4, 5, 6, 7), Gap(3, 8)),
        (0, (0,), Gap(None, 1)),
        (49, (48, 49), Gap(47, None)),
        (50, (50,), Gap(None, 51)),
        (59, (59,), Gap(58, None)),
        (6, (5,), Gap(4, 7)),  # one that stands has its place between the others
    ],
)
def test_a_copy_belongs_between_the_seen_ones_of_its_run(position, missing, gap):
    assert shelves(*missing).gap_of(position) == gap


@pytest.mark.parametrize(
    ("run", "call", "gap"),
    [
        (0, "120/005 الف1", Gap(19, 20)),
        (0, "120/01 الف1", Gap(19, 20)),  # before its equals
        (0, "099 الف1", Gap(None, 0)),
        (0, "999 الف1", Gap(49, None)),
        (1, "8فا3/145 ب2", Gap(54, 55)),
        (7, "100 الف1", Gap(None, None)),
    ],
)
def test_where_a_call_number_would_stand(run, call, gap):
    assert shelves().gap_at(run, shelf_key(call)) == gap


@pytest.mark.parametrize(
    ("read", "printed", "slip"),
    [
        ("10045", "10054", "دو رقم جابه‌جا"),
        ("01045", "10045", "دو رقم جابه‌جا"),
        ("10044", "10045", "یک رقم نادرست"),
        ("1045", "10045", "یک رقم افتاده"),
        ("1004", "10045", "یک رقم افتاده"),
        ("100455", "10045", "یک رقم افزوده"),
        ("910045", "10045", "یک رقم افزوده"),
        ("10045", "10045", ""),
        ("54001", "10045", ""),
        ("10405", "10054", ""),
        ("100", "10045", ""),
        ("", "1", "یک رقم افتاده"),
        ("", "", ""),
    ],
)
def test_one_slip_and_no_more(read, printed, slip):
    assert slip_between(read, printed) == slip


def one_slip_away(code: str) -> set[str]:
    """Every code that one slip makes of this one, tried out."""
    digits = "0123456789"
    places = range(len(code))
    return {
        *(code[:at] + digit + code[at + 1 :] for at in places for digit in digits),
        *(code[:at] + code[at + 1 :] for at in places),
        *(code[:at] + digit + code[at:] for at in range(len(code) + 1) for digit in digits),
        *(code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(code) - 1)),
    } - {code}


@given(
    st.sets(st.text("012", min_size=1, max_size=5), max_size=12),
    st.sets(st.text("012", max_size=6), max_size=12),
)
def test_codes_alike_are_all_and_only_those_one_slip_away(known, strange):
    positions = {code: place for place, code in enumerate(sorted(known))}
    found = {(position, code) for position, code, _ in codes_alike(positions, strange)}
    assert found == {
        (positions[code], other) for code in known for other in strange & one_slip_away(code)
    }


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("813 د35", [("183 د35", 0), ("831 د35", 1), ("813 د53", 5)]),
        ("۸۱۳ د۳ ۱۳۸۵", [("183 د3 1385", 0), ("831 د3 1385", 1)]),
        ("8فا3/62", [("8فا3/26", 5)]),
        ("110", [("101", 1)]),
        ("", []),
        ("ناخوانا", []),
    ],
)
def test_two_digits_turned_round(call, expected):
    assert list(turned_round(call)) == expected


@pytest.mark.parametrize(
    ("position", "call", "expected"),
    [
        # 131/01 stands at 31; 113/10 and what its mark gives are in reach of 113 itself.
        (12, "113/01 الف1", [(Gap(30, 31), "131/01")]),
        (20, CALLS[20], [(Gap(49, None), "210/01"), (Gap(1, 2), "102/01")]),
        (1, CALLS[1], []),  # 011/01 would stand first, where one looks anyway
        (50, "8فا3/10 ب12", []),
        (5, "ناخوانا", []),
    ],
)
def test_where_a_number_read_with_digits_turned_would_stand(position, call, expected):
    assert of_kind(places(lost(position, call_number=call)), PlaceKind.TURNED) == expected


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "امروز"), (1, "دیروز"), (2, "۲ روز پیش"), (7, "۷ روز پیش"), (8, None), (-1, None),
        (None, None),
    ],
)  # fmt: skip
def test_the_trolley_for_a_week(days, words):
    reasons = [
        place.reason
        for place in places(lost(5, returned_days=days))
        if place.kind is PlaceKind.TROLLEY
    ]
    assert [words in reason for reason in reasons] == ([True] if words else [])


def test_an_unknown_code_read_at_its_place_is_most_likely_the_book():
    one = lost(25, code="12345678")
    here, far = Strange("12345687", Gap(24, 26)), Strange("12345679", Gap(3, 4))
    first, second = places(one, strange=[far, here])[:2]
    assert (first.value, first.gap, "به احتمال زیاد" in first.reason) == (
        "12345687", Gap(24, 26), True,
    )  # fmt: skip
    assert (second.value, "شاید" in second.reason) == ("12345679", True)


def test_a_code_that_resembles_many_tells_only_of_the_one_at_its_place():
    many = [lost(position, code=f"1000{position}") for position in (21, 23, 25, 27, 29)]
    strange = [Strange("10002", Gap(24, 26))]
    found = likely_places(
        many, shelves(*[o.position for o in many]), rules=DEFAULT, strange=strange
    )
    told = {position for position, some in found.items() if of_kind(some, PlaceKind.CODE)}
    assert told == {25}
    nowhere = [Strange("10002", Gap())]
    found = likely_places(
        many, shelves(*[o.position for o in many]), rules=DEFAULT, strange=nowhere
    )
    assert not any(of_kind(some, PlaceKind.CODE) for some in found.values())


def test_a_book_without_a_barcode_read_at_its_place():
    found = places(lost(25), strange=[Strange("", Gap(24, 26)), Strange("", Gap(2, 3))])
    assert found[0].kind is PlaceKind.NO_BARCODE and found[0].gap == Gap(24, 26)
    assert not of_kind(places(lost(25), strange=[Strange("", Gap(2, 3))]), PlaceKind.NO_BARCODE)


def test_the_other_copies_of_the_title():
    others = {
        "t": [
            OtherCopy(26),  # beside it
            OtherCopy(45),
            OtherCopy(46),  # beside the one before
            OtherCopy(5, astray=Gap(2, 3)),
            OtherCopy(-1, section="کودک"),
        ]
    }
    found = places(lost(25, title="t"), others=others)
    assert of_kind(found, PlaceKind.OTHER_COPY) == [(Gap(2, 3), ""), (Gap(), "")]
    assert "کودک" in found[1].reason
    found = places(lost(25, title="t"), others={"t": [OtherCopy(26), OtherCopy(45)]})
    assert of_kind(found, PlaceKind.OTHER_COPY) == [(Gap(44, 46), "")]
    near = {"t": [OtherCopy(40, astray=Gap(27, 28))]}
    assert of_kind(places(lost(25, title="t"), others=near), PlaceKind.OTHER_COPY) == []


@pytest.mark.parametrize(
    ("position", "more", "gaps"),
    [
        (50, (), [Gap(49, None)]),
        (51, (50,), [Gap(49, None)]),
        (49, (), [Gap(None, 50)]),
        (0, (), []),
        (59, (), []),
        (30, (), []),
    ],
)
def test_at_an_edge_the_next_shelves(position, more, gaps):
    found = places(lost(position), *more)
    assert [gap for gap, _ in of_kind(found, PlaceKind.EDGE)] == gaps


def test_best_first_and_never_more_than_one_can_look_at():
    others = {25: [OtherCopy(45), OtherCopy(5, astray=Gap(2, 3))]}
    strange = [Strange("", Gap(24, 26)), Strange("700052", Gap()), Strange("700002", Gap())]
    found = places(lost(25, returned_days=1), strange=strange, others=others)
    order = list(PlaceKind)
    kinds = [order.index(place.kind) for place in found]
    assert kinds == sorted(kinds)
    assert len(found) == MOST_PLACES


@pytest.mark.parametrize("call", ["", "ناخوانا", "99999", "12/34", "؟" * 500])
def test_any_call_number_is_borne(call):
    assert isinstance(places(lost(5, call_number=call)), list)


def test_a_thousand_missing_in_a_list_of_five_thousand():
    chance = random.Random(7)
    letters = "ابپتجدرزسشصطعفقکگلمنوهی"
    calls = [
        f"{chance.randint(0, 999):03}/{chance.randint(1, 9999)} "
        f"{chance.choice(letters)}{chance.randint(10, 999)}{chance.choice(letters)}"
        for _ in range(5_000)
    ]
    keyed = sorted((shelf_key(call), call) for call in calls)
    missing = set(chance.sample(range(5_000), 1_000))
    codes = chance.sample(range(10**11, 2 * 10**11), 5_000)
    one_title = {title: [OtherCopy(title + 2_500)] for title in range(2_500)}
    gone = [
        Lost(position, str(codes[position]), keyed[position][1], position % 2_500, position % 9)
        for position in sorted(missing)
    ]
    strange = [Strange(f"{codes[position]}"[:-1], Gap(1, 2)) for position in sorted(missing)[::5]]
    seen = Shelves(
        [key for key, _ in keyed], [0] * 5_000, [place not in missing for place in range(5_000)]
    )
    found = likely_places(gone, seen, rules=DEFAULT, strange=strange, others=one_title)
    assert len(found) == 1_000
    assert sum(bool(some) for some in found.values()) > 900
