"""A device and the server: its list, its word on itself, what it hears of the others."""

import gzip
import json
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from shelfreading.domain.commands import CARD
from shelfreading.models import ReadingDevice, ReadingEvent, ReadingSession
from shelfreading.selectors.devices import arrival_behind, news
from shelfreading.services.devices import DeviceWord, device_speaks
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.sessions import session_close, session_start
from tests.at_once import in_queue
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import make_reading, scans

Kind = ReadingEvent.Kind


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(150))


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    section = cast.library.sections.get(name="مخزن")
    return session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[section.pk],
        now=timezone.now() - timedelta(hours=1),
    )  # fmt: skip


class Phone:
    """A device of somebody's."""

    def __init__(self, client: Client, session: ReadingSession, name: str) -> None:
        self.client, self.name = client, name
        self.url = reverse("scan-events", args=[session.pk])
        self.seq = 0
        self.since: Any = None

    def event(self, raw: str = "", **fields: Any) -> dict[str, Any]:
        self.seq += 1
        return {
            "id": str(uuid4()), "device": self.name, "seq": self.seq, "kind": "scan", "raw": raw,
            **fields,
        }  # fmt: skip

    def send(self, *events: Any, **body: Any) -> dict[str, Any]:
        body = {"device": self.name, "unsent": 0, "since": self.since, "events": events, **body}
        response = self.client.post(self.url, json.dumps(body), content_type="application/json")
        assert response.status_code == 200, response.content
        answer: dict[str, Any] = response.json()
        self.since = answer["news"]["cursor"]
        return answer


@pytest.fixture
def phones(client: Client, cast: Cast, session: ReadingSession) -> list[Phone]:
    client.force_login(cast.librarian)
    colleague = Client()
    colleague.force_login(cast.head)
    return [Phone(client, session, "one"), Phone(colleague, session, "two")]


def row(name: str = "one") -> ReadingDevice:
    return ReadingDevice.objects.get(device=name)


# The device's word on itself


def test_the_device_is_kept_up_to_date(
    cast: Cast, copies: list[Copy], session: ReadingSession, phones: list[Phone]
) -> None:
    one, _ = phones
    one.send(one.event(copies[7].barcode), one.event(copies[9].barcode), unsent=12)
    assert (row().by, row().unsent, row().position, row().is_at_rest) == (
        cast.librarian, 12, 9, False,
    )  # fmt: skip
    first_at = row().first_at
    one.send(one.event("no such code"), one.event(kind="shelf_end"), unsent=3)
    assert (row().unsent, row().position, row().is_at_rest) == (3, 9, True)
    one.send(unsent=0)  # a sign of life moves nothing
    assert (row().unsent, row().position, row().is_at_rest) == (0, 9, True)
    one.send(one.event(kind="present", copy=copies[40].pk))
    assert (row().position, row().is_at_rest) == (40, False)
    one.send(leaves=True)
    assert row().is_at_rest
    assert row().first_at == first_at < row().last_at


def test_the_order_of_a_batch_is_the_devices_own(copies: list[Copy], phones: list[Phone]) -> None:
    one, _ = phones
    first, second = one.event(copies[3].barcode), one.event(copies[90].barcode)
    one.send(second, first)
    assert row().position == 90


def test_of_many_ticks_the_last_in_the_list_is_the_place(
    cast: Cast, copies: list[Copy], phones: list[Phone]
) -> None:
    one, _ = phones
    strangers = add_copies(cast.other_library, numbered_calls(30))
    ticks = [one.event(kind="absent", copy=copy.pk) for copy in [*copies[:5], *strangers]]
    with CaptureQueriesContext(connection) as captured:
        one.send(*ticks)
    assert row().position == 4
    assert len(captured) < 20


@pytest.mark.parametrize(
    "body",
    [
        {"device": None}, {"device": 5}, {"device": "a b"}, {"device": "x" * 61},
        {"unsent": -1}, {"unsent": "3"}, {"unsent": True}, {"unsent": 10**30}, {"unsent": None},
        {"since": 5}, {"since": "x"}, {"since": "9" * 400}, {"since": ["0"]}, {"since": "۱۲"},
        {"leaves": "yes"},
    ],
)  # fmt: skip
def test_what_a_device_says_wrongly_of_itself_loses_no_scan(
    copies: list[Copy], session: ReadingSession, phones: list[Phone], body: dict[str, Any]
) -> None:
    one, _ = phones
    answer = one.send(one.event(copies[0].barcode), **body)
    assert len(answer["kept"]) == 1
    assert answer["news"]["read"] == []
    assert session.events.get().code == copies[0].barcode
    told = list(ReadingDevice.objects.values_list("unsent", flat=True))
    named_wrongly = body.get("device") is not None
    assert told == ([] if named_wrongly else [2**31 - 1 if body.get("unsent") == 10**30 else 0])


