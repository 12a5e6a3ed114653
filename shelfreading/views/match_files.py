"""Matching two files with nothing in the database (spec S3.5c)."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from libraries.jobs import job_progress, job_start
from libraries.models import Job
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading import match_files_job as work
from shelfreading.forms_findings import MatchFilesForm
from shelfreading.memory_files import keep_file
from shelfreading.selectors.findings import CONSEQUENCE_OF, LABEL_OF, ORDER, OUT_OF_ORDER


@requires(Right.MATCH_FILES)
@require_http_methods(["GET", "HEAD", "POST"])
def match_files(request: StaffRequest) -> HttpResponse:
    """Take the two files; match small ones at once, large ones in the worker."""
    posted = request.method == "POST"
    form = MatchFilesForm(request.POST, request.FILES) if posted else MatchFilesForm()
    if form.is_valid():
        job = _start(request, form)
        job.refresh_from_db()
        if job.state != Job.State.FAILED:
            return redirect("match-files-result", job.pk)
        messages.error(request, job.message)
    return render(request, "shelfreading/match_files.html", {"form": form})


def _start(request: StaffRequest, form: MatchFilesForm) -> Job:
    copies, scans = form.cleaned_data["copies"], form.cleaned_data["scans"]
    files = {
        "copies": keep_file(copies),
        "copies_name": copies.name,
        "scans": keep_file(scans),
        "scans_name": scans.name,
    }
    label = work.label_of(copies.name, scans.name)
    if copies.size + scans.size > work.MOST_BYTES_AT_ONCE:
        job = job_start(
            label=label,
            owner=request.user,
            library=request.user.library,
            task=work.match_files,
            **files,
        )
        job.next_url = reverse("match-files-result", args=[job.pk])
        Job.objects.filter(pk=job.pk).update(next_url=job.next_url)
        return job
    job = Job.objects.create(
        label=label,
        owner=request.user,
        library=request.user.library,
        created_at=timezone.now(),
    )
    job.next_url = reverse("match-files-result", args=[job.pk])
    job.save(update_fields=["next_url"])
    work.match_files.call(job.pk, **files)
    return job


@requires(Right.MATCH_FILES)
@require_safe
def match_files_result(request: StaffRequest, job_id: int) -> HttpResponse:
    """What the match found, or how far it is."""
    job = get_object_or_404(Job, pk=job_id, owner=request.user)
    context = {"job": job, "progress": job_progress(job)}
    if request.headers.get("HX-Request") and not job.is_over:
        return render(request, "shelfreading/match_files_job.html", context)
    if job.state == Job.State.DONE:
        outcome = work.outcome_of(job)
        counts = outcome.counts | {OUT_OF_ORDER: outcome.moved}
        context |= {
            "outcome": outcome,
            "rows": [(code, LABEL_OF[code], counts[code], CONSEQUENCE_OF[code]) for code in ORDER],
        }
    response = render(request, "shelfreading/match_files_result.html", context)
    if request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"
    return response


@requires(Right.MATCH_FILES)
@require_safe
def match_files_download(request: StaffRequest, job_id: int) -> FileResponse:
    """The Excel file with the whole result."""
    job = get_object_or_404(Job.objects.exclude(result=""), pk=job_id, owner=request.user)
    return FileResponse(job.result.open(), as_attachment=True, filename=work.RESULT_NAME)
