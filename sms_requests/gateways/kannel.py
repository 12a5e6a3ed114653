"""Kannel: its smsbox calls us for each text that came, and takes what leaves.

`scripts/kannel.py` writes the configuration that this speaks to: the text is the body of a POST
(or the field `text` of a GET), the rest stands in the query.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from sms_requests.domain.charsets import decode_text
from sms_requests.gateway import Incoming, NotSent, Outgoing, Report, ReportKind, Unsure
from sms_requests.gateways.http import get
from sms_requests.gateways.requests import field_text, raw_request, request_fields

ALL_REPORTS = 31
KINDS = {
    "1": ReportKind.DELIVERED,
    "2": ReportKind.FAILED,
    "4": ReportKind.BUFFERED,
    "8": ReportKind.ACCEPTED,
    "16": ReportKind.REJECTED,
}


class Kannel:
    """The query's names are those of our own configuration: id, from, to, charset."""

    name = "kannel"
    reports = True

    def take_in(self, request: HttpRequest) -> Incoming:
        """The text with the charset that Kannel names (`%C`)."""
        fields = request_fields(request)
        charset = field_text(fields, "charset")
        data = fields.get("text", request.body)
        text, is_whole = decode_text(data, charset)
        return Incoming(
            provider_id=field_text(fields, "id"),
            sender=field_text(fields, "from"),
            to=field_text(fields, "to"),
            text=text,
            charset=charset,
            is_whole=is_whole,
            raw=raw_request(request),
        )

    def send(self, message: Outgoing) -> str:
        """Hand the text over. Raises NotSent or Unsure. Kannel's 202 says no more than that it
        has the text; what becomes of it stands in the delivery reports.
        """
        fields = {
            "username": settings.SMS_USER,
            "password": settings.SMS_PASSWORD,
            "from": settings.SMS_LINE,
            "to": message.to,
            "text": message.text,
            "coding": "2",
            "charset": "UTF-8",
            "dlr-mask": str(ALL_REPORTS),
            "dlr-url": report_address(message.reference),
        }
        status, _ = get(f"{settings.SMS_URL}?{urlencode(fields)}")
        if status in {200, 202}:
            return ""
        if status == 400:
            raise NotSent(
                "درگاه پیامک این پیامک را نپذیرفت؛ شماره و متن را بررسی کنید.", for_good=True
            )
        if status in {401, 403, 404, 503}:
            raise NotSent(
                f"درگاه پیامک نپذیرفت (خطای {status})؛ خودبه‌خود دوباره کوشش می‌شود.",
                is_down=True,
            )
        raise Unsure(f"درگاه پیامک با خطای {status} پاسخ داد؛ معلوم نیست پیامک رفته باشد.")

    def delivery_report(self, request: HttpRequest) -> Report | None:
        """`message` is our reference, `status` Kannel's number (`%d`), `answer` the network's."""
        fields = request_fields(request)
        kind = KINDS.get(field_text(fields, "status"))
        if kind is None:
            return None
        return Report(field_text(fields, "message"), kind, field_text(fields, "answer")[:200])


def report_address(reference: str) -> str:
    """The address that Kannel calls with the reports on one text."""
    base = settings.SMS_CALLBACK_URL.rstrip("/")
    return f"{base}/sms/report/{settings.SMS_TOKEN}/?message={reference}&status=%d&answer=%A"
