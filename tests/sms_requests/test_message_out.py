"""What leaves: queued with its transaction, handed over at most once, tried again, reported on."""

import http.server
import json
import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from libraries.refusal import Refused
from sms_requests.domain.sending import GIVE_UP_AFTER, next_try, part_count
from sms_requests.gateway import Gateway, NotSent, Outgoing, Report, ReportKind, Unsure
from sms_requests.gateways.kannel import Kannel, report_address
from sms_requests.gateways.melipayamak import Melipayamak
from sms_requests.models import DeliveryReport, MessageOut
from sms_requests.selectors.messages import messages_in_trouble, messages_out
from sms_requests.sending import messages_send
from sms_requests.services import message_queue, messages_queue, report_take
from tests.at_once import at_once

TOKEN = "only-for-tests-0123456789-abcdefghij"
PERSIAN = "سلام، کتابخانه‌های «همدان» 😀"
NUMBER = "09120000001"
State = MessageOut.State


@dataclass
class Provider:
    """A provider on a port of its own that answers as told and remembers what it was asked."""

    answers: list[tuple[int, str]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    told = Provider()

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            query = body or urlsplit(self.path).query
            told.asked.append({name: value[-1] for name, value in parse_qs(query).items()})
            status, text = told.answers.pop(0) if told.answers else (202, "0: Accepted")
            if status == 0:  # hangs up without a word
                self.close_connection = True
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer  # noqa: N815 - the base class asks for these names

        def log_message(self, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_GATEWAY = "kannel"
    settings.SMS_URL = told.url
    settings.SMS_USER, settings.SMS_PASSWORD = "user", "pass&word"
    settings.SMS_LINE, settings.SMS_TOKEN = "100045040", TOKEN
    settings.SMS_CALLBACK_URL = "http://127.0.0.1:8000"
    yield told
    server.shutdown()
    server.server_close()


@dataclass
class Script:
    """A gateway that does as its script says; "" is success. A real object, not the network."""

    steps: list[Exception | str]
    sent: list[Outgoing] = field(default_factory=list)
    name: str = "kannel"
    reports: bool = True

    def send(self, message: Outgoing) -> str:
        step = self.steps.pop(0) if self.steps else ""
        if isinstance(step, Exception):
            raise step
        self.sent.append(message)
        return step

    take_in = delivery_report = None


def queued(text: str = PERSIAN, now: datetime | None = None, **more: Any) -> MessageOut:
    return message_queue(to=NUMBER, text=text, now=now or timezone.now(), **more)


# --- the rules -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1), ("ا" * 70, 1), ("ا" * 71, 2), ("ا" * 134, 2), ("ا" * 135, 3), ("ا" * 670, 10),
        ("ا" * 671, 11), ("😀" * 35, 1), ("😀" * 36, 2), ("a" * 71, 2), ("\u200c" * 71, 2),
    ],
)  # fmt: skip
def test_parts(text: str, parts: int) -> None:
    assert part_count(text) == parts


def test_waits_double_up_to_an_hour_and_end_after_two_days() -> None:
    now = due = timezone.now()
    waits = [(next_try(tries, due, now) - now).total_seconds() for tries in range(1, 12)]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert next_try(300, due, due + GIVE_UP_AFTER) is not None
    assert next_try(1, due, due + GIVE_UP_AFTER + timedelta(seconds=1)) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("to", "text", "word"),
    [
        ("100045040", "سلام", "همراه"),
        ("", "سلام", "خالی"),
        (NUMBER, " \n", "خالی"),
        (NUMBER, "ا" * 671, "۱۱ بخش"),
    ],
)
def test_what_can_not_be_sent_is_refused_before_it_is_queued(to: str, text: str, word: str) -> None:
    with pytest.raises(Refused, match=word):
        messages_queue(texts=[(NUMBER, "خوب"), (to, text)], now=timezone.now())
    assert not MessageOut.objects.exists()


# --- queue and hand-over -----------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_text_leaves_after_the_commit_and_only_then(provider: Provider) -> None:
    with transaction.atomic():
        queued()
        assert provider.asked == []
    (asked,) = provider.asked
    message = MessageOut.objects.get()
    assert message.state == State.SENT and message.tries == 1
    assert asked["text"] == PERSIAN and asked["to"] == NUMBER
    assert (asked["coding"], asked["charset"], asked["dlr-mask"]) == ("2", "UTF-8", "31")
    assert (asked["username"], asked["password"]) == ("user", "pass&word")
    assert asked["dlr-url"] == report_address(str(message.reference))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queued()
        raise ZeroDivisionError
    assert len(provider.asked) == 1 and MessageOut.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "state", "is_sent"),
    [
        ("id-1", State.SENT, True),
        (NotSent("نه"), State.QUEUED, False),
        (NotSent("نه", is_down=True), State.QUEUED, False),
        (NotSent("هرگز", for_good=True), State.FAILED, False),
        (Unsure("شاید"), State.SENDING, False),
    ],
)
def test_how_a_try_ends(step: Exception | str, state: str, is_sent: bool) -> None:
    message = queued()
    gateway = Script([step])
    again_at = messages_send(gateway)
    message.refresh_from_db()
    assert message.state == state
    assert (message.sent_at is not None) == is_sent
    assert message.error == ("" if is_sent else str(step))
    assert (again_at is not None) == (state == State.QUEUED)
    # Whatever it was, nothing is due now: nothing is sent twice.
    messages_send(gateway)
    assert len(gateway.sent) == int(is_sent)


