"""Long work: a row that says what it is, a bar that tells the truth, a result to fetch."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.cache import cache
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django_tasks.base import Task

from libraries.models import Job, Library, User
from libraries.refusal import Refused

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_REPORTS = 0.3
KEPT_SECONDS = 24 * 60 * 60
# Steps report many times a second, or work for some minutes at the longest.
SILENT_AFTER = timedelta(minutes=15)


def job_start(
    *,
    label: str,
    owner: User,
    library: Library | None,
    task: "Task[Any, Any]",
    next_url: str = "",
    **arguments: Any,
) -> Job:
    """Write the job's row and hand the work to the worker once the row is committed.

    `task` is called with the job's id and `arguments` (plain values). `next_url` is where the
    page goes when the work is done.
    """
    job = Job.objects.create(
        label=label, owner=owner, library=library, next_url=next_url, created_at=timezone.now()
    )
    transaction.on_commit(lambda: task.enqueue(job.pk, **arguments))
    return job


class JobProgress(NamedTuple):
    """A job's step, how much of it is done and of how much (None: not known yet), in what unit."""

    step: str
    done: int
    total: int | None
    unit: str


class Progress:
    """What the work reports while it runs. Readable by others before the work commits."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._reported_at = 0.0

    def step(self, name: str, *, unit: str = "ردیف") -> None:
        """Begin a named step; its count starts anew, in `unit` ("": only the share is told)."""
        self.job.step = name
        self.job.unit = unit
        self._write(0, None)

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say how far the step is; cheap enough to be called for every row."""
        if time.monotonic() - self._reported_at >= SECONDS_BETWEEN_REPORTS:
            self._write(done, total)

    def _write(self, done: int, total: int | None) -> None:
        self._reported_at = time.monotonic()
        told = JobProgress(self.job.step, done, total, self.job.unit)
        cache.set(f"job-{self.job.pk}", told, KEPT_SECONDS)
        cache.set(f"job-{self.job.pk}-sign", timezone.now(), KEPT_SECONDS)


def job_run(job_id: int, work: Callable[[Progress], str]) -> None:
    """Do a job's work and write down how it ended.

    `work` returns the sentence that says what it did. Refused is an ending like another and
    shows its reason; anything else is logged and shown as a failure that kept everything.
    """
    job = Job.objects.select_related("owner", "library").get(pk=job_id)
    if job.is_over:
        return
    job.state = Job.State.RUNNING
    job.save(update_fields=["state"])
    try:
        job.message = work(Progress(job))
        job.state = Job.State.DONE
    except Refused as refusal:
        job.message = refusal.reason
        job.state = Job.State.FAILED
    except Exception:
        logger.exception("job %s failed", job_id)
        job.message = (
            "کار به خطای پیش‌بینی‌نشده‌ای برخورد و چیزی تغییر نکرد. دوباره بیازمایید و اگر باز همین "
            "شد، به مدیر سامانه خبر دهید."
        )
        job.state = Job.State.FAILED
    job.finished_at = timezone.now()
    job.save(update_fields=["state", "message", "finished_at", "result", "result_name"])


def job_keep_result(job: Job, name: str, content: "File[Any]") -> None:
    """Store the file that the job made; the row is saved when the job ends."""
    job.result.save(name, content, save=False)
    job.result_name = name


def job_progress(job: Job) -> JobProgress:
    """How far a job is, as its worker last said."""
    told: JobProgress | None = None if job.is_over else cache.get(f"job-{job.pk}")
    return told or JobProgress(job.step, job.done, job.total, job.unit)


def job_is_silent(job: Job, now: datetime) -> bool:
    """Whether work that isn't over has given no sign of life for long.

    Its worker stopped, or none runs; what the work was about may then be started anew.
    """
    if job.is_over:
        return False
    last_sign = cache.get(f"job-{job.pk}-sign") or job.created_at
    return bool(now - last_sign > SILENT_AFTER)
