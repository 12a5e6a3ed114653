"""Long forms, laid out by the worker."""

from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks import task

from libraries.jobs import Progress, job_keep_result, job_run
from libraries.models import Library
from libraries.refusal import Refused
from reports.forms import annex
from reports.pdf import to_pdf
from reports.selectors import FORMS, library_weeding_list, standing_application
from shelfreading.models import ReadingSession


@task()
def form_pdf(job_id: int, session_id: int, slug: str) -> None:
    """Lay out one filled form and keep it as the job's result."""

    def run(progress: Progress) -> str:
        application = standing_application(ReadingSession.objects.get(pk=session_id))
        if application is None:
            raise Refused("اعمال یافته‌ها در این میان برگردانده شده است؛ فرم پر نمی‌شود.")
        form = FORMS[slug]
        progress.step("پر کردن فرم")
        html = form.render_html(form.build(application))
        progress.step("صفحه‌آرایی")
        content = to_pdf(html)
        job_keep_result(progress.job, f"{slug}-{session_id}.pdf", ContentFile(content))
        return f"{form.label} آماده است."

    job_run(job_id, run)


@task()
def weeding_list_pdf(job_id: int, library_id: int, cause: str, state: str) -> None:
    """Lay out a library's long weeding list and keep it as the job's result."""

    def run(progress: Progress) -> str:
        library = Library.objects.select_related("county__province").get(pk=library_id)
        progress.step("پر کردن فرم")
        html = annex.render_html(library_weeding_list(library, cause, state, timezone.localdate()))
        progress.step("صفحه‌آرایی")
        name = f"weeding-{cause.replace('_', '-')}-{library_id}.pdf"
        job_keep_result(progress.job, name, ContentFile(to_pdf(html)))
        return "صورت وجین آماده است."

    job_run(job_id, run)
