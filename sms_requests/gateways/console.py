"""No gateway at all: the demo's texts stand on the terminal, and come from `manage.py phone`."""

import sys

from django.conf import settings
from django.http import HttpRequest

from sms_requests.gateway import Incoming, NotSent, Outgoing, Report
from sms_requests.gateways.requests import field_text, raw_request, request_fields


class Console:
    """Prints what leaves. Where real people are served it sends nothing, and says so."""

    name = "console"
    reports = False

    def take_in(self, request: HttpRequest) -> Incoming:
        """As a plain form: id, from, to, text."""
        fields = request_fields(request)
        return Incoming(
            provider_id=field_text(fields, "id"),
            sender=field_text(fields, "from"),
            to=field_text(fields, "to"),
            text=fields.get("text", b"").decode("utf-8", "replace"),
            charset="UTF-8",
            is_whole=True,
            raw=raw_request(request),
        )

    def send(self, message: Outgoing) -> str:
        """Print the text. Raises NotSent outside the demo: a log is no phone."""
        if not (settings.DEMO or settings.DEBUG):
            raise NotSent(
                "درگاه پیامک تعیین نشده است؛ آن را در تنظیمات برنامه تعیین کنید.", is_down=True
            )
        print(f"sms to {message.to}: {message.text}", file=sys.stdout, flush=True)
        return ""

    def delivery_report(self, request: HttpRequest) -> Report | None:
        """A terminal reports nothing."""
        return None
