"""Call numbers: what they hold, how they arrive, and the shelf's order (call-numbers.md)."""

import random
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from libraries.domain.call_numbers import (
    DEFAULT,
    HUNDREDS,
    KEY_LENGTH,
    NATURAL_KEY_LENGTH,
    Rules,
    class_bounds,
    class_key,
    contradicts,
    display,
    hundreds_of,
    key_prefix,
    key_readable,
    main_class,
    natural_key,
    parse,
    prefix_of,
    prefix_rank,
    repair,
    shelf_key,
)
from libraries.domain.persian import ALPHABET, stored_form, to_persian_digits

IN_SHELF_ORDER = """
000
025
025/428
028/9 ی609ع
158/1
297
4فا
410
8فا
8فا1
8فا1/31 آ619م
8فا1/31 ا35
8فا3
8فا3/62
8فا3/62 ب51
8فا3/62 ب516
8فا3/62 ب52
8فا3/62 پ12
8فا3/62 د356
8فا3/62 د356 1385
8فا3/62 د356آ
8فا3/62 د356الف
8فا3/62 د356ج
8فا3/62 د356ج ن.2
8فا3/62 د356ج ج.2
8فا3/62 د356ج ج.10
8فا3/62 د356ج 1385
8فا3/62 د356ج 1385 ن.2
8فا3/62 د356ج 1385 ن.10
8فا3/62 د356ج 1385 ج.2
8فا3/62 د356ج 1385 ج.2 ن.2
8فا3/62 د356ج 1385 ج.10
8فا3/62 د356ج 1386
8فا3/62 د36الف
8فا3/62 ژ1
8فا3/62 ک35
8فا3/62 گ35
8فا3/62 ی1
8فا3/628
810
813/54 W913d 2001
813/54 W913d 2001 v.2
915/5
915/694
915/72
955
955 د35
955/00
955/004
955/0044
955/005
955/07
955/0722
955/08
955/1
999/99
B53
BP136/9
BP136/9 /م7
BP1360
DS266 .B363 2015
PIR8224 /د5
PIR8224 /د5 1385
PIR8224 /د5م9
PIR8224 /د5م9 1385
PIR8224 /د5م9 1385 ج.2
PIR8224 /د52
Z698
Z845
Z845 /الف9ح5 1395
م 000
م 8فا3/62 د356ج
م BP136/9
ک 028/9
ج 028/9
عر 297
لا 823/914
ض 297/1
12345
بدون شماره
""".strip().splitlines()


def test_the_shelf_from_end_to_end() -> None:
    shuffled = IN_SHELF_ORDER[:]
    random.Random(5).shuffle(shuffled)
    assert sorted(shuffled, key=shelf_key) == IN_SHELF_ORDER
    assert len({shelf_key(text) for text in IN_SHELF_ORDER}) == len(IN_SHELF_ORDER)


def test_the_alphabet_of_marks() -> None:
    numbers = [f"955/07 {letter}35" for letter in ALPHABET]
    assert sorted(reversed(numbers), key=shelf_key) == numbers
    work_marks = [f"955/07 د35{letter}" for letter in ALPHABET]
    assert sorted(reversed(work_marks), key=shelf_key) == work_marks


