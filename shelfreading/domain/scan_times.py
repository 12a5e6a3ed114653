"""When a reader scanned: its dates and times, in whatever order and calendar it writes them."""

import datetime
import re
from collections.abc import Iterable

from libraries.domain.jalali import parse_jalali
from libraries.domain.persian import stored_form, to_ascii_digits

_DATE = re.compile(r"([0-9]{1,4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,4})")
_TIME = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,6})?)?\s*(am|pm|ق\.?ظ\.?|ب\.?ظ\.?)?z?",
    re.IGNORECASE,
)
_PACKED_DATE = re.compile(r"(1[34]|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])")
_PACKED_TIME = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?")
_FIRST_GREGORIAN_YEAR = 1700


def plain(text: str) -> str:
    """Return the text in the form that the functions below read."""
    return to_ascii_digits(stored_form(text)).lower()


def is_date(text: str) -> bool:
    """Return whether a plain text has the shape of a date."""
    found = _DATE.fullmatch(text)
    return found is not None and len(found[1]) != 3 and len(found[3]) != 3


def is_time(text: str) -> bool:
    """Return whether a plain text has the shape of a time of day."""
    return _TIME.fullmatch(text) is not None


def is_moment(text: str) -> bool:
    """Return whether a plain text has the shape of a date, a time, or both."""
    day, time = _parted(text)
    return (is_date(day) or not day) and (is_time(time) or not time) and bool(day or time)


def is_packed(text: str) -> bool:
    """Return whether a plain text may be a day in digits only, with or without a time:
    20260802, 20260802080004. A code may look the same.
    """
    return bool(_PACKED_DATE.fullmatch(text[:8])) and (
        len(text) == 8 or bool(_PACKED_TIME.fullmatch(text[8:]))
    )


def month_first(texts: Iterable[str]) -> bool:
    """Return whether dates that end in the year begin with the month.

    That is so only where some second part can't be a month; else the day comes first, as
    readers are set outside America.
    """
    return any(
        found and len(found[1]) < 3 and int(found[2]) > 12
        for text in texts
        if (found := _DATE.match(text))
    )


def moment(text: str, *, month_first: bool = False) -> datetime.datetime | None:
    """Return the moment that a plain text names by the reader's own clock, or None.

    A moment has a day: a time alone gives None, a day alone its midnight. There is no time zone.
    """
    day_text, time_text = _parted(text)
    try:
        day = _day(day_text, month_first)
        return datetime.datetime.combine(day, _time(time_text)) if day else None
    except ValueError:
        return None


def _parted(text: str) -> tuple[str, str]:
    if is_packed(text):
        return text[:8], text[8:]
    day, separator, time = text.replace("t", " ", 1).partition(" ")
    if not separator and ":" in day:
        return "", day
    if ":" in day:
        # «08:00:04 2026-08-02», or a time and its am.
        first, _, last = text.rpartition(" ")
        return (last, first) if is_date(last) else ("", text)
    return day, time.strip()


def _day(text: str, month_first: bool) -> datetime.date | None:
    if _PACKED_DATE.fullmatch(text):
        text = f"{text[:4]}/{text[4:6]}/{text[6:]}"
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = found.groups()
    if len(year) < 3:
        day, year = year, day
        if month_first:
            day, month = month, day
        if len(year) == 2:
            year = f"20{year}"
    if int(year) >= _FIRST_GREGORIAN_YEAR:
        return datetime.date(int(year), int(month), int(day))
    return parse_jalali(f"{year}/{month}/{day}")


def _time(text: str) -> datetime.time:
    found = _TIME.fullmatch(text)
    if found is None:
        packed = _PACKED_TIME.fullmatch(text)
        if packed is None:
            return datetime.time()
        hour, minute, second = (int(part or 0) for part in packed.groups())
        return datetime.time(hour, minute, second)
    hour = int(found[1])
    half = (found[4] or "")[:1]
    if half in ("p", "ب") and hour < 12:
        hour += 12
    elif half in ("a", "ق") and hour == 12:
        hour = 0
    return datetime.time(hour, int(found[2]), int(found[3] or 0))
