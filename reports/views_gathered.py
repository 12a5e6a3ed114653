"""Report 2 of a county and report 3 of a province before they are sent (directive 7-2 to 7-5)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from libraries.domain.persian import to_persian_digits
from libraries.jobs import job_start
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.forms.gathered import KINDS
from reports.forms_gathered import SendGatheredForm
from reports.pdf import to_pdf
from reports.printing import printer_of
from reports.selectors_gathered import (
    Gathering,
    can_send,
    deadline_of_gathering,
    gathering_of,
    place_of,
    wait_lines,
)
from reports.services.gathering import gathered_submit
from reports.tasks import draft_pdf
from reports.views import XLSX
from reports.views_prints import file_answer
from shelfreading.models import Round


@requires(Right.GATHER_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def gathered(request: StaffRequest, year: int, kind: str) -> HttpResponse:
    """The table as it stands now and what it waits for; posting sends it, for who may."""
    found = _gathering(request, year, kind)
    form = SendGatheredForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            report = gathered_submit(
                round_id=found.round.pk,
                library_kind=kind,
                actor=request.user,
                now=timezone.now(),
                comment=form.cleaned_data["comment"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{report.get_level_display()} فرستاده شد.")
            return redirect("report", report.pk)
    if found.is_sent and not form.is_bound:
        return redirect("report", found.report.pk)
    return render(request, "reports/gathered.html", _page(request, found, form))


def _page(request: StaffRequest, found: Gathering, form: SendGatheredForm) -> dict[str, Any]:
    layout = found.form.layout()
    year = to_persian_digits(found.round.year)
    return {
        "gathering": found,
        "layout": layout,
        "sums": layout.sums(),
        "read": len(found.found.rows),
        "unread": len(found.found.unread),
        "waits": wait_lines(request.user, found),
        "tasks_words": f"{to_persian_digits(found.tasks_left)} اصلاحِ خواستهٔ ادارهٔ کل منابع هنوز "
        "انجام نشده است.",
        "deadline": deadline_of_gathering(found, timezone.localdate()),
        "can_send": can_send(request.user, found),
        "form": form,
        "by_worker": _is_long(found),
        "kinds": [
            {
                "label": label,
                "url": reverse("gathered", args=[found.round.year, kind]),
                "active": kind == found.kind,
                "css": "chip-all",
            }
            for kind, label in KINDS.items()
        ],
        "kind_label": KINDS[found.kind],  # type: ignore[index]
        "crumbs": [
            ("دوره‌ها", reverse("rounds")),
            (f"دورهٔ {year}", reverse("round", args=[found.round.year])),
            (found.report.get_level_display(), ""),
        ],
        "last_return": found.report.steps.filter(move="return").last() if found.report.pk else None,
    }


@requires(Right.GATHER_REPORTS)
@require_safe
def gathered_draft(request: StaffRequest, year: int, kind: str, ending: str) -> HttpResponse:
    """The draft as a print: it bears no code, for nothing was sent yet."""
    found = _gathering(request, year, kind)
    printer = printer_of(found.report)
    name = f"{printer.slug}-draft-{year}.{ending}"
    if ending == "xlsx":
        return file_answer(printer.to_xlsx(found.form), name, XLSX)
    if _is_long(found):
        return redirect("gathered", year, kind)  # the page has the button for the worker
    return file_answer(to_pdf(printer.render_html(found.form)), name, "application/pdf")


@requires(Right.GATHER_REPORTS)
@require_POST
def gathered_draft_job(request: StaffRequest, year: int, kind: str) -> HttpResponse:
    """Have the worker lay out a long draft."""
    found = _gathering(request, year, kind)
    job = job_start(
        label=f"پیش‌نویس {found.report}"[:200],
        owner=request.user,
        library=None,
        task=draft_pdf,
        next_url=reverse("gathered", args=[year, kind]),
        round_id=found.round.pk,
        kind=kind,
        user_id=request.user.pk,
    )
    return redirect("job", job.pk)


def _is_long(found: Gathering) -> bool:
    lines = len(found.found.rows) + len(found.found.unread)
    return lines > printer_of(found.report).most_rows


def _gathering(request: StaffRequest, year: int, kind: str) -> Gathering:
    asked = get_object_or_404(Round, year=year)
    place = place_of(request.user)
    if place is None or kind not in KINDS:
        raise Http404("گزارش‌های دو و سه تنها برای کتابخانه‌های نهادی و مشارکتی است.")
    return gathering_of(asked, kind, place)