@pytest.mark.django_db
def test_a_provider_that_is_down_is_tried_again_and_again() -> None:
    start = timezone.now()
    messages = [queued(f"متن {number}", now=start) for number in range(5)]
    gateway = Script([NotSent("خاموش", is_down=True)] * 4)
    now, tries = start, 0
    while again_at := messages_send(gateway, lambda now=now: now):
        tries += 1
        assert not gateway.sent
        assert messages_in_trouble(now)["retrying"] == tries
        now = again_at
    # One question for each wake-up, not one for each text; then all leave at once, each once.
    assert tries == 4
    messages_send(gateway, lambda: start + timedelta(hours=1))
    assert sorted(sent.text for sent in gateway.sent) == [message.text for message in messages]


@pytest.mark.django_db
def test_after_two_days_it_is_given_up_and_says_so() -> None:
    start = timezone.now()
    message = queued(now=start)
    messages_send(Script([NotSent("خاموش")]), lambda: start + timedelta(days=2, hours=1))
    message.refresh_from_db()
    assert message.state == State.FAILED and "دو روز" in message.error


@pytest.mark.django_db
def test_one_bad_text_holds_up_nobody() -> None:
    first, second, third = (queued(f"متن {number}") for number in range(3))
    gateway = Script([NotSent("هرگز", for_good=True), NotSent("حالا نه")])
    messages_send(gateway)
    assert [sent.text for sent in gateway.sent] == ["متن 2"]


@pytest.mark.django_db
def test_a_new_text_does_not_wait_for_an_old_ones_hour() -> None:
    start = timezone.now()
    old, _ = queued("قدیمی", now=start), queued("تازه", now=start)
    MessageOut.objects.filter(pk=old.pk).update(tries=9)
    told: list[datetime] = []
    gateway = Script([NotSent("حالا نه"), NotSent("حالا نه")])
    again_at = messages_send(gateway, lambda: start, told.append)
    assert told == [start + timedelta(seconds=30)]
    assert again_at == start + timedelta(hours=1)


@pytest.mark.django_db
def test_not_before_its_hour() -> None:
    start = timezone.now()
    queued(now=start, not_before=start + timedelta(hours=3))
    gateway = Script([])
    messages_send(gateway, lambda: start + timedelta(hours=2, minutes=59))
    assert not gateway.sent
    messages_send(gateway, lambda: start + timedelta(hours=3))
    assert len(gateway.sent) == 1


@pytest.mark.django_db
def test_a_crash_while_sending_is_not_sent_again_but_seen() -> None:
    start = timezone.now()
    message = queued(now=start)
    with pytest.raises(MemoryError):  # whatever kills the worker between acceptance and commit
        messages_send(Script([MemoryError()]), lambda: start)
    gateway = Script([])
    messages_send(gateway, lambda: start + timedelta(hours=5))
    assert not gateway.sent
    (shown,) = messages_out(start + timedelta(hours=5))
    assert shown.is_silent and shown.state == State.SENDING
    # It had left after all: the report says so.
    report_take(report=Report(str(message.reference), ReportKind.DELIVERED), now=start)
    (shown,) = messages_out(start + timedelta(hours=5))
    assert not shown.is_silent and shown.state == State.DELIVERED


@pytest.mark.django_db(transaction=True)
def test_several_senders_at_once_send_each_text_once() -> None:
    now = timezone.now()
    with transaction.atomic():
        MessageOut.objects.bulk_create(
            MessageOut(to=NUMBER, text=str(n), parts=1, created_at=now, next_try_at=now)
            for n in range(40)
        )
    gateways = [Script([]) for _ in range(4)]
    at_once(*[lambda gateway=gateway: messages_send(gateway) for gateway in gateways])
    sent = [message.text for gateway in gateways for message in gateway.sent]
    assert sorted(sent, key=int) == [str(n) for n in range(40)]


# --- the gateways over real HTTP -----------------------------------------------------------