@pytest.mark.parametrize(
    "spellings",
    [
        ("۹۵۵/۰۷ د۳۵ت", "٩٥٥/٠٧ د٣٥ت", "955.07 د35ت", "955٫07د35ت", "955 / 07 / د 35 ت"),
        ("8فا3/62 ك35ي", "8فا3/62 ک35ی", "8فا3/62 ک35ى", "8فا3/62 ﮐ35ﯽ"),
        ("۸ فا ۳ / ۶۲ د ۳۵ ج", "8فا3/62 د35ج", "8FA3/62 د35ج", "62/8فا3 د35ج"),
        ("8فا3/62 الف35", "8فا3/62 ا35", "8فا3/62 أ35", "8فا3/62 ا ل ف35"),
        ("8فا3/62 د35الف", "8فا3/62 د35ا", "8فا3/62 د35\u0640الف"),
        ("8فا3/62 آ35", "8فا3/62 ا\u065335"),
        ("\u202d158/1 م497ش\u202c", "1/158 م497ش", "158\u200f/\u200e1 م497ش", "15 8/1م49 7ش"),
        ("م 297/4", "مرجع297/4", "(م) 297/4", "R 297/4", "ref. 297/4", "م/297/4", "م 4/297"),
        ("ک 297/4", "ك297/4", "کودک 297/4", "كودك ۲۹۷/۴"),
        (
            "8فا3/62 د356ج 1385 ج.2 ن.3",
            "8فا3/62 د356ج 1385 ج. ۲ ن. ۳",
            "8فا3/62 د356ج 1385 ج2 ن3",
            "8فا3/62 د356ج 1385 جلد ۲، نسخه ۳",
            "8فا3/62 د356ج 1385 جلد: 2 (نسخهٔ 3)",
            "8فا3/62 د356ج 1385 v.2 c.3",
            "8فا3/62 د356ج 1385 ج.02 ن.03",
            "8فا3/62 د356ج ن.3 ج.2 1385",
            "8فا3/62د356ج1385ج2ن3",
        ),
        ("955/07 د35 1385", "955/07 د351385", "955/07 د35، 1385"),
        ("955/07 1385 ج.2", "955/07 ج.2 1385", "955/07\u200f 1385 ج2"),
        ("BP136/9 /م7", "bp 136.9 م7", "BP136/9/م۷"),
        ("PIR8224 /د5م9 1385", "pir ۸۲۲۴/د۵م۹ ۱۳۸۵", "PIR8224د5م91385"),
    ],
)
def test_one_number_written_otherwise_has_one_key(spellings: tuple[str, ...]) -> None:
    assert {spelling: shelf_key(spelling) for spelling in spellings} == dict.fromkeys(
        spellings, shelf_key(spellings[0])
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("297", {"main_class": "297"}),
        ("۰۲۵/۴۲۸", {"main_class": "025", "decimals": "428"}),
        (
            "م ۸فا۳/۶۲ د۳۵۶ج ۱۳۸۵ ج.۲ ن.۳",
            {
                "prefix": "م",
                "main_class": "8فا3",
                "decimals": "62",
                "mark": "د356ج",
                "groups": (("د", "356"), ("ج", "")),
                "year": "1385",
                "volume": "2",
                "copy": "3",
            },
        ),
        ("مرجع 955 د35", {"prefix": "م", "main_class": "955", "mark": "د35"}),
        ("ر376ع", None),
        (
            "8فا3/62 ن44ن 1385",
            {"main_class": "8فا3", "decimals": "62", "mark": "ن44ن", "year": "1385"},
        ),
        (
            "8فا3/62 ج44ج1385",
            {"main_class": "8فا3", "decimals": "62", "mark": "ج44ج", "year": "1385"},
        ),
        ("530 م394ز ج.1", {"main_class": "530", "mark": "م394ز", "volume": "1"}),
        ("530 م394جج2", {"main_class": "530", "mark": "م394ج", "volume": "2"}),
        ("530 م394ن ن.2", {"main_class": "530", "mark": "م394ن", "copy": "2"}),
        ("530 ج.1", {"main_class": "530", "volume": "1"}),
        ("530 جلد 1", {"main_class": "530", "volume": "1"}),
        ("955 1385", {"main_class": "955", "year": "1385"}),
        ("8فا3 1385", {"main_class": "8فا3", "year": "1385"}),
        (
            "955/07 د35ت 2536",
            {"main_class": "955", "decimals": "07", "mark": "د35ت", "year": "2536"},
        ),
        (
            "955/07 د35ت2 1380",
            {"main_class": "955", "decimals": "07", "mark": "د35ت2", "year": "1380"},
        ),
        (
            "955/07 د35ت 1380 ج.1-2",
            {
                "main_class": "955",
                "decimals": "07",
                "mark": "د35ت",
                "year": "1380",
                "volume": "1",
                "rest": "2",
            },
        ),
        ("1/158 م497ش", {"main_class": "158", "decimals": "1", "mark": "م497ش", "swapped": True}),
        ("627/8فا3", {"main_class": "8فا3", "decimals": "627", "swapped": True}),
        ("8فا3/627", {"main_class": "8فا3", "decimals": "627"}),
        ("۰۸۵/۹۴۳", {"main_class": "085", "decimals": "943"}),
        (
            "823/914 W913d 2001 v.2 c.1",
            {
                "main_class": "823",
                "decimals": "914",
                "mark": "w913d",
                "year": "2001",
                "volume": "2",
                "copy": "1",
            },
        ),
        ("BP136/9", {"main_class": "BP", "whole": "136", "decimals": "9"}),
        (
            "DS266 .B363 2015",
            {"main_class": "DS", "whole": "266", "mark": "b363", "year": "2015"},
        ),
        (
            "PIR8224 /د5ج2 1385 ج.3",
            {"main_class": "PIR", "whole": "8224", "mark": "د5ج2", "year": "1385", "volume": "3"},
        ),
        ("R 856/2", {"prefix": "م", "main_class": "856", "decimals": "2"}),
        ("R BP136", {"prefix": "م", "main_class": "BP", "whole": "136"}),
        ("RC856", {"main_class": "RC", "whole": "856"}),
        ("ج 028 ج35ج ج.2", {"prefix": "ج", "main_class": "028", "mark": "ج35ج", "volume": "2"}),
        ("ک 028 ک35ک", {"prefix": "ک", "main_class": "028", "mark": "ک35ک"}),
        ("ض 955/07", {"prefix": "ض", "main_class": "955", "decimals": "07"}),
    ],
)
def test_parts(text: str, parts: dict[str, object] | None) -> None:
    number = parse(text)
    assert number.readable is (parts is not None)
    names = (
        "prefix",
        "main_class",
        "whole",
        "decimals",
        "mark",
        "groups",
        "year",
        "volume",
        "copy",
    )
    for name in (*names, "rest", "swapped"):
        if name != "groups" or "groups" in (parts or {}):
            assert getattr(number, name) == (parts or {}).get(
                name, False if name == "swapped" else ""
            )


