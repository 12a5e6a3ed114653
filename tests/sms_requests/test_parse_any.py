"""What holds for any text: no error, one meaning in any order, no guess between two libraries."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from libraries.domain.national_id import clean_national_id
from libraries.domain.persian import ARABIC_DIGITS, PERSIAN_DIGITS, stored_form
from sms_requests.domain.library_names import LibraryNames
from sms_requests.domain.parse import NEEDED, Kind, parse_message
from tests.sms_requests.texts import LIBRARIES, A, B

NAMES = LibraryNames(LIBRARIES)
PERSIAN = str.maketrans("0123456789", PERSIAN_DIGITS)
ARABIC = str.maketrans("0123456789", ARABIC_DIGITS)
SOME_WORDS = """
    کتابخانه کتاب عنوان نام کد ملی 0012345679 1234567891 12345679 ۱۹۸۴ ، / : - « » ( ) . سلام
    لطفا ممنون حافظ شهید مطهری ملایر همدان را رو از در من هستم میخواهم عضویت نورمگز ثبت بوف
    کور علی آزمونی نویسنده اثر 09120000000 متولد 1370 ؟ 🙏 ک.م شهر شماره دو ۲ و یا
"""
WORDS = st.sampled_from([*SOME_WORDS.split(), "\n", "\u200c"])
IDS = (
    st.integers(0, 10**9 - 1)
    .map(lambda number: f"{number:09}")
    .map(lambda head: next((head + last for last in "0123456789" if _is_right(head + last)), A))
)
# Titles that hold no label, no library's name and nothing that reads as a greeting or a name.
TITLES = st.sampled_from(
    ["بوف کور", "صد سال تنهایی", "۱۹۸۴", "دیوان حافظ", "جنگ و صلح", "Animal Farm", "مدیر مدرسه"]
    + ["سمفونی مردگان", "هری پاتر و جام آتش", "دا", "سه تفنگدار ۲", "نام من سرخ"]
)
CLEAR_LIBRARIES = st.sampled_from(
    [(4, "کتابخانه شهید مطهری ملایر"), (8, "کتابخانه حافظ"), (1, "کتابخانهٔ ابن‌سینا همدان")]
    + [(12, "کتابخانه عمومی ۱۵ خرداد رزن"), (7, "کتابخانه امام خمینی (ره) تویسرکان")]
)
SEPARATORS = st.sampled_from(["، ", ",", " / ", "\n", " - ", "؛ ", " | ", "\n\n", " * ", " ، "])


def _is_right(digits: str) -> bool:
    try:
        return clean_national_id(digits) == digits
    except ValueError:
        return False


@given(st.one_of(st.text(), st.lists(WORDS, max_size=25).map(" ".join)))
@example("\ud800")
@example("کتابخانه" * 200)
@example("٠" * 1000)
@example("²³¹" * 4)
@example("«" * 500)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_and_says_what_it_lacks(text: str) -> None:
    parsed = parse_message(text, NAMES)
    needed = NEEDED[parsed.kind]
    assert parsed.missing == {part for part in needed if getattr(parsed, part) is None}
    assert parsed.national_id is None or _is_right(parsed.national_id)
    assert parsed.library is None or parsed.library in dict(LIBRARIES)
    for written in (parsed.title, parsed.full_name):
        assert written is None or (written and written == stored_form(written))


@given(IDS, TITLES, CLEAR_LIBRARIES, SEPARATORS)
@settings(deadline=None)
def test_parts_in_any_order_with_any_separator_mean_the_same(
    national_id: str, title: str, library: tuple[int, str], separator: str
) -> None:
    for order in permutations((national_id, title, library[1])):
        parsed = parse_message(separator.join(order), NAMES)
        found = (parsed.kind, parsed.national_id, parsed.library, parsed.title)
        assert found == (Kind.LOAN, national_id, library[0], title), order


@given(IDS, TITLES, CLEAR_LIBRARIES, st.sampled_from([" ", "\n", "، ", " - "]))
@settings(deadline=None)
def test_labelled_parts_in_any_order_mean_the_same(
    national_id: str, title: str, library: tuple[int, str], separator: str
) -> None:
    parts = (
        f"کد ملی: {national_id}",
        f"عنوان: {title}",
        library[1].replace("کتابخانه ", "کتابخانه: "),
    )
    for order in permutations(parts):
        parsed = parse_message(separator.join(order), NAMES)
        found = (parsed.kind, parsed.national_id, parsed.library, parsed.title)
        assert found == (Kind.LOAN, national_id, library[0], title), order


@given(st.lists(WORDS, max_size=20).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_the_alphabet_of_digits_and_letters_changes_nothing(text: str) -> None:
    plain = parse_message(text, NAMES)
    for other in (text.translate(PERSIAN), text.translate(ARABIC)):
        parsed = parse_message(other, NAMES)
        assert replace(parsed, title=None, full_name=None) == replace(
            plain, title=None, full_name=None
        )
        assert (parsed.title is None) == (plain.title is None)
    arabic = text.replace("ی", "ي").replace("ک", "ك")
    assert parse_message(arabic, NAMES) == plain


@given(
    st.sampled_from(["نور", "شهید باکری", "امام علی (ع)", "شماره ۲", "مرکزی", "آیت‌الله نجفی"]),
    st.sampled_from(["", "کتابخانه ", "کتابخانه عمومی ", "کتابخانه: "]),
    TITLES,
    SEPARATORS,
)
@settings(deadline=None)
def test_of_two_libraries_of_one_name_none_is_named(
    name: str, label: str, title: str, separator: str
) -> None:
    same = [(1, f"کتابخانه عمومی {name}"), (2, f"کتابخانه عمومی {name}")]
    towns = [(1, f"کتابخانه عمومی {name} ملایر"), (2, f"کتابخانه عمومی {name} نهاوند")]
    text = separator.join((label + name, A, title))
    for libraries in (same, towns):
        for order in (libraries, libraries[::-1]):
            parsed = parse_message(text, order)
            assert parsed.library is None
            assert "library" in parsed.missing
    told = separator.join((f"کتابخانه {name} نهاوند", A, title))
    assert parse_message(told, towns).library == 2


@pytest.mark.parametrize(
    "text",
    [
        "کتابخانه شهید مطهر، 0012345679، کوری",  # a letter short of both
        "شهید متهری 0012345679 کوری",
        "کتابخانه مطهری 0012345679 کوری",
        "کتابخانه شهید مطهری تهران، 0012345679، کوری",  # a town of neither
        "کتابخانه شهید مطهری ملایر یا شهید مطهری همدان، 0012345679، کوری",
        "کتابخانه ملایر، 0012345679، کوری",
    ],
)
def test_nothing_short_of_telling_them_apart_names_one(text: str) -> None:
    libraries = [pair for pair in LIBRARIES if pair[0] in (3, 4, 6)]
    assert parse_message(text, libraries).library is None


@pytest.mark.parametrize(
    ("text", "library"),
    [
        ("کتابخانه شهید مطهری", 1),  # the one that bears this name and no more
        ("کتابخانه شهید مطهری، ملایر", 2),
        ("کتابخانه شهید مطهری شهر ملایر", 2),
        ("ملایر، کتابخانه شهید مطهری", 2),
        ("کتابخانه سعدی ملایر", 3),  # a name without a town is not denied one
        ("کتابخانه کوثر ملایر", None),  # that of Nahavand it isn't
        ("کتابخانه کوثر اصفهان", None),
        ("کتابخانه سعدی و کتابخانه کوثر", None),
        ("کتابخانه سعدی یا کوثر نهاوند", None),
    ],
)
def test_a_town_tells_libraries_apart(text: str, library: int | None) -> None:
    libraries = [(1, "کتابخانه شهید مطهری"), (2, "کتابخانه شهید مطهری ملایر")]
    libraries += [(3, "کتابخانه عمومی سعدی"), (4, "کتابخانه کوثر نهاوند")]
    parsed = parse_message(f"{text}، {A}، کلیدر", libraries)
    assert (parsed.library, parsed.title) == (library, "کلیدر")


def test_a_list_and_an_index_of_it_mean_the_same() -> None:
    text = f"کتابخانه حافظ، {B}، کلیدر"
    assert parse_message(text, list(LIBRARIES)) == parse_message(text, NAMES)
    assert parse_message(text, []).library is None
    changed = [(80, "کتابخانه عمومی حافظ")]
    assert parse_message(text, changed).library == 80
    changed[0] = (81, "کتابخانه عمومی حافظ")  # the list is read anew, not remembered by identity
    assert parse_message(text, changed).library == 81


def test_ids_need_be_no_numbers_and_names_may_say_nothing() -> None:
    libraries = [(0, ""), (5, "کتابخانه عمومی"), (7, "🙂"), (9, "کتابخانه عمومی حافظ")]
    assert parse_message(f"کتابخانه حافظ، {A}، کلیدر", libraries).library == 9
    assert parse_message(f"کتابخانه عمومی، {A}، کلیدر", libraries).library is None
