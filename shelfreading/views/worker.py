"""The service worker that keeps the scanning page on the device (spec B2)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from libraries.rights import public


@public
@require_safe
def reading_worker(request: HttpRequest) -> HttpResponse:
    """The worker's script. Its address makes its scope: everything under `sessions/`.

    It holds nothing of anybody, and a browser asks for it with nobody logged in too.
    """
    response = render(
        request,
        "shelfreading/worker.js",
        {"static_prefix": settings.STATIC_URL},
        content_type="text/javascript; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    return response
