"""A copies list's way in: read, columns confirmed, checked whole, written in one go.

It stands here because a list brings copies and loans at once (its «امانت» is an open loan), and
this is the lowest room that knows both.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.domain.columns import (
    find_header,
    guess_mapping,
    samples,
)
from libraries.domain.copies_list import CheckedList, CopiesListError, check_rows
from libraries.domain.persian import to_persian_digits
from libraries.files.limits import Unreadable, persian_number
from libraries.files.read_table import read_table
from libraries.files.write import rejected_workbook
from libraries.holdings import Plan
from libraries.jobs import Progress, job_is_silent
from libraries.locking import locked
from libraries.models import CopiesList, Library, User
from libraries.refusal import Refused
from loans.domain.people_lists import (
    check_people_rows,
)
from loans.list_columns import check_mapping, of_kind, signature
from loans.list_keeping import records_keep, rows_keep, rows_kept
from loans.list_writing import counts_of, plan_of
from loans.people_lists import PeoplePlan, people_plan

State = CopiesList.State
Kind = CopiesList.Kind
ListWork = Callable[[CopiesList, Progress], str]
SAMPLE_ROWS = 4
MOST_WARNINGS_SHOWN = 20
# So few copies may change their titles all at once for good reasons.
LEAST_TO_DOUBT = 20
FAILED_TO_READ = (
    "خواندن این فایل به خطای پیش‌بینی‌نشده‌ای برخورد؛ فایل را با قالب xlsx دوباره خروجی بگیرید و "
    "بفرستید."
)


@transaction.atomic
def list_upload(
    *, actor: User, upload: UploadedFile, now: datetime, kind: str = CopiesList.Kind.COPIES
) -> CopiesList:
    """Keep a file for the actor's library. Raises Refused: too large, or nothing in it."""
    if actor.library is None:
        raise Refused("فهرست نسخ را کارکنان خود کتابخانه وارد می‌کنند.")
    if not upload.size:
        raise Refused("فایل خالی است (صفر بایت)؛ فهرست را دوباره از سامانهٔ مدیریت بگیرید.")
    if upload.size > settings.MAX_UPLOAD_BYTES:
        limit = to_persian_digits(settings.MAX_UPLOAD_BYTES // (1024 * 1024))
        raise Refused(f"فایل از {limit} مگابایت بزرگ‌تر است؛ فهرست را بخش‌به‌بخش بگیرید.")
    copies_list = CopiesList.objects.create(
        library=actor.library,
        uploaded_by=actor,
        uploaded_at=now,
        file=upload,
        kind=kind,
        filename=(upload.name or "")[:200],
    )
    audit.record(
        "list_upload", actor=actor, library=actor.library, subject=copies_list, now=now,
        filename=copies_list.filename, size=upload.size,
    )  # fmt: skip
    return copies_list


def list_read(copies_list: CopiesList, progress: Progress) -> str:
    """Read an uploaded file and guess its columns; the sentence says what was found.

    Raises Refused with the reason when the file is no list; the reason stays with the list.
    """
    try:
        progress.step("خواندن فایل", unit="")
        rows, notices = _read(copies_list, progress)
        header_row = find_header(rows)
        if header_row is None:
            raise Refused(
                "در سی سطر نخست فایل هیچ سطر عنوانی شناخته نشد (مانند «عنوان» و «شماره ثبت»)؛ "
                "فهرست را با سطر عنوان ستون‌ها خروجی بگیرید."
            )
    except Exception as error:
        copies_list.state = State.REFUSED
        copies_list.error = error.reason if isinstance(error, Refused) else FAILED_TO_READ
        copies_list.save(update_fields=["state", "error"])
        raise
    rows_keep(copies_list, rows, notices)
    header = rows[header_row]
    remembered = copies_list.library.column_mappings.get(signature(copies_list.kind, header))
    copies_list.header_row = header_row
    copies_list.header = header
    copies_list.samples = samples(rows, header_row, SAMPLE_ROWS)
    copies_list.mapping = remembered or of_kind(copies_list.kind, guess_mapping(header))
    copies_list.notices = notices
    copies_list.counts = {"rows": len(rows) - header_row - 1}
    copies_list.state = State.MAPPING
    copies_list.save()
    return (
        f"{persian_number(copies_list.counts['rows'])} سطر خوانده شد؛ اکنون ستون‌ها را تأیید کنید."
    )


@transaction.atomic
def list_map(
    *, list_id: int, mapping: Mapping[str, int], take_statuses: bool, actor: User, now: datetime
) -> CopiesList:
    """Confirm which column holds what, and remember it for the library's next list."""
    copies_list = _own(list_id, actor)
    settled = copies_list.state in {State.MAPPING, State.CHECKED, State.REFUSED}
    left_behind = copies_list.state == State.CHECKING and work_is_lost(copies_list, now)
    if copies_list.header_row is None or not (settled or left_behind):
        raise Refused("ستون‌های این فهرست اکنون تغییر نمی‌کند؛ کار دیگری روی آن در جریان است.")
    check_mapping(copies_list.kind, mapping, len(copies_list.header))
    copies_list.mapping = dict(mapping)
    copies_list.take_statuses = take_statuses
    copies_list.state = State.CHECKING
    copies_list.error = ""
    copies_list.save()
    library = locked(Library.objects.all(), pk=copies_list.library_id)
    library.column_mappings[signature(copies_list.kind, copies_list.header)] = dict(mapping)
    library.save(update_fields=["column_mappings"])
    return copies_list


def _own(list_id: int, actor: User) -> CopiesList:
    """The list under lock, for the staff of its own library."""
    copies_list = locked(CopiesList.objects.for_user(actor), pk=list_id)
    if copies_list.library_id != actor.library_id:
        raise Refused("فهرست نسخ را کارکنان خود کتابخانه وارد می‌کنند.")
    return copies_list


def list_check(copies_list: CopiesList, progress: Progress) -> str:
    """Check every row and compare with what is here; nothing is written but the outcome.

    What passed is kept beside the list, so that what was checked is what is written. Raises
    Refused when the list as a whole can't be taken.
    """
    try:
        return _check(copies_list, progress)
    except Exception as error:
        refused = isinstance(error, Refused)
        copies_list.state = State.REFUSED if refused else State.MAPPING
        copies_list.error = str(error) if refused else ""
        copies_list.save(update_fields=["state", "error"])
        raise


def _check(copies_list: CopiesList, progress: Progress) -> str:
    progress.step("خواندن فایل", unit="")
    rows, notices = rows_kept(copies_list) or _read(copies_list, progress)
    progress.step("بررسی سطرها", unit="سطر")
    checked = _checked_rows(copies_list, rows, progress)
    progress.step("سنجش با سامانه", unit="")
    plan: Plan | PeoplePlan
    if copies_list.kind == Kind.COPIES:
        plan, loans = plan_of(copies_list, checked.records)
        counts = counts_of(plan, loans)
    else:
        plan = people_plan(copies_list, checked.records)
        counts = plan.counts
    _keep_rejected(copies_list, checked, plan, rows)
    records_keep(copies_list, [r for r in checked.records if r.row_number not in plan.refused])
    warned = [record for record in checked.records if record.warnings]
    copies_list.notices = [
        *notices,
        *checked.notices,
        *(
            f"سطر {persian_number(record.row_number)}: {warning}"
            for record in warned[:MOST_WARNINGS_SHOWN]
            for warning in record.warnings
        ),
    ]
    copies_list.counts = counts | {
        "rows": len(checked.records) + len(checked.rejected),
        "rejected": len(checked.rejected) + len(plan.refused),
        "warnings": len(warned),
    }
    copies_list.state = State.CHECKED
    copies_list.save()
    return "بررسی شد؛ هنوز چیزی در سامانه نوشته نشده است."


def _checked_rows(
    copies_list: CopiesList, rows: Sequence[Sequence[str]], progress: Progress
) -> CheckedList:
    if copies_list.kind == Kind.COPIES:
        try:
            return check_rows(rows, copies_list.header_row, copies_list.mapping, progress=progress)
        except CopiesListError as error:
            raise Refused(str(error)) from None
    assert copies_list.header_row is not None
    return check_people_rows(
        rows,
        copies_list.header_row,
        copies_list.mapping,
        loans=copies_list.kind == Kind.LOANS,
        today=timezone.localdate(),
        progress=progress,
    )


def list_doubt(counts: Mapping[str, int]) -> str:
    """Why a checked list, by its counts, looks like another library's; "" where it doesn't."""
    retitled = counts.get("retitled", 0)
    known = counts.get("changed", 0) + counts.get("unchanged", 0)
    if known < LEAST_TO_DOUBT or retitled * 2 <= known:
        return ""
    return (
        f"{persian_number(retitled)} نسخه از {persian_number(known)} نسخه‌ای که شمارهٔ ثبتشان در "
        "سامانه هست، در این فهرست عنوان دیگری دارند؛ شاید فهرست از آن کتابخانهٔ دیگری است یا ستون "
        "شمارهٔ ثبت درست برگزیده نشده است. پیش از ثبت آن را ببینید."
    )


@transaction.atomic
def list_confirm(*, list_id: int, actor: User, now: datetime) -> CopiesList:
    """Set a checked list on its way to be written; asked twice, it goes once."""
    copies_list = _own(list_id, actor)
    left_behind = copies_list.state == State.WRITING and work_is_lost(copies_list, now)
    if copies_list.state != State.CHECKED and not left_behind:
        raise Refused("این فهرست آمادهٔ ثبت نیست؛ شاید همین اکنون ثبت شده باشد.")
    copies_list.state = State.WRITING
    copies_list.save(update_fields=["state"])
    return copies_list


def _read(
    copies_list: CopiesList, progress: Callable[[int, int | None], None]
) -> tuple[list[list[str]], list[str]]:
    """The file's rows, and what the user should know of them."""
    try:
        table = read_table(
            Path(copies_list.file.path), filename=copies_list.filename, progress=progress
        )
    except Unreadable as error:
        raise Refused(str(error)) from None
    return table.rows, table.notices


def work_is_lost(copies_list: CopiesList, now: datetime) -> bool:
    """Whether nobody works on the list any more, whatever its state says."""
    job = copies_list.job
    return job is None or job.is_over or job_is_silent(job, now)


def _keep_rejected(
    copies_list: CopiesList,
    checked: CheckedList,
    plan: Plan | PeoplePlan,
    rows: Sequence[Sequence[str]],
) -> None:
    """The rows that can't be taken, as Excel with the reason beside each."""
    rejected: list[tuple[int, Sequence[str], tuple[str, ...]]] = [
        (row.row_number, row.cells, row.reasons) for row in checked.rejected
    ]
    rejected += [(number, rows[number - 1], (reason,)) for number, reason in plan.refused.items()]
    copies_list.rejected.delete(save=False)
    if rejected:
        content = BytesIO()
        rejected_workbook(content, copies_list.header, sorted(rejected))
        copies_list.rejected.save(
            f"list-{copies_list.pk}.xlsx", ContentFile(content.getvalue()), save=False
        )