UNREADABLE = [
    *("", " ", "\u200f", "\x00", "\ud800", "؟؟؟", "-", "ناخوانا", "بدون شماره 123", "م", "م 35"),
    *("12345", "1200003442", "97", "1/2", "12/1234", "ج.2", "د356ج", "BP"),
    "۱" * 10_000,
    "ک" * 10_000,
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_goes_last(text: str) -> None:
    assert not parse(text).readable
    assert main_class(text) == prefix_of(text) == hundreds_of(text) == ""
    for readable in ("999/99 ی99ی 1499 ج.99 ن.99", "ZZZ9999", "ض 999/9"):
        assert shelf_key(readable) < shelf_key(text)
    assert not key_readable(shelf_key(text))


def test_unreadable_numbers_stand_by_their_text() -> None:
    texts = ["", "12 ب", "اب", "پیوست", "ژورنال", "گم", "گم شده"]
    assert sorted(reversed(texts), key=shelf_key) == texts
    assert shelf_key("گم شده") == shelf_key(" گم\u200f  شده ")


def test_literature_stands_where_the_rules_say() -> None:
    numbers = ["799/9", "800", "809/9", "810", "899", "900", "999/9", "B1"]
    after = {"before_800": "799/9", "after_809": "809/9", "after_899": "899", "apart": "999/9"}
    for place, before in after.items():
        rules = Rules(literature=place)
        order = numbers[:]
        index = order.index(before) + 1
        order[index:index] = ["8فا", "8فا1/5", "8فا3/62"]
        assert sorted(reversed(order), key=lambda text: shelf_key(text, rules)) == order, place
        # Persian as a language stays among the languages.
        assert shelf_key("409/9", rules) < shelf_key("4فا1", rules) < shelf_key("410", rules)


def test_madda_may_count_as_alef() -> None:
    same = Rules(madda_first=False)
    assert shelf_key("955 آ35", same) == shelf_key("955 ا35", same)
    assert shelf_key("955 آ36") < shelf_key("955 ا35")
    assert shelf_key("955 آ36", same) > shelf_key("955 ا35", same)


def test_year_volume_and_copy_in_another_sequence() -> None:
    rules = Rules(order=("volume", "copy", "year"))
    numbers = [
        "955 د35ت 1386",
        "955 د35ت 1385 ج.1",
        "955 د35ت 1380 ج.1 ن.2",
        "955 د35ت 1370 ج.2",
    ]
    assert sorted(reversed(numbers), key=lambda text: shelf_key(text, rules)) == numbers


def test_prefixes_are_the_librarys_own() -> None:
    rules = Rules(prefixes=(("ن", "نابینا"), ("J",)))
    assert prefix_of("نابینا 955/07", rules) == prefix_of("ن955/07", rules) == "ن"
    assert prefix_of("J 813/54", rules) == "J"
    assert main_class("J 813/54", rules) == "813"
    assert [prefix_rank(prefix, rules) for prefix in ("", "ن", "J", "م")] == [0, 1, 2, 3]
    assert [prefix_rank(prefix) for prefix in ("", "م", "ك", "نوجوان", "لا", "ض")] == [
        0,
        1,
        2,
        3,
        5,
        6,
    ]


@pytest.mark.parametrize(
    "rules",
    [
        {"literature": "somewhere"},
        {"order": ("year", "volume")},
        {"prefixes": (("م", "مرجع"), ("م",))},
        {"prefixes": (("8",),)},
        {"prefixes": (("",),)},
        {"prefixes": ((),)},
    ],
)
def test_rules_that_are_none(rules: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        Rules(**rules)


def test_keys_of_one_prefix_share_their_beginning() -> None:
    runs = [
        [text for text in IN_SHELF_ORDER if prefix_of(text) == prefix] for prefix in ("", "م", "ض")
    ]
    prefixes = [
        {key_prefix(shelf_key(text)) for text in run if parse(text).readable} for run in runs
    ]
    assert [len(found) for found in prefixes] == [1, 1, 1]
    assert len(set.union(*prefixes)) == 3
    assert key_prefix(shelf_key("ناخوانا")) == key_prefix("") == ""


@pytest.mark.parametrize(
    ("text", "name", "hundreds"),
    [
        ("297/4 د35", "297", "200"),
        ("م ۰۲۵/۴", "025", "000"),
        ("8فا3/62", "8فا3", "800"),
        ("۸ فا", "8فا", "800"),
        ("4فا1", "4فا1", "400"),
        ("bp136/9", "BP", ""),
        ("PIR8224", "PIR", ""),
        ("1/158", "158", "100"),
        ("ناخوانا", "", ""),
    ],
)
def test_main_class(text: str, name: str, hundreds: str) -> None:
    assert main_class(text) == name
    assert hundreds_of(text) == hundreds


def test_each_hundred_has_its_name() -> None:
    assert list(HUNDREDS) == [f"{i}00" for i in range(10)]


CLASSES = [
    *("000", "025/4", "299/9", "300", "4فا1", "809", "8فا", "8فا1/3", "8فا9", "810", "999"),
    *("B53", "BP136", "PIR8224", "ناخوانا"),
]


@pytest.mark.parametrize(
    ("first", "last", "taken"),
    [
        ("000", "299", ["000", "025/4", "299/9"]),
        ("۰۲۵", "٣٠٠", ["025/4", "299/9", "300"]),
        ("8فا", "8فا", ["8فا", "8فا1/3", "8فا9"]),
        ("8فا1", "8فا1", ["8فا1/3"]),
        ("800", "899", ["809", "8فا", "8فا1/3", "8فا9", "810"]),
        ("809", "809", ["809"]),
        ("025/9", "025", ["025/4"]),
        ("", "025", ["000", "025/4"]),
        ("810", "", ["810", "999", "B53", "BP136", "PIR8224", "ناخوانا"]),
        ("B", "B", ["B53", "BP136"]),
        ("bp", "BP", ["BP136"]),
        ("999", "PIR", ["999", "B53", "BP136", "PIR8224"]),
        (" ", "", CLASSES),
    ],
)
def test_class_bounds(first: str, last: str, taken: list[str]) -> None:
    lower, upper = class_bounds(first, last)
    assert [text for text in CLASSES if lower <= class_key(text) <= upper] == taken


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("300", "200", "جای آن دو را عوض کنید"),
        ("810", "8فا", "جای آن دو را عوض کنید"),
        ("BP", "999", "جای آن دو را عوض کنید"),
        ("29", "300", "«۲۹» خوانده نمی‌شود"),
        ("", "تاریخ", "«تاریخ» خوانده نمی‌شود"),
    ],
)
def test_class_bounds_that_are_refused(first: str, last: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        class_bounds(first, last)


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("1/158 م497ش 1371", "158/1 م497ش 1371"),
        ("\u202d۱/۱۵۸ م۴۹۷ش\u202c", "۱۵۸/۱ م۴۹۷ش"),
        ("م 0044 / 955 د35", "م 955 / 0044 د35"),
        ("62.8فا3 د35", "8فا3.62 د35"),
        ("۰۸۵/۹۴۳ د35", "۰۸۵/۹۴۳ د35"),
        ("158/1", "158/1"),
        ("8فا3/628", "8فا3/628"),
        ("BP136/158", "BP136/158"),
        ("1/1581", "1/1581"),
        ("  گم  شده ", "گم شده"),
    ],
)
def test_repair_turns_back_only_what_is_certain(text: str, repaired: str) -> None:
    assert repair(text) == repaired
    assert repair(repaired) == repaired
    assert shelf_key(text) == shelf_key(repaired)
    assert not parse(repaired).swapped


