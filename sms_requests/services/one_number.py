"""What holds of one number: its texts go one after the other, not too many, with few answers."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import connection

from libraries.domain.national_id import mobile_or_nothing
from sms_requests.domain.line_number import bare_line
from sms_requests.models import MessageIn, MessageOut, SmsLine

# A person writes again when something was wrong, and a family or a class asks for several books;
# five in ten minutes is more than anyone needed in either case.
FLOOD_TEXTS = 5
FLOOD_WITHIN = timedelta(minutes=10)
# What is beyond that is understood one by one, so far apart: a hundred texts by a machine are
# spread over three hours, and its number alone waits.
SLOWED = timedelta(minutes=2)
# Answers that the program gives by itself to a number. Two machines that answer each other stop
# here; a teacher who asks for a shelf of books still hears of nearly all of them.
MOST_ANSWERS = 20
DAY = timedelta(days=1)


def number_lock(number: str) -> None:
    """Hold a number until the transaction ends, so that what is counted and looked up about it is
    still so when it is written: two texts delivered at the same moment, two workers.

    No row stands for a number, so it is a lock on its name. SQLite has one writer anyway. It comes
    before every other lock. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction holds nothing")
    if connection.vendor == "postgresql":
        name = int.from_bytes(sha256(number.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [name])


def is_own_line(number: str) -> bool:
    """Whether a number is a line of ours: what comes from there is our own text, come back."""
    own = {*SmsLine.objects.values_list("number", flat=True), settings.SMS_LINE}
    return bool(number) and bool({number, bare_line(number)} & own)


def may_answer(number: str, now: datetime) -> bool:
    """Whether the program may send a number one more text by itself. Never to what is no mobile of
    Iran: behind a short code or a name stands a machine, and a bank's advert wants no answer.
    """
    mobile = mobile_or_nothing(number)
    if not mobile or is_own_line(mobile):
        return False
    sent = MessageOut.objects.filter(to=mobile, created_at__gt=now - DAY, mailing=None).count()
    return sent < MOST_ANSWERS


def was_told(number: str, text: str, now: datetime) -> bool:
    """Whether a number was sent these words within a day."""
    return MessageOut.objects.filter(to=number, text=text, created_at__gt=now - DAY).exists()


def floods(message: MessageIn, now: datetime) -> bool:
    """Whether the number of a text that just came sends too many. The caller holds its lock."""
    others = MessageIn.objects.filter(sender=message.sender).exclude(pk=message.pk)
    return others.filter(received_at__gt=now - FLOOD_WITHIN).count() >= FLOOD_TEXTS


def turn_of(message: MessageIn, now: datetime, *, is_slowed: bool) -> datetime:
    """When a text that just came is to be understood: behind what waits of its number, also once
    the flood is over, for a «لغو» must not overtake what it takes back. The caller holds the
    number's lock.
    """
    waiting = MessageIn.objects.filter(sender=message.sender, handled_at=None)
    last = waiting.exclude(pk=message.pk).order_by("-handle_after").first()
    behind = max(now, last.handle_after) if last else now
    return behind + SLOWED if is_slowed else behind
