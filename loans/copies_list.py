"""A copies list's way in: read, columns confirmed, checked whole, written in one go.

It stands here because a list brings copies and loans at once (its «امانت» is an open loan), and
this is the lowest room that knows both.
"""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.domain.columns import (
    FIELD_BY_CODE,
    find_header,
    guess_mapping,
    header_signature,
    samples,
)
from libraries.domain.copies_list import CheckedList, CopiesListError, CopyRecord, check_rows
from libraries.domain.persian import to_persian_digits
from libraries.files.limits import Unreadable
from libraries.files.read_table import read_table
from libraries.files.rows import Table
from libraries.files.write import rejected_workbook
from libraries.holdings import Plan, plan_list, write_list
from libraries.jobs import Progress
from libraries.locking import locked
from libraries.models import CopiesList, Library, User
from libraries.refusal import Refused
from loans.list_loans import ListLoans, plan_loans, write_loans

State = CopiesList.State
ListWork = Callable[[CopiesList, Progress], str]
SAMPLE_ROWS = 4
MOST_WARNINGS_SHOWN = 20


@transaction.atomic
def list_upload(*, actor: User, upload: UploadedFile, now: datetime) -> CopiesList:
    """Keep an uploaded file for the actor's library. Raises Refused: too large, or nothing in it."""
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
    progress.step("خواندن فایل")
    table = _table(copies_list, progress)
    header_row = find_header(table.rows)
    if header_row is None:
        _refuse(
            copies_list,
            "در سی سطر نخست فایل هیچ سطر عنوانی شناخته نشد (مانند «عنوان» و «شماره ثبت»)؛ "
            "فهرست را با سطر عنوان ستون‌ها خروجی بگیرید.",
        )
    header = table.rows[header_row]
    remembered = copies_list.library.column_mappings.get(header_signature(header))
    copies_list.header_row = header_row
    copies_list.header = header
    copies_list.samples = samples(table.rows, header_row, SAMPLE_ROWS)
    copies_list.mapping = remembered or guess_mapping(header)
    copies_list.notices = table.notices
    copies_list.state = State.MAPPING
    copies_list.save()
    rows = to_persian_digits(f"{len(table.rows) - header_row - 1:,}".replace(",", "٬"))
    return f"{rows} سطر خوانده شد؛ اکنون ستون‌ها را تأیید کنید."


@transaction.atomic
def list_map(
    *, list_id: int, mapping: Mapping[str, int], take_statuses: bool, actor: User, now: datetime
) -> CopiesList:
    """Confirm which column holds what, and remember it for the library's next list."""
    copies_list = locked(CopiesList.objects.for_user(actor), pk=list_id)
    if copies_list.state not in {State.MAPPING, State.CHECKED, State.REFUSED} or (
        copies_list.header_row is None
    ):
        raise Refused("ستون‌های این فهرست اکنون تغییر نمی‌کند؛ کار دیگری روی آن در جریان است.")
    unknown = set(mapping) - set(FIELD_BY_CODE)
    if unknown or any(not 0 <= index < len(copies_list.header) for index in mapping.values()):
        raise Refused("یکی از ستون‌های برگزیده در فایل نیست.")
    if len(set(mapping.values())) < len(mapping):
        raise Refused("یک ستون را برای دو چیز برگزیده‌اید؛ هر ستون تنها یک معنا دارد.")
    copies_list.mapping = dict(mapping)
    copies_list.take_statuses = take_statuses
    copies_list.state = State.CHECKING
    copies_list.error = ""
    copies_list.save()
    library = locked(Library.objects.all(), pk=copies_list.library_id)
    library.column_mappings[header_signature(copies_list.header)] = dict(mapping)
    library.save(update_fields=["column_mappings"])
    return copies_list


def list_check(copies_list: CopiesList, progress: Progress) -> str:
    """Check every row and compare with what is here; nothing is written but the outcome.

    What passed is kept beside the list, so that what was checked is what is written. Raises
    Refused when the list as a whole can't be taken.
    """
    progress.step("خواندن فایل")
    table = _table(copies_list, progress)
    progress.step("بررسی سطرها")
    try:
        checked = check_rows(
            table.rows, copies_list.header_row, copies_list.mapping, progress=progress
        )
    except CopiesListError as error:
        _refuse(copies_list, str(error))
    progress.step("سنجش با نسخه‌های سامانه")
    plan, loans = _plan(copies_list, checked.records)
    header = copies_list.header
    _keep_rejected(copies_list, checked, plan, header, table)
    refused = set(plan.refused)
    _keep_records(copies_list, [r for r in checked.records if r.row_number not in refused])
    warnings = [record for record in checked.records if record.warnings]
    copies_list.notices = [
        *table.notices,
        *checked.notices,
        *(
            f"سطر {to_persian_digits(record.row_number)}: {warning}"
            for record in warnings[:MOST_WARNINGS_SHOWN]
            for warning in record.warnings
        ),
    ]
    copies_list.counts = _counts(plan, loans) | {
        "rejected": len(checked.rejected) + len(plan.refused),
        "warnings": len(warnings),
    }
    copies_list.state = State.CHECKED
    copies_list.save()
    return "بررسی شد؛ هنوز چیزی در سامانه نوشته نشده است."


