"""Ending a reading over a device's head, and what comes in afterwards."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from libraries.models import AuditEntry, Copy
from libraries.refusal import Refused
from shelfreading.domain.findings import Finding
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.selectors.desk import desk_cards
from shelfreading.services.applying import findings_apply
from shelfreading.services.closing import late_scans_count, session_end
from shelfreading.services.devices import DeviceWord, device_speaks
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.at_once import in_queue
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import look_again, make_reading, scans

Kind = ReadingEvent.Kind


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(40))


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    started = timezone.now() - timedelta(hours=3)
    session = session_start(
        actor=cast.librarian, name="پاییز", method="barcode", section_ids=[], now=started
    )
    speak(session, cast, copies[:30], unsent=0)
    return session


def speak(session: ReadingSession, cast: Cast, copies: list[Copy], **word: object) -> None:
    device_speaks(
        session_id=session.pk, events=scans(copies, "phone"),
        word=DeviceWord("phone", **word),  # type: ignore[arg-type]
        actor=cast.head, now=word.pop("now", None) or timezone.now(),  # type: ignore[arg-type]
    )  # fmt: skip


def close(session: ReadingSession, cast: Cast, **how: object) -> ReadingSession:
    return session_end(
        session_id=session.pk, words={}, actor=cast.librarian, now=timezone.now(), **how  # type: ignore[arg-type]
    )  # fmt: skip


# Ending


def test_no_end_while_a_device_reads_or_holds_scans(
    cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    with pytest.raises(Refused, match="هنوز می‌خواند"):
        close(session, cast)
    speak(session, cast, [], unsent=14, leaves=True)
    with pytest.raises(Refused, match="۱۴ خواندهٔ ارسال‌نشده") as refused:
        close(session, cast)
    assert cast.head.full_name in refused.value.reason
    session.devices.update(last_at=timezone.now() - timedelta(days=2))
    with pytest.raises(Refused):  # what it holds doesn't grow old
        close(session, cast)
    speak(session, cast, [], unsent=0, leaves=True)
    assert close(session, cast).state == "closed"


def test_a_device_that_fell_silent_holds_nobody_up(
    cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    session.devices.update(last_at=timezone.now() - timedelta(minutes=31))
    assert close(session, cast).state == "closed"


def test_an_end_all_the_same_is_for_the_devices_that_were_named(
    cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    with pytest.raises(Refused):
        close(session, cast, despite=["another"])
    assert not AuditEntry.objects.filter(action="session_close").exists()
    assert close(session, cast, despite=["phone"]).state == "closed"


def test_the_page_names_them_and_asks(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    url = reverse("session-close", args=[session.pk])
    html = client.get(url).content.decode()
    assert 'name="despite"' in html
    assert 'value="phone"' in html
    assert f"دستگاه ۱ ({cast.head.full_name}) هنوز می‌خواند" in html
    html = client.post(url).content.decode()
    assert "بگذارید بفرستند" in html
    session.refresh_from_db()
    assert session.state == "reading"
    client.post(url, {"despite": "phone"})
    session.refresh_from_db()
    assert session.state == "closed"
    assert 'name="despite"' not in client.get(url).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_batch_that_comes_while_somebody_ends_the_reading_is_in_time_or_late_and_never_lost() -> (
    None
):
    for closes_first in (False, True):
        reading = make_reading()
        now = timezone.now()
        who = {"session_id": reading.session.pk, "now": now}
        events_take(events=scans(reading.copies[:3], "form"), actor=reading.actor, **who)
        send = partial(
            device_speaks, events=scans(reading.copies[5:8], "phone"),
            word=DeviceWord("phone", unsent=2), actor=reading.colleague, **who,
        )  # fmt: skip
        end = partial(session_end, words={}, actor=reading.actor, **who)
        first, second = (end, send) if closes_first else (send, end)
        (outcome,) = in_queue(first, second)
        reading.session.refresh_from_db()
        late = reading.session.events.filter(device="phone").values_list("is_late", flat=True)
        assert list(late) == [closes_first] * 3
        # Sent before, the end was refused: two scans still wait on the device.
        assert isinstance(outcome, Refused) is not closes_first
        assert reading.session.state == ("closed" if closes_first else "reading")


# Late scans


@pytest.fixture
def late(cast: Cast, copies: list[Copy], session: ReadingSession) -> ReadingSession:
    """Ended; after that two copies, one seen before, one stranger and one mistake came in."""
    (stray,) = add_copies(cast.other_library, ["100/1 الف1"], first=700)
    close(session, cast, despite=["phone"])
    mistake = NewEvent(uuid4(), "phone", 104, Kind.SCAN, raw="mistake")
    events = [
        NewEvent(uuid4(), "phone", 100, Kind.SCAN, raw=copies[35].barcode),
        NewEvent(uuid4(), "phone", 101, Kind.SCAN, raw=copies[36].barcode),
        NewEvent(uuid4(), "phone", 102, Kind.SCAN, raw=copies[0].barcode),
        NewEvent(uuid4(), "phone", 103, Kind.SCAN, raw=stray.barcode),
        mistake,
        NewEvent(uuid4(), "phone", 105, Kind.UNDO, about=mistake.id),
        NewEvent(uuid4(), "phone", 106, Kind.ABSENT, copy_id=copies[37].pk),
        NewEvent(uuid4(), "phone", 107, Kind.SHELF_END),
    ]
    device_speaks(
        session_id=session.pk, events=events, word=DeviceWord("phone", 0), actor=cast.head,
        now=timezone.now(),
    )  # fmt: skip
    return session


def test_they_are_listed_with_who_and_what_they_would_have_been(
    client: Client, cast: Cast, copies: list[Copy], late: ReadingSession
) -> None:
    client.force_login(cast.county)
    response = client.get(reverse("late-scans", args=[late.pk]))
    lines = response.context["lines"]
    assert [(line.title, line.words, line.is_undone) for line in lines] == [
        (copies[37].title.title, "علامت «نیست»", False),
        ("", "ناشناخته", True),
        ("", "جای نادرست", False),
        (copies[0].title.title, "تکرار خواندن", False),
        (copies[36].title.title, "حاضر در قفسه", False),
        (copies[35].title.title, "حاضر در قفسه", False),
    ]
    html = response.content.decode()
    assert cast.head.full_name in html
    assert "به شمار آور" not in html  # those above only look
    for page in ("session", "findings"):
        html = client.get(reverse(page, args=[late.pk])).content.decode()
        assert reverse("late-scans", args=[late.pk]) in html


def test_counting_them_computes_the_findings_anew(
    client: Client, cast: Cast, copies: list[Copy], late: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    assert late.findings.get(copy=copies[35]).finding == Finding.NOT_READ
    (card,) = [card for card in desk_cards(cast.librarian, timezone.now()) if card.count == 6]
    assert card.url == reverse("late-scans", args=[late.pk])
    assert "به شمار آور" in client.get(card.url).content.decode()
    response = client.post(reverse("late-count", args=[late.pk]), follow=True)
    assert "۶ خواندهٔ دیررسیده به شمار آمد" in response.content.decode()
    assert late.findings.get(copy=copies[35]).finding == Finding.PRESENT
    assert not late.events.filter(is_late=True).exists()
    assert AuditEntry.objects.get(action="late_scans_count").data == {"events": 8}
    assert not [c for c in desk_cards(cast.librarian, timezone.now()) if c.url == card.url]
    response = client.post(reverse("late-count", args=[late.pk]), follow=True)
    assert "نمانده است" in response.content.decode()


def test_after_applying_they_wait_and_the_page_says_what_to_do(
    client: Client, cast: Cast, copies: list[Copy], late: ReadingSession
) -> None:
    who = {"session_id": late.pk, "actor": cast.librarian, "now": timezone.now()}
    findings_compute(**who)
    look_again(late, cast.librarian)
    findings_apply(**who)
    client.force_login(cast.librarian)
    html = client.get(reverse("late-scans", args=[late.pk])).content.decode()
    assert "نخست اعمال را برگردانید" in html
    assert reverse("late-count", args=[late.pk]) not in html
    response = client.post(reverse("late-count", args=[late.pk]), follow=True)
    assert "نخست اعمال را برگردانید" in response.content.decode()
    assert late.events.filter(is_late=True).count() == 8
    later = timezone.now() + timedelta(days=15)
    url = reverse("late-scans", args=[late.pk])
    assert [c.url for c in desk_cards(cast.librarian, timezone.now())].count(url) == 1
    assert [c.url for c in desk_cards(cast.librarian, later)].count(url) == 0


def test_queries_do_not_grow_with_late_scans(
    client: Client, cast: Cast, copies: list[Copy], late: ReadingSession
) -> None:
    client.force_login(cast.librarian)

    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("late-scans", args=[late.pk]))
        return len(captured)

    few = counted()
    events_take(
        session_id=late.pk, events=scans(copies, "two"), actor=cast.head, now=timezone.now()
    )
    assert counted() == few


def test_whose_they_are(client: Client, cast: Cast, late: ReadingSession) -> None:
    count = reverse("late-count", args=[late.pk])
    for actor, status in ((cast.county, 403), (cast.outsider, 404)):
        client.force_login(actor)
        assert client.post(count).status_code == status
    assert client.get(reverse("late-scans", args=[late.pk])).status_code == 404
    with pytest.raises(Refused):
        late_scans_count(session_id=late.pk, actor=cast.outsider, now=timezone.now())
    assert late.events.filter(is_late=True).count() == 8


def test_nothing_late_says_so(client: Client, cast: Cast, session: ReadingSession) -> None:
    client.force_login(cast.librarian)
    html = client.get(reverse("late-scans", args=[session.pk])).content.decode()
    assert "هیچ خوانده‌ای دیر نرسیده است" in html
    session_close(session_id=session.pk, actor=cast.head, now=timezone.now(), despite=["phone"])
    assert "دیررسیده" not in client.get(reverse("session", args=[session.pk])).content.decode()
