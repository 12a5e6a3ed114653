"""The forms of a session: filled, blank, as PDF and as Excel."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from libraries.jobs import job_start
from libraries.models import Library
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.forms import annex
from reports.pdf import to_pdf
from reports.printing import MOST_ROWS_AT_ONCE
from reports.selectors import (
    FORMS,
    KIND_OF_CAUSE,
    SessionForm,
    library_weeding_list,
    sought_once,
    standing_application,
    weeding_of_library,
)
from reports.tasks import form_pdf, weeding_list_pdf
from shelfreading.models import Application, ReadingSession

UNDECIDED = "proposed"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Right.PRINT_FORMS)
def session_forms(request: StaffRequest, session_id: int) -> HttpResponse:
    """What an applied session can print, each with its number of copies."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    application = standing_application(session)
    lines = []
    for form in FORMS.values():
        rows = form.rows(application).count() if application and form.rows else None
        lines.append({"form": form, "rows": rows, "by_worker": (rows or 0) > MOST_ROWS_AT_ONCE})
    context = {
        "session": session,
        "application": application,
        "lines": lines,
        "sought_once": sought_once(application) if application else 0,
    }
    return render(request, "reports/session_forms.html", context)


@requires(Right.PRINT_FORMS)
def session_form(request: StaffRequest, session_id: int, slug: str, kind: str) -> HttpResponse:
    """One filled form as PDF or Excel."""
    form, application = _form(request, session_id, slug)
    filled = form.build(application)
    name = f"{slug}-{application.session_id}.{kind}"
    if kind == "xlsx":
        return _file(form.to_xlsx(filled), name, XLSX)
    return _file(to_pdf(form.render_html(filled)), name, "application/pdf")


@requires(Right.PRINT_FORMS)
@require_POST
def session_form_job(request: StaffRequest, session_id: int, slug: str) -> HttpResponse:
    """Have the worker lay out a long form."""
    form, application = _form(request, session_id, slug)
    job = job_start(
        label=f"PDF {form.label} — {application.session.name}"[:200],
        owner=request.user,
        library=application.session.library,
        task=form_pdf,
        next_url=reverse("session-forms", args=[session_id]),
        session_id=session_id,
        slug=slug,
    )
    return redirect("job", job.pk)


@requires(Right.PRINT_FORMS)
@require_safe
def weeding_lists(request: StaffRequest, library_id: int) -> HttpResponse:
    """What a library can print of its weedings, whatever proposed them: a list for each cause."""
    library = _library(request, library_id)
    state = request.GET.get("state", "")
    lines = [
        {
            "cause": cause,
            "label": f"صورت {annex.WHAT[kind]}",
            "rows": rows,
            "by_worker": rows > MOST_ROWS_AT_ONCE,
        }
        for cause, kind in KIND_OF_CAUSE.items()
        for rows in (weeding_of_library(library, cause, state).count(),)
    ]
    context = {"library": library, "lines": lines, "undecided_only": state == UNDECIDED}
    return render(request, "reports/weeding_lists.html", context)


@requires(Right.PRINT_FORMS)
@require_safe
def weeding_list(request: StaffRequest, library_id: int, cause: str, kind: str) -> HttpResponse:
    """All that a library has proposed for one cause, in the layout of minutes 5, with the
    expert's column.
    """
    library = _library(request, library_id)
    if cause not in KIND_OF_CAUSE:
        raise Http404
    filled = library_weeding_list(
        library, cause, request.GET.get("state", ""), timezone.localdate()
    )
    name = f"weeding-{cause.replace('_', '-')}-{library_id}.{kind}"
    if kind == "xlsx":
        return _file(annex.to_xlsx(filled), name, XLSX)
    return _file(to_pdf(annex.render_html(filled)), name, "application/pdf")


@requires(Right.PRINT_FORMS)
@require_POST
def weeding_list_job(request: StaffRequest, library_id: int, cause: str) -> HttpResponse:
    """Have the worker lay out a long one."""
    library = _library(request, library_id)
    if cause not in KIND_OF_CAUSE:
        raise Http404
    job = job_start(
        label=f"PDF صورت {annex.WHAT[KIND_OF_CAUSE[cause]]} — {library.name}"[:200],
        owner=request.user,
        library=library,
        task=weeding_list_pdf,
        next_url=reverse("weeding-lists", args=[library_id]),
        library_id=library_id,
        cause=cause,
        state=request.GET.get("state", ""),
    )
    return redirect("job", job.pk)


def _library(request: StaffRequest, library_id: int) -> Library:
    libraries = Library.objects.for_user(request.user).select_related("county__province")
    library: Library = get_object_or_404(libraries, pk=library_id)
    return library


@requires(Right.PRINT_FORMS)
def blank_form(request: StaffRequest, slug: str, kind: str) -> HttpResponse:
    """One empty form, to be filled in by hand."""
    if slug not in FORMS:
        raise Http404
    form = FORMS[slug]
    empty = form.blank()
    if kind == "xlsx":
        return _file(form.to_xlsx(empty), f"{slug}-blank.xlsx", XLSX)
    return _file(to_pdf(form.render_html(empty)), f"{slug}-blank.pdf", "application/pdf")


def _form(request: StaffRequest, session_id: int, slug: str) -> tuple[SessionForm, Application]:
    session = get_object_or_404(ReadingSession.objects.for_user(request.user), pk=session_id)
    application = standing_application(session)
    if slug not in FORMS or application is None:
        raise Http404
    return FORMS[slug], application


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    stamp = timezone.localdate().strftime("%Y%m%d")
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'inline; filename="{stamp}-{name}"'},
    )
