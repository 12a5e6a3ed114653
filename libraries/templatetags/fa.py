"""Filters that show values as a Persian reader expects them: digits, numbers, dates, masks.

Dates are Jalali and in the server's time zone (Asia/Tehran). An empty value gives an empty
string, so that a template can say `{{ value|jalali|default:"—" }}`.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.domain.national_id import mask_mobile, mask_national_id
from libraries.domain.persian import to_persian_digits

register = template.Library()


def _local_date(value: date | datetime) -> date:
    """The calendar day of `value` here; an aware datetime is first brought to local time."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


@register.filter(is_safe=True)
def fa(value: object) -> str:
    """Any text or number with its digits written in Persian."""
    return "" if value is None else to_persian_digits(str(value))


@register.filter
def fanum(value: int | float | Decimal | None) -> str:
    """A number in Persian digits with «٬» between thousands and «٫» before decimals."""
    if value is None or value == "":
        return ""
    number = value if isinstance(value, int | float | Decimal) else Decimal(str(value))
    grouped = f"{number:,}".replace(",", "٬").replace(".", "٫")
    return to_persian_digits(grouped)


@register.filter
def percent_of(part: int, whole: int) -> str:
    """`part` of `whole` as whole percent, rounded down so that only the full thing says ۱۰۰٪."""
    return to_persian_digits(f"{part * 100 // whole}٪") if whole else ""


@register.filter
def jalali(value: date | datetime | None) -> str:
    """«۱۴۰۵/۰۹/۰۱»."""
    return format_jalali(_local_date(value)) if value else ""


@register.filter
def jalali_long(value: date | datetime | None) -> str:
    """The date in words with its weekday: «یکشنبه ۱ آذر ۱۴۰۵»."""
    return format_jalali(_local_date(value), weekday=True, long=True) if value else ""


@register.filter
def jalali_time(value: datetime | None) -> str:
    """The date and the minute: «۱۴۰۵/۰۹/۰۱، ساعت ۱۴:۰۵»."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{format_jalali(local.date())}، ساعت {to_persian_digits(f'{local:%H:%M}')}"


@register.simple_tag
def jalali_now() -> str:
    """The present minute, for the foot of a printed page."""
    return jalali_time(timezone.now())


@register.filter
def days_left(due: date | datetime | None, today: date | None = None) -> str:
    """Days left or days late until `due`, in words; `today` is the server's day if not given."""
    if not due:
        return ""
    days = (_local_date(due) - (today or timezone.localdate())).days
    if days == 0:
        return "امروز مهلت تمام می‌شود"
    words = to_persian_digits(f"{abs(days)} روز")
    return f"{words} مانده" if days > 0 else f"{words} دیر شده"


@register.filter
def is_late(due: date | datetime | None, today: date | None = None) -> bool:
    """Whether the day `due` has passed."""
    return due is not None and _local_date(due) < (today or timezone.localdate())


@register.filter
def ago(value: date | datetime | None, now: datetime | None = None) -> str:
    """How long ago `value` was, in words; past thirty days its date. `now` is for tests."""
    if not value:
        return ""
    now = now or timezone.now()
    days = (_local_date(now) - _local_date(value)).days
    if days < 0 or days > 30:
        return jalali(value)
    if days > 1:
        return to_persian_digits(f"{days} روز پیش")
    if days == 1:
        return "دیروز"
    if not isinstance(value, datetime):
        return "امروز"
    passed = now - value
    if passed < timedelta(minutes=1):
        return "همین حالا"
    minutes = int(passed.total_seconds() // 60)
    words = f"{minutes} دقیقه پیش" if minutes < 60 else f"{minutes // 60} ساعت پیش"
    return to_persian_digits(words)


def _left_to_right(text: str) -> str:
    """`text` isolated, so that the stars in its middle don't turn it round in a Persian line."""
    return f"\N{LEFT-TO-RIGHT ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


@register.filter
def masked_id(value: str | None) -> str:
    """A national ID as lists show it, its middle hidden: «۳۸۶****۵۶۱»."""
    return _left_to_right(to_persian_digits(mask_national_id(value))) if value else ""


@register.filter
def masked_mobile(value: str | None) -> str:
    """A mobile number as lists show it, its middle hidden."""
    return _left_to_right(to_persian_digits(mask_mobile(value))) if value else ""


@register.filter
def call_parts(text: str | None) -> list[str]:
    """A call number's parts, each to be isolated in its own `<bdi>`.

    Persian digits, except in a Library of Congress number. One that is Latin throughout
    («Z693 .C43 1994») is a single part, since it reads from the left as a whole.
    """
    text = text or ""
    if text.isascii() and any(letter.isalpha() for letter in text):
        return [text]
    latin = any(letter.isascii() and letter.isalpha() for letter in text)
    return [part if latin else to_persian_digits(part) for part in text.split()]
