"""Ending a reading, and opening it again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms_findings import RunsForm
from shelfreading.models import ReadingSession
from shelfreading.selectors.closing import open_devices, unread_runs, unseen_sections
from shelfreading.selectors.findings import class_counts, outcome_of, sums
from shelfreading.services.closing import session_end, shelves_speak
from shelfreading.services.sessions import session_reopen
from shelfreading.views.findings import session_fresh
from shelfreading.views.steps import session_steps

State = ReadingSession.State


@requires(Right.READ_SHELVES)
@require_http_methods(["GET", "HEAD", "POST"])
def session_closing(request: StaffRequest, session_id: int) -> HttpResponse:
    """The stretches that nobody read, each with its question; then the end of the reading."""
    session = session_fresh(request, session_id)
    if session.state == State.APPLIED:
        return redirect("findings", session.pk)
    form = RunsForm(request.POST if request.method == "POST" else None, runs=unread_runs(session))
    if request.method == "POST" and form.is_valid():
        try:
            session_end(
                session_id=session.pk,
                words=form.words(),
                actor=request.user,
                now=timezone.now(),
                despite=request.POST.get("despite", "").split(","),
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, "خواندن پایان یافت؛ اکنون یافته‌ها را بررسی کنید.")
            return redirect("findings", session.pk)
    context = {
        "session": session,
        "steps": session_steps(session),
        "is_open": session.state == State.READING,
        "runs": [(run, form[run.name]) for run in form.runs],
        "unseen_sections": unseen_sections(session),
        "devices": open_devices(session, timezone.now()),
        "counts": class_counts(session),
        "outcome": outcome_of(session),
        "sums": sums(session),
        "any_events": bool(session.summary.get("scans")) or session.events.exists(),
    }
    return render(request, "shelfreading/close.html", context)


@requires(Right.READ_SHELVES)
@require_POST
def shelf_word(request: StaffRequest, session_id: int) -> HttpResponse:
    """Keep what is said of the unread stretches, without ending the reading."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    form = RunsForm(request.POST, runs=unread_runs(session))
    try:
        if not form.is_valid():
            raise Refused("برای هر قفسه بگویید خوانده شده است یا نه.")
        shelves_speak(
            session_id=session.pk, words=form.words(), actor=request.user, now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "گفتهٔ شما ثبت شد و یافته‌ها دوباره شمرده شد.")
    return redirect("session-close", session.pk)


@requires(Right.READ_SHELVES)
@require_POST
def session_opening(request: StaffRequest, session_id: int) -> HttpResponse:
    """Go on reading."""
    session = get_object_or_404(ReadingSession.objects.for_user(request.user), pk=session_id)
    try:
        session_reopen(session_id=session.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("findings", session.pk)
    messages.success(request, "رف‌خوانی دوباره باز شد؛ خواندن را ادامه دهید.")
    return redirect("session", session.pk)
