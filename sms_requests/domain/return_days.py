"""Days for returns in words: the text that tells borrowers of them (spec R5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import groupby

from libraries.domain.jalali import MONTHS, WEEKDAYS, format_jalali
from libraries.domain.persian import to_persian_digits
from sms_requests.domain.replies import TEMPLATES, Reply, letters, reply, room, shortened
from sms_requests.domain.sending import part_count

MOST_DAYS = 10
MOST_PARTS = 4  # the template's three, and one for the note
LEAST_OF_NAME = 20  # letters
LONGEST_AHEAD = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which books are taken back, and from when until when."""

    on: date
    opens_at: time
    closes_at: time


def day_in_words(on: date) -> str:
    """«شنبه ۵ آذر»: a day near enough to need no year."""
    _, month, day = format_jalali(on).split("/")
    number = to_persian_digits(int(day))
    return f"{WEEKDAYS[on.weekday()]} {number} {MONTHS[int(month) - 1]}"


def hour_in_words(at: time) -> str:
    """«۸» or «۸:۳۰»."""
    return to_persian_digits(f"{at.hour}:{at.minute:02}" if at.minute else at.hour)


def hours_in_words(day: Day) -> str:
    """«ساعت ۸ تا ۱۲»."""
    return f"ساعت {hour_in_words(day.opens_at)} تا {hour_in_words(day.closes_at)}"


def days_in_words(days: Sequence[Day]) -> str:
    """All days in order; days in a row that keep the same hours name them once."""
    told = []
    for hours, same in groupby(_ordered(days), hours_in_words):
        names = [day_in_words(day.on) for day in same]
        several = "، ".join(names[:-1])
        told.append(f"{several} و {names[-1]}، {hours}" if several else f"{names[0]}، {hours}")
    return "؛ ".join(told)


def check_days(days: Sequence[Day], today: date) -> None:
    """Raise ValueError with a Persian sentence where the days can't be announced."""
    if not days:
        raise ValueError("دست‌کم یک روز را با ساعت آغاز و پایان بنویسید.")
    if len(days) > MOST_DAYS:
        raise ValueError(f"بیش از {to_persian_digits(MOST_DAYS)} روز در یک اعلام نمی‌گنجد.")
    for before, day in zip((None, *_ordered(days)), _ordered(days), strict=False):
        name = f"{day_in_words(day.on)} {format_jalali(day.on)[:4]}"
        if before and before.on == day.on:
            raise ValueError(f"{name} دو بار آمده است؛ یکی را پاک کنید.")
        if day.on < today:
            raise ValueError(f"{name} گذشته است؛ روزی از امروز به بعد بنویسید.")
        if day.on - today > LONGEST_AHEAD:
            raise ValueError(f"{name} بیش از شش ماه دیگر است؛ سال و ماه آن را بررسی کنید.")
        if day.opens_at >= day.closes_at:
            raise ValueError(f"ساعت پایان {name} باید پس از ساعت آغاز آن باشد.")


def text_of(library: str, days: Sequence[Day], note: str = "") -> str:
    """What borrowers are told; it names nobody, for a family may share a telephone.

    Raises ValueError with a Persian sentence where days and note don't fit whole.
    """
    told = days_in_words(days)
    text = reply(Reply.RETURN_DAYS, {"library": library, "days": told})
    if told not in text:
        # The library's name gives way to the days, as long as it can still be told.
        bare = letters(reply(Reply.RETURN_DAYS, {"library": "", "days": told}))
        left = room(TEMPLATES[Reply.RETURN_DAYS].most_parts) - bare
        if left >= LEAST_OF_NAME:
            name = shortened(library, left)
            text = reply(Reply.RETURN_DAYS, {"library": name, "days": told})
    if told not in text:
        raise ValueError(
            "روزها در پیامک جا نمی‌شوند؛ از شمار روزها بکاهید یا ساعت‌هایشان را یکسان کنید."
        )
    words = " ".join(note.split())
    if words:
        text += f" {words}" if words[-1] in ".!؟…" else f" {words}."
    if part_count(text) > MOST_PARTS:
        raise ValueError(
            f"متن بیش از {to_persian_digits(MOST_PARTS)} بخش پیامک می‌شود؛ یادداشت را کوتاه کنید."
        )
    return text


def begins(days: Sequence[Day], zone: tzinfo) -> list[datetime]:
    """When each day begins, in order, in a time zone."""
    return [datetime.combine(day.on, day.opens_at, tzinfo=zone) for day in _ordered(days)]


def ends(days: Sequence[Day], zone: tzinfo) -> datetime:
    """When the last day ends, in a time zone: after it nobody need be told."""
    last = _ordered(days)[-1]
    return datetime.combine(last.on, last.closes_at, tzinfo=zone)


def _ordered(days: Sequence[Day]) -> list[Day]:
    return sorted(days, key=lambda day: (day.on, day.opens_at))
