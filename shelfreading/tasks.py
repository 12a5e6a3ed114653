"""Long work of the reading, done by the worker."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.base import File
from django.utils import timezone
from django_tasks import task

from libraries.files.limits import Unreadable, persian_number
from libraries.jobs import Progress, job_keep_result, job_run
from libraries.models import User
from libraries.refusal import Refused
from shelfreading import memory_files
from shelfreading.card_backs_pdf import card_backs_pdf
from shelfreading.list_exports import (
    list_filename,
    printed_header,
    printed_rows,
    write_shelf_list,
)
from shelfreading.models import ReadingSession
from shelfreading.selectors.card_backs import card_backs
from shelfreading.services.findings import findings_compute
from shelfreading.shelf_list_pdf import shelf_list_pdf


@task()
def memory_take_file(job_id: int, session_id: int, actor_id: int, name: str, filename: str) -> None:
    """Take a large file of a reader's memory into a session."""

    def run(progress: Progress) -> str:
        try:
            progress.step("خواندن فایل")
            memory = memory_files.read_kept(name, filename, progress)
            progress.step("افزودن به رف‌خوانی و تطبیق")
            upload = memory_files.take_memory(
                session_id=session_id,
                filename=filename,
                memory=memory,
                actor=User.objects.get(pk=actor_id),
                now=timezone.now(),
            )
        except Unreadable as error:
            raise Refused(str(error)) from None
        finally:
            memory_files.drop_file(name)
        return " ".join([memory_files.said_of(upload), *memory.notices])

    job_run(job_id, run)


@task()
def shelf_list_print(job_id: int, session_id: int) -> None:
    """Lay out a session's shelf list for paper and keep it as the job's result."""

    def run(progress: Progress) -> str:
        session = ReadingSession.objects.select_related("library").get(pk=session_id)
        today = timezone.localdate()
        with NamedTemporaryFile(suffix=".pdf") as target:
            shelf_list_pdf(
                printed_header(session, today), printed_rows(session), Path(target.name), progress
            )
            job_keep_result(progress.job, list_filename(session, "pdf", today), File(target))
        return "فهرست رف آمادهٔ چاپ است."

    job_run(job_id, run)


@task()
def shelf_list_workbook(job_id: int, session_id: int) -> None:
    """Write a session's shelf list as Excel and keep it as the job's result."""

    def run(progress: Progress) -> str:
        session = ReadingSession.objects.select_related("library").get(pk=session_id)
        now = timezone.now()
        progress.step("نوشتن فهرست")
        with NamedTemporaryFile(suffix=".xlsx") as target:
            write_shelf_list(target, session, now, progress)
            name = list_filename(session, "xlsx", timezone.localdate(now))
            job_keep_result(progress.job, name, File(target))
        return "فهرست رف به اکسل آماده است."

    job_run(job_id, run)


@task()
def session_card_backs_print(job_id: int, session_id: int, actor_id: int) -> None:
    """Lay out the backs of a session's cards and keep them as the job's result."""

    def run(progress: Progress) -> str:
        session = ReadingSession.objects.select_related("library").get(pk=session_id)
        now = timezone.now()
        progress.step("چیدن برگه‌ها", unit="برگه")
        findings_compute(session_id=session_id, actor=User.objects.get(pk=actor_id), now=now)
        with NamedTemporaryFile(suffix=".pdf") as target:
            count = card_backs_pdf(card_backs(session), Path(target.name))
            name = list_filename(session, "pdf", timezone.localdate(now))
            job_keep_result(progress.job, name.replace("فهرست رف", "پشت رف‌برگه‌ها"), File(target))
        return f"پشت رف‌برگه‌های {persian_number(count)} عنوان آمادهٔ چاپ است."

    job_run(job_id, run)
