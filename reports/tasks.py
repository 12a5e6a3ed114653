"""Long forms, laid out by the worker."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks import task

from libraries.jobs import Progress, job_keep_result, job_run
from libraries.models import Library, User
from libraries.refusal import Refused
from reports.aggregates import scope_of
from reports.figures_export import figures_xlsx
from reports.forms import annex
from reports.models import Revision
from reports.pdf import to_pdf
from reports.printing import forms_of, printed_form, printer_of, seal_of
from reports.selectors import FORMS, library_weeding_list, standing_application
from reports.selectors_gathered import gathering_of, place_of
from shelfreading.models import ReadingSession, Round


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


@task()
def draft_pdf(job_id: int, round_id: int, kind: str, user_id: int) -> None:
    """Lay out a report 2 or 3 that is not sent yet, of the user's place, and keep it as the job's
    result."""

    def run(progress: Progress) -> str:
        asked = Round.objects.get(pk=round_id)
        place = place_of(User.objects.select_related("county__province").get(pk=user_id))
        if place is None:
            raise Refused("نقش شما دیگر گزارش شمارهٔ دو یا سه ندارد.")
        progress.step("گرد آوردن گزارش‌ها")
        gathering = gathering_of(asked, kind, place)
        printer = printer_of(gathering.report)
        html = printer.render_html(gathering.form)
        progress.step("صفحه‌آرایی")
        name = f"{printer.slug}-draft-{asked.year}.pdf"
        job_keep_result(progress.job, name, ContentFile(to_pdf(html)))
        return f"پیش‌نویس {printer.label} آماده است."

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


@task()
def figures_file(job_id: int, user_id: int, round_id: int, kind: str) -> None:
    """Write all figures of a round that the user may see, and keep them as the job's result."""

    def run(progress: Progress) -> str:
        asked = Round.objects.get(pk=round_id)
        scope = scope_of(User.objects.get(pk=user_id), asked, kind=kind)
        progress.step("نوشتن اکسل")
        target = BytesIO()
        figures_xlsx(target, scope)
        name = f"figures-{asked.year}.xlsx"
        job_keep_result(progress.job, name, ContentFile(target.getvalue()))
        return "اکسل آمار دوره آماده است."

    job_run(job_id, run)
