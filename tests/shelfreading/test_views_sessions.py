"""The list of readings, a new one, the home of one, its colleagues."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy
from shelfreading.forms import CARDS_REASON
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls

LIST = reverse("sessions")
NEW = reverse("session-new")


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(12))


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="پاییز", method="barcode", section_ids=[], now=timezone.now()
    )


def take(session: ReadingSession, actor: object, *events: NewEvent) -> None:
    events_take(session_id=session.pk, events=events, actor=actor, now=timezone.now())


def scan(seq: int, code: str) -> NewEvent:
    return NewEvent(uuid4(), "reader", seq, ReadingEvent.Kind.SCAN, raw=code)


def page(client: Client, user: object, url: str) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_empty_list_says_to_bring_in_the_copies_first(client: Client, cast: Cast) -> None:
    html = page(client, cast.librarian, LIST)
    assert "نخست فهرست نسخ را وارد کنید" in html
    assert reverse("copies-lists") in html
    assert "رف‌خوانی را با رف‌برگه‌ها آغاز کنید" in html


def test_with_copies_the_empty_list_leads_to_a_new_reading(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    assert NEW in page(client, cast.librarian, LIST)


def test_the_list_shows_how_far_each_reading_is(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    strike = NewEvent(uuid4(), "form", 1, ReadingEvent.Kind.ABSENT, copy_id=copies[5].pk)
    undone = scan(3, copies[2].barcode)
    take(
        session,
        cast.librarian,
        scan(1, copies[0].barcode),
        scan(2, copies[0].barcode),
        undone,
        NewEvent(uuid4(), "reader", 4, ReadingEvent.Kind.UNDO, about=undone.id),
        scan(5, "no such code"),
        strike,
    )
    html = page(client, cast.librarian, LIST)
    assert "۲ خوانده‌شده" in html
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    findings_compute(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    assert "۱ در قفسه دیده شد" in page(client, cast.librarian, LIST)


def test_everyone_sees_the_readings_of_their_scope_only(
    client: Client, cast: Cast, session: ReadingSession
) -> None:
    url = reverse("session", args=[session.pk])
    for name, user in cast.everyone.items():
        client.force_login(user)
        sees = name not in {"outsider", "admin"}
        response = client.get(LIST)
        assert response.status_code == (403 if name == "admin" else 200), name
        assert (url in response.content.decode()) is sees, name
        assert client.get(url).status_code == (200 if sees else 403 if name == "admin" else 404), (
            name
        )


def test_those_above_look_and_change_nothing(
    client: Client, cast: Cast, session: ReadingSession
) -> None:
    html = page(client, cast.county, reverse("session", args=[session.pk]))
    for name in ("scan", "memory-upload", "session-colleagues", "session-close"):
        assert reverse(name, args=[session.pk]) not in html
    assert reverse("shelf-list-xlsx", args=[session.pk]) in html
    assert client.get(NEW).status_code == 403
    colleagues = reverse("session-colleagues", args=[session.pk])
    assert client.post(colleagues, {"other_colleagues": "کسی"}).status_code == 403
    session.refresh_from_db()
    assert session.other_colleagues == ""


def test_words_find_a_library_for_those_above(
    client: Client, cast: Cast, session: ReadingSession
) -> None:
    url = reverse("session", args=[session.pk])
    assert url in page(client, cast.office, LIST + "?q=نمونهٔ L1")
    assert url not in page(client, cast.office, LIST + "?q=نمونهٔ L2")
    assert url not in page(client, cast.office, LIST + "?state=applied")


def new(**fields: object) -> dict[str, object]:
    return {"method": "barcode", "reference": "any", **fields}


def test_a_reading_starts_on_the_chosen_shelves(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    client.force_login(cast.librarian)
    place = cast.library.sections.get(name="مخزن")
    response = client.post(
        NEW,
        new(
            sections=[place.pk],
            class_first="۱۰۰",
            class_last="100",
            name="رده ۱۰۰",
            participants=[cast.head.pk],
            other_colleagues="مریم نمونه\nعلی نمونه",
        ),
    )
    session = ReadingSession.objects.get()
    assert response.url == reverse("session", args=[session.pk])
    assert (session.name, session.method, session.expected_count) == ("رده ۱۰۰", "barcode", 12)
    assert set(session.participants.all()) == {cast.librarian, cast.head}
    html = client.get(response.url).content.decode()
    assert "مریم نمونه" in html
    assert cast.head.full_name in html


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"class_first": "300", "class_last": "200"}, "پس از ردهٔ پایان"),
        ({"class_first": "!!"}, "خوانده نمی‌شود"),
        ({"class_first": "700"}, "هیچ نسخه‌ای در سامانه نیست"),
        ({"method": "cards"}, CARDS_REASON),
        ({"method": ""}, "یکی از روش‌ها را برگزینید."),
    ],
)
def test_what_cannot_start_says_why_and_keeps_what_was_typed(
    client: Client, cast: Cast, copies: list[Copy], fields: dict[str, str], reason: str
) -> None:
    client.force_login(cast.librarian)
    html = client.post(NEW, new(name="نام من", other_colleagues="مریم", **fields)).content.decode()
    assert reason in html
    assert "نام من" in html
    assert "مریم" in html
    assert fields.get("class_first", "") in html
    assert not ReadingSession.objects.exists()


def test_shelves_that_are_being_read_are_refused(
    client: Client, cast: Cast, session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    assert "هم‌اکنون در رف‌خوانی «پاییز»" in client.post(NEW, new()).content.decode()


def test_the_cards_are_shown_with_the_reason_against_them(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    html = page(client, cast.librarian, NEW)
    assert CARDS_REASON in html
    assert 'value="cards" id="id_method_2">' in html
    assert 'name="despite_copies"' in html
    assert "مخزن (۱۲ نسخه)" in html


def test_another_librarys_section_is_no_choice(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    client.force_login(cast.librarian)
    foreign = cast.other_library.sections.first()
    client.post(NEW, new(sections=[foreign.pk]))
    assert not ReadingSession.objects.exists()


def test_colleagues_can_be_changed_by_the_librarys_own_people_only(
    client: Client, cast: Cast, session: ReadingSession
) -> None:
    url = reverse("session-colleagues", args=[session.pk])
    client.force_login(cast.head)
    client.post(url, {"participants": [cast.head.pk], "other_colleagues": "زهرا نمونه"})
    session.refresh_from_db()
    assert list(session.participants.all()) == [cast.head]
    assert session.other_colleagues == "زهرا نمونه"
    client.post(url, {"participants": [cast.outsider.pk]})
    assert list(session.participants.all()) == [cast.head]
    client.force_login(cast.outsider)
    assert client.get(url).status_code == 404


def test_the_home_tells_who_sent_what_from_which_device(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    take(session, cast.librarian, scan(1, copies[0].barcode), scan(2, copies[1].barcode))
    tick = NewEvent(uuid4(), "tablet", 1, ReadingEvent.Kind.PRESENT, copy_id=copies[2].pk)
    take(session, cast.head, tick)
    html = page(client, cast.librarian, reverse("session", args=[session.pk]))
    assert "۳ از ۱۲ نسخه" in html
    rows = [row for row in html.split("<tr>") if cast.head.full_name in row and "num" in row]
    assert len(rows) == 1
    assert '<td class="num">۰</td><td class="num">۱</td>' in rows[0]


@pytest.mark.parametrize("who", ["librarian", "office"])
def test_the_lists_queries_do_not_grow_with_the_readings(
    client: Client, cast: Cast, copies: list[Copy], who: str
) -> None:
    client.force_login(cast.everyone[who])
    now = timezone.now()

    def make(count: int) -> None:
        for number in range(count):
            ReadingSession.objects.create(
                library=cast.library, name=f"رف‌خوانی {number}", method="list", started_at=now,
                started_by=cast.librarian, expected_count=5,
                **({} if number % 2 else {"state": "closed", "closed_at": now + timedelta(days=1)}),
            )  # fmt: skip

    make(3)
    few = queries(client, LIST)
    make(57)
    assert queries(client, LIST) == few


def test_the_homes_queries_do_not_grow_with_what_came_in(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    url = reverse("session", args=[session.pk])
    make: Callable[[int], NewEvent] = lambda n: NewEvent(  # noqa: E731
        uuid4(), f"device-{n}", n, ReadingEvent.Kind.SCAN, raw=copies[n % 12].barcode
    )
    take(session, cast.librarian, *[make(n) for n in range(3)])
    few = queries(client, url)
    take(session, cast.librarian, *[make(n) for n in range(3, 60)])
    assert queries(client, url) == few
