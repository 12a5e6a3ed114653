"""What the program answers by itself to a text that came."""

from datetime import datetime

from django.utils import timezone

from sms_requests.domain.desk import collect_words
from sms_requests.domain.replies import Reply, reply
from sms_requests.domain.state_words import state_words, told_title
from sms_requests.models import MessageOut, Request
from sms_requests.services.messages import message_queue
from sms_requests.services.one_number import may_answer


def answer(number: str, text: str, now: datetime) -> MessageOut | None:
    """Queue an answer; None where the number gets none (`may_answer`)."""
    return message_queue(to=number, text=text, now=now) if may_answer(number, now) else None


def state_text(kind: Reply, request: Request, others: int = 0) -> str:
    """The text of STATUS or REPEATED: a request's title and how it stands."""
    when = ""
    if request.collect_from and request.collect_until:
        begin, end = map(timezone.localtime, (request.collect_from, request.collect_until))
        when = collect_words(begin, end)
    words = state_words(request.state, when=when, where=request.collect_place, others=others)
    return reply(kind, {"title": told_title(request.kind, request.wanted), "state": words})
