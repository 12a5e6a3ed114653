"""When texts leave that nobody waits for."""

from collections import Counter
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_requests.domain.batches import leaving_times, may_leave, next_opening

TEHRAN = ZoneInfo("Asia/Tehran")
NINE, EIGHT_PM = time(9), time(20)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TEHRAN)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-22 00:00", "2026-11-22 09:00"),
        ("2026-11-22 08:59:59", "2026-11-22 09:00"),
        ("2026-11-22 09:00", "2026-11-22 09:00"),
        ("2026-11-22 19:59:59", "2026-11-22 19:59:59"),
        ("2026-11-22 20:00", "2026-11-23 09:00"),
        ("2026-12-31 23:59", "2027-01-01 09:00"),
    ],
)
def test_outside_the_hours_the_next_opening_is_meant(now: str, opens: str) -> None:
    assert next_opening(at(now), NINE, EIGHT_PM) == at(opens)


def test_batches_follow_each_other_and_go_on_the_next_day() -> None:
    times = leaving_times(250, at("2026-11-22 19:54"), NINE, EIGHT_PM, 100, timedelta(minutes=5))
    assert Counter(times) == {
        at("2026-11-22 19:54"): 100,
        at("2026-11-22 19:59"): 100,
        at("2026-11-23 09:00"): 50,
    }


def test_ten_thousand_at_the_line_s_own_pace_take_most_of_a_day() -> None:
    times = leaving_times(10_000, at("2026-11-22 09:00"), NINE, EIGHT_PM, 100, timedelta(minutes=5))
    assert (times[0], times[-1]) == (at("2026-11-22 09:00"), at("2026-11-22 17:15"))


@pytest.mark.parametrize(
    ("opens", "closes", "size", "minutes"),
    [
        (NINE, NINE, 100, 5),
        (EIGHT_PM, NINE, 100, 5),
        (NINE, EIGHT_PM, 0, 5),
        (NINE, EIGHT_PM, 1, 0),
    ],
)
def test_what_would_never_end_is_an_error(
    opens: time, closes: time, size: int, minutes: int
) -> None:
    with pytest.raises(ValueError, match="leave"):
        leaving_times(1, at("2026-11-22 09:00"), opens, closes, size, timedelta(minutes=minutes))


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(TEHRAN))
hours = (
    st.tuples(st.times(), st.times())
    .map(lambda pair: tuple(sorted(pair)))
    .filter(lambda pair: pair[0] < pair[1])
)


@given(
    st.integers(0, 400), moments, hours, st.integers(1, 100),
    st.integers(1, 240).map(lambda minutes: timedelta(minutes=minutes)),
)  # fmt: skip
@example(3, at("2026-11-22 12:00"), (time(0), time(0, 0, 0, 1)), 1, timedelta(minutes=1))
def test_never_outside_the_hours_never_too_many_always_in_order(
    count: int, now: datetime, opening: tuple[time, time], size: int, pause: timedelta
) -> None:
    opens, closes = opening
    times = leaving_times(count, now, opens, closes, size, pause)
    assert len(times) == count
    assert times == sorted(times)
    assert all(one >= now and may_leave(one, opens, closes) for one in times)
    # Whatever stretch as long as the pause one takes: the text `size` places on is outside it.
    assert all(later - one >= pause for one, later in zip(times, times[size:], strict=False))
    # No batch is smaller than it has to be, but the last.
    assert all(number == size for number in list(Counter(times).values())[:-1])