@pytest.mark.parametrize("gateway", [Kannel(), Melipayamak()], ids=["kannel", "melipayamak"])
@pytest.mark.parametrize(
    ("answer", "wanted", "is_down"),
    [
        ((503, ""), NotSent, True),
        ((403, "Authorization failed"), NotSent, True),
        ((500, ""), Unsure, None),
        ((0, ""), Unsure, None),
    ],
)
def test_what_a_provider_can_answer(
    provider: Provider,
    gateway: Gateway,
    answer: tuple[int, str],
    wanted: type[Exception],
    is_down: bool | None,
) -> None:
    provider.answers = [answer]
    with pytest.raises(wanted) as caught:
        gateway.send(Outgoing("r", NUMBER, PERSIAN))
    assert getattr(caught.value, "is_down", None) == is_down
    assert len(provider.asked) == 1


def test_nobody_at_home_is_certainly_not_sent(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.SMS_URL = f"http://127.0.0.1:{port}/x"
    for gateway in (Kannel(), Melipayamak()):
        with pytest.raises(NotSent) as caught:
            gateway.send(Outgoing("r", NUMBER, PERSIAN))
        assert caught.value.is_down


def test_melipayamak(provider: Provider) -> None:
    provider.answers = [
        (200, json.dumps({"Value": "8123", "RetStatus": 1, "StrRetStatus": "Ok"})),
        (200, json.dumps({"Value": "2", "RetStatus": 35, "StrRetStatus": "InvalidData"})),
        (200, "<html>"),
    ]
    message = Outgoing("r", NUMBER, PERSIAN)
    assert Melipayamak().send(message) == "8123"
    with pytest.raises(NotSent):
        Melipayamak().send(message)
    with pytest.raises(Unsure):
        Melipayamak().send(message)
    assert provider.asked[0] == {
        "username": "user", "password": "pass&word", "to": NUMBER, "from": "100045040",
        "text": PERSIAN, "isFlash": "false",
    }  # fmt: skip


# --- reports -----------------------------------------------------------------------------


def report(client: Client, message: MessageOut | str, status: object, method: str = "get") -> None:
    reference = message.reference if isinstance(message, MessageOut) else message
    query = f"?message={reference}&status={status}&answer=ACK%2F"
    answer = getattr(client, method)(f"/sms/report/{TOKEN}/{query}")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("statuses", "state", "reports"),
    [
        ([8, 1], State.DELIVERED, 2),
        ([1, 8], State.DELIVERED, 2),
        ([8, 8, 1, 1, 8], State.DELIVERED, 2),
        ([8, 4], State.ACCEPTED, 2),
        ([8, 2], State.FAILED, 2),
        ([16], State.FAILED, 1),
        ([2, 1], State.DELIVERED, 2),
        ([1, 2], State.DELIVERED, 2),
        (["", "x", 99, -1], State.SENT, 0),
    ],
)
def test_reports_come_twice_and_in_any_order(
    client: Client, provider: Provider, method: str, statuses: list[int], state: str, reports: int
) -> None:
    message = queued()
    messages_send(Script([]))
    for status in statuses:
        report(client, message, status, method)
    message.refresh_from_db()
    assert message.state == state
    assert DeliveryReport.objects.count() == reports
    assert (message.delivered_at is not None) == (1 in statuses)
    assert bool(message.error) == (state == State.FAILED)


@pytest.mark.django_db
def test_a_report_on_nothing_of_ours_is_heard_and_forgotten(
    client: Client, provider: Provider
) -> None:
    for reference in ("", "x", str(uuid.uuid4()), "%00", "' OR 1=1"):
        report(client, reference, 1)
    assert not DeliveryReport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_faster_than_the_answer_is_kept(provider: Provider) -> None:
    message = queued(not_before=timezone.now() + timedelta(days=1))

    class Fast(Script):
        def send(self, outgoing: Outgoing) -> str:
            now = timezone.now()
            report_take(report=Report(outgoing.reference, ReportKind.DELIVERED), now=now)
            return "p-1"

    messages_send(Fast([]), lambda: timezone.now() + timedelta(days=2))
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (State.DELIVERED, "p-1")
    assert message.sent_at is not None


@pytest.mark.django_db
def test_accepted_and_never_heard_of_again_is_without_news(client: Client) -> None:
    start = timezone.now()
    lost, known, unreported = queued("گم", now=start), queued("رسید", now=start), queued(now=start)
    messages_send(Script([]), lambda: start)
    MessageOut.objects.filter(pk=unreported.pk).update(gateway="melipayamak")
    report_take(report=Report(str(known.reference), ReportKind.ACCEPTED), now=start)
    for minutes, silent in ((29, set()), (31, {lost.pk})):
        now = start + timedelta(minutes=minutes)
        assert {message.pk for message in messages_out(now) if message.is_silent} == silent
        assert messages_in_trouble(now) == {"retrying": 0, "failed": 0, "silent": len(silent)}
