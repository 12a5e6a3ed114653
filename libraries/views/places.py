"""The libraries of one's scope, and the page of one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from libraries.forms import LibrariesFilter
from libraries.models import Library, Section
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from libraries.selectors import (
    STATUS_LABELS,
    class_tallies,
    last_sessions,
    libraries_of,
    library_lines,
    sections_of,
)
from libraries.services import section_move

PAGE = 50
SESSIONS_SHOWN = 5


@requires(Right.VIEW_LIBRARIES)
def libraries(request: StaffRequest) -> HttpResponse:
    """The libraries of one's scope; who works in one is taken to it."""
    if request.user.library_id:
        return redirect("library", request.user.library_id)
    form = LibrariesFilter(request.GET, user=request.user)
    chosen = form.chosen()
    found = libraries_of(
        request.user,
        words=chosen.get("q", ""),
        county=chosen["county"].pk if "county" in chosen else None,
        kind=chosen.get("kind", ""),
        degree=chosen.get("degree", ""),
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "active": form.active,
        "is_filtered": bool(chosen),
        "page_obj": page,
        "lines": library_lines(list(page)),
        "shows_province": request.user.has_right(Right.VIEW_LIBRARIES)
        and not (request.user.county_id or request.user.province_id),
    }
    return render(request, "libraries/libraries.html", context)


@requires(Right.VIEW_LIBRARIES)
def library(request: StaffRequest, library_id: int) -> HttpResponse:
    """One library: its place, its sections, what it holds, its readings."""
    found = get_object_or_404(
        Library.objects.for_user(request.user).select_related("county__province"), pk=library_id
    )
    tallies = class_tallies(found)
    context = {
        "library": found,
        "sections": sections_of(found),
        "tallies": tallies[:-1],
        "all": tallies[-1],
        "statuses": STATUS_LABELS.values(),
        "sessions": last_sessions(found, SESSIONS_SHOWN),
        "can_order": request.user.has_right(Right.IMPORT_COPIES),
        "can_start": request.user.has_right(Right.READ_SHELVES),
        "can_view_loans": request.user.has_right(Right.VIEW_LOANS),
    }
    return render(request, "libraries/library.html", context)


@requires(Right.IMPORT_COPIES)
@require_POST
def section_order(request: StaffRequest, section_id: int) -> HttpResponse:
    """Move a section one place in the order of the shelves."""
    section = get_object_or_404(Section.objects.for_user(request.user), pk=section_id)
    step = -1 if request.POST.get("step") == "up" else 1
    try:
        section_move(section_id=section.pk, step=step, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("library", section.library_id)
