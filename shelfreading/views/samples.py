"""A sample of a reading: drawn by the county head, read again by someone else (spec B6)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.domain.agreement import usual_size
from shelfreading.forms_samples import DrawForm
from shelfreading.models import ReadingSession, Sample
from shelfreading.selectors.samples import (
    left_in,
    read_copies,
    sample_of,
    sample_result,
    sample_rows,
    why_not_reader,
)
from shelfreading.services.samples import (
    sample_answer,
    sample_draw,
    sample_finish,
    sample_scan,
)

PAGE = 100


@requires(Right.VIEW_SESSIONS)
def sample(request: StaffRequest, session_id: int) -> HttpResponse:
    """Where the sample of a reading stands; once it is done, how far the two readings agree."""
    sessions = ReadingSession.objects.for_user(request.user).select_related("library")
    session = get_object_or_404(sessions, pk=session_id)
    drawn = sample_of(session)
    context = {
        "session": session,
        "sample": drawn,
        "answered": drawn.size - left_in(drawn) if drawn else 0,
        "result": sample_result(drawn) if drawn else None,
        "why_not": why_not_reader(session, request.user),
        "can_draw": request.user.has_right(Right.DRAW_SAMPLE),
        "is_reading": session.state == ReadingSession.State.READING,
    }
    return render(request, "shelfreading/sample.html", context)


@requires(Right.DRAW_SAMPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def sample_drawing(request: StaffRequest, session_id: int) -> HttpResponse:
    """Draw the sample."""
    sessions = ReadingSession.objects.for_user(request.user).select_related("library")
    session = get_object_or_404(sessions, pk=session_id)
    population = len(read_copies(session))
    usual = usual_size(population)
    sent = request.POST if request.method == "POST" else None
    form = DrawForm(sent, initial={"size": to_persian_digits(usual)})
    if form.is_valid():
        try:
            sample_draw(
                session_id=session.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(
                request,
                "نمونه برداشته شد و در میز کار کارکنانی که در رف‌خوانی نبوده‌اند آمد.",
            )
            return redirect("sample", session.pk)
    context = {"session": session, "form": form, "population": population, "usual": usual}
    return render(request, "shelfreading/sample_draw.html", context)


@requires(Right.READ_SAMPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def sample_reading(request: StaffRequest, session_id: int) -> HttpResponse:
    """The copies to look for, without a word of what the first reading said of them."""
    drawn = _drawn(request, session_id)
    if request.method == "POST":
        return _answer(request, drawn)
    reason = why_not_reader(drawn.session, request.user)
    if reason or drawn.done_at:
        if reason:
            messages.error(request, reason)
        return redirect("sample", session_id)
    rows = sample_rows(drawn)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "session": drawn.session,
        "sample": drawn,
        "page_obj": page,
        "answered": drawn.size - left_in(drawn),
        "query": request.GET.urlencode(),
    }
    return render(request, "shelfreading/sample_read.html", context)


def _answer(request: StaffRequest, drawn: Sample) -> HttpResponse:
    """One answer: a code that was read, or a copy's own button."""
    who: dict[str, Any] = {"sample_id": drawn.pk, "actor": request.user, "now": timezone.now()}
    here = f"{reverse('sample-read', args=[drawn.session_id])}?{request.GET.urlencode()}"
    try:
        if "code" in request.POST:
            row = sample_scan(code=request.POST["code"], **who)
            messages.success(request, f"«{row.copy.title.title}» دیده شد.")
        else:
            said = {"seen": True, "absent": False, "back": None}
            name = next((name for name in said if name in request.POST), "")
            key = request.POST.get(name, "")
            if not key.isdecimal():
                raise Refused("نخست بگویید کدام نسخه دیده شد یا نشد.")
            sample_answer(copy_ids=[int(key)], is_seen=said[name], **who)
            here += f"#copy-{key}"
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect(here)


@requires(Right.READ_SAMPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def sample_end(request: StaffRequest, session_id: int) -> HttpResponse:
    """End the sample, asked once: what has no answer wasn't seen."""
    drawn = _drawn(request, session_id)
    if request.method == "POST":
        left = request.POST.get("left", "")
        try:
            sample_finish(
                sample_id=drawn.pk,
                left=int(left) if left.isdecimal() else -1,
                actor=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
            return redirect("sample-read", session_id)
        messages.success(request, "بازخوانی نمونه پایان یافت؛ نتیجه همین‌جاست.")
        return redirect("sample", session_id)
    if reason := why_not_reader(drawn.session, request.user):
        messages.error(request, reason)
        return redirect("sample", session_id)
    context = {"session": drawn.session, "sample": drawn, "left": left_in(drawn)}
    return render(request, "shelfreading/sample_finish.html", context)


def _drawn(request: StaffRequest, session_id: int) -> Sample:
    samples = Sample.objects.for_user(request.user).select_related("session__library")
    found: Sample = get_object_or_404(samples, session=session_id)
    return found
