"""Texts to a line as a gateway brings them, understood as the worker does, and what is answered."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from libraries.models import Library
from loans.models import Member
from sms_requests.gateway import Incoming
from sms_requests.models import MessageIn, MessageOut, Request, SmsLine
from sms_requests.services import message_take
from sms_requests.services.intake import messages_handle

LINE = "100045040"
NUMBER = "09000000001"
MEMBERS_ID = "0000000019"  # nobody's: its place of issue is 000
OTHERS_ID = "0000000027"
STRANGERS_ID = "0000000035"
MEMBERS_NAME = "بهمن نمونه‌پور"


class Texting:
    """A line of a library's province, with a clock that only goes when told."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.now = timezone.localtime().replace(hour=10, minute=0)
        self.line = SmsLine.objects.create(number=LINE, province=library.county.province)
        self.member = self.add_member(library, MEMBERS_ID, NUMBER)

    def add_member(self, library: Library, national_id: str, mobile: str = "") -> Member:
        return Member.objects.create(
            library=library, full_name=MEMBERS_NAME, search_name="بهمننمونهپور",
            national_id=national_id, mobile=mobile,
        )  # fmt: skip

    def later(self, **spans: float) -> datetime:
        self.now += timedelta(**spans)
        return self.now

    def take(self, text: str, sender: str = NUMBER, to: str = LINE) -> MessageIn:
        """Only keep it."""
        incoming = Incoming(str(uuid.uuid4()), sender, to, text, "UTF-8", True, text)
        return message_take(incoming=incoming, gateway="console", now=self.now)[0]

    def say(self, text: str, sender: str = NUMBER, to: str = LINE) -> list[str]:
        """Keep it, understand what is due; the answers, if any."""
        newest = MessageOut.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.take(text, sender, to)
        messages_handle(self.now)
        return list(
            MessageOut.objects.filter(pk__gt=newest).order_by("pk").values_list("text", flat=True)
        )

    def loan(self, title: str = "بوف کور", national_id: str = MEMBERS_ID) -> str:
        """A whole text that asks for a book of the line's library."""
        return f"{self.library.name}، کد ملی {national_id}، کتاب {title}"

    def newest(self) -> Request:
        """The request made last."""
        return Request.objects.order_by("pk").last()