@pytest.mark.parametrize(
    ("call_number", "given_class", "flagged"),
    [
        ("۰۸۵/۹۴۳", "۹۴۳", True),
        ("085/943", "943/085", True),
        ("085/943", "900", True),
        ("085/943 د35", "085", False),
        ("085/943", "85", False),
        ("085/943", "000", False),
        ("085/943", "", False),
        ("085/943", "گم", False),
        ("158/1", "955", False),
        ("8فا3/628", "628", False),
        ("955", "297", False),
    ],
)
def test_halves_that_contradict_the_main_class(
    call_number: str, given_class: str, flagged: bool
) -> None:
    assert contradicts(call_number, given_class) is flagged


def test_display() -> None:
    assert display("8فا3/62 ك35ي 1385\u200f") == "۸فا۳/۶۲ ک۳۵ی ۱۳۸۵"


def test_registration_numbers_stand_as_numbers() -> None:
    numbers = [
        "",
        "0",
        "9",
        "10",
        "10/2",
        "10/10",
        "10ب",
        "11",
        "99999",
        "100000",
        "الف5",
        "الف10",
        "ب1",
        "A1",
    ]
    assert sorted(reversed(numbers), key=natural_key) == numbers
    assert natural_key("۰۰۹") == natural_key("٩") == natural_key(" 9 ")
    assert natural_key("الف5") == natural_key("ا ۵")


