"""The door for devices' events, and the scanning page without a script."""

import json
from datetime import timedelta
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
from shelfreading.domain.findings import Finding
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.selectors.events import standing_events
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(6))


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    place = cast.library.sections.get(name="مخزن")
    return session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[place.pk],
        now=timezone.now() - timedelta(hours=1),
    )  # fmt: skip


@pytest.fixture
def door(client: Client, cast: Cast, session: ReadingSession) -> "Door":
    client.force_login(cast.librarian)
    return Door(client, session)


class Door:
    """A device at the door."""

    def __init__(self, client: Client, session: ReadingSession) -> None:
        self.client = client
        self.url = reverse("scan-events", args=[session.pk])
        self.seq = 0

    def event(self, raw: Any = "", **fields: Any) -> dict[str, Any]:
        self.seq += 1
        return {
            "id": str(uuid4()), "device": "d-1", "seq": self.seq, "kind": "scan", "raw": raw,
            "at": timezone.now().isoformat(), **fields,
        }  # fmt: skip

    def send(self, *events: Any) -> Any:
        return self.post({"events": list(events)})

    def post(self, body: Any) -> Any:
        return self.client.post(self.url, json.dumps(body), content_type="application/json")

    def answers(self, *events: Any) -> list[dict[str, Any]]:
        response = self.send(*events)
        assert response.status_code == 200
        return response.json()["answers"]


def test_each_scan_is_told_what_it_is(cast: Cast, copies: list[Copy], door: Door) -> None:
    (stray,) = add_copies(cast.library, ["200/1 ب1"], section="کودک", first=90)
    (foreign,) = add_copies(cast.other_library, ["300/1 ب1"], first=95)
    Loan.objects.create(copy=copies[1], lent_at=timezone.now() - timedelta(days=3))
    session = ReadingSession.objects.get()
    for copy, status in zip(
        copies[2:6],
        (CopyStatus.MISSING, CopyStatus.WEEDED, CopyStatus.BINDING, CopyStatus.UNRETURNED),
        strict=True,
    ):
        session.expected.filter(copy=copy).update(status=status)
    codes = [copy.barcode for copy in copies] + [stray.barcode, foreign.barcode, "nonsense"]
    answers = door.answers(*[door.event(code) for code in [*codes, codes[0]]])
    assert [answer["state"] for answer in answers] == [
        "present", "on_loan_on_shelf", "found", "weeded_on_shelf", "back_from_binder", "found",
        "misplaced", "misplaced", "unknown", "repeated",
    ]  # fmt: skip
    assert answers[0]["title"] == copies[0].title.title
    assert answers[0]["call_number"] == copies[0].call_number
    assert "بازگشت" in answers[1]["note"]
    assert "بخش «کودک»" in answers[6]["note"]
    assert cast.other_library.name in answers[7]["note"]
    assert answers[7]["title"] == ""  # of another library only what brings the book home
    assert all(answer["label"] and answer["note"] for answer in answers)


def test_the_answers_agree_with_the_match(cast: Cast, copies: list[Copy], door: Door) -> None:
    session = ReadingSession.objects.get()
    Loan.objects.create(copy=copies[0], lent_at=timezone.now() - timedelta(days=9))
    for copy, status in zip(copies[1:], CopyStatus.values, strict=True):
        session.expected.filter(copy=copy).update(status=status)
    answers = door.answers(*[door.event(copy.barcode) for copy in copies], door.event("x"))
    findings_compute(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    matched = {
        str(event_id): finding
        for event_id, finding in session.findings.values_list("event_id", "finding")
    }
    assert {answer["id"]: answer["state"] for answer in answers} == matched
    assert len(matched) == 7


def test_a_batch_sent_twice_is_kept_once_and_answered_the_same(
    copies: list[Copy], door: Door, session: ReadingSession
) -> None:
    events = [door.event(copies[0].barcode), door.event(copies[0].barcode), door.event("?")]
    first, again = door.send(*events).json(), door.send(*events).json()
    del first["news"]["cursor"], again["news"]["cursor"]
    assert first == again
    assert first["kept"] == [event["id"] for event in events]
    assert [answer["state"] for answer in first["answers"]] == ["present", "repeated", "unknown"]
    assert session.events.count() == 3


def test_an_undone_scan_is_not_seen_before(copies: list[Copy], door: Door) -> None:
    first = door.event(copies[0].barcode)
    door.send(first, door.event(kind="undo", about=first["id"]))
    (answer,) = door.answers(door.event(copies[0].barcode))
    assert answer["state"] == Finding.PRESENT


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "\0",
        "\ud800",
        "x" * 300_000,
        "'; DROP TABLE",
        "۱۲۳",
        "\u200f123",
        "<b>",
        "🙂" * 500,
    ],
)
def test_whatever_a_reader_sends_is_kept(door: Door, session: ReadingSession, raw: str) -> None:
    response = door.send(door.event(raw))
    assert response.status_code == 200
    kept = session.events.get()
    assert str(kept.pk) in response.json()["kept"]
    assert len(kept.raw) == len(raw)


