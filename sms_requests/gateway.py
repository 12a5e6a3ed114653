"""The one small interface to whatever carries texts (spec R8).

A gateway turns a request of the provider into an `Incoming`, hands an `Outgoing` over, and turns
a delivery report into a `Report`. It knows no database; `sms_requests.gateways` has the ones we
speak to, and chooses by the settings.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text as the provider gave it. `raw` is its request, readable, for whoever must look.

    `provider_id` is "" where the provider gives none. `is_whole` is False where letters of the
    text could not be read.
    """

    provider_id: str
    sender: str
    to: str
    text: str
    charset: str
    is_whole: bool
    raw: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to hand over. `reference` comes back in its delivery report."""

    reference: str
    to: str
    text: str


class ReportKind(StrEnum):
    """What a network can say of a text."""

    ACCEPTED = "accepted"
    BUFFERED = "buffered"
    DELIVERED = "delivered"
    FAILED = "failed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Report:
    """What the network says of the text with this `reference`."""

    reference: str
    kind: ReportKind
    detail: str = ""


class NotSent(Exception):
    """The text certainly did not leave; a Persian sentence says why.

    `for_good`: it never will, whoever tries again. `is_down`: the gateway would take no other
    either, for now.
    """

    def __init__(self, reason: str, *, for_good: bool = False, is_down: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good
        self.is_down = is_down


class Unsure(Exception):
    """The gateway was asked and did not answer: the text may have left; a Persian sentence."""


class Gateway(Protocol):
    """What every gateway does. `reports`: whether it tells what became of a text."""

    name: str
    reports: bool

    def take_in(self, request: HttpRequest) -> Incoming:
        """The text in a request of the provider. Never raises for what the request holds."""

    def send(self, message: Outgoing) -> str:
        """Hand a text over; the provider's id of it, or "". Raises NotSent or Unsure."""

    def delivery_report(self, request: HttpRequest) -> Report | None:
        """What the request reports, or None where it reports nothing we know."""
