"""The shelf list: on the screen with its ticks, as PDF and as Excel (spec S3.4)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_tasks.base import Task

from libraries.domain.persian import to_persian_digits
from libraries.jobs import job_start
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms import ShelfListFilter
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.selectors.events import read_counts
from shelfreading.selectors.shelf_list import (
    LINES_ON_PAGE,
    expected_found,
    expected_in_order,
    first_unread,
    position_of_class,
    shelf_lines,
)
from shelfreading.services.ticks import ticks_save
from shelfreading.tasks import shelf_list_print, shelf_list_workbook


@requires(Right.VIEW_SESSIONS)
def shelf_list(request: StaffRequest, session_id: int) -> HttpResponse:
    """A page of the frozen list, to be ticked; or what a search in it finds."""
    session = _session(request, session_id)
    form = ShelfListFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "at_class": ""}
    if asked["at_class"] or "unread" in request.GET:
        return _jump(request, session, asked["at_class"])
    rows = expected_found(session, asked["q"]) if asked["q"] else expected_in_order(session)
    page = Paginator(rows, LINES_ON_PAGE).get_page(request.GET.get("page"))
    can_tick = session.state == ReadingSession.State.READING and request.user.has_right(
        Right.READ_SHELVES
    )
    context = {
        "session": session,
        "form": form,
        "words": asked["q"],
        "page_obj": page,
        "lines": shelf_lines(session, list(page.object_list)),
        "read": read_counts([session.pk])[session.pk],
        "can_tick": can_tick,
    }
    return render(request, "shelfreading/shelf_list.html", context)


def _jump(request: StaffRequest, session: ReadingSession, at_class: str) -> HttpResponse:
    here = reverse("shelf-list", args=[session.pk])
    try:
        position = position_of_class(session, at_class) if at_class else first_unread(session)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect(here)
    if position is None:
        messages.info(
            request,
            "این رده و رده‌های پس از آن در این فهرست نیست."
            if at_class
            else "همهٔ نسخه‌های این فهرست خوانده شده است.",
        )
        return redirect(here)
    return redirect(f"{here}?page={position // LINES_ON_PAGE + 1}#p{position}")


@requires(Right.READ_SHELVES)
@require_POST
def tick(request: StaffRequest, session_id: int) -> HttpResponse:
    """Save the ticks of one page, for a browser without JavaScript."""
    session = _session(request, session_id)
    wanted, contradictory = _wanted(request.POST)
    if contradictory:
        messages.warning(
            request, "نسخه‌ای که هم «هست» و هم «نیست» علامت خورده بود، همان که بود ماند."
        )
    try:
        changed = ticks_save(
            session_id=session.pk, wanted=wanted, actor=request.user, now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(
            request, f"علامت‌های این صفحه ثبت شد؛ {to_persian_digits(changed)} نسخه تغییر کرد."
        )
    back = QueryDict(request.POST.get("back", ""))
    return redirect(f"{reverse('shelf-list', args=[session.pk])}?{back.urlencode()}")


def _wanted(sent: QueryDict) -> tuple[dict[int, str], bool]:
    """What the person changed on the page, by copy; and whether some copy got both ticks."""
    present = set(sent.getlist("present"))
    absent = set(sent.getlist("absent"))
    wanted: dict[int, str] = {}
    for shown in sent.getlist("shown"):
        copy, _, before = shown.partition(":")
        if not copy.isdecimal() or len(copy) > 18 or copy in present & absent:
            continue
        now = ""
        if copy in present:
            now = ReadingEvent.Kind.PRESENT.value
        elif copy in absent:
            now = ReadingEvent.Kind.ABSENT.value
        if now != before:
            wanted[int(copy)] = now
    return wanted, bool(present & absent)


@requires(Right.VIEW_SESSIONS)
@require_POST
def shelf_list_pdf(request: StaffRequest, session_id: int) -> HttpResponse:
    """Have the whole list laid out for paper."""
    return _start(request, session_id, "چاپ فهرست رف", shelf_list_print)


@requires(Right.VIEW_SESSIONS)
@require_POST
def shelf_list_excel(request: StaffRequest, session_id: int) -> HttpResponse:
    """Have the whole list written as Excel."""
    return _start(request, session_id, "فهرست رف به اکسل", shelf_list_workbook)


def _start(
    request: StaffRequest, session_id: int, what: str, task: "Task[Any, Any]"
) -> HttpResponse:
    session = _session(request, session_id)
    job = job_start(
        label=f"{what} — {session.name}"[:200],
        owner=request.user,
        library=session.library,
        task=task,
        next_url=reverse("session", args=[session.pk]),
        session_id=session.pk,
    )
    return redirect("job", job.pk)


def _session(request: StaffRequest, session_id: int) -> ReadingSession:
    sessions = ReadingSession.objects.for_user(request.user).select_related("library__county")
    return get_object_or_404(sessions, pk=session_id)
