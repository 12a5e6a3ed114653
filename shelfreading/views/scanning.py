"""Scanning at the shelf: the page, and the door through which devices send their events."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST

from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms import ScanForm
from shelfreading.incoming import MOST_AT_ONCE, read_entries
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.selectors.events import read_counts
from shelfreading.selectors.scan_answers import scan_answers
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
    """Take a device's events: which are kept, which can't be events, and what each scan is.

    A device drops from its queue only what is named here as kept or refused.
    """
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    try:
        entries = json.loads(request.body)["events"]
    except (ValueError, TypeError, KeyError):
        return _no(400, "درخواست باید JSON با فهرستی به نام events باشد.")
    if not isinstance(entries, list) or len(entries) > MOST_AT_ONCE:
        return _no(400, f"events باید فهرستی با حداکثر {MOST_AT_ONCE} رویداد باشد.")
    incoming = read_entries(entries)
    kept = events_take(
        session_id=session.pk, events=incoming.events, actor=request.user, now=timezone.now()
    )
    return JsonResponse(
        {
            "kept": [str(event_id) for event_id in kept],
            "refused": incoming.refused,
            "answers": scan_answers(session, kept),
        }
    )


def _no(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"reason": reason}, status=status)
