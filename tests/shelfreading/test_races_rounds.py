"""Rounds and samples with several people at the same moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from libraries.domain.jalali import jalali_year
from libraries.roles import Role
from shelfreading.models import ReadingSession, Round, RoundLibrary, Sample
from shelfreading.services.rounds import reason_give, round_open
from shelfreading.services.samples import sample_draw
from shelfreading.services.sessions import session_start
from tests.at_once import at_once, refusals
from tests.cast import add_copies, make_library, make_user, numbered_calls
from tests.fresh_readings import make_reading, read_and_close

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def open_round(office: object) -> Round:
    today = timezone.localdate()
    return round_open(
        actor=office, year=jalali_year(today), circular_number="1", circular_on=today,
        opens_on=today, closes_on=today + timedelta(days=9), kinds=["institutional"],
        now=timezone.now(),
    )  # fmt: skip


def test_a_year_is_opened_once() -> None:
    make_library("A", "استان", "شهرستان")
    office = make_user("office", Role.RESOURCES_OFFICE)
    outcomes = at_once(*[lambda: open_round(office)] * 4)
    assert refusals(outcomes) == 3
    assert RoundLibrary.objects.count() == 1


@pytest.mark.parametrize("lags", [(), (0.02, 0), (0, 0.02)])
def test_a_library_reads_or_says_why_not_but_never_both(lags: tuple[float, ...]) -> None:
    library = make_library("A", "استان", "شهرستان")
    add_copies(library, numbered_calls(3))
    head = make_user("head", Role.LIBRARY_HEAD, library=library)
    reader = make_user("reader", Role.LIBRARIAN, library=library)
    open_round(make_user("office", Role.RESOURCES_OFFICE))
    place = RoundLibrary.objects.get()
    at_once(
        lambda: session_start(
            actor=reader, name="", method="barcode", section_ids=[], now=timezone.now()
        ),
        lambda: reason_give(place_id=place.pk, reason="تعمیر", actor=head, now=timezone.now()),
        lags=lags,
    )
    place.refresh_from_db()
    assert ReadingSession.objects.get().round is not None
    assert place.reason == ""


def test_two_draws_make_one_sample() -> None:
    reading = make_reading()
    read_and_close(reading, reading.copies)
    county = make_user("county", Role.COUNTY_HEAD, county=reading.library.county)
    outcomes = at_once(
        *[
            lambda: sample_draw(
                session_id=reading.session.pk, size=5, actor=county, now=timezone.now()
            )
        ]
        * 3
    )
    assert refusals(outcomes) == 2
    assert Sample.objects.get().copies.count() == 5
