"""One question to a gateway, with the difference that matters: could the text have left or not?"""

import http.client
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from sms_requests.gateway import NotSent, Unsure

CONNECT_SECONDS = 5
ANSWER_SECONDS = 20
MOST_ANSWER = 10_000  # bytes


def ask(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, str]:
    """The answer's status and text. Raises NotSent while nothing was asked yet, else Unsure."""
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=CONNECT_SECONDS)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise NotSent(
                "درگاه پیامک در دسترس نیست؛ خودبه‌خود دوباره کوشش می‌شود.", is_down=True
            ) from error
        connection.sock.settimeout(ANSWER_SECONDS)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target or "/", body=body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(MOST_ANSWER).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise Unsure("درگاه پیامک پاسخ نداد؛ معلوم نیست پیامک رفته باشد.") from error
    finally:
        connection.close()


def get(url: str) -> tuple[int, str]:
    """The answer to a GET, as `ask` gives it."""
    return ask("GET", url, None, {})


def post_form(url: str, fields: Mapping[str, str]) -> tuple[int, str]:
    """The answer to a form's fields, sent in UTF-8, as `ask` gives it."""
    form = "application/x-www-form-urlencoded; charset=UTF-8"
    return ask("POST", url, urlencode(fields).encode(), {"Content-Type": form})
