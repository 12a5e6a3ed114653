"""Two people at one cabinet: one number makes one copy, and no card is lost."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from libraries.models import Copy, Title, User
from shelfreading.models import ReadingSession
from shelfreading.services.cards import Card, Entered, NumberTaken, card_enter
from shelfreading.services.sessions import session_start
from tests.at_once import at_once
from tests.cast import Cast
from tests.promises import assert_records_hold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="", method="cards", section_ids=[], now=timezone.now()
    )


def entering(session: ReadingSession, number: int, actor: User) -> Callable[[], Entered]:
    """The work of one person who enters one card."""
    section = session.sections.order_by("position")[0].pk
    card = Card(uuid4(), section, str(number), "کلیدر", "دولت‌آبادی", f"100/{number:02} الف1")

    def work() -> Entered:
        return card_enter(session_id=session.pk, card=card, actor=actor, now=timezone.now())

    return work


def test_one_number_entered_by_two_at_once_is_one_copy(cast: Cast, session: ReadingSession) -> None:
    for number in range(1, 9):
        outcomes = at_once(
            entering(session, number, cast.librarian),
            entering(session, number, cast.head),
            lags=(0, number % 3 / 100),
        )
        kinds = sorted(type(outcome).__name__ for outcome in outcomes)
        assert kinds == [Entered.__name__, NumberTaken.__name__]
    assert Copy.objects.count() == session.events.count() == session.expected.count() == 8
    assert Title.objects.count() == 1
    assert_records_hold(cast.library)


def test_cards_of_two_people_make_one_list_in_order(cast: Cast, session: ReadingSession) -> None:
    for number in range(10, 0, -2):
        outcomes = at_once(
            entering(session, number, cast.librarian),
            entering(session, number - 1, cast.head),
        )
        assert all(isinstance(outcome, Entered) for outcome in outcomes)
    numbers = session.expected.order_by("position").values_list(
        "copy__registration_number", flat=True
    )
    assert list(numbers) == [str(number) for number in range(1, 11)]
    session.refresh_from_db()
    assert session.expected_count == 10


def test_the_same_card_sent_twice_at_once_counts_once(cast: Cast, session: ReadingSession) -> None:
    once = entering(session, 1, cast.librarian)
    outcomes = at_once(once, once)
    assert {outcome.copy.pk for outcome in outcomes} == {Copy.objects.get().pk}
    assert session.events.count() == 1