BROKEN: list[tuple[str, Any]] = [
    ("not an object", 7),
    ("null", None),
    ("no id", {"id": None}),
    ("bad id", {"id": "not-a-uuid"}),
    ("id of wrong type", {"id": 5}),
    ("no device", {"device": ""}),
    ("strange device", {"device": "a b\0"}),
    ("seq is text", {"seq": "1"}),
    ("seq is true", {"seq": True}),
    ("seq is a fraction", {"seq": 1.5}),
    ("seq too large", {"seq": 2**63}),
    ("seq negative", {"seq": -1}),
    ("unknown kind", {"kind": "dance"}),
    ("kind of wrong type", {"kind": ["scan"]}),
    ("raw of wrong type", {"raw": 12}),
    ("raw is a list", {"raw": []}),
    ("tick without a copy", {"kind": "present"}),
    ("copy of wrong type", {"kind": "present", "copy": "12"}),
    ("undo of nothing", {"kind": "undo"}),
    ("undo of nonsense", {"kind": "undo", "about": "x"}),
    ("time of wrong type", {"at": 12345}),
]


@pytest.mark.parametrize(("what", "change"), BROKEN, ids=[what for what, _ in BROKEN])
def test_one_broken_entry_is_told_of_and_the_others_are_taken(
    copies: list[Copy], door: Door, session: ReadingSession, what: str, change: Any
) -> None:
    broken = {**door.event("1"), **change} if isinstance(change, dict) else change
    good = [door.event(copies[0].barcode), door.event(copies[1].barcode)]
    response = door.send(good[0], broken, good[1])
    assert response.status_code == 200
    body = response.json()
    assert body["kept"] == [event["id"] for event in good]
    (refused,) = body["refused"]
    assert refused["index"] == 1
    assert refused["reason"].endswith(".")
    assert session.events.count() == 2


@pytest.mark.parametrize(
    "at", [None, "", "yesterday", "2026-13-45T00:00:00Z", "0001-01-01T00:00:00Z"]
)
def test_a_clock_that_cannot_be_read_loses_no_scan(
    door: Door, session: ReadingSession, at: str | None
) -> None:
    door.answers(door.event("1", at=at))
    assert session.events.get().device_at is None


def test_ticks_of_another_librarys_copy_touch_nothing(
    cast: Cast, door: Door, session: ReadingSession
) -> None:
    (foreign,) = add_copies(cast.other_library, ["100/1 الف1"])
    door.answers(
        door.event(kind="present", copy=foreign.pk), door.event(kind="absent", copy=10**17)
    )
    assert set(session.events.values_list("copy", flat=True)) == {None}


@pytest.mark.parametrize("body", [[], {}, {"events": 5}, {"events": {}}, "x", None, 5])
def test_a_request_that_is_no_batch_gets_400(door: Door, body: Any) -> None:
    response = door.post(body)
    assert response.status_code == 400
    assert response.json()["reason"]


def test_json_that_is_none_gets_400(door: Door) -> None:
    for content in (b"{", b"\xff\xfe", b""):
        response = door.client.post(door.url, content, content_type="application/json")
        assert response.status_code == 400


