"""Days for returns in words."""

from datetime import date, time, timedelta

import pytest

from sms_requests.domain.return_days import (
    MOST_DAYS,
    MOST_PARTS,
    Day,
    check_days,
    days_in_words,
    text_of,
)
from sms_requests.domain.sending import part_count

TODAY = date(2026, 11, 22)  # یکشنبه ۱ آذر ۱۴۰۵


def day(ahead: int, opens: str = "08:00", closes: str = "12:00") -> Day:
    return Day(TODAY + timedelta(days=ahead), time.fromisoformat(opens), time.fromisoformat(closes))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([day(0)], "یکشنبه ۱ آذر، ساعت ۸ تا ۱۲"),
        ([day(2), day(0)], "یکشنبه ۱ آذر و سه‌شنبه ۳ آذر، ساعت ۸ تا ۱۲"),
        (
            [day(0), day(1), day(2, "15:30", "18:00")],
            "یکشنبه ۱ آذر و دوشنبه ۲ آذر، ساعت ۸ تا ۱۲؛ سه‌شنبه ۳ آذر، ساعت ۱۵:۳۰ تا ۱۸",
        ),
        (
            [day(0), day(1), day(30)],
            "یکشنبه ۱ آذر، دوشنبه ۲ آذر و سه‌شنبه ۱ دی، ساعت ۸ تا ۱۲",
        ),
    ],
)  # fmt: skip
def test_days_are_named_with_weekday_and_hours(days: list[Day], words: str) -> None:
    assert days_in_words(days) == words


def test_the_text_names_the_library_the_days_and_the_note_whole() -> None:
    text = text_of("کتابخانهٔ عمومی حافظ", [day(0), day(1)], "  از صندوق جلوی در هم می‌شود ")
    assert text == (
        "زمان بازگرداندن کتاب در کتابخانهٔ حافظ: یکشنبه ۱ آذر و دوشنبه ۲ آذر، ساعت ۸ تا ۱۲. "
        "کتاب‌های امانتی را همان وقت بیاورید. از صندوق جلوی در هم می‌شود."
    )
    assert part_count(text) == 3


def test_seven_days_with_the_same_hours_fit() -> None:
    days = [day(ahead) for ahead in range(7)]
    text = text_of("کتابخانهٔ شهید مطهری", days)
    assert days_in_words(days) in text
    assert part_count(text) <= 3


def test_a_long_name_is_shortened_before_the_days_are() -> None:
    days = [day(ahead) for ahead in range(5)]
    text = text_of("کتابخانهٔ " + "بسیار " * 30, days)
    assert days_in_words(days) in text
    assert "…" in text


def test_days_that_do_not_fit_are_refused_never_cut() -> None:
    days = [day(ahead, f"{8 + ahead:02}:30") for ahead in range(3)]
    many = [day(ahead, f"08:{ahead + 10}") for ahead in range(MOST_DAYS)]
    assert days_in_words(days) in text_of("حافظ", days)
    with pytest.raises(ValueError, match="جا نمی‌شوند"):
        text_of("حافظ", many)


def test_a_note_that_makes_the_text_too_long_is_refused() -> None:
    days = [day(ahead) for ahead in range(7)]
    with pytest.raises(ValueError, match="یادداشت را کوتاه کنید"):
        text_of("شهید مطهری", days, "یادداشت " * 13)
    assert part_count(text_of("حافظ", [day(0)], "یادداشت " * 12)) <= MOST_PARTS


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ([], "دست‌کم یک روز"),
        ([day(-1)], "شنبه ۳۰ آبان ۱۴۰۵ گذشته است"),
        ([day(1), day(0), day(1, "14:00", "15:00")], "دوشنبه ۲ آذر ۱۴۰۵ دو بار"),
        ([day(181)], "بیش از شش ماه"),
        ([day(1, "12:00", "12:00")], "ساعت پایان دوشنبه ۲ آذر ۱۴۰۵"),
        ([day(ahead) for ahead in range(MOST_DAYS + 1)], "بیش از ۱۰ روز"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_announced(days: list[Day], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_days(days, TODAY)


def test_today_may_be_a_return_day() -> None:
    check_days([day(0), day(180)], TODAY)