def test_a_page_that_names_no_device_is_the_one_its_events_came_from(
    copies: list[Copy], phones: list[Phone]
) -> None:
    one, _ = phones
    body = {"events": [one.event(copies[0].barcode)]}
    one.client.post(one.url, json.dumps(body), content_type="application/json")
    assert (row().position, row().unsent) == (0, 0)


def test_a_closed_session_says_so_and_keeps_what_comes(
    cast: Cast, copies: list[Copy], session: ReadingSession, phones: list[Phone]
) -> None:
    one, _ = phones
    one.send(one.event(copies[0].barcode))
    session_close(session_id=session.pk, actor=cast.head, now=timezone.now(), despite=["one"])
    answer = one.send(one.event(copies[1].barcode))
    assert (answer["is_late"], answer["news"]["state"]) == (True, "closed")
    assert session.events.filter(is_late=True).count() == 1


# News


def test_a_device_hears_what_others_read_and_nothing_of_its_own(
    copies: list[Copy], phones: list[Phone]
) -> None:
    one, two = phones
    one.send()
    two.send()
    one.send(one.event(copies[0].barcode))
    two.send(
        two.event(copies[20].barcode),
        two.event("unknown"),
        two.event(kind="absent", copy=copies[30].pk),
    )
    assert one.send()["news"]["read"] == [20, 30]
    assert one.send()["news"]["read"] == []
    assert two.send()["news"]["read"] == []  # told with the answer to its own batch
    undone = two.event(copies[21].barcode)
    two.send(undone, two.event(kind="undo", about=undone["id"]))
    assert one.send()["news"]["read"] == []


def test_a_device_without_a_cursor_gets_one_and_no_news(
    copies: list[Copy], phones: list[Phone]
) -> None:
    one, two = phones
    one.send(one.event(copies[0].barcode))
    assert two.send()["news"]["read"] == []
    one.send(one.event(copies[1].barcode))
    assert two.send()["news"]["read"] == [1]


def test_the_list_and_its_cursor_leave_no_gap(
    copies: list[Copy], session: ReadingSession, phones: list[Phone]
) -> None:
    one, two = phones
    one.send(*(one.event(copy.barcode) for copy in copies[:5]))
    listed = two.client.get(reverse("scan-list", args=[session.pk])).json()
    assert listed["read"] == [[0, 4]]
    one.send(one.event(copies[5].barcode), one.event(copies[7].barcode))
    two.since = listed["cursor"]
    assert two.send()["news"]["read"] == [5, 7]


def test_a_stretch_is_busy_while_another_reads_there(
    cast: Cast, copies: list[Copy], phones: list[Phone]
) -> None:
    one, two = phones
    one.send(one.event(copies[3].barcode))
    assert one.send()["news"]["busy"] == []
    busy = two.send(two.event(copies[100].barcode))["news"]["busy"]
    assert busy == [{"stretch": 0, "who": cast.librarian.full_name}]
    assert one.send()["news"]["busy"] == [{"stretch": 1, "who": cast.head.full_name}]
    one.send(one.event(kind="shelf_end"))
    assert two.send()["news"]["busy"] == []
    one.send(one.event(copies[4].barcode))
    ReadingDevice.objects.filter(device="one").update(
        last_at=timezone.now() - timedelta(minutes=16)
    )
    assert two.send()["news"]["busy"] == []


@pytest.mark.django_db(transaction=True)
def test_what_waited_for_its_turn_comes_after_what_went_before() -> None:
    """A batch with the earlier clock that is written later is no less news."""
    reading = make_reading()
    session = reading.session
    early = timezone.now()
    speak = partial(device_speaks, session_id=session.pk, actor=reading.actor)
    heard: list[Any] = []

    def hold() -> None:
        one = speak(events=scans(reading.copies[:1], "one"), word=None, now=timezone.now())
        heard.append(one)

    late = partial(
        events_take, session_id=session.pk, events=scans(reading.copies[5:6], "two"),
        actor=reading.colleague, now=early - timedelta(seconds=5),
    )  # fmt: skip
    in_queue(hold, late)
    told: list[int] = []
    since = arrival_behind("0")
    first, second = session.events.order_by("received_at").values_list("device", "received_at")
    assert (first[0], second[0]) == ("one", "two")
    assert first[1] < second[1]
    for seen_at in (since, first[1]):
        found = news(session, device="three", since=seen_at, last_arrival=None, now=timezone.now())
        told.append(len(found["read"]))
    assert told == [2, 1]


def test_a_clock_set_back_for_good_is_believed(cast: Cast, session: ReadingSession) -> None:
    take = partial(events_take, session_id=session.pk, actor=cast.librarian)
    now = timezone.now()
    take(events=[NewEvent(uuid4(), "d", 1, Kind.SCAN, raw="1")], now=now + timedelta(days=400))
    take(events=[NewEvent(uuid4(), "d", 2, Kind.SCAN, raw="2")], now=now)
    assert session.events.get(seq=2).received_at == now
    take(events=[NewEvent(uuid4(), "d", 3, Kind.SCAN, raw="3")], now=now - timedelta(seconds=9))
    assert session.events.count() == 3


