"""Long forms, laid out by the worker."""

from django.core.files.base import ContentFile
from django_tasks import task

from libraries.jobs import Progress, job_keep_result, job_run
from libraries.refusal import Refused
from reports.models import Revision
from reports.pdf import to_pdf
from reports.printing import forms_of, printed_form, seal_of
from reports.selectors import FORMS, standing_application
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
def report_pdf(job_id: int, revision_id: int, slug: str, site: str) -> None:
    """Lay out one form of a report, as it was sent, and keep it as the job's result."""

    def run(progress: Progress) -> str:
        revision = Revision.objects.select_related("report").get(pk=revision_id)
        form = forms_of(revision)[slug]
        progress.step("پر کردن فرم")
        html = form.render_html(printed_form(revision, slug), seal_of(revision, site))
        progress.step("صفحه‌آرایی")
        name = f"{slug}-{revision.report_id}-{revision.number}.pdf"
        job_keep_result(progress.job, name, ContentFile(to_pdf(html)))
        return f"{form.label} آماده است."

    job_run(job_id, run)
