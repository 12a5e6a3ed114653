"""National IDs and mobile numbers (call-numbers.md, "National IDs"). The numbers are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.domain.national_id import (
    clean_mobile,
    clean_national_id,
    mask_mobile,
    mask_national_id,
    was_filled,
)
from libraries.domain.persian import to_persian_digits


@pytest.mark.parametrize(
    "text",
    [
        "0084575948",
        "۰۰۸۴۵۷۵۹۴۸",
        "٠٠٨٤٥٧٥٩٤٨",
        " 008-457594-8 ",
        "008 4575 948",
        "\u202d۰۰۸۴۵۷۵۹۴۸\u202c",
        "84575948",
        "084575948",
    ],
)
def test_ways_to_write_one_id(text: str) -> None:
    assert clean_national_id(text) == "0084575948"


def accepted(text: str) -> bool:
    try:
        clean_national_id(text)
    except ValueError:
        return False
    return True


@given(st.from_regex("[0-9]{9}", fullmatch=True).filter(lambda nine: len(set(nine)) > 1))
def test_one_check_digit_of_ten_is_right(nine: str) -> None:
    [right] = [check for check in "0123456789" if accepted(nine + check)]
    weighted = sum(
        int(d) * w for d, w in zip(nine + right, (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True)
    )
    # The whole sum is a multiple of 11, or twice the remainder 1, which keeps its own digit.
    assert weighted % 11 in (0, 2)
    assert clean_national_id(to_persian_digits(nine + right)) == nine + right


@pytest.mark.parametrize("digit", "0123456789")
def test_repeated_digits_are_refused(digit: str) -> None:
    with pytest.raises(ValueError, match="یکسان"):
        clean_national_id(digit * 10)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "خالی"),
        (" \u200f ", "خالی"),
        ("1234567", "۷ رقم"),
        ("00845759481", "۱۱ رقم"),
        ("0084575949", "رقم پایانی"),
        ("008457594X", "حرف"),
        ("۰۰۸۴۵۷۵۹۴٫۸", "حرف"),
        ("\x00", "خالی"),
        ("۱" * 10_000, "رقم دارد"),
        ("②②②②②②②②②②", "حرف"),
    ],
)
def test_what_is_refused_and_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        clean_national_id(text)


@given(st.text(st.characters(), max_size=15))
def test_any_text_is_ten_digits_or_a_sentence(text: str) -> None:
    try:
        assert len(clean_national_id(text)) == 10
    except ValueError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("84575948", True),
        ("۸۴۵۷۵۹۴۸", True),
        ("084575948", True),
        ("0084575948", False),
        ("x", False),
    ],
)
def test_notice_of_filled_zeros(text: str, filled: bool) -> None:
    assert was_filled(text) is filled


def test_masks_show_the_ends_only() -> None:
    assert mask_national_id("3860000561") == "386****561"
    assert mask_mobile("09121234567") == "0912***4567"
    for mask in (mask_national_id, mask_mobile):
        assert mask("") == ""
        assert mask("1234") == "****"


@pytest.mark.parametrize(
    "text",
    [
        "09121234567",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "9121234567",
        "989121234567",
        "+989121234567",
        "00989121234567",
        "+98 (0) 912 123 4567",
        "0912-123-45-67",
        "\u202a+98 912 123 4567\u202c",
    ],
)
def test_ways_to_write_one_mobile(text: str) -> None:
    assert clean_mobile(text) == "09121234567"


@pytest.mark.parametrize(
    "text", ["", "0912123456", "091212345678", "02112345678", "0912123456x", "+19121234567", "\x00"]
)
def test_other_numbers_are_no_mobiles(text: str) -> None:
    with pytest.raises(ValueError, match="همراه"):
        clean_mobile(text)
