"""Dates of the Jalali calendar. Fixed points are Nowruz days, which no rule of ours produced."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.domain.jalali import (
    add_months,
    format_jalali,
    jalali_year,
    months_past,
    parse_jalali,
)

DAYS = st.dates(datetime.date(1930, 1, 1), datetime.date(2110, 1, 1))


def day(text: str) -> datetime.date:
    """The day that a Jalali date names."""
    date = parse_jalali(text)
    assert date is not None
    return date


@pytest.mark.parametrize(
    ("jalali", "gregorian"),
    [
        ("1357/11/22", (1979, 2, 11)),
        ("1399/12/30", (2021, 3, 20)),
        ("1400/01/01", (2021, 3, 21)),
        ("1403/12/30", (2025, 3, 20)),
        ("1404/01/01", (2025, 3, 21)),
        ("1404/12/29", (2026, 3, 20)),
        ("1405/01/01", (2026, 3, 21)),
        ("1408/12/30", (2030, 3, 20)),
        ("1409/01/01", (2030, 3, 21)),
        ("1405/09/01", (2026, 11, 22)),
    ],
)
def test_calendar(jalali: str, gregorian: tuple[int, int, int]) -> None:
    assert parse_jalali(jalali) == datetime.date(*gregorian)
    assert jalali_year(datetime.date(*gregorian)) == int(jalali[:4])


@pytest.mark.parametrize(
    "text",
    [
        "1394/11/08",
        "1394/11/8",
        "۱۳۹۴-۱۱-۸",
        "١٣٩٤.١١.٠٨",
        "13941108",
        "13941108.0",
        "94/11/08",
        "08/11/1394",
        "8-11-1394",
        "2016-01-28",
        "2016/1/28",
        "20160128",
        "1394/11/08 10:22",
        "1394/11/08، 9:05:00",
        "2016-01-28 00:00:00",
        "2016-01-28T10:22:33.5+03:30",
        "\u202d۱۳۹۴/۱۱/۰۸\u202c",
        " 1394 / 11 / 08 ",
        "۸ بهمن ۱۳۹۴",
        "پنجشنبه ۸ بهمن‌ماه ۱۳۹۴",
        "پنج‌شنبه، 8 بهمن 94",
        "پنج شنبه 8بهمن ماه 1394",
    ],
)
def test_ways_to_write_one_day(text: str) -> None:
    assert parse_jalali(text) == datetime.date(2016, 1, 28)


@pytest.mark.parametrize("text", ["", "   ", "\u200f", "\x00"])
def test_an_empty_cell_is_no_date(text: str) -> None:
    assert parse_jalali(text) is None


@pytest.mark.parametrize(
    ("text", "year"),
    [("00/1/1", 1400), ("05/1/1", 1405), ("19/1/1", 1419), ("20/1/1", 1320), ("99/1/1", 1399)],
)
def test_two_digit_years(text: str, year: int) -> None:
    assert jalali_year(day(text)) == year


@pytest.mark.parametrize(
    "text",
    [
        "1404/12/30",
        "1403/12/31",
        "1405/07/31",
        "1405/13/01",
        "1405/00/10",
        "1405/01/00",
        "14051301",
        "2025-02-29",
        "۳۰ اسفند ۱۴۰۴",
    ],
)
def test_days_that_are_in_no_calendar(text: str) -> None:
    with pytest.raises(ValueError, match="در تقویم نیست"):
        parse_jalali(text)


@pytest.mark.parametrize("text", ["1005/01/01", "1600/01/01", "1900/01/01", "2300-01-01"])
def test_years_far_away(text: str) -> None:
    with pytest.raises(ValueError, match="سال تاریخ"):
        parse_jalali(text)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "1405",
        "1405/09",
        "1405/9/1/2",
        "140/9/1",
        "5/9/1",
        "1405/9/123",
        "1405/9-1",
        "۱ نوروز ۱۴۰۵",
        "1" * 9000,
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="خوانده نمی‌شود"):
        parse_jalali(text)


@given(st.text(st.characters(), max_size=20))
def test_any_text_is_a_day_or_a_sentence(text: str) -> None:
    try:
        parse_jalali(text)
    except ValueError as error:
        assert str(error).endswith(".")


def test_formats() -> None:
    date = datetime.date(2026, 11, 22)
    assert format_jalali(date) == "۱۴۰۵/۰۹/۰۱"
    assert format_jalali(date, weekday=True) == "یکشنبه ۱۴۰۵/۰۹/۰۱"
    assert format_jalali(date, long=True) == "۱ آذر ۱۴۰۵"
    assert format_jalali(date, weekday=True, long=True) == "یکشنبه ۱ آذر ۱۴۰۵"
    assert format_jalali(datetime.datetime(2026, 11, 22, 23, 59)) == "۱۴۰۵/۰۹/۰۱"


def test_weekdays() -> None:
    saturday = datetime.date(2026, 11, 21)
    names = [
        format_jalali(saturday + datetime.timedelta(days), weekday=True).split()[0]
        for days in range(7)
    ]
    assert names == ["شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه"]


@given(DAYS, st.booleans(), st.booleans())
def test_what_is_written_is_read_again(date: datetime.date, weekday: bool, long: bool) -> None:
    text = format_jalali(date, weekday=weekday and long, long=long)
    assert parse_jalali(text) == date


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("1405/01/15", 2, "1405/03/15"),
        ("1405/06/31", 1, "1405/07/30"),
        ("1405/06/31", 6, "1405/12/29"),
        ("1408/06/31", 6, "1408/12/30"),
        ("1403/11/30", 1, "1403/12/30"),
        ("1404/11/30", 1, "1404/12/29"),
        ("1404/12/29", 1, "1405/01/29"),
        ("1403/12/30", 12, "1404/12/29"),
        ("1404/11/15", 2, "1405/01/15"),
        ("1405/01/31", -1, "1404/12/29"),
        ("1405/01/31", 0, "1405/01/31"),
        ("1405/02/01", -14, "1403/12/01"),
    ],
)
def test_add_months(start: str, months: int, end: str) -> None:
    assert format_jalali(add_months(day(start), months)) == format_jalali(day(end))


@pytest.mark.parametrize(
    ("due", "today", "months"),
    [
        ("1405/01/15", "1405/03/14", 1),
        ("1405/01/15", "1405/03/15", 2),
        ("1405/06/31", "1405/07/29", 0),
        ("1405/06/31", "1405/07/30", 1),
        ("1405/06/31", "1405/08/30", 2),
        ("1404/12/29", "1405/02/28", 1),
        ("1404/12/29", "1405/02/29", 2),
        ("1404/10/30", "1404/12/29", 2),
        ("1404/10/30", "1404/12/28", 1),
        ("1405/03/01", "1405/03/01", 0),
        ("1405/03/01", "1405/02/01", 0),
        ("1400/01/01", "1405/01/01", 60),
    ],
)
def test_months_past(due: str, today: str, months: int) -> None:
    assert months_past(day(due), day(today)) == months


@given(DAYS, st.integers(0, 40))
def test_months_past_counts_what_add_months_adds(due: datetime.date, months: int) -> None:
    reached = add_months(due, months)
    assert months_past(due, reached) == months
    if months:
        assert months_past(due, reached - datetime.timedelta(1)) == months - 1