@transaction.atomic
def list_confirm(*, list_id: int, actor: User) -> CopiesList:
    """Set a checked list on its way to be written; asked twice, it goes once."""
    copies_list = locked(CopiesList.objects.for_user(actor), pk=list_id)
    if copies_list.state != State.CHECKED:
        raise Refused("این فهرست آمادهٔ ثبت نیست؛ شاید همین اکنون ثبت شده باشد.")
    copies_list.state = State.WRITING
    copies_list.save(update_fields=["state"])
    return copies_list


def list_write(copies_list: CopiesList, progress: Progress) -> str:
    """Write a checked list in one transaction: all of it or nothing. Nothing is ever deleted."""
    records = _kept_records(copies_list)
    now = timezone.now()
    actor = copies_list.uploaded_by
    try:
        with transaction.atomic():
            library = locked(Library.objects.all(), pk=copies_list.library_id)
            progress.step("سنجش با نسخه‌های سامانه")
            plan, loans = _plan(copies_list, records)
            if plan.refused:
                raise Refused(
                    "پس از بررسی، نسخهٔ دیگری با یکی از این بارکدها ثبت شده است؛ فهرست را دوباره بررسی کنید."
                )
            progress.step("نوشتن نسخه‌ها")
            cause = f"فهرست نسخ «{copies_list.filename}»"
            write_list(library, plan, actor=actor, now=now, cause=cause, progress=progress)
            progress.step("نوشتن امانت‌ها")
            write_loans(library, loans, actor=actor, now=now)
            copies_list.counts |= _counts(plan, loans)
            copies_list.state = State.WRITTEN
            copies_list.save()
            audit.record(
                "list_write", actor=actor, library=library, subject=copies_list, now=now,
                **copies_list.counts,
            )  # fmt: skip
    except BaseException:
        CopiesList.objects.filter(pk=copies_list.pk).update(state=State.CHECKED)
        raise
    new, changed = (to_persian_digits(copies_list.counts[key]) for key in ("new", "changed"))
    return f"ثبت شد: {new} نسخهٔ تازه، {changed} نسخهٔ اصلاح‌شده."


def _plan(copies_list: CopiesList, records: Sequence[CopyRecord]) -> tuple[Plan, ListLoans]:
    plan = plan_list(copies_list.library, records, take_statuses=copies_list.take_statuses)
    new = {record.registration_number for record in plan.new}
    telling = [
        record
        for record in records
        if record.row_number not in plan.refused
        and (copies_list.take_statuses or record.registration_number in new)
    ]
    return plan, plan_loans(copies_list.library, telling)


def _counts(plan: Plan, loans: ListLoans) -> dict[str, int]:
    return {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": plan.unchanged,
        "status_changes": len(plan.status_changes),
        "loans_opened": len(loans.opening),
        "loans_closed": len(loans.closing),
    }


def _table(copies_list: CopiesList, progress: Callable[[int, int | None], None]) -> Table:
    try:
        return read_table(
            Path(copies_list.file.path), filename=copies_list.filename, progress=progress
        )
    except Unreadable as error:
        _refuse(copies_list, str(error))
    raise AssertionError("unreachable")


def _refuse(copies_list: CopiesList, reason: str) -> None:
    copies_list.state = State.REFUSED
    copies_list.error = reason
    copies_list.save(update_fields=["state", "error"])
    raise Refused(reason)


def _keep_rejected(
    copies_list: CopiesList,
    checked: CheckedList,
    plan: Plan,
    header: Sequence[str],
    table: Table,
) -> None:
    """The rows that can't be taken, as Excel with the reason beside each."""
    rejected = [(row.row_number, row.cells, row.reasons) for row in checked.rejected]
    rejected += [
        (number, table.rows[number - 1], (reason,)) for number, reason in plan.refused.items()
    ]
    copies_list.rejected.delete(save=False)
    if rejected:
        content = BytesIO()
        rejected_workbook(content, header, sorted(rejected))
        copies_list.rejected.save(f"list-{copies_list.pk}.xlsx", ContentFile(content.getvalue()))


def _records_name(copies_list: CopiesList) -> str:
    return f"checked/list-{copies_list.pk}.json.gz"


def _keep_records(copies_list: CopiesList, records: Sequence[CopyRecord]) -> None:
    content = BytesIO()
    with gzip.open(content, "wt", encoding="utf-8", compresslevel=1) as file:
        json.dump([astuple(record) for record in records], file, default=date.isoformat)
    name = _records_name(copies_list)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(content.getvalue()))


def _kept_records(copies_list: CopiesList) -> list[CopyRecord]:
    with default_storage.open(_records_name(copies_list)) as raw, gzip.open(raw, "rt") as file:
        rows: list[list[Any]] = json.load(file)
    records = [CopyRecord(*row) for row in rows]
    for record in records:
        record.registered_on = _date(record.registered_on)
        record.lent_on = _date(record.lent_on)
        record.due_on = _date(record.due_on)
        record.warnings = tuple(record.warnings)
    return records


def _date(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
