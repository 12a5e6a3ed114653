"""A card that was typed wrong is put right, and nothing else with it."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import AuditEntry, Copy, Title
from libraries.refusal import Refused
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.card_corrections import card_correct
from shelfreading.services.cards import Card, NumberTaken, WrongField
from shelfreading.services.sessions import session_close
from tests.cast import Cast, add_copies
from tests.shelfreading.test_cards import enter, numbers_in_order, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    """Three cards, in shelf order 1, 2, 3."""
    session = start(cast)
    for number, call in (("1", "100/1 الف1"), ("2", "200/1 الف1"), ("3", "300/1 الف1")):
        enter(session, cast.librarian, number, title=f"کتاب {number}", call=call)
    return session


def copy_of(session: ReadingSession, number: str) -> Copy:
    return Copy.objects.get(library=session.library, registration_number=number)


def correct(session: ReadingSession, cast: Cast, number: str, **words: str) -> None:
    copy = copy_of(session, number)
    kept = {
        "registration_number": number,
        "title": copy.title.title,
        "author": copy.title.author,
        "call_number": copy.call_number,
        **words,
    }
    card_correct(
        session_id=session.pk, copy_id=copy.pk, card=Card(uuid4(), copy.section_id, **kept),
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip


def test_the_copy_follows_its_card_and_its_place_follows_its_number(
    cast: Cast, session: ReadingSession
) -> None:
    events = list(ReadingEvent.objects.values_list("pk", "kind", "copy"))
    correct(
        session, cast, "1", registration_number="۱۲", title="کتابی ديگر", call_number="250/2 ب3"
    )
    assert numbers_in_order(session) == ["2", "12", "3"]
    copy = copy_of(session, "12")
    assert (copy.title.title, copy.main_class) == ("کتابی دیگر", "250")
    assert not Title.objects.filter(title="کتاب 1").exists()
    assert list(ReadingEvent.objects.values_list("pk", "kind", "copy")) == events
    assert AuditEntry.objects.filter(action="card_correct", object_id=str(copy.pk)).count() == 1


def test_a_title_that_other_copies_have_stays(cast: Cast, session: ReadingSession) -> None:
    enter(session, cast.librarian, "4", title="کتاب 1", call="100/1 الف1")
    correct(session, cast, "4", title="کتاب 2")
    assert copy_of(session, "1").title.title == "کتاب 1"
    assert copy_of(session, "4").title == copy_of(session, "2").title


def test_what_can_not_be_is_refused_and_changes_nothing(
    cast: Cast, session: ReadingSession
) -> None:
    before = list(Copy.objects.order_by("pk").values())
    with pytest.raises(NumberTaken, match="کتاب 2"):
        correct(session, cast, "1", registration_number="2")
    with pytest.raises(WrongField, match="عنوان خالی"):
        correct(session, cast, "1", title=" ")
    with pytest.raises(WrongField, match="نویسه"):
        correct(session, cast, "1", title="ک" * 10_000)
    (older,) = add_copies(cast.library, ["400/1 الف1"], first=90)
    with pytest.raises(Refused, match="فهرست نسخ"):
        correct(session, cast, older.registration_number, title="دیگر")
    assert list(Copy.objects.exclude(pk=older.pk).order_by("pk").values()) == before
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    with pytest.raises(Refused, match="پایان یافته"):
        correct(session, cast, "1", title="دیگر")


def test_the_page_shows_the_card_keeps_what_was_typed_and_saves(
    cast: Cast, session: ReadingSession, client: Client
) -> None:
    client.force_login(cast.librarian)
    copy = copy_of(session, "1")
    url = reverse("card-correction", args=[session.pk, copy.pk])
    assert url in client.get(reverse("cards", args=[session.pk])).content.decode()
    assert "کتاب 1" in client.get(url).content.decode()
    words = {
        "section": copy.section_id, "registration_number": "2", "title": "نوشتهٔ تازه",
        "author": "", "call_number": "",
    }  # fmt: skip
    wrong = client.post(url, words)
    assert "نوشتهٔ تازه" in wrong.content.decode()
    assert "از آن «کتاب 2»" in wrong.content.decode()
    right = client.post(url, {**words, "registration_number": "21"}, follow=True)
    assert "درست شد" in right.content.decode()
    assert copy_of(session, "21").title.title == "نوشتهٔ تازه"
    elsewhere = reverse("card-correction", args=[session.pk, copy.pk + 1000])
    assert client.get(elsewhere).status_code == 404
