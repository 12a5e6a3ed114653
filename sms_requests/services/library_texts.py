"""The texts that go with the steps of a library's desk, made alike for sending and for showing."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.domain.national_id import mobile_or_nothing
from libraries.models import Library
from sms_requests.domain.desk import collect_words
from sms_requests.domain.replies import Reply, reply
from sms_requests.domain.sending import part_count
from sms_requests.domain.way import REASON_LABELS, ClosedReason
from sms_requests.models import Request
from sms_requests.services.moves import Say

UNNAMED = "کتاب"


@dataclass(frozen=True, slots=True)
class Preview:
    """A text before it is sent: its words, and in how many messages it goes."""

    text: str
    parts: int


def preview_of(say: Say) -> Preview:
    """What the text of a step would be."""
    text = reply(say.kind, say.values)
    return Preview(text, part_count(text))


def takes_texts(request: Request) -> bool:
    """Whether the sender's number is one that texts can be sent to."""
    return bool(mobile_or_nothing(request.mobile))


def book_of(request: Request) -> str:
    """The book's name: the copy's that is kept, else what was asked for."""
    return (request.copy.title.title if request.copy else request.wanted) or UNNAMED


def offer_say(request: Request, library: Library) -> Say:
    """That another library has the book."""
    return Say(Reply.OTHER_COPY, {"title": request.wanted or UNNAMED, "library": library.name})


def taken_say(request: Request, library: Library) -> Say:
    """That the request is now with the library that has the book."""
    return Say(Reply.RECEIVED, {"title": request.wanted or UNNAMED, "library": library.name})


def ready_say(request: Request, begin: datetime, end: datetime, place: str) -> Say:
    """When and where the book can be collected."""
    when = collect_words(timezone.localtime(begin), timezone.localtime(end))
    return Say(Reply.READY, {"title": book_of(request), "when": when, "where": place})


def lent_say(request: Request, due_on: date) -> Say:
    """That the book was handed over, and until when."""
    return Say(Reply.HANDED_OVER, {"title": book_of(request), "due": format_jalali(due_on)})


def closed_say(request: Request, reason: str) -> Say:
    """That the request ended, and why."""
    label = REASON_LABELS[ClosedReason(reason)]
    return Say(Reply.CLOSED, {"title": book_of(request), "reason": label})
