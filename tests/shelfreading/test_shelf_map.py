"""What the map says of each stretch, how fast it goes, when it will be done."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shelfreading.domain.shelf_map import (
    USUAL_DAY,
    Sighting,
    StretchState,
    finish,
    paces,
    reading_minutes,
    tally,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIZE = 60
STARTS = [0, 20, 40]


def seen(*positions: int, device: str = "d", at: datetime = NOON) -> list[Sighting]:
    return [Sighting(position, device, at, at) for position in positions]


def states(sightings: list[Sighting], **words: object) -> list[StretchState]:
    tallies = tally(STARTS, [0] * SIZE, [True] * SIZE, sightings, **words)  # type: ignore[arg-type]
    return [here.state(is_busy=False) for here in tallies]


def test_read_partly_read_unread() -> None:
    assert states(seen(*range(30))) == ["read", "partly", "unread"]
    assert states([]) == ["unread"] * 3


def test_what_was_not_there_wants_a_second_look_until_it_had_one() -> None:
    walked = seen(*(p for p in range(SIZE) if p not in (5, 45)))
    assert states(walked) == ["second_look", "read", "second_look"]
    assert states(walked, sought={5}) == ["read", "read", "second_look"]
    ticked = [Sighting(5, "form", NOON, NOON, is_there=False)]
    assert states(walked + ticked)[0] == "second_look"


def test_a_persons_word_goes_before_the_count() -> None:
    walked = seen(*range(40))
    assert states(walked)[2] == "unread"
    assert states(walked, spoken=[(40, 59, True)])[2] == "second_look"
    assert states(walked, spoken=[(0, 19, False)])[0] == "read"  # all of it was seen


def test_a_device_that_is_there_goes_before_everything() -> None:
    tallies = tally(STARTS, [0] * SIZE, [True] * SIZE, seen(*range(SIZE)))
    assert tallies[0].state(is_busy=True) is StretchState.READING


def test_copies_that_need_not_stand_there_ask_for_nothing() -> None:
    (lent,) = tally([0], [0] * 3, [False] * 3, [])
    assert (lent.standing, lent.unread, lent.missing) == (0, 0, 0)
    (found,) = tally([0], [0] * 3, [False] * 3, seen(1))
    assert (found.standing, found.seen) == (1, 1)


def test_who_read_where_and_when_last() -> None:
    later = NOON + timedelta(hours=2)
    here, there, _ = tally(
        STARTS, [0] * SIZE, [True] * SIZE, seen(3, device="a") + seen(4, 25, device="b", at=later)
    )
    assert (here.devices, here.last_at) == ({"a", "b"}, later)
    assert (there.devices, there.last_at) == ({"b"}, later)


def walk(
    device: str, copies: int, *, every: float, clock: timedelta = timedelta()
) -> list[Sighting]:
    """Copies read one every so many seconds, told of in one go; the device's clock is off."""
    return [
        Sighting(number, device, NOON, NOON + clock - timedelta(seconds=every * number))
        for number in range(copies)
    ]


@pytest.mark.parametrize("clock", [timedelta(), timedelta(hours=7), timedelta(days=-900)])
def test_pace_goes_by_the_devices_own_clock(clock: timedelta) -> None:
    (pace,) = paces(walk("a", 100, every=6, clock=clock), NOON).values()
    assert pace == pytest.approx(10, rel=0.02)


def test_pace_is_that_of_the_last_hour_and_of_who_still_reads() -> None:
    slow_then_fast = [
        *walk("a", 300, every=6),
        *(Sighting(1, "a", NOON, NOON - timedelta(hours=3, minutes=n)) for n in range(60)),
    ]
    gone = [Sighting(n, "b", NOON - timedelta(days=1), NOON) for n in range(50)]
    pace = paces(slow_then_fast + gone, NOON - timedelta(hours=1))
    assert pace == {"a": pytest.approx(10, rel=0.02)}
    assert paces(seen(1), NOON) == {}  # one copy has no pace


def test_minutes_of_reading_a_day() -> None:
    times = [NOON + timedelta(minutes=minute) for minute in (0, 1, 4, 5, 30)]
    assert reading_minutes([*times, NOON + timedelta(days=1)]) == {
        NOON.date(): 15,
        NOON.date() + timedelta(days=1): 5,
    }


TODAY = NOON.date()


@pytest.mark.parametrize(
    ("remaining", "pace", "days", "on", "at"),
    [
        (600, 10.0, {}, TODAY, NOON + timedelta(hours=1)),
        (USUAL_DAY * 10, 10.0, {}, TODAY, NOON + timedelta(minutes=USUAL_DAY)),
        (USUAL_DAY * 10 + 10, 10.0, {}, TODAY + timedelta(days=1), None),
        (USUAL_DAY * 35, 10.0, {}, TODAY + timedelta(days=3), None),
        # Two hours a day so far, one of them gone today: two hours are left for tomorrow.
        (1800, 10.0, {TODAY - timedelta(days=1): 120, TODAY: 60}, TODAY + timedelta(days=1), None),
        (
            300,
            10.0,
            {TODAY - timedelta(days=1): 120, TODAY: 120},
            TODAY,
            NOON + timedelta(minutes=30),
        ),
    ],
)
def test_finish(
    remaining: int, pace: float, days: dict[date, int], on: date, at: datetime | None
) -> None:
    end = finish(NOON, remaining, pace, days)
    assert end is not None
    assert end.on == on
    if at is not None:
        assert end.at == at


def test_nobody_knows_the_end_where_nobody_reads() -> None:
    assert finish(NOON, 10, 0.0, {}) is None


def test_the_end_is_not_put_past_midnight() -> None:
    late = NOON.replace(hour=23, minute=50)
    end = finish(late, 200, 10.0, {})
    assert end is not None
    assert (end.on, end.at) == (TODAY + timedelta(days=1), None)
