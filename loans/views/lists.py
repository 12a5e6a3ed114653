"""A copies list's way in, as pages: file, columns, plan, written."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from libraries.models import CopiesList
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from libraries.views.jobs import attachment, job_card
from loans.copies_list import list_doubt, work_is_lost
from loans.forms import ColumnsForm, ListUploadForm
from loans.list_columns import fields_of
from loans.list_steps import list_bring_in, list_columns_confirm, list_write_confirm
from loans.selectors import lists_of

PAGE = 50
State = CopiesList.State
_STEPS = ("فایل", "ستون‌ها", "بررسی", "ثبت")
# Which of the steps a state is at, and which are behind it.
_STEP_OF = {
    State.UPLOADED: 0,
    State.REFUSED: 0,
    State.MAPPING: 1,
    State.CHECKING: 2,
    State.CHECKED: 2,
    State.WRITING: 3,
    State.WRITTEN: 4,
}


@requires(Right.IMPORT_COPIES)
@require_http_methods(["GET", "HEAD", "POST"])
def copies_lists(request: StaffRequest) -> HttpResponse:
    """The lists so far, and a file to bring in."""
    form = ListUploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        try:
            copies_list = list_bring_in(
                actor=request.user,
                upload=form.cleaned_data["file"],
                now=timezone.now(),
                kind=form.cleaned_data["kind"] or CopiesList.Kind.COPIES,
            )
        except Refused as refusal:
            form.add_error("file", refusal.reason)
        else:
            return redirect("copies-list", copies_list.pk)
    page = Paginator(lists_of(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "loans/copies_lists.html", {"form": form, "page_obj": page})


@requires(Right.IMPORT_COPIES)
def copies_list(request: StaffRequest, list_id: int) -> HttpResponse:
    """Where a list is on its way, and what it waits for."""
    found = _found(request, list_id)
    return _page(request, found, _columns_form(found))


@requires(Right.IMPORT_COPIES)
@require_POST
def copies_list_columns(request: StaffRequest, list_id: int) -> HttpResponse:
    """Confirm what the columns hold; then every row is checked."""
    found = _found(request, list_id)
    form = _columns_form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        list_columns_confirm(
            list_id=found.pk,
            mapping=form.mapping,
            take_statuses=form.cleaned_data.get("take_statuses", True),
            actor=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _page(request, found, form)
    return redirect("copies-list", found.pk)


@requires(Right.IMPORT_COPIES)
@require_POST
def copies_list_write(request: StaffRequest, list_id: int) -> HttpResponse:
    """Write a checked list."""
    found = _found(request, list_id)
    try:
        list_write_confirm(list_id=found.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("copies-list", found.pk)


@requires(Right.IMPORT_COPIES)
def copies_list_rejected(request: StaffRequest, list_id: int) -> FileResponse:
    """The rows that could not be taken, as Excel with the reason beside each."""
    found = _found(request, list_id)
    if not found.rejected:
        raise Http404
    stem = found.filename.rsplit(".", 1)[0]
    return attachment(found.rejected, f"پذیرفته‌نشده‌ها - {stem}.xlsx")


def _found(request: StaffRequest, list_id: int) -> CopiesList:
    lists = CopiesList.objects.for_user(request.user).select_related(
        "library", "job", "uploaded_by"
    )
    found: CopiesList = get_object_or_404(lists, pk=list_id)
    return found


def _columns_form(found: CopiesList, data: Any = None) -> ColumnsForm:
    return ColumnsForm(
        data,
        header=found.header,
        samples=found.samples,
        mapping=found.mapping,
        take_statuses=found.take_statuses,
        fields=fields_of(found.kind),
        is_of_copies=found.kind == CopiesList.Kind.COPIES,
    )


def _page(request: StaffRequest, found: CopiesList, form: ColumnsForm) -> HttpResponse:
    state = State(found.state)
    at = _STEP_OF[state]
    working = state in {State.UPLOADED, State.CHECKING, State.WRITING}
    is_lost = working and work_is_lost(found, timezone.now())
    settled = found.header_row is not None and (
        state in {State.CHECKED, State.REFUSED} or (state == State.CHECKING and is_lost)
    )
    asks_columns = (
        state == State.MAPPING
        or form.is_bound
        or (settled and ("columns" in request.GET or state == State.REFUSED))
    )
    counts = found.counts
    context = {
        "list": found,
        "state": state.value,
        "steps": [
            {"label": label, "state": "done" if i < at else "current" if i == at else "todo"}
            for i, label in enumerate(_STEPS)
        ],
        "card": job_card(found.job) if working and found.job and not asks_columns else None,
        "is_lost": is_lost,
        "form": form,
        "shows_columns": asks_columns,
        "doubt": list_doubt(counts) if state == State.CHECKED else "",
        "to_write": counts.get("new", 0) + counts.get("changed", 0),
        "has_news": any(
            counts.get(name)
            for name in (
                *("new", "changed", "status_changes"),
                *("loans_opened", "loans_closed", "loans_changed"),
            )
        ),
    }
    return render(request, "loans/copies_list.html", context)