KEY = re.compile("[0-9a-z]*")
ANY = st.text(st.characters(), max_size=40)
PIECES = st.lists(
    st.sampled_from(
        [
            *"0123456789",
            *ALPHABET,
            *"./-٫ ",
            "8فا",
            "الف",
            "ج.",
            "ن.",
            "جلد",
            "1385",
            "BP",
            "م",
            "/158",
        ]
    ),
    max_size=25,
).map("".join)


@given(ANY | PIECES)
def test_any_text_has_a_key(text: str) -> None:
    for rules in (DEFAULT, Rules("apart", False, ("copy", "year", "volume"), ())):
        key = shelf_key(text, rules)
        assert KEY.fullmatch(key) and len(key) <= KEY_LENGTH
        assert KEY.fullmatch(class_key(text, rules))
        assert key_readable(key) == parse(text, rules).readable == bool(main_class(text, rules))
    assert KEY.fullmatch(natural_key(text)) and len(natural_key(text)) <= NATURAL_KEY_LENGTH


@given(PIECES)
def test_a_kept_or_repaired_number_keeps_its_place(text: str) -> None:
    key = shelf_key(text)
    assert shelf_key(stored_form(text)) == key
    assert shelf_key(display(text)) == key
    assert shelf_key(repair(text)) == key
    assert not parse(repair(text)).swapped