def test_five_hundred_at_once_and_no_more(door: Door, session: ReadingSession) -> None:
    events = [door.event(str(n)) for n in range(501)]
    assert door.send(*events).status_code == 400
    assert session.events.count() == 0
    assert door.send(*events[:500]).status_code == 200
    assert session.events.count() == 500


def test_a_body_too_large_is_a_reason_and_no_page(door: Door) -> None:
    response = door.send(door.event("x" * 3_000_000))
    assert response.status_code == 413
    assert response.json()["reason"]


def test_logged_out_gets_401_in_json(door: Door, session: ReadingSession) -> None:
    door.client.logout()
    response = door.send(door.event("1"))
    assert response.status_code == 401
    assert "وارد شوید" in response.json()["reason"]


def test_the_weak_role_the_outsider_and_a_get(
    cast: Cast, door: Door, session: ReadingSession
) -> None:
    assert door.client.get(door.url).status_code == 405
    door.client.force_login(cast.county)
    refused = door.send(door.event("1"))
    assert (refused.status_code, bool(refused.json()["reason"])) == (403, True)
    assert door.client.get(reverse("scan", args=[session.pk])).status_code == 403
    door.client.force_login(cast.outsider)
    assert door.send(door.event("1")).status_code == 404
    assert door.client.get(reverse("scan", args=[session.pk])).status_code == 404
    assert session.events.count() == 0


def test_what_comes_in_after_the_end_is_kept_as_late(
    cast: Cast, door: Door, session: ReadingSession
) -> None:
    door.answers(door.event("1"))
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now(), despite=["d-1"])
    door.answers(door.event("2"))
    assert list(session.events.order_by("seq").values_list("raw", "is_late")) == [
        ("1", False),
        ("2", True),
    ]
    assert [event.raw for event in standing_events([session.pk])] == ["1"]


def test_a_token_is_asked_for(cast: Cast, session: ReadingSession) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.librarian)
    door = Door(client, session)
    assert door.send(door.event("1")).status_code == 403
    client.get(reverse("scan", args=[session.pk]))
    response = client.post(
        door.url,
        json.dumps({"events": [door.event("1")]}),
        content_type="application/json",
        headers={"X-CSRFToken": client.cookies["csrftoken"].value},
    )
    assert response.status_code == 200


def test_queries_do_not_grow_with_the_batch(cast: Cast, copies: list[Copy], door: Door) -> None:
    strays = add_copies(cast.library, numbered_calls(40), section="کودک", first=100)
    codes = [copy.barcode for copy in [*copies, *strays]] + [f"u{n}" for n in range(20)]

    def counted(wanted: list[str]) -> int:
        events = [door.event(code) for code in wanted]
        with CaptureQueriesContext(connection) as captured:
            door.answers(*events)
        return len(captured)

    # Ten rows and fewer go into PostgreSQL another way (libraries.bulk).
    few = [*codes[:3], *codes[8:14], *codes[60:65]]
    assert counted(few) == counted(codes)


def test_without_a_script_one_code_a_form(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    url = reverse("scan", args=[session.pk])
    client.force_login(cast.librarian)
    form = client.get(url).context["form"]
    sent = {"code": copies[0].barcode, "event": str(form["event"].value())}
    html = client.post(url, sent, follow=True).content.decode()
    assert copies[0].title.title in html
    client.post(url, sent)  # the button pressed twice
    assert list(session.events.values_list("code", "kind")) == [(copies[0].barcode, "scan")]
    html = client.post(url, {"code": "", "event": str(uuid4())}).content.decode()
    assert "کدی نیامده است" in html


def test_without_a_script_a_closed_session_says_why(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    url = reverse("scan", args=[session.pk])
    client.force_login(cast.librarian)
    client.post(url, {"code": "1", "event": str(uuid4())})
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    html = client.post(url, {"code": "2", "event": str(uuid4())}).content.decode()
    assert "پایان یافته است" in html
    assert ReadingEvent.objects.count() == 1
