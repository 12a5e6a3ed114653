"""Melipayamak's HTTP API: an example of the Iranian providers.

The address that it calls for a text that came is set in its panel, with names we choose:
``…/sms/in/TOKEN/?to=…&body=…&from=…``. It gives no id, so the same text from the same number
within a few minutes counts as one (`services.messages.content_key`). Its delivery reports have to
be asked for; we don't.
"""

import json

from django.conf import settings
from django.http import HttpRequest

from sms_requests.domain.charsets import decode_text
from sms_requests.gateway import Incoming, NotSent, Outgoing, Report, Unsure
from sms_requests.gateways.http import post_form
from sms_requests.gateways.requests import field_text, raw_request, request_fields


class Melipayamak:
    """POST username, password, to, from, text, isFlash; the answer is JSON."""

    name = "melipayamak"
    reports = False

    def take_in(self, request: HttpRequest) -> Incoming:
        """A GET or POST with to, body, from; numbers may be JSON numbers."""
        fields = request_fields(request)
        text, is_whole = decode_text(fields.get("body", b""), "UTF-8")
        return Incoming(
            provider_id=field_text(fields, "id"),
            sender=field_text(fields, "from"),
            to=field_text(fields, "to"),
            text=text,
            charset="UTF-8",
            is_whole=is_whole,
            raw=raw_request(request),
        )

    def send(self, message: Outgoing) -> str:
        """Hand the text over. Raises NotSent or Unsure."""
        status, answer = post_form(
            settings.SMS_URL,
            {
                "username": settings.SMS_USER,
                "password": settings.SMS_PASSWORD,
                "to": message.to,
                "from": settings.SMS_LINE,
                "text": message.text,
                "isFlash": "false",
            },
        )
        if status in {401, 403, 404, 429, 503}:
            raise NotSent(
                f"درگاه پیامک نپذیرفت (خطای {status})؛ نام کاربری و نشانی را بررسی کنید.",
                is_down=True,
            )
        try:
            found = json.loads(answer)
            value, outcome = str(found["Value"]), int(found["RetStatus"])
        except (ValueError, KeyError, TypeError) as error:
            raise Unsure("پاسخ درگاه پیامک خوانده نشد؛ معلوم نیست پیامک رفته باشد.") from error
        if outcome != 1:
            raise NotSent(f"درگاه پیامک نپذیرفت (خطای {value[:20]}).")
        return value[:100]

    def delivery_report(self, request: HttpRequest) -> Report | None:
        """It sends none."""
        return None
