"""A report's frozen forms as PDF and Excel, and what the code on a print leads to (spec B7)."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from libraries.jobs import job_start
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.forms.gathered import GatheredForm
from reports.forms.seal import HASH_LETTERS
from reports.forms_way import HashForm
from reports.models import Report, Revision
from reports.pdf import to_pdf
from reports.printing import (
    Printer,
    form_rows,
    forms_of,
    gathered_layout,
    printed_form,
    seal_of,
)
from reports.selectors_way import figures_of, reports_of, revision_of
from reports.tasks import report_pdf
from reports.views import XLSX


@requires(Right.VIEW_REPORTS)
@require_safe
def report_form(
    request: StaffRequest, report_id: int, number: int, slug: str, kind: str
) -> HttpResponse:
    """One frozen form, with opinions and decisions laid over and the code that leads back."""
    revision, form = _form(request, report_id, number, slug)
    filled, seal = printed_form(revision, slug), seal_of(revision, site_of(request))
    name = f"{slug}-{report_id}-{number}.{kind}"
    if kind == "xlsx":
        return file_answer(form.to_xlsx(filled, seal), name, XLSX)
    if (form_rows(revision, slug) or 0) > form.most_rows:
        return redirect("report", report_id)  # the page has the button that lets the worker do it
    return file_answer(to_pdf(form.render_html(filled, seal)), name, "application/pdf")


@requires(Right.VIEW_REPORTS)
@require_POST
def report_form_job(request: StaffRequest, report_id: int, number: int, slug: str) -> HttpResponse:
    """Have the worker lay out a long form."""
    revision, form = _form(request, report_id, number, slug)
    job = job_start(
        label=f"PDF {form.label} — {revision.report}"[:200],
        owner=request.user,
        library=revision.report.library,
        task=report_pdf,
        next_url=reverse("report", args=[report_id]),
        revision_id=revision.pk,
        slug=slug,
        site=site_of(request),
    )
    return redirect("job", job.pk)


@requires(Right.VIEW_REPORTS)
@require_safe
def report_code(request: StaffRequest, public_id: UUID, number: int, digest: str) -> HttpResponse:
    """What the system knows of a print: state, revision, hash and key figures, and whether the
    printed hash is the frozen one. A hash typed by hand goes before that of the code."""
    report = get_object_or_404(reports_of(request.user), public_id=public_id)
    revision = revision_of(report, number)
    form = HashForm(request.GET)
    typed = form.cleaned_data["hash"] if form.is_valid() else ""
    printed = typed or digest.lower()
    context = {
        "report": report,
        "revision": revision,
        "number": number,
        "form": form,
        "typed": typed,
        "matches": revision is not None and _is_of(revision, printed),
        "is_current": number == report.revision,
        "figures": figures_of(revision) if revision else [],
        "layout": _layout(report, revision),
    }
    return render(request, "reports/code.html", context)


def site_of(request: HttpRequest) -> str:
    """The address of this site, as the person who prints reached it."""
    return request.build_absolute_uri("/")


def _layout(report: Report, revision: Revision | None) -> GatheredForm | None:
    if revision is None:
        return None
    revision.report = report
    return gathered_layout(revision)


def _is_of(revision: Revision, printed: str) -> bool:
    return len(printed) >= HASH_LETTERS and revision.digest.startswith(printed)


def _form(
    request: StaffRequest, report_id: int, number: int, slug: str
) -> tuple[Revision, Printer]:
    report: Report = get_object_or_404(reports_of(request.user), pk=report_id)
    revision = revision_of(report, number)
    if revision is None:
        raise Http404("این گزارش چنین ویراستی ندارد.")
    revision.report = report
    forms = forms_of(revision)
    if slug not in forms:
        raise Http404("این گزارش چنین فرمی ندارد.")
    return revision, forms[slug]


def file_answer(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A print to look at in the browser, named by the day on which it was made."""
    stamp = timezone.localdate().strftime("%Y%m%d")
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'inline; filename="{stamp}-{name}"'},
    )
