"""The end of a reading: unread stretches, what people say of them, opening again."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shelfreading.models import ReadingSession, ShelfRead
from shelfreading.services.applying import findings_apply
from shelfreading.services.sessions import session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.shelfreading.readings import read_session, scan

State = ReadingSession.State


@pytest.fixture
def half_read(cast: Cast, client: Client):
    """Forty copies of «مخزن», the first twenty read; «کودک» not at all."""
    copies = add_copies(cast.library, numbered_calls(40))
    add_copies(cast.library, ["ک 200/1 الف1"] * 3, section="کودک", first=9001)
    session = session_start(
        actor=cast.librarian, name="همه", method="barcode", section_ids=[], now=timezone.now()
    )
    scan(session, [copy.barcode for copy in copies[:20]], cast.librarian)
    client.force_login(cast.librarian)
    return session, copies, client


def url(name: str, session) -> str:
    return reverse(name, args=[session.pk])


def test_unread_stretches_are_shown_with_their_ends(half_read):
    session, copies, client = half_read
    response = client.get(url("session-close", session))
    runs = [run for run, _ in response.context["runs"]]
    assert [(run.first.position, run.last.position, run.count) for run in runs] == [
        (20, 39, 20),
        (40, 42, 3),
    ]
    assert runs[0].first.copy.pk == copies[20].pk
    assert response.context["unseen_sections"] == [("کودک", 3)]
    assert response.context["sums"][0].closes


def test_closing_without_a_word_calls_nothing_missing(half_read):
    session, _, client = half_read
    response = client.post(url("session-close", session), {})
    assert response.url == url("findings", session)
    session.refresh_from_db()
    assert session.state == State.CLOSED
    assert session.summary["counts"]["missing"] == 0
    assert session.summary["counts"]["not_read"] == 23
    assert not ShelfRead.objects.exists()


def test_a_word_makes_the_unseen_missing_and_is_taken_back(half_read):
    session, _, client = half_read
    client.get(url("session-close", session))
    client.post(url("shelf-speak", session), {"run-20-39": "yes", "run-40-42": "no"})
    session.refresh_from_db()
    assert session.state == State.READING
    assert session.summary["counts"]["missing"] == 20
    form = client.get(url("session-close", session)).context["runs"]
    assert [field.initial for _, field in form] == ["yes", "no"]
    client.post(url("shelf-speak", session), {"run-20-39": "no", "run-40-42": "no"})
    session.refresh_from_db()
    assert session.summary["counts"]["missing"] == 0


def test_words_and_the_end_in_one_step(half_read):
    session, _, client = half_read
    client.get(url("session-close", session))
    client.post(url("session-close", session), {"run-20-39": "yes"})
    session.refresh_from_db()
    assert (session.state, session.summary["counts"]["missing"]) == (State.CLOSED, 20)


@pytest.mark.parametrize("name", ["session-close", "shelf-speak"])
def test_an_answer_that_is_none_changes_nothing(half_read, name):
    session, _, client = half_read
    client.get(url("session-close", session))
    response = client.post(url(name, session), {"run-20-39": "perhaps"}, follow=True)
    session.refresh_from_db()
    assert session.state == State.READING and not ShelfRead.objects.exists()
    reason = "برای هر قفسه بگویید" if name == "shelf-speak" else "بگویید این قفسه"
    assert response.status_code == 200 and reason in response.content.decode()


def test_nothing_read_nothing_to_close(cast: Cast, client: Client):
    add_copies(cast.library, numbered_calls(5))
    session = session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )
    client.force_login(cast.librarian)
    page = client.get(url("session-close", session)).content.decode()
    assert "هنوز هیچ نسخه‌ای خوانده نشده است" in page
    page = client.post(url("session-close", session), {}).content.decode()
    assert "نخست قفسه‌ها را بخوانید" in page
    session.refresh_from_db()
    assert session.state == State.READING


def test_opening_again_and_what_refuses_it(cast: Cast, client: Client):
    session, _ = read_session(cast, 12)
    client.force_login(cast.librarian)
    assert client.post(url("session-reopen", session)).url == url("session", session)
    session.refresh_from_db()
    assert session.state == State.READING
    page = client.post(url("session-reopen", session), follow=True).content.decode()
    assert "هنوز باز است" in page
    client.post(url("session-close", session), {})
    findings_apply(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    page = client.post(url("session-reopen", session), follow=True).content.decode()
    assert "نخست اعمال را برگردانید" in page
    assert client.get(url("session-close", session)).url == url("findings", session)


def test_who_may(half_read, cast: Cast):
    session, _, client = half_read
    for user, expected in ((cast.outsider, 404), (cast.county, 403), (cast.office, 403)):
        client.force_login(user)
        assert client.get(url("session-close", session)).status_code == expected
        for name in ("session-close", "shelf-speak", "session-reopen"):
            assert client.post(url(name, session), {}).status_code == expected
    session.refresh_from_db()
    assert session.state == State.READING
