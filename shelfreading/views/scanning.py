"""Scanning at the shelf: the page, and the door through which devices send their events."""

import gzip
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.domain.commands import CARD
from shelfreading.forms import ScanForm
from shelfreading.incoming import Broken, read_entries, read_report
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.selectors.devices import arrival_behind, news
from shelfreading.selectors.events import read_counts
from shelfreading.selectors.scan_answers import answers_of, scan_answers
from shelfreading.selectors.scan_list import scan_list
from shelfreading.services.devices import device_speaks
from shelfreading.services.events import READING_IS_OVER, NewEvent, events_take


@ensure_csrf_cookie
@requires(Right.READ_SHELVES)
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: StaffRequest, session_id: int) -> HttpResponse:
    """Scan with a reader; without JavaScript one code a time, through the field."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    sent = request.POST if request.method == "POST" else None
    form = ScanForm(sent, initial={"event": uuid4()})
    if form.is_valid():
        now = timezone.now()
        event = NewEvent(
            form.cleaned_data["event"],
            f"form-{request.user.pk}",
            int(now.timestamp() * 1000),
            ReadingEvent.Kind.SCAN,
            raw=form.cleaned_data["code"],
        )
        try:
            if session.state != ReadingSession.State.READING:
                raise Refused(READING_IS_OVER)
            events_take(session_id=session.pk, events=[event], actor=request.user, now=now)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            for answer in scan_answers(session, [event.id]):
                _tell(request, answer)
            return redirect("scan", session.pk)
    context = {
        "session": session,
        "form": form,
        "read": read_counts([session.pk])[session.pk],
        "is_open": session.state == ReadingSession.State.READING,
        "commands": CARD,
    }
    return render(request, "shelfreading/scan.html", context)


def _tell(request: StaffRequest, answer: dict[str, Any]) -> None:
    level = messages.SUCCESS if answer["state"] == "present" else messages.WARNING
    what = answer["title"] or answer["code"]
    messages.add_message(request, level, f"{answer['label']}: «{what}» — {answer['note']}")


def _for_scripts(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Say no in JSON: a script can't follow a redirection to the log-in page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _no(401, "از برنامه بیرون رفته‌اید؛ دوباره وارد شوید تا فرستادن ادامه یابد.")
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as denied:
            return _no(403, str(denied))
        except RequestDataTooBig:
            return _no(413, "این بسته بزرگ‌تر از آن است که یک‌جا گرفته شود؛ کوچک‌ترش کنید.")

    return answered


@_for_scripts
@requires(Right.READ_SHELVES)
@require_POST
def scan_events(request: StaffRequest, session_id: int) -> HttpResponseBase:
    """Take a device's events and its word on itself: which are kept, which can't be events, what
    each scan is, and what happened elsewhere meanwhile. No events at all is a sign of life.

    A device drops from its queue only what is named here as kept or refused.
    """
    try:
        report = read_report(request.body)
    except Broken as error:
        get_object_or_404(ReadingSession.objects.for_user(request.user), pk=session_id)
        return _no(400, str(error))
    incoming = read_entries(report.entries)
    now = timezone.now()
    try:
        heard = device_speaks(
            session_id=session_id,
            events=incoming.events,
            word=report.word,
            actor=request.user,
            now=now,
        )
    except Refused as refusal:
        return _no(404, refusal.reason)
    return JsonResponse(
        {
            "kept": [str(event.id) for event in incoming.events],
            "refused": incoming.refused,
            "answers": answers_of(heard.session, heard.code_of, heard.books),
            "is_late": heard.is_late,
            "news": news(
                heard.session,
                device=report.word.device if report.word else "",
                since=arrival_behind(report.since),
                last_arrival=heard.last_arrival,
                now=now,
            ),
        }
    )


@_for_scripts
@requires(Right.READ_SHELVES)
@require_safe
def scan_list_json(request: StaffRequest, session_id: int) -> HttpResponseBase:
    """The list for the device. Who has this very version already is told so and no more."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    found = scan_list(session, timezone.now())
    etag = f'"{found.version}"'
    # The device keeps the list itself; a second one in the browser's own store is of no use.
    headers = {"ETag": etag, "Cache-Control": "private, no-store", "Vary": "Accept-Encoding"}
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers=headers)
    body = found.body
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, compresslevel=4, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(body, content_type="application/json", headers=headers)


def _no(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"reason": reason}, status=status)
