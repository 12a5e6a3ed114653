"""A gateway that was chosen and can't work, or could be misused, stops the start."""

from typing import Any

import pytest

from config.checks import refuse_unsafe_start
from config.sms_checks import unsafe_gateway

GOOD = {
    "SMS_GATEWAY": "kannel",
    "SMS_URL": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "SMS_USER": "rafkhan",
    "SMS_PASSWORD": "secret",
    "SMS_LINE": "100045040",
    "SMS_TOKEN": "x" * 32,
    "SMS_CALLBACK_URL": "http://127.0.0.1:8000",
    "ALLOWED_HOSTS": ["rafkhan.example", "127.0.0.1"],
}
PROVIDER = {
    "SMS_GATEWAY": "melipayamak", "SMS_URL": "https://provider.example/send",
    "SMS_CALLBACK_URL": "",
}  # fmt: skip


def complaints(settings: Any, changes: dict[str, object]) -> list[str]:
    for name, value in {**GOOD, **changes}.items():
        setattr(settings, name, value)
    return [str(error.msg) for error in unsafe_gateway()]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        PROVIDER,
        {"SMS_URL": "http://localhost:1/x", "SMS_CALLBACK_URL": "https://rafkhan.example"},
        {"SMS_URL": "http://[::1]:13013/x"},
        {"SMS_GATEWAY": "console", **dict.fromkeys(
            ("SMS_URL", "SMS_USER", "SMS_PASSWORD", "SMS_LINE", "SMS_TOKEN", "SMS_CALLBACK_URL"), ""
        )},
    ],
)  # fmt: skip
def test_good(settings: Any, changes: dict[str, object]) -> None:
    assert complaints(settings, changes) == []
    refuse_unsafe_start()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        *(({name: ""}, f"RAFKHAN_{name}") for name in GOOD if name not in {
            "SMS_GATEWAY", "ALLOWED_HOSTS",
        }),
        ({**PROVIDER, "SMS_TOKEN": ""}, "RAFKHAN_SMS_TOKEN"),
        ({**PROVIDER, "SMS_PASSWORD": ""}, "RAFKHAN_SMS_PASSWORD"),
        ({"SMS_TOKEN": "x" * 31}, "RAFKHAN_SMS_TOKEN"),
        ({"SMS_TOKEN": "x/" * 20}, "RAFKHAN_SMS_TOKEN"),
        ({"SMS_TOKEN": "ر" * 40}, "RAFKHAN_SMS_TOKEN"),
        ({"SMS_GATEWAY": "console", "SMS_TOKEN": "guess-me"}, "RAFKHAN_SMS_TOKEN"),
        ({"SMS_URL": "http://provider.example/send"}, "RAFKHAN_SMS_URL"),
        ({"SMS_URL": "http://127.0.0.1.example/x"}, "RAFKHAN_SMS_URL"),
        ({"SMS_URL": "ftp://127.0.0.1/x"}, "RAFKHAN_SMS_URL"),
        ({"SMS_URL": "http://127.0.0.1:port/x"}, "RAFKHAN_SMS_URL"),
        ({"SMS_URL": "https://"}, "RAFKHAN_SMS_URL"),
        ({"SMS_CALLBACK_URL": "http://rafkhan.example"}, "RAFKHAN_SMS_CALLBACK_URL"),
        ({"SMS_CALLBACK_URL": "https://other.example"}, "RAFKHAN_ALLOWED_HOSTS"),
        ({"SMS_LINE": "۱۰۰۰۴۵۰۴۰"}, "RAFKHAN_SMS_LINE"),
        ({"SMS_LINE": "+98100"}, "RAFKHAN_SMS_LINE"),
    ],
)  # fmt: skip
def test_bad(settings: Any, changes: dict[str, object], word: str) -> None:
    (complaint,) = complaints(settings, changes)
    assert word in complaint
    assert "x" * 31 not in complaint and "guess-me" not in complaint
