"""The desk: what waits for whom, late things first, and what to do where nothing waits."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from libraries.desk import DeskCard, in_order
from libraries.models import CopiesList, Copy, Job
from loans.domain.overdue import unreturned_due_by
from loans.models import Loan
from shelfreading.models import ReadingSession
from shelfreading.services.sessions import session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.pages import queries_of, text_of


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(12))


def start(cast: Cast, **given: object) -> ReadingSession:
    arguments = {"name": "رف‌خوانی پاییز", "method": "barcode", "section_ids": []} | given
    return session_start(actor=cast.librarian, now=timezone.now(), **arguments)


def cards(client: Client) -> list[DeskCard]:
    response = client.get("/")
    assert response.status_code == 200
    return response.context["cards"]


def test_an_empty_desk_says_what_to_do_first(cast: Cast, client: Client) -> None:
    client.force_login(cast.librarian)
    assert "نخست فهرست نسخ را وارد کنید" in text_of(client.get("/"))
    copies = add_copies(cast.library, numbered_calls(3))
    assert "نوبت خواندن قفسه‌هاست" in text_of(client.get("/"))
    session = start(cast)
    assert [card.count for card in cards(client)] == [len(copies)]
    ReadingSession.objects.filter(pk=session.pk).update(state="applied", closed_at=timezone.now())
    assert "چیزی منتظر شما نیست" in text_of(client.get("/"))


def test_a_running_reading_counts_what_is_left(
    cast: Cast, client: Client, copies: list[Copy]
) -> None:
    session = start(cast)
    client.force_login(cast.head)
    [card] = cards(client)
    assert (card.count, card.url, card.action) == (
        12, f"/sessions/{session.pk}/scan/", "آغاز خواندن",
    )  # fmt: skip
    client.force_login(cast.outsider)
    assert cards(client) == []


def test_an_ended_reading_is_late_after_two_weeks(
    cast: Cast, client: Client, copies: list[Copy]
) -> None:
    session = start(cast, method="list")
    ReadingSession.objects.update(state="closed", closed_at=timezone.now())
    client.force_login(cast.librarian)
    [card] = cards(client)
    assert (card.late, card.url) == (False, f"/sessions/{session.pk}/findings/")
    assert "۱۴ روز مانده" in card.age
    ReadingSession.objects.update(closed_at=timezone.now() - timedelta(days=16))
    [card] = cards(client)
    assert card.late
    assert "۲ روز گذشته" in card.age


def test_lists_loans_and_work_wait_too(cast: Cast, client: Client, copies: list[Copy]) -> None:
    now = timezone.now()
    due_on = unreturned_due_by(timezone.localdate(now))
    loans = [
        Loan.objects.create(copy=copy, due_on=due_on, lent_at=now - timedelta(days=99))
        for copy in copies[:3]
    ]
    loans[0].follow_ups.create(at=now, by=cast.head, said="تماس")
    found = CopiesList.objects.create(
        library=cast.library, uploaded_by=cast.head, uploaded_at=now, filename="پاییز.xlsx",
        state=CopiesList.State.CHECKED, file="lists/none.xlsx",
    )  # fmt: skip
    for owner in (cast.librarian, cast.head):
        job = Job.objects.create(label="کار", owner=owner, created_at=now, state=Job.State.RUNNING)
    client.force_login(cast.head)
    shown = cards(client)
    assert {card.url for card in shown} == {
        "/loans/?which=follow_up_due", "/loans/?which=unreturned",
        f"/lists/{found.pk}/", f"/jobs/{job.pk}/",
    }  # fmt: skip
    assert (shown[0].count, shown[0].late) == (2, True)
    assert [card.count for card in shown if "unreturned" in card.url] == [1]
    for card in shown:
        assert client.get(card.url).status_code == 200, card.url


def test_those_above_see_where_their_libraries_are(
    cast: Cast, client: Client, copies: list[Copy]
) -> None:
    start(cast)
    for who, libraries, none in (("county", 1, 0), ("expert", 1, 0), ("office", 2, 1)):
        client.force_login(cast.everyone[who])
        context = client.get("/").context
        tally = context["tally"]
        assert (tally.libraries, tally.reading, tally.none) == (libraries, 1, none)
        # No round was opened for this year, which is the office's to do.
        waits = ["/rounds/new/"] if who == "office" else []
        assert [card.url for card in context["cards"]] == waits
        assert "رف‌خوانی تازه" not in text_of(client.get("/"))


def test_the_administrator_is_led_to_the_admin(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    response = client.get("/")
    assert 'href="/admin/"' in response.content.decode()
    assert response.context["cards"] == []


def test_late_first_then_the_oldest() -> None:
    now = timezone.now()
    made = [
        DeskCard("تازه", "/", "برو", since=now),
        DeskCard("کهنه", "/", "برو", since=now - timedelta(days=9)),
        DeskCard("دیر", "/", "برو", since=now, late=True),
    ]
    assert [card.sentence for card in in_order(made)] == ["دیر", "کهنه", "تازه"]


def test_the_desk_asks_no_more_for_many(cast: Cast, client: Client) -> None:
    add_copies(cast.library, numbered_calls(60))
    client.force_login(cast.librarian)

    def read(first: int, count: int) -> None:
        now = timezone.now()
        for n in range(count):
            ReadingSession.objects.create(
                library=cast.library, name=str(n), method="list", started_at=now,
                started_by=cast.head, expected_count=5,
            )  # fmt: skip
            CopiesList.objects.create(
                library=cast.library, uploaded_by=cast.head, uploaded_at=now, filename="x",
                state=CopiesList.State.MAPPING, file="lists/none.xlsx",
            )  # fmt: skip
        for copy in Copy.objects.all()[first : first + count]:
            Loan.objects.create(
                copy=copy, due_on=unreturned_due_by(timezone.localdate()),
                lent_at=now - timedelta(days=99),
            )  # fmt: skip

    read(0, 3)
    few = queries_of(client, "/")
    read(3, 57)
    assert queries_of(client, "/") == few
