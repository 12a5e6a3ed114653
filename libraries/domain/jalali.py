"""Dates of the Jalali calendar: read, written and counted. Stored dates are Gregorian."""

import datetime
import re
from functools import lru_cache

import jdatetime

from libraries.domain.persian import search_key, stored_form, to_ascii_digits, to_persian_digits

MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)
# As `datetime.date.weekday` counts: Monday first.
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")

_JALALI_YEARS = range(1200, 1500)
_GREGORIAN_YEARS = range(1901, 2200)

_TIME = r"(?:[T ,،\-]*[0-9]{1,2}:[0-9]{1,2}.*)?"
_PARTED = re.compile(rf"([0-9]{{1,4}})\s*([/.\-])\s*([0-9]{{1,2}})\s*\2\s*([0-9]{{1,4}}){_TIME}")
_PACKED = re.compile(rf"([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})(?:\.0)?{_TIME}")
# On the search key: without spaces and ZWNJ.
_NAMED = re.compile(r"(?:(?:\D{0,6}شنبه|جمعه)،?)?([0-9]{1,2})(\D+?)(?:ماه)?([0-9]{4}|[0-9]{2})")
_MONTH_NUMBERS = {search_key(name): number for number, name in enumerate(MONTHS, start=1)} | {
    search_key("امرداد"): 5
}

_UNREADABLE = "تاریخ «{}» خوانده نمی‌شود؛ آن را مانند ۱۴۰۵/۰۹/۰۱ بنویسید."
_OTHER_YEAR = "سال تاریخ «{}» از ۱۲۰۰ تا ۱۴۹۹ نیست؛ سال را بررسی کنید."
_IMPOSSIBLE = "تاریخ «{}» در تقویم نیست؛ روز، ماه و سال آن را بررسی کنید."


def parse_jalali(text: str) -> datetime.date | None:
    """The day that a text names; None where it is empty.

    Taken are 1394/11/08, ۱۳۹۴-۱۱-۸, 13941108, 08/11/1394, «۸ بهمن ۱۳۹۴», two-digit years (up to 19
    they are 14xx, else 13xx), Gregorian years after 1900 (2016-01-28), each with or without a time
    of day behind. Raises ValueError with a Persian sentence where the text is no date or no day of
    the calendar.
    """
    text = stored_form(text)
    return _parse(text) if text else None


# A list of copies has few dates for its many rows, and the calendar's arithmetic is slow.
@lru_cache(maxsize=10_000)
def _parse(text: str) -> datetime.date:
    plain = to_ascii_digits(text)
    if found := _PARTED.fullmatch(plain):
        first, _, month, last = found.groups()
        year, day = (last, first) if len(last) > 2 else (first, last)
    elif found := _PACKED.fullmatch(plain):
        year, month, day = found.groups()
    elif (found := _NAMED.fullmatch(search_key(text))) and found[2] in _MONTH_NUMBERS:
        day, year = found[1], found[3]
        month = str(_MONTH_NUMBERS[found[2]])
    else:
        raise ValueError(_UNREADABLE.format(_shown(text)))
    if len(year) in (1, 3) or len(day) > 2:
        raise ValueError(_UNREADABLE.format(_shown(text)))
    number = int(year)
    if len(year) == 2:
        number += 1400 if number < 20 else 1300
    try:
        if number in _GREGORIAN_YEARS:
            return datetime.date(number, int(month), int(day))
        if number in _JALALI_YEARS:
            return jdatetime.date(number, int(month), int(day)).togregorian()
    except ValueError:
        raise ValueError(_IMPOSSIBLE.format(_shown(text))) from None
    raise ValueError(_OTHER_YEAR.format(_shown(text)))


def _shown(text: str) -> str:
    """What was given, short enough for a sentence."""
    return to_persian_digits(text if len(text) <= 30 else text[:30] + "…")


def format_jalali(
    date: datetime.date | datetime.datetime, *, weekday: bool = False, long: bool = False
) -> str:
    """The day for people to read: «۱۴۰۵/۰۹/۰۱», long «۱ آذر ۱۴۰۵»; with the weekday before it,
    «یکشنبه ۱ آذر ۱۴۰۵». A datetime must be local time already.
    """
    jalali = _jalali(_day(date))
    if long:
        text = f"{jalali.day} {MONTHS[jalali.month - 1]} {jalali.year}"
    else:
        text = f"{jalali.year:04}/{jalali.month:02}/{jalali.day:02}"
    if weekday:
        text = f"{WEEKDAYS[date.weekday()]} {text}"
    return to_persian_digits(text)


def _day(date: datetime.date | datetime.datetime) -> datetime.date:
    return date.date() if isinstance(date, datetime.datetime) else date


@lru_cache(maxsize=10_000)
def _jalali(day: datetime.date) -> jdatetime.date:
    return jdatetime.date.fromgregorian(date=day)


def jalali_year(date: datetime.date | datetime.datetime) -> int:
    """The Jalali year of a day, e.g. 1405."""
    return int(_jalali(_day(date)).year)


def add_months(date: datetime.date, months: int) -> datetime.date:
    """The same day so many Jalali months later (earlier, if negative); the month's last day where
    the month is too short for it.
    """
    jalali = _jalali(_day(date))
    year, month = divmod(jalali.year * 12 + jalali.month - 1 + months, 12)
    first = jdatetime.date(year, month + 1, 1)
    return first.replace(day=min(jalali.day, _month_days(first))).togregorian()


def _month_days(first: jdatetime.date) -> int:
    if first.month == 12:
        return 30 if first.isleap() else 29
    return 31 if first.month <= 6 else 30


def months_past(due: datetime.date, today: datetime.date) -> int:
    """Whole Jalali months from the due day to today; 0 where it isn't past (directive 5, S5: a loan
    of two or more counts as unreturned once it was followed up).
    """
    due, today = _day(due), _day(today)
    start = _jalali(due)
    end = _jalali(today)
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and add_months(due, months) > today:
        months -= 1
    return max(months, 0)
