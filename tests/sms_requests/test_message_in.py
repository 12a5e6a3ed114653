"""What a gateway brings: kept once, whole, whoever knows the token; nothing for anyone else."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from sms_requests.gateway import Incoming
from sms_requests.models import MessageIn
from sms_requests.services import message_take
from tests.at_once import at_once

TOKEN = "only-for-tests-0123456789-abcdefghij"
PERSIAN = "سلام، کتابخانه‌های «همدان» كتاب ۱۲۳ 😀"


@pytest.fixture(autouse=True)
def kannel(settings: Any) -> None:
    settings.SMS_GATEWAY = "kannel"
    settings.SMS_TOKEN = TOKEN


def url(token: str = TOKEN, **query: object) -> str:
    return f"/sms/in/{token}/?" + "&".join(f"{k}={quote(str(v))}" for k, v in query.items())


def post(client: Client, body: bytes, **query: object) -> Any:
    asked = {"id": "m-1", "from": "+989120000001", "to": "100045040", "charset": "UTF-8", **query}
    return client.post(url(**asked), body, content_type="text/plain")


@pytest.mark.django_db
def test_a_text_is_kept_whole(client: Client) -> None:
    answer = post(client, PERSIAN.encode())
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Set-Cookie" not in answer.headers
    message = MessageIn.objects.get()
    assert message.text == PERSIAN
    assert (message.sender, message.to, message.provider_id, message.trouble) == (
        "09120000001", "100045040", "m-1", "",
    )  # fmt: skip
    assert PERSIAN in message.raw and "m-1" in message.raw


@pytest.mark.django_db
def test_the_same_text_again_changes_nothing(client: Client) -> None:
    post(client, PERSIAN.encode())
    before = MessageIn.objects.values().get()
    for _ in range(3):
        assert post(client, b"other words", **{"from": "09129999999"}).status_code == 200
    assert MessageIn.objects.values().get() == before
    post(client, PERSIAN.encode(), id="m-2")
    assert MessageIn.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("gateway", ["kannel", "melipayamak", "console"])
def test_get_form_and_json_say_the_same(client: Client, settings: Any, gateway: str) -> None:
    settings.SMS_GATEWAY = gateway
    word = "body" if gateway == "melipayamak" else "text"
    told = {"from": "09120000001", "to": "100045040", word: PERSIAN}
    assert client.get(url(**told, id=1)).status_code == 200
    assert client.post(url(), {**told, "id": 2}, content_type="application/json").status_code == 200
    form = "application/x-www-form-urlencoded"
    body = url(**told, id=3).partition("?")[2]
    assert client.post(url(), body, content_type=form).status_code == 200
    kept = MessageIn.objects.values_list("sender", "to", "text", "trouble")
    assert list(kept) == [("09120000001", "100045040", PERSIAN, "")] * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("+989120000001", "09120000001"),
        ("00989120000001", "09120000001"),
        ("989120000001", "09120000001"),
        ("9120000001", "09120000001"),
        (9120000001, "09120000001"),
        (989120000001, "09120000001"),
        ("۰۹۱۲۰۰۰۰۰۰۱", "09120000001"),
        ("100045040", "100045040"),
        ("+4915112345678", "+4915112345678"),
        ("Hamrah-e-Aval", "Hamrah-e-Aval"),
        ("x" * 50, "x" * 20),
    ],
)
def test_numbers_have_one_form(client: Client, came: object, kept: str) -> None:
    body = json.dumps({"from": came, "to": 100045040, "text": "سلام", "id": "1"})
    client.post(url(), body, content_type="application/json")
    message = MessageIn.objects.get()
    assert (message.sender, message.to) == (kept, "100045040")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "charset", "text", "trouble"),
    [
        (PERSIAN.encode("utf-16-be"), "UTF-16BE", PERSIAN, ""),
        (PERSIAN.encode("utf-16-be"), "8-BIT", PERSIAN, ""),
        (PERSIAN.encode(), "8-BIT", PERSIAN, ""),
        (PERSIAN.encode(), "", PERSIAN, ""),
        (PERSIAN.encode(), "no-such-charset", PERSIAN, ""),
        # Known names, and no charsets of a text; half a letter, which no database keeps.
        ("سلام".encode(), "hex", "سلام", "charset"),
        (b"+2AA-", "UTF-7", "+2AA-", "charset"),
        ("سلام".encode("cp1256"), "windows-1256", "سلام", ""),
        ("سلام".encode("cp1256"), "UTF-8", "\ufffd" * 4, "charset"),
        (PERSIAN.encode()[:-1], "UTF-8", PERSIAN[:-1] + "\ufffd", "charset"),
        ("کتاب".encode("utf-16-be") + b"\xd8", "UTF-16BE", None, "charset"),
        (b"a\0b", "UTF-8", "ab", ""),
        (b"", "UTF-8", "", "incomplete"),
        (b" \n", "UTF-8", " \n", "incomplete"),
    ],
)
def test_a_charset_is_read_or_marked(
    client: Client, body: bytes, charset: str, text: str | None, trouble: str
) -> None:
    assert post(client, body, charset=charset).status_code == 200
    message = MessageIn.objects.get()
    assert message.trouble == trouble
    if text is not None:
        assert message.text == text


@pytest.mark.django_db
def test_what_makes_no_sense_is_kept_and_marked(client: Client) -> None:
    assert client.get(url()).status_code == 200
    assert client.get(url(x="%00\0")).status_code == 200
    assert client.post(url(), b"[1, 2", content_type="application/json").status_code == 200
    assert client.post(url(), b'["x"]', content_type="application/json").status_code == 200
    deep = b"[" * 30_000
    assert client.post(url(), deep, content_type="application/json").status_code == 200
    assert list(MessageIn.objects.values_list("trouble", flat=True)) == ["incomplete"] * 5
    assert MessageIn.objects.filter(raw__contains="[1, 2").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "توکن"])
@pytest.mark.parametrize("path", ["in", "report"])
def test_without_the_token_there_is_nothing(client: Client, token: str, path: str) -> None:
    for method in (client.get, client.post):
        answer = method(f"/sms/{path}/{token}/", {"id": "1", "from": "1", "text": "x"})
        assert answer.status_code == 404
    assert not MessageIn.objects.exists()


@pytest.mark.django_db
def test_no_token_set_is_no_way_in(client: Client, settings: Any) -> None:
    settings.SMS_TOKEN = ""
    assert client.get("/sms/in//").status_code == 404
    assert client.get("/sms/in/x/").status_code == 404


@pytest.mark.django_db
def test_limits(client: Client) -> None:
    assert post(client, b"x" * 70_000).status_code == 413
    assert client.put(url(), b"x").status_code == 405
    assert not MessageIn.objects.exists()
    long = "کتاب‌خانه " * 1700  # as long as 255 parts can be
    assert post(client, long.encode()).status_code == 200
    assert MessageIn.objects.get().text == long


@pytest.mark.django_db
def test_no_csrf_and_no_redirect_to_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = Client(enforce_csrf_checks=True)
    assert post(client, b"x").status_code == 200
    assert client.get("/login/").status_code == 301


@pytest.mark.django_db
def test_nothing_personal_is_logged(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level("DEBUG"):
        post(client, PERSIAN.encode())
        post(client, "سلام".encode("cp1256"), id="2")
        # Django writes the address of what it refuses, and of what fails.
        assert post(client, b"x" * 70_000).status_code == 413
        assert client.put(url(), b"x").status_code == 405
        client.raise_request_exception = False
        monkeypatch.setattr("sms_requests.views.gateway.message_take", lambda **_: 1 / 0)
        assert post(client, PERSIAN.encode(), id="3").status_code == 500
    ours = [record for record in caplog.records if record.name != "django.db.backends"]
    logged = " ".join(record.getMessage() for record in ours)
    assert "message in" in logged
    for secret in ("9120000001", PERSIAN[:10], TOKEN):
        assert secret not in logged


# --- providers without ids ------------------------------------------------------------


def nameless(text: str = "سلام", sender: str = "09120000001") -> Incoming:
    return Incoming("", sender, "100045040", text, "UTF-8", True, f"raw of {text}")


@pytest.mark.django_db
def test_without_an_id_the_same_words_within_minutes_are_one() -> None:
    start = timezone.now()

    def takes(minutes: float, incoming: Incoming) -> bool:
        now = start + timedelta(minutes=minutes)
        return message_take(incoming=incoming, gateway="melipayamak", now=now)[1]

    assert takes(0, nameless())
    assert not any(takes(minutes, nameless()) for minutes in (0, 0.1, 5, 9.9))
    assert takes(0, nameless("سلام دوباره"))
    assert takes(0, nameless(sender="09120000002"))
    assert takes(21, nameless())
    assert takes(60 * 24, nameless())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("provider_id", ["", "the-same"])
def test_delivered_at_the_same_moment_it_is_kept_once(provider_id: str) -> None:
    incoming = Incoming(provider_id, "09120000001", "1", "سلام", "UTF-8", True, "raw")
    now = timezone.now()
    outcomes = at_once(*[lambda: message_take(incoming=incoming, gateway="kannel", now=now)] * 6)
    assert sum(is_new for _, is_new in outcomes) == 1
    assert MessageIn.objects.count() == 1
