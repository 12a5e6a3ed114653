"""Which libraries are offered for a text and for what is typed; numbers hidden; what is late."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_requests.domain.late import PATIENCE, is_late, is_working, late_since, working_days
from sms_requests.domain.library_names import library_names
from sms_requests.domain.masked import masked_text
from sms_requests.domain.routing import lacks_for_routing
from sms_requests.domain.suggest import (
    Choice,
    likely_libraries,
    matching_libraries,
    the_one_meant,
)
from sms_requests.domain.way import OPEN, State

CHOICES = [
    Choice(1, "کتابخانهٔ عمومی حافظ", "همدان"),
    Choice(2, "کتابخانهٔ شهید مطهری ملایر", "ملایر"),
    Choice(3, "کتابخانهٔ شهید مطهری نهاوند", "نهاوند"),
    Choice(4, "کتابخانهٔ شهید بهشتی", "نهاوند"),
    Choice(5, "کتابخانهٔ حافظ اسدآباد", "اسدآباد"),
    Choice(6, "کتابخانهٔ امام خمینی", "همدان"),
    Choice(7, "کتابخانهٔ امام خمینی", "ملایر"),
]
NAMES = library_names(tuple((choice.id, choice.name) for choice in CHOICES))


@pytest.mark.parametrize(
    ("text", "first", "among"),
    [
        ("کتابخانه مطهری 0000000019 بوف کور", {2, 3}, {2, 3}),
        ("کتابخانه مطحری", {2, 3}, {2, 3}),
        ("دیوان حافظ از کتابخونه بهشتی", {4}, {1, 4}),
        ("بوف کور کتابخانه هافظ", {1, 5}, {1}),
        ("کتابخانه حافظ", {1}, {1, 5}),
        ("امام خمینی، بوف کور", {6, 7}, {6, 7}),
        ("سلام", set(), set()),
        ("", set(), set()),
        ("😀 \ufffd", set(), set()),
    ],
)
def test_a_text_offers_the_libraries_it_may_mean(
    text: str, first: set[int], among: set[int]
) -> None:
    likely = likely_libraries(text, NAMES)
    assert (set(likely[:1]) <= first) and bool(likely) == bool(first)
    assert among <= set(likely)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("مطه", 2), ("هافظ", 1), ("حافظ", 1), ("حافظ اسداباد", 5), ("بهشتي", 4),
        ("نهاوند بهشتی", 4), ("كتابخانه عمومی حافظ", 1), ("خمینی ملایر", 7),
    ],
)  # fmt: skip
def test_what_is_typed_meets_names_and_counties(typed: str, first: int) -> None:
    assert matching_libraries(typed, CHOICES)[0].id == first


@pytest.mark.parametrize("typed", ["", "   ", "کتابخانه", "xyz", "۱۲۳۴"])
def test_what_tells_nothing_offers_nothing(typed: str) -> None:
    assert matching_libraries(typed, CHOICES) == []


def test_a_whole_name_means_one_library_unless_two_bear_it() -> None:
    meant = the_one_meant("كتابخانه عمومي حافظ", CHOICES)
    assert meant is not None and meant.id == 1
    assert the_one_meant("کتابخانهٔ امام خمینی", CHOICES) is None
    of_malayer = the_one_meant("کتابخانهٔ امام خمینی، ملایر", CHOICES)
    assert of_malayer is not None and of_malayer.id == 7


@given(st.text(max_size=200))
def test_any_text_is_borne(text: str) -> None:
    ids = {choice.id for choice in CHOICES}
    assert set(likely_libraries(text, NAMES)) <= ids
    assert len(matching_libraries(text, CHOICES)) <= 8


# --- numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("کد ۰۰۰۰۰۰۰۰۱۹ کتاب", "کد ۰۰۰****۰۱۹ کتاب"),
        ("0000000019", "000****019"),
        ("000-000001-9", "000-****01-9"),
        ("0912 000 0001", "091* *** *001"),
        ("۱۲۳۴۵۶۷ و ۱۹۸۴", "۱۲۳۴۵۶۷ و ۱۹۸۴"),
        ("کد0000000019ملی", "کد000****019ملی"),
        ("", ""),
    ],
)
def test_long_numbers_are_hidden(text: str, shown: str) -> None:
    assert masked_text(text, for_page=False) == shown
    on_page = masked_text(text)
    assert on_page.translate({0x2066: None, 0x2069: None}) == shown
    assert ("*" in shown) == ("\u2066" in on_page)  # reads from left to right among Persian


@given(st.from_regex(r"[0-9]{8,14}", fullmatch=True), st.text("آبپ \n«»،.", max_size=10))
def test_no_long_number_stays_whole(number: str, around: str) -> None:
    masked = masked_text(f"{around}{number}{around}", for_page=False)
    assert number not in masked and len(masked) == len(number) + 2 * len(around)


# --- late -----------------------------------------------------------------------------------

DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


def test_fridays_do_not_count() -> None:
    wednesday = date(2026, 11, 18)
    friday = wednesday + timedelta(days=2)
    assert not is_working(friday)
    assert working_days(wednesday, friday) == 1
    assert [
        is_late("waiting", wednesday, wednesday + timedelta(days=n)) for n in range(6)
    ] == [False, False, False, False, True, True]  # fmt: skip
    assert [
        is_late("unrouted", wednesday, wednesday + timedelta(days=n)) for n in range(5)
    ] == [False, False, False, True, True]  # fmt: skip


def test_what_waits_for_a_membership_or_has_ended_is_never_late() -> None:
    long_ago, today = date(2020, 1, 1), date(2026, 1, 1)
    late = {state for state in State if is_late(state, long_ago, today)}
    assert late == set(PATIENCE) == OPEN - {State.NO_MEMBER, State.READY}


@given(DAYS, st.integers(0, 40), st.sampled_from(sorted(PATIENCE)))
def test_the_last_day_of_a_query_says_what_the_rule_says(
    today: date, ago: int, state: State
) -> None:
    since = today - timedelta(days=ago)
    last = late_since(state, today)
    assert last is not None
    assert (since <= last) == (working_days(since, today) > PATIENCE[state])


@pytest.mark.parametrize(
    ("kind", "wanted", "full_name", "goes"),
    [
        ("loan", "بوف کور", "", True), ("loan", "", "نام", False),
        ("membership", "", "نام", True), ("membership", "بوف کور", "", False),
        ("noormags", "x", "x", False), ("unclear", "x", "x", False),
    ],
)  # fmt: skip
def test_what_a_library_needs_to_begin(kind: str, wanted: str, full_name: str, goes: bool) -> None:
    lacks = lacks_for_routing(kind, wanted=wanted, full_name=full_name)
    assert (lacks == "") == goes and (goes or lacks.endswith("."))