# Cost


def test_a_scan_costs_a_handful_of_queries_however_much_was_read(
    cast: Cast, copies: list[Copy], session: ReadingSession, phones: list[Phone]
) -> None:
    one, two = phones

    def cost(raw: str) -> int:
        event = one.event(raw)
        with CaptureQueriesContext(connection) as captured:
            one.send(event)
        return len(captured)

    two.send(two.event(copies[149].barcode))
    one.send()
    before = cost(copies[0].barcode)
    # Log-in 2, transaction 2, lock, last arrival, insert, two look-ups, device, news, who reads.
    assert before == 12
    two.send(*(two.event(copy.barcode) for copy in copies[50:140]))
    one.send()
    assert cost(copies[1].barcode) == before


# The list


def test_the_list_holds_all_that_the_device_answers_from(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    (child,) = add_copies(cast.library, ["ک 200/1 الف1"], section="کودک", first=900)
    add_copies(cast.other_library, numbered_calls(3))
    Copy.objects.filter(pk=copies[3].pk).update(barcode="")
    listed_again = session.expected.filter(copy=copies[4])
    listed_again.update(status=CopyStatus.WEEDED)
    Loan.objects.create(copy=copies[6], lent_at=timezone.now())
    tick = NewEvent(uuid4(), "f", 1, Kind.ABSENT, copy_id=copies[3].pk)
    events_take(
        session_id=session.pk, actor=cast.librarian, now=timezone.now(),
        events=[*scans([*copies[:3], copies[8]]), tick],
    )  # fmt: skip
    client.force_login(cast.librarian)
    response = client.get(reverse("scan-list", args=[session.pk]))
    found = response.json()
    assert response["Cache-Control"] == "private, no-store"
    assert found["codes"] == [copy.barcode for copy in copies]
    assert found["copies"] == [copy.pk for copy in copies]
    assert found["calls"] == [copy.call_number for copy in copies]
    assert found["numbers"] == [copy.registration_number for copy in copies]
    assert [found["names"][index] for index in found["title"]] == [c.title.title for c in copies]
    assert found["status"] == "aaaaw" + "a" * 145
    assert found["lent"] == [6]
    assert found["read"] == [[0, 3], [8, 8]]
    assert found["ranks"] == sorted(found["ranks"])
    assert set(found["runs"]) == {0}
    assert {found["sections"][index] for index in found["section"]} == {"مخزن"}
    assert [(first, last) for first, last, _ in found["stretches"]] == [(0, 74), (75, 149)]
    others = found["others"]
    assert (others["codes"], others["calls"]) == ([child.barcode], [child.call_number])
    assert found["names"][others["title"][0]] == child.title.title
    assert found["sections"][others["section"][0]] == "کودک"
    assert [code for code, *_ in found["commands"]] == [command.code for command in CARD]
    assert found["fates"]["weed_worn"] == "وجین فرسوده"
    assert (found["session"], found["name"]) == (session.pk, session.name)
    assert found["library"] == cast.library.name


def test_who_has_this_very_list_gets_no_second_one(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    url = reverse("scan-list", args=[session.pk])
    response = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    found = json.loads(gzip.decompress(response.content))
    etag = response["ETag"]
    assert etag == f'"{found["version"]}"'
    same = client.get(url, headers={"If-None-Match": etag})
    assert (same.status_code, same.content) == (304, b"")
    assert client.get(url, headers={"If-None-Match": '"another"'}).status_code == 200
    Loan.objects.create(copy=copies[6], lent_at=timezone.now())
    changed = client.get(url, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["lent"]) == (200, [6])


def test_queries_for_the_list_do_not_grow(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    url = reverse("scan-list", args=[session.pk])

    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    client.get(url)
    few = counted()
    events_take(
        session_id=session.pk, actor=cast.librarian, now=timezone.now(), events=scans(copies[:100])
    )
    add_copies(cast.library, numbered_calls(40), section="کودک", first=500)
    assert counted() == few


def test_the_list_is_the_librarys_own(client: Client, cast: Cast, session: ReadingSession) -> None:
    url = reverse("scan-list", args=[session.pk])
    response = client.get(url)
    assert (response.status_code, bool(response.json()["reason"])) == (401, True)
    for actor, status in ((cast.outsider, 404), (cast.county, 403), (cast.admin, 403)):
        client.force_login(actor)
        assert client.get(url).status_code == status
    client.force_login(cast.head)
    assert client.post(url).status_code == 405


def test_a_word_alone_needs_no_events(cast: Cast, session: ReadingSession) -> None:
    heard = device_speaks(
        session_id=session.pk, events=[], word=DeviceWord("d", 4), actor=cast.librarian,
        now=timezone.now(),
    )  # fmt: skip
    assert (heard.code_of, heard.is_late, row("d").unsent) == ({}, False, 4)
