"""A person's own long work: how far it is, what came of it."""

from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from libraries.jobs import job_is_silent, job_progress
from libraries.models import Job
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from libraries.selectors import jobs_of

SILENT = (
    "این کار دیری است خبری نداده است؛ شاید برنامهٔ کارگزار روشن نیست. به مدیر سامانه خبر دهید یا "
    "کار را دوباره بخواهید."
)


def job_card(job: Job) -> dict[str, Any]:
    """What components/job.html shows of a job, for every page that shows one."""
    progress = job_progress(job)
    message = job.message if job.is_over else progress.step
    if job_is_silent(job, timezone.now()):
        message = SILENT
    return {
        "id": f"job-{job.pk}",
        "title": job.label,
        "state": job.state,
        "done": progress.done,
        "total": progress.total,
        "unit": progress.unit,
        "message": message,
        "started": job.created_at,
        "finished": job.finished_at,
        "poll_url": reverse("job", args=(job.pk,)),
    }


@requires(Right.USE_DESK)
def jobs(request: StaffRequest) -> HttpResponse:
    """One's own long work, newest first."""
    return render(request, "libraries/jobs.html", {"jobs": jobs_of(request.user)})


@requires(Right.USE_DESK)
def job(request: StaffRequest, job_id: int) -> HttpResponse:
    """One piece of work. To htmx it answers with its card; once over, with a word to load anew."""
    found = get_object_or_404(Job.objects.filter(owner=request.user), pk=job_id)
    card = job_card(found)
    if "HX-Request" in request.headers:
        response = render(request, "components/job.html", card)
        if found.is_over:
            response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "libraries/job.html", {"job": found, "card": card})


@requires(Right.USE_DESK)
def job_result(request: StaffRequest, job_id: int) -> FileResponse:
    """The file that a piece of work made."""
    found = get_object_or_404(Job.objects.filter(owner=request.user), pk=job_id)
    if not found.result or not Path(found.result.path).exists():
        raise Http404
    return attachment(found.result, found.result_name)


def attachment(file: Any, name: str) -> FileResponse:
    """A stored file as a download under a name that may be Persian."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
