"""The resources office's answer to report 3, and the corrections that follow (directive 7-6)."""

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
from reports.domain.workflow import Level, State
from reports.forms_gathered import (
    ACCEPT,
    CORRECT,
    MORE,
    AnswerForm,
    CloseForm,
    task_rows,
    with_more_rows,
)
from reports.models import Correction, Report
from reports.selectors_corrections import corrections_of
from reports.selectors_way import reports_of
from reports.services.gathering import MOST_TASKS, correction_close, office_answer

PAGE = 50


@requires(Right.ANSWER_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def report_answer(request: StaffRequest, report_id: int) -> HttpResponse:
    """Accept a report 3, or ask for corrections, several at once."""
    report = get_object_or_404(reports_of(request.user), pk=report_id, level=Level.PROVINCE)
    if request.method != "POST":
        form = AnswerForm(initial={"revision": report.revision})
        return _answer_page(request, report, form, task_rows())
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _answer_page(request, report, form, task_rows(request.POST))
    if form.cleaned_data["answer"] == MORE:
        return _answer_page(request, report, form, with_more_rows(request.POST))
    rows = task_rows(request.POST)
    try:
        done = _answer(request, report, form.cleaned_data, rows)
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _answer_page(request, report, form, rows)
    messages.success(request, done)
    return redirect("report", report.pk)


def _answer(request: StaffRequest, report: Report, asked: dict[str, Any], rows: Any) -> str:
    if not rows.is_valid():
        raise Refused("ردیف‌های اصلاح درست نرسیده است؛ صفحه را تازه کنید و دوباره بنویسید.")
    tasks = [(row["desk"], row["text"]) for row in rows.cleaned_data if row.get("text")]
    if asked["answer"] == ACCEPT and tasks:
        raise Refused("اصلاحی نوشته‌اید: یا «بازگرداندن با اصلاح‌ها» را بزنید یا پاکشان کنید.")
    if asked["answer"] == CORRECT and not tasks:
        raise Refused("دست‌کم یک اصلاح بنویسید و بگویید بر عهدهٔ کیست.")
    office_answer(
        report_id=report.pk,
        revision=asked["revision"],
        tasks=tasks,
        comment=asked["comment"],
        actor=request.user,
        now=timezone.now(),
    )
    if not tasks:
        return "گزارش پذیرفته شد."
    return f"گزارش با {to_persian_digits(len(tasks))} اصلاح به استان بازگردانده شد."


def _answer_page(request: StaffRequest, report: Report, form: Any, rows: Any) -> HttpResponse:
    context = {
        "report": report,
        "form": form,
        "rows": rows,
        "can_add": rows.total_form_count() < MOST_TASKS,
        "can_accept": report.state == State.SUBMITTED,
        "can_answer": report.state in (State.SUBMITTED, State.ACCEPTED),
    }
    return render(request, "reports/answer.html", context)


@requires(Right.CLOSE_CORRECTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def corrections(request: StaffRequest) -> HttpResponse:
    """The corrections asked of one's province, open ones first; posting closes one of one's own."""
    tried: tuple[int, CloseForm] | None = None
    if request.method == "POST":
        number = request.POST.get("correction", "")
        known = number.isascii() and number.isdecimal() and len(number) < 10
        task = get_object_or_404(corrections_of(request.user), pk=int(number) if known else 0)
        form = _close_form(task, request.POST)
        if _close(request, task, form):
            messages.success(request, "پاسخ شما ثبت شد و این اصلاح انجام‌شده به شمار آمد.")
            return redirect(reverse("corrections") + "#main")  # past the form, to the message
        tried = (task.pk, form)
    page = Paginator(corrections_of(request.user), PAGE).get_page(request.GET.get("page"))
    lines = [_line(request, task, tried) for task in page.object_list]
    return render(request, "reports/corrections.html", {"page_obj": page, "lines": lines})


def _close(request: StaffRequest, task: Correction, form: CloseForm) -> bool:
    """Whether the correction is closed now; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        correction_close(
            correction_id=task.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        form.add_error("answer", refusal.reason)
        return False
    return True


def _line(
    request: StaffRequest, task: Correction, tried: tuple[int, CloseForm] | None
) -> dict[str, Any]:
    """A correction, with the form that was tried on it or that one may use."""
    if tried is not None and tried[0] == task.pk:
        return {"task": task, "form": tried[1]}
    can_close = task.done_at is None and task.desk == request.user.role
    return {"task": task, "form": _close_form(task) if can_close else None}


def _close_form(task: Correction, data: Any = None) -> CloseForm:
    return CloseForm(data, auto_id=f"id_{task.pk}_%s")
