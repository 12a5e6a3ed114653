"""Sending report 1: what will be sent, whether its sums close, what stands in its way."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.domain.deadlines import days_left, report_1_due
from reports.domain.tie_out import LABELS, ClassLine, total
from reports.domain.workflow import State
from reports.forms.report_1 import Report1
from reports.forms_way import SendForm
from reports.models import Report
from reports.selectors import report_1_of, sought_once, standing_application
from reports.selectors_way import COPIES_READ, Deadline, Figure
from reports.services.content import lines_of, list_counts, tie_out_of
from reports.services.sending import Obstacle, obstacles, report_submit
from shelfreading.models import Application, ReadingSession


@dataclass(frozen=True, slots=True)
class Hurdle:
    """An obstacle with the page on which it is put right."""

    sentence: str
    url: str
    label: str


@requires(Right.VIEW_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def report_send(request: StaffRequest, session_id: int) -> HttpResponse:
    """What report 1 of a reading will say; posting sends it, for the library head."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library__county__province"),
        pk=session_id,
    )
    can_send = request.user.has_right(Right.SUBMIT_REPORTS)
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not can_send:
        raise PermissionDenied("گزارش را مسئول کتابخانه می‌فرستد.")
    if form.is_valid():
        try:
            report = report_submit(
                session_id=session.pk,
                actor=request.user,
                now=timezone.now(),
                comment=form.cleaned_data["comment"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "گزارش برای رئیس ادارهٔ شهرستان فرستاده شد.")
            return redirect("report", report.pk)
    sent = Report.objects.for_user(request.user).filter(session=session).first()
    if sent is not None and sent.state != State.RETURNED and not form.is_bound:
        return redirect("report", sent.pk)
    context = {"session": session, "form": form, "can_send": can_send, "report": sent}
    return render(request, "reports/send.html", context | _what_goes(session))


def _what_goes(session: ReadingSession) -> dict[str, Any]:
    application = standing_application(session)
    if application is None or session.closed_at is None:
        return {"application": None}
    now = timezone.now()
    classes = tie_out_of(application)
    filled = report_1_of(application)
    found = obstacles(session, classes, now)
    due = report_1_due(timezone.localdate(session.closed_at))
    return {
        "application": application,
        "filled": filled,
        "figures": _figures(filled, application),
        "classes": classes,
        "causes": [(line, _causes_url(session, line)) for line in classes if not line.closes],
        "total": total(classes),
        "labels": LABELS,
        "sought_once": sought_once(application),
        "hurdles": [_hurdle(session, each) for each in found],
        "deadline": Deadline(due, days_left(due, timezone.localdate(now))),
    }


def _figures(filled: Report1, application: Application) -> list[Figure]:
    lists = list_counts(lines_of(application))
    read = Figure(COPIES_READ, filled.copies_read or 0)
    return [read, *(Figure(label, count) for label, count in lists)]


def _causes_url(session: ReadingSession, line: ClassLine) -> str:
    """The findings that keep a class open."""
    query = urlencode({"finding": "missing", "hundreds": line.main_class})
    return f"{reverse('findings', args=[session.pk])}?{query}"


def _hurdle(session: ReadingSession, obstacle: Obstacle) -> Hurdle:
    name, label = {
        "unsent": ("session", "دستگاه‌های این رف‌خوانی"),
        "late": ("late-scans", "خوانده‌های دیررسیده"),
        "open": ("session-apply", "اعمال و برگرداندن آن"),
    }[obstacle.kind]
    return Hurdle(obstacle.sentence, reverse(name, args=[session.pk]), label)
