"""The two forms of a text and the alphabet's order (call-numbers.md, "Persian text")."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from libraries.domain.persian import (
    ALPHABET,
    alphabet_key,
    search_key,
    stored_form,
    to_ascii_digits,
    to_persian_digits,
)

ZWNJ = "\u200c"

# Letters that meet each other in odd ways, beside any text at all (lone surrogates too).
ANY = st.text(st.characters(), max_size=30)
PERSIAN = st.text(
    st.sampled_from(
        [*ALPHABET, *"يىكأإٱؤئةۀءـ 12۳٤\n\t\u00a0\u2003", *"\u0653\u0654\u0655\u064e\u0670"]
    )
    | st.sampled_from(
        ["\u200c", "\u200b", "\u200d", "\u200e", "\u202b", "\ufeff", "\x00", "\ud800"]
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("", ""),
        ("  a \t b\r\n c  ", "a b c"),
        ("كتاب علي", "کتاب علی"),
        ("مصطفى", "مصطفی"),
        ("\u202d۱۳۸۵/۰۲/۲۷\u202c", "۱۳۸۵/۰۲/۲۷"),
        ("\ufeffعنوان\u200f", "عنوان"),
        ("کتابخانه" + ZWNJ + "ها", "کتابخانه" + ZWNJ + "ها"),
        (ZWNJ + "می" + ZWNJ + ZWNJ + "رود" + ZWNJ, "می" + ZWNJ + "رود"),
        ("خانه" + ZWNJ + " ما", "خانه ما"),
        ("می\u200b\u200dرود", "میرود"),
        ("مسئول و مؤلف و خانۀ رأی", "مسئول و مؤلف و خانۀ رأی"),
        ("مسي\u0654ول", "مسئول"),
        ("مسي\u200e\u0654ول", "مسئول"),
        ("ا\u0653ب", "آب"),
        ("e\u0301", "é"),
        ("٣ و ۳ و 3", "٣ و ۳ و 3"),
        ("a\x00b\ud800c\x1b", "abc"),
        ("نـــامه", "نـــامه"),
        ("a\u00a0\u2003b", "a b"),
        (" " + ZWNJ + " ", ""),
    ],
)
def test_stored_form(given_text: str, stored: str) -> None:
    assert stored_form(given_text) == stored


@pytest.mark.parametrize(
    "spellings",
    [
        ("کتابخانه" + ZWNJ + "ها", "کتابخانه ها", "كتابخانه" + ZWNJ + "ها", "کتابخانهها"),
        ("آب", "اب", "ا\u0653ب", "أب", "إب", "ٱب"),
        ("خانۀ", "خانه\u0654", "خانة", "خانه"),
        ("مؤلف", "مولف", "مو\u0654لف"),
        ("مُحَمَّد", "محمد", "محـــمد"),
        ("۱۲۳", "١٢٣", "123", "1 2 3"),
        ("Harry Potter", "HARRY  potter", "harrypotter"),
    ],
)
def test_spellings_of_one_text_are_found_together(spellings: tuple[str, ...]) -> None:
    assert len({search_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("کتاب", "کتب"), ("مسئول", "مسول"), ("گل", "کل")])
def test_different_texts_are_not_found_together(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@given(ANY | PERSIAN)
@example("\u0345\u1f80")
@example("İǰΐ")
@example("ا\u200c\u0653")
def test_forms_are_final_and_clean(text: str) -> None:
    stored, key = stored_form(text), search_key(text)
    assert stored_form(stored) == stored
    assert search_key(key) == key
    assert search_key(stored) == key
    assert stored.encode("utf-8") and not stored.startswith((" ", ZWNJ)) if stored else True
    assert unicodedata.is_normalized("NFC", stored)
    assert not set("يىك\x00\u200e\u200f\u202a\u202d\ufeff") & set(stored)
    assert not any(letter.isspace() for letter in key)
    assert to_ascii_digits(to_persian_digits(text)) == to_ascii_digits(text)


def test_no_invisible_format_character_is_kept_but_zwnj() -> None:
    # The few that are left are seen: Arabic, Syriac and Kaithi number signs.
    signs = {*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
    kept = {
        code
        for code in range(0x110000)
        if unicodedata.category(chr(code)) in ("Cf", "Cs", "Cc")
        and stored_form(f"a{chr(code)}b") not in ("ab", "a b")
    }
    assert kept == signs | {0x200C}


def test_ten_thousand_letters() -> None:
    for text in ("ك" * 10_000, "\u0300\u0323" * 5_000, ZWNJ * 10_000, "\ud800" * 10_000):
        for form in (stored_form, search_key, alphabet_key):
            form(text)


def test_digits() -> None:
    assert to_ascii_digits("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ x") == "0123456789 0123456789 x"
    assert to_persian_digits(1405) == "۱۴۰۵"
    assert to_persian_digits("٤ از 10٫5") == "۴ از ۱۰٫۵"


@pytest.mark.parametrize(
    "names",
    [
        ("آذر", "احمدی", "پارسا", "تهرانی", "چمران", "ژاله", "کاظمی", "گلستان", "لطفی", "یزدان"),
        ("علی", "علی اکبر", "علی پور", "علیا"),
        ("12 سال", "ابن سینا", "Smith"),
        ("هاشمی", "یاس"),
        ("راد", "رأفت", "رام", "رأی"),
        ("Adams", "Zola", "Ωmega"),
    ],
)
def test_names_stand_in_the_order_of_the_alphabet(names: tuple[str, ...]) -> None:
    assert sorted(reversed(names), key=alphabet_key) == list(names)


def test_alphabet_key_passes_over_what_has_no_place_in_the_alphabet() -> None:
    assert alphabet_key("علی" + ZWNJ + "پور") == alphabet_key("عليپور")
    assert alphabet_key("«گلستان»، سعدی") == alphabet_key("گلستان سعدی")


@given(ANY | PERSIAN)
def test_alphabet_key_sorts_alike_in_every_collation(text: str) -> None:
    assert set(alphabet_key(text)) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
