"""The list of readings, a new one, and the home of one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from libraries.models import Copy
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms import ColleaguesForm, SessionForm, SessionsFilter
from shelfreading.models import ReadingSession
from shelfreading.selectors.devices import device_lines
from shelfreading.selectors.events import read_counts
from shelfreading.selectors.late import late_count
from shelfreading.selectors.samples import sample_of, sample_result
from shelfreading.selectors.sessions import (
    event_sources,
    seen_in_summary,
    session_lines,
    sessions_of,
    state_counts,
    upload_lines,
)
from shelfreading.services.sessions import session_colleagues_set, session_start
from shelfreading.views.steps import session_steps

PAGE = 50
State = ReadingSession.State
_TONE = {State.READING: "tone-loan", State.CLOSED: "tone-call", State.APPLIED: "tone-ok"}


@requires(Right.VIEW_SESSIONS)
def sessions(request: StaffRequest) -> HttpResponse:
    """The readings of one's scope, newest first."""
    form = SessionsFilter(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    state = request.GET.get("state", "")
    found = sessions_of(request.user, words=words)
    counts = state_counts(found)
    chips = [
        {
            "label": State(name).label if name else "همه",
            "url": "?" + urlencode({"q": words, "state": name}),
            "count": counts[name] if name else sum(counts.values()),
            "active": name == state,
            "css": _TONE[State(name)] if name else "chip-all",
        }
        for name in ("", *counts)
    ]
    rows = found.filter(state=state) if state in counts else found
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "active": int(bool(words)),
        "chips": chips,
        "page_obj": page,
        "lines": session_lines(list(page.object_list)),
        "tones": _TONE,
        "shows_library": request.user.library_id is None,
        "can_start": request.user.has_right(Right.READ_SHELVES),
        "any_copies": Copy.objects.for_user(request.user).exists(),
    }
    return render(request, "shelfreading/sessions.html", context)


@requires(Right.READ_SHELVES)
@require_http_methods(["GET", "HEAD", "POST"])
def session_new(request: StaffRequest) -> HttpResponse:
    """Start a reading."""
    library = request.user.library
    assert library is not None  # only a library's own roles carry this right
    sent = request.POST if request.method == "POST" else None
    form = SessionForm(sent, library=library, initial={"participants": [request.user.pk]})
    if form.is_valid():
        asked = form.cleaned_data
        try:
            session = session_start(
                actor=request.user,
                name=asked["name"],
                method=asked["method"],
                section_ids=[section.pk for section in asked["sections"]],
                class_first=asked["class_first"],
                class_last=asked["class_last"],
                reference=asked["reference"],
                participant_ids=form.participant_ids,
                other_colleagues=asked["other_colleagues"],
                despite_copies=asked.get("despite_copies", False),
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            by_cards = session.method == ReadingSession.Method.CARDS
            messages.success(
                request,
                "رف‌خوانی آغاز شد؛ نخستین رف‌برگه را وارد کنید."
                if by_cards
                else "رف‌خوانی آغاز شد و فهرست آن ثابت ماند.",
            )
            return redirect("cards" if by_cards else "session", session.pk)
    return render(request, "shelfreading/session_new.html", {"form": form})


@requires(Right.VIEW_SESSIONS)
def session(request: StaffRequest, session_id: int) -> HttpResponse:
    """The home of one reading: how far it is, what came in, what to do next."""
    reading = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related(
            "library", "started_by", "round"
        ),
        pk=session_id,
    )
    drawn = sample_of(reading)
    is_open = reading.state == State.READING
    can_read = request.user.has_right(Right.READ_SHELVES)
    context = {
        "session": reading,
        "steps": session_steps(reading, here="session"),
        "is_open": is_open,
        "can_read": can_read and is_open,
        "can_edit": can_read,
        "read": read_counts([reading.pk])[reading.pk],
        "seen": seen_in_summary(reading),
        "uploads": upload_lines(reading),
        "sources": event_sources(reading, device_lines(reading, timezone.now())),
        "late": late_count(reading),
        "sections": list(reading.sections.all()),
        "colleagues": list(reading.participants.order_by("last_name", "username")),
        "tone": _TONE[State(reading.state)],
        "sample": drawn,
        "sample_result": sample_result(drawn) if drawn else None,
        "can_draw": request.user.has_right(Right.DRAW_SAMPLE),
    }
    return render(request, "shelfreading/session.html", context)


@requires(Right.READ_SHELVES)
@require_http_methods(["GET", "HEAD", "POST"])
def session_colleagues(request: StaffRequest, session_id: int) -> HttpResponse:
    """Say who takes part."""
    reading = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    initial = {
        "participants": list(reading.participants.values_list("pk", flat=True)),
        "other_colleagues": reading.other_colleagues,
    }
    sent = request.POST if request.method == "POST" else None
    form = ColleaguesForm(sent, library=reading.library, initial=initial)
    if form.is_valid():
        try:
            session_colleagues_set(
                session_id=reading.pk,
                participant_ids=form.participant_ids,
                other_colleagues=form.cleaned_data["other_colleagues"],
                actor=request.user,
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, "همکاران این رف‌خوانی ثبت شدند.")
            return redirect("session", reading.pk)
    return render(
        request, "shelfreading/session_colleagues.html", {"session": reading, "form": form}
    )
