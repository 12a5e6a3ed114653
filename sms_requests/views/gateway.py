"""What the gateway calls: texts that came, and reports on those that left."""

import logging
from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from libraries.rights import public
from sms_requests.gateways import chosen_gateway
from sms_requests.services import message_take, report_take
from sms_requests.understanding import wake_understanding

logger = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024  # a text of 255 parts has 34 KB in UTF-8
DONE = {"content_type": "text/plain; charset=utf-8", "headers": {"Cache-Control": "no-store"}}


# Public, since a provider has no account here and signs nothing: it knows the token.
@csrf_exempt
@public
def message_in(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a text; an empty 200 once it is committed, also where it had come before.

    What it says is found out by the worker: the gateway isn't kept waiting.
    """
    refusal = _refusal(request, token)
    if refusal is not None:
        return refusal
    gateway = chosen_gateway()
    message, is_new = message_take(
        incoming=gateway.take_in(request), gateway=gateway.name, now=timezone.now()
    )
    logger.info("message in %s: %s", message.pk, "new" if is_new else "again")
    if message.handled_at is None:  # again too: the first call may have ended before this
        wake_understanding(message.handle_after)
    return HttpResponse(**DONE)


@csrf_exempt
@public
def delivery_report(request: HttpRequest, token: str) -> HttpResponse:
    """Note what became of a text; 200 also for what says nothing, or is no text of ours."""
    refusal = _refusal(request, token)
    if refusal is not None:
        return refusal
    report = chosen_gateway().delivery_report(request)
    if report is not None:
        report_take(report=report, now=timezone.now())
    return HttpResponse(**DONE)


def _refusal(request: HttpRequest, token: str) -> HttpResponse | None:
    """A 404 for who doesn't know the token; an answer for what is no text at all."""
    known = settings.SMS_TOKEN
    if not known or not compare_digest(token.encode(), known.encode()):
        raise Http404
    if request.method not in {"GET", "POST"}:
        return HttpResponse(status=405, headers={"Allow": "GET, POST"})
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return HttpResponse(status=413)
    return None
