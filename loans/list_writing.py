"""Writing a checked list in one go, after it was compared anew with what is here."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.domain.copies_list import CopyRecord
from libraries.files.limits import persian_number
from libraries.holdings import Plan, plan_list, write_list
from libraries.jobs import Progress
from libraries.locking import lock_all, locked
from libraries.models import CopiesList, Copy, Library, User
from libraries.refusal import Refused
from loans.list_keeping import all_drop, records_kept
from loans.list_loans import CHUNK, ListLoans, plan_loans, write_loans
from loans.people_lists import people_plan, people_write

State = CopiesList.State
Kind = CopiesList.Kind


def list_write(copies_list: CopiesList, progress: Progress) -> str:
    """Write a checked list in one transaction: all of it or nothing. Nothing is ever deleted.

    Who asked for it is the job's owner. A second run on the same list finds it written and raises
    Refused.
    """
    try:
        records = records_kept(copies_list)
        with transaction.atomic():
            counts = _write(copies_list.pk, records, progress)
    except BaseException:
        CopiesList.objects.filter(pk=copies_list.pk, state=State.WRITING).update(
            state=State.CHECKED
        )
        raise
    all_drop(copies_list)
    if copies_list.kind == Kind.LOANS:
        return f"ثبت شد: {persian_number(counts['loans_opened'])} امانت تازه."
    new, changed = (persian_number(counts[key]) for key in ("new", "changed"))
    if copies_list.kind == Kind.MEMBERS:
        return f"ثبت شد: {new} عضو تازه، {changed} عضو اصلاح‌شده."
    return f"ثبت شد: {new} نسخهٔ تازه، {changed} نسخهٔ اصلاح‌شده."


def _write(list_id: int, records: Sequence[CopyRecord], progress: Progress) -> dict[str, int]:
    actor = progress.job.owner
    copies_list = locked(CopiesList.objects.all(), pk=list_id)
    if copies_list.state != State.WRITING:
        raise Refused("این فهرست پیش‌تر ثبت شده است.")
    library = locked(Library.objects.all(), pk=copies_list.library_id)
    now = timezone.now()  # not before: another list may have been waited for
    progress.step("سنجش با سامانه", unit="")
    if copies_list.kind == Kind.COPIES:
        counts = _write_copies(copies_list, library, records, progress, actor, now)
    else:
        counts = _write_people(copies_list, library, records, actor, now)
    copies_list.counts |= counts
    copies_list.state = State.WRITTEN
    copies_list.save()
    audit.record(
        "list_write", actor=actor, library=library, subject=copies_list, now=now,
        **copies_list.counts,
    )  # fmt: skip
    return dict(copies_list.counts)


def _write_people(
    copies_list: CopiesList,
    library: Library,
    records: Sequence[CopyRecord],
    actor: User,
    now: datetime,
) -> dict[str, int]:
    # Held before anything is compared, in the order of their ids as everywhere.
    for name in ("registration_number", "barcode"):
        codes = sorted({code for record in records if (code := getattr(record, name))})
        for start in range(0, len(codes), CHUNK):
            some = {f"{name}__in": codes[start : start + CHUNK]}
            lock_all(Copy.objects.filter(library=library, **some))
    plan = people_plan(copies_list, records)
    if plan.refused:
        raise Refused(
            "پس از بررسی، یکی از این نسخه‌ها یا عضوها تغییر کرده است؛ فهرست را دوباره بررسی کنید."
        )
    people_write(library, plan, actor=actor, now=now)
    return plan.counts


def _write_copies(
    copies_list: CopiesList,
    library: Library,
    records: Sequence[CopyRecord],
    progress: Progress,
    actor: User,
    now: datetime,
) -> dict[str, int]:
    plan, loans = plan_of(copies_list, records, lock=True)
    if plan.refused:
        raise Refused(
            "پس از بررسی، نسخهٔ دیگری با یکی از این بارکدها ثبت شده است؛ فهرست را دوباره بررسی کنید."
        )
    progress.step("نوشتن نسخه‌ها", unit="نسخه")
    cause = f"فهرست نسخ «{copies_list.filename}»"
    write_list(library, plan, actor=actor, now=now, cause=cause, progress=progress)
    progress.step("نوشتن امانت‌ها", unit="")
    write_loans(library, loans, actor=actor, now=now)
    return counts_of(plan, loans)


def plan_of(
    copies_list: CopiesList, records: Sequence[CopyRecord], *, lock: bool = False
) -> tuple[Plan, ListLoans]:
    """What a checked copies list would write: copies, and the loans that its statuses tell."""
    # A list without a column of statuses tells none, whatever was ticked.
    take_statuses = copies_list.take_statuses and "status" in copies_list.mapping
    plan = plan_list(
        copies_list.library,
        records,
        take_statuses=take_statuses,
        section_told="section" in copies_list.mapping,
        lock=lock,
    )
    new = {record.registration_number for record in plan.new}
    telling = [
        record
        for record in records
        if record.row_number not in plan.refused
        and (take_statuses or record.registration_number in new)
    ]
    return plan, plan_loans(copies_list.library, telling)


def counts_of(plan: Plan, loans: ListLoans) -> dict[str, int]:
    """The outcome in numbers, by the names that the list keeps."""
    return {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "retitled": plan.retitled,
        "unchanged": plan.unchanged,
        "status_changes": len(plan.statuses),
        "loans_opened": len(loans.opening),
        "loans_closed": len(loans.closing),
        "loans_changed": len(loans.completing),
    }