LETTERS = st.sampled_from(ALPHABET)
MAIN = st.from_regex("[0-9]{3}|8فا[1-9]", fullmatch=True)
DECIMALS = st.from_regex("[0-9]{1,6}", fullmatch=True)
SMALL = st.integers(1, 40)


@st.composite
def call_numbers(draw: st.DrawFn) -> dict[str, str]:
    """The parts of a whole call number of the usual kind."""
    return {
        "prefix": draw(st.sampled_from(["", "م", "ک", "ج", "عر"])),
        "main_class": draw(MAIN),
        "decimals": draw(DECIMALS | st.just("")),
        "author": draw(LETTERS),
        "digits": draw(st.from_regex("[0-9]{1,4}", fullmatch=True)),
        "work": draw(LETTERS),
        "year": str(draw(st.integers(1300, 1499))),
        "volume": draw(st.just("") | SMALL.map(str)),
        "copy": draw(st.just("") | SMALL.map(str)),
    }


def written(parts: dict[str, str]) -> str:
    """The usual way to write the parts."""
    slash = f"/{parts['decimals']}" if parts["decimals"] else ""
    text = f"{parts['prefix']} {parts['main_class']}{slash} "
    text += f"{parts['author']}{parts['digits']}{parts['work']} {parts['year']}"
    text += f" ج.{parts['volume']}" if parts["volume"] else ""
    return text + (f" ن.{parts['copy']}" if parts["copy"] else "")


@given(call_numbers(), st.data())
def test_marks_and_spaces_anywhere_change_nothing(
    parts: dict[str, str], data: st.DataObject
) -> None:
    text = written(parts)
    number = parse(text)
    for name in ("prefix", "main_class", "decimals", "year", "volume", "copy"):
        assert getattr(number, name) == parts[name], name
    assert number.mark == parts["author"] + parts["digits"] + parts["work"]
    noise = st.sampled_from(["", "", " ", "  ", "\u200f", "\u202d", "\u200c", "\u0640", "\u064e"])
    noisy = "".join(letter + data.draw(noise) for letter in text)
    assert shelf_key(noisy) == shelf_key(text)
    assert shelf_key(text.replace(" ", "")) == shelf_key(text)
    assert shelf_key(to_persian_digits(text).replace("ک", "ك").replace("ی", "ي")) == shelf_key(text)


def place(parts: dict[str, str]) -> tuple[object, ...]:
    """The order of call-numbers.md, part by part, written down a second time without keys."""
    main, fa, form = parts["main_class"].partition("فا")
    return (
        ["", "م", "ک", "ج", "عر"].index(parts["prefix"]),
        (809, 1, form) if fa else (int(main), 0, ""),
        parts["decimals"],
        ALPHABET.index(parts["author"]),
        parts["digits"],
        ALPHABET.index(parts["work"]),
        int(parts["year"]),
        int(parts["volume"] or 0),
        int(parts["copy"] or 0),
    )


PARTS = ["prefix", "main_class", "decimals", "author", "digits", "work", "year", "volume", "copy"]


@given(call_numbers(), call_numbers(), st.sets(st.sampled_from(PARTS)))
def test_keys_sort_as_the_parts_do(
    one: dict[str, str], other: dict[str, str], shared: set[str]
) -> None:
    other |= {name: one[name] for name in shared}
    here, there = shelf_key(written(one)), shelf_key(written(other))
    assert (here < there) == (place(one) < place(other))
    assert (here == there) == (place(one) == place(other))


@given(DECIMALS, DECIMALS)
def test_decimals_compare_digit_by_digit(one: str, other: str) -> None:
    here, there = shelf_key(f"955/{one}"), shelf_key(f"955/{other}")
    assert (here < there) == (one < other)


@given(st.from_regex("[0-9]{1,5}", fullmatch=True), st.from_regex("[0-9]{3}", fullmatch=True))
def test_halves_swapped_by_a_display(decimals: str, hundreds: str) -> None:
    assume(len(decimals) != 3)
    turned = f"{decimals}/{hundreds} د35ت"
    assert shelf_key(turned) == shelf_key(f"{hundreds}/{decimals} د35ت")
    assert repair(turned) == f"{hundreds}/{decimals} د35ت"
