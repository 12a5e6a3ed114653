"""The shelf map's page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy
from shelfreading.models import ReadingSession
from shelfreading.services.devices import DeviceWord, device_speaks
from shelfreading.services.sessions import session_close, session_start, shelf_speak
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import scans

Speak = Callable[..., None]


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    add_copies(cast.library, ["ک 200/1 الف1"], section="کودک", first=900)
    return add_copies(cast.library, numbered_calls(240))


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="پاییز", method="barcode", section_ids=[],
        now=timezone.now() - timedelta(hours=3),
    )  # fmt: skip


@pytest.fixture
def speak(cast: Cast, session: ReadingSession) -> Speak:
    def said(copies: list[Copy], device: str = "one", **word: int) -> None:
        device_speaks(
            session_id=session.pk, events=scans(copies, device), word=DeviceWord(device, **word),
            actor=cast.librarian, now=timezone.now(),
        )  # fmt: skip

    return said


@pytest.fixture
def url(client: Client, cast: Cast, session: ReadingSession) -> str:
    client.force_login(cast.librarian)
    return reverse("map", args=[session.pk])


def test_every_stretch_has_its_state_and_leads_to_the_list(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession, url: str, speak: Speak
) -> None:
    speak([copy for copy in copies[:100] if copy not in copies[3:5]], unsent=7)
    response = client.get(url)
    drawn = response.context["map"]
    assert [(cell.state, cell.tally.missing) for cell in drawn.cells] == [
        ("second_look", 2), ("reading", 0), ("unread", 0), ("unread", 0),
    ]  # fmt: skip
    assert drawn.cells[1].readers_now == [cast.librarian.full_name]
    assert (drawn.standing, drawn.looked, drawn.missing) == (241, 100, 2)
    assert [part.name for part in drawn.parts] == ["مخزن", "کودک"]
    html = response.content.decode()
    links = re.findall(r'class="stretch is-\w+" id="s\d+" href="([^"]+)"', html)
    home = reverse("shelf-list", args=[session.pk])
    assert links == [
        f"{home}?page={page}#p{first}" for page, first in ((1, 0), (1, 80), (2, 160), (3, 240))
    ]
    assert all(
        f'id="p{first}"' in client.get(link).content.decode()
        for link, first in zip(links, (0, 80, 160, 240), strict=True)
    )
    assert html.count('<tr><th scope="row">مخزن، ۱۰۰') == 3
    assert "جست‌وجوی دوم می‌خواهد" in html
    assert '<span class="mark tone-call">۷</span>' in html


def test_over_days_and_devices(client: Client, copies: list[Copy], url: str, speak: Speak) -> None:
    speak(copies[:60], "one")
    speak(copies[60:80], "two")
    cells = client.get(url).context["map"].cells
    assert cells[0].tally.devices == {"one", "two"}
    assert cells[0].tally.seen == 80
    assert cells[0].level == 8
    assert cells[1].level == 0


def test_it_asks_for_itself_and_is_sent_only_where_it_changed(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession, url: str, speak: Speak
) -> None:
    page = client.get(url)
    mark = page.context["mark"]
    assert f'hx-get="{url}?seen={mark}"' in page.content.decode()
    assert client.get(url, {"seen": mark}).status_code == 204
    speak(copies[:5])
    part = client.get(url, {"seen": mark})
    html = part.content.decode()
    assert part.status_code == 200
    assert html.startswith('<div id="map-now"')
    assert "<html" not in html
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now(), despite=["one"])
    assert "hx-get" not in client.get(url).content.decode()


def test_pace_and_end(
    client: Client, cast: Cast, copies: list[Copy], url: str, session: ReadingSession
) -> None:
    now = timezone.now()
    for minute in range(12):
        device_speaks(
            session_id=session.pk,
            events=scans(copies[minute * 10 : minute * 10 + 10], "one", minute * 10),
            word=DeviceWord("one"), actor=cast.librarian, now=now - timedelta(minutes=12 - minute),
        )  # fmt: skip
    drawn = client.get(url).context["map"]
    assert drawn.pace == pytest.approx(120 / 11)
    assert drawn.devices[0].pace == pytest.approx(120 / 11)
    assert drawn.finish.minutes == 12  # 121 copies are left
    assert "۱۱ نسخه در دقیقه" in client.get(url).content.decode()


def test_a_persons_word_shows_at_once(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession, url: str, speak: Speak
) -> None:
    speak(copies[:80])
    assert client.get(url).context["map"].cells[2].state == "unread"
    shelf_speak(
        session_id=session.pk, first_position=160, last_position=239, was_read=True,
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip
    assert client.get(url).context["map"].cells[2].state == "second_look"


def test_queries_do_not_grow(client: Client, copies: list[Copy], url: str, speak: Speak) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    speak(copies[:3])
    client.get(url)
    few = counted()
    speak(copies[3:230], "two")
    speak(copies[100:120], "three")
    assert counted() == few


def test_whose_it_is(client: Client, cast: Cast, url: str) -> None:
    for actor, status in ((cast.county, 200), (cast.outsider, 404), (cast.admin, 403)):
        client.force_login(actor)
        assert client.get(url).status_code == status
    client.force_login(cast.librarian)
    assert client.post(url).status_code == 405
    assert client.get(url, {"seen": "<nonsense>"}).status_code == 200
