"""Matching two uploaded files: the result is kept as an Excel file; no copy is written."""

import json
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django_tasks import task

from libraries.files.limits import Unreadable, persian_number
from libraries.files.write import write_workbook
from libraries.jobs import Progress, job_keep_result, job_run
from libraries.models import Job
from libraries.refusal import Refused
from shelfreading.match_files import FileMatch, match_paths
from shelfreading.match_files_sheets import sheets, sums

# About twenty thousand rows of a workbook; more is the worker's.
MOST_BYTES_AT_ONCE = 2 * 1024 * 1024
RESULT_NAME = "نتیجهٔ تطبیق.xlsx"


@dataclass(slots=True)
class Outcome:
    """What the page shows of a result: counts by class, the two sums, moves, notices."""

    counts: dict[str, int] = field(default_factory=dict)
    sums: list[str] = field(default_factory=list)
    moves: int = 0
    moved: int = 0
    rejected: int = 0
    notices: list[str] = field(default_factory=list)


@task()
def match_files(job_id: int, copies: str, copies_name: str, scans: str, scans_name: str) -> None:
    """Match two kept files; the names are those in storage and those the user knows."""

    def run(progress: Progress) -> str:
        progress.step("خواندن دو فایل", unit="")
        try:
            found = match_paths(
                Path(default_storage.path(copies)),
                Path(default_storage.path(scans)),
                today=timezone.localdate(),
                copies_name=copies_name,
                scans_name=scans_name,
                progress=progress,
            )
        except Unreadable as error:
            raise Refused(str(error)) from None
        finally:
            for name in (copies, scans):
                default_storage.delete(name)
        progress.step("نوشتن نتیجه")
        content = BytesIO()
        write_workbook(content, sheets(found))
        job_keep_result(progress.job, RESULT_NAME, ContentFile(content.getvalue()))
        _keep(progress.job, found)
        return (
            f"{persian_number(len(found.records))} نسخه با "
            f"{persian_number(len(found.scans))} بار خواندن تطبیق داده شد."
        )

    job_run(job_id, run)


def _keep(job: Job, found: FileMatch) -> None:
    outcome = Outcome(
        counts={finding.value: count for finding, count in found.match.counts().items()},
        sums=list(sums(found)),
        moves=len(found.match.moves),
        moved=sum(len(move.items) for move in found.match.moves),
        rejected=len(found.rejected),
        notices=found.notices,
    )
    name = _outcome_name(job)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(json.dumps(asdict(outcome)).encode()))


def outcome_of(job: Job) -> Outcome:
    """What a finished job found."""
    with default_storage.open(_outcome_name(job)) as file:
        return Outcome(**json.load(file))


def _outcome_name(job: Job) -> str:
    return f"results/match-{job.pk}.json"


def label_of(copies_name: str, scans_name: str) -> str:
    """What the job is called; the names isolated, or Latin ones turn the sentence round."""
    copies, scans = (
        f"«\N{FIRST STRONG ISOLATE}{name[:80]}\N{POP DIRECTIONAL ISOLATE}»"
        for name in (copies_name, scans_name)
    )
    return f"تطبیق {copies} با {scans}"
