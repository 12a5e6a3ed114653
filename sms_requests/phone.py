"""A phone for trying the line: against Kannel's fake network, or the demo's own tables.

The fake network speaks lines of text over TCP: `from to kind data`, the data URL-encoded. What
doesn't fit one message goes in parts, each with a header that says which of how many it is.
"""

import random
import socket
import time
import uuid
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote_from_bytes, unquote_to_bytes

from django.utils import timezone

from sms_requests.domain.sending import PART_OF_MANY, part_count
from sms_requests.gateway import Incoming
from sms_requests.models import MessageOut
from sms_requests.services import message_take
from sms_requests.understanding import wake_understanding

PART_HEADER = bytes([5, 0, 3])  # then: the text's number, how many parts, which part


class Phone(Protocol):
    """Writes to the line and hears from it."""

    def say(self, text: str) -> None:
        """Send a text to the line."""

    def hear(self, seconds: float) -> list[str]:
        """The texts that came, waiting at most so long for the first."""


class NetworkPhone:
    """A phone on Kannel's fake network, which takes one client at a time."""

    def __init__(self, port: int, number: str, line: str) -> None:
        """Connect. Raises OSError where nothing listens."""
        self.number, self.line = number, line
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._rest = b""
        self._parts: dict[tuple[str, int], dict[int, bytes]] = {}
        self._number_of_text = random.randrange(256)

    def close(self) -> None:
        """Leave the network to another phone."""
        self.connection.close()

    def say(self, text: str, order: Sequence[int] | None = None) -> None:
        """Send a text; `order` mixes its parts up (numbers from 0)."""
        data = text.encode("utf-16-be")
        if part_count(text) == 1:
            return self.write("ucs2", data)
        size = PART_OF_MANY * 2
        parts = [data[start : start + size] for start in range(0, len(data), size)]
        self._number_of_text = (self._number_of_text + 1) % 256
        for index in order or range(len(parts)):
            header = PART_HEADER + bytes([self._number_of_text, len(parts), index + 1])
            self.write("udh-data", header, parts[index])

    def write(self, kind: str, *data: bytes) -> None:
        """One line to the network, as it is."""
        encoded = " ".join(map(quote_from_bytes, data))
        self.connection.sendall(f"{self.number} {self.line} {kind} {encoded}\n".encode())

    def hear(self, seconds: float) -> list[str]:
        """The texts that came to this number, joined from their parts."""
        end = time.monotonic() + seconds
        heard: list[str] = []
        while not heard and (left := end - time.monotonic()) > 0:
            self.connection.settimeout(left)
            try:
                came = self.connection.recv(65536)
            except TimeoutError:
                break
            if not came:
                raise ConnectionError("the network hung up")
            *lines, self._rest = (self._rest + came).split(b"\n")
            heard = [text for line in lines if (text := self._read(line.decode("latin-1")))]
        return heard

    def _read(self, line: str) -> str | None:
        _, receiver, kind, data = line.split(" ", 3)
        if receiver != self.number:
            return None
        if kind == "text":
            return data
        if kind != "udh":
            return _decoded(data).decode("utf-16-be", "replace")
        header, _, data = data.split(" ", 2)
        text_number, count, index = _decoded(header)[3:6]
        parts = self._parts.setdefault((receiver, text_number), {})
        parts[index] = _decoded(data)
        if len(parts) < count:
            return None
        del self._parts[receiver, text_number]
        return b"".join(parts[index] for index in sorted(parts)).decode("utf-16-be", "replace")


def _decoded(data: str) -> bytes:
    return unquote_to_bytes(data.replace("+", " "))


class TablePhone:
    """A phone on the demo's console gateway: writes and reads the tables themselves."""

    def __init__(self, number: str, line: str) -> None:
        self.number, self.line = number, line
        latest = MessageOut.objects.filter(to=number).order_by("pk").last()
        self._heard = latest.pk if latest else 0

    def say(self, text: str) -> None:
        """Let the text come in."""
        incoming = Incoming(
            provider_id=str(uuid.uuid4()),
            sender=self.number,
            to=self.line,
            text=text,
            charset="UTF-8",
            is_whole=True,
            raw=text,
        )
        message, _ = message_take(incoming=incoming, gateway="console", now=timezone.now())
        wake_understanding(message.handle_after)

    def hear(self, seconds: float) -> list[str]:
        """What was sent to this number since it last listened."""
        end = time.monotonic() + seconds
        while True:
            news = MessageOut.objects.filter(
                to=self.number, pk__gt=self._heard, sent_at__isnull=False
            ).order_by("pk")
            texts = []
            for message in news:
                texts.append(message.text)
                self._heard = message.pk
            if texts or time.monotonic() >= end:
                return texts
            time.sleep(0.2)
