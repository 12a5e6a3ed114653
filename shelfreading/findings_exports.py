"""A reading's findings, and what applying them changed, as Excel files."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.files.write import Cell, Sheet, write_workbook
from libraries.models import CopyStatus, WeedingCause
from loans.models import Loan
from shelfreading.models import Application, Decision, ReadingSession, WeedingProposal
from shelfreading.selectors.findings import LABEL_OF

FINDING_HEADERS = (
    *("ردیف", "یافته", "کد یافته", "عنوان", "پدیدآورنده", "شمارهٔ راهنما", "شمارهٔ ثبت", "بارکد"),
    *("بخش", "کتابخانه", "وضعیت در سامانه", "مهلت بازگشت", "جابه‌جایی", "پس از", "پیش از"),
    *("تصمیم", "کار پای قفسه"),
)
FINDING_WIDTHS = (8, 20, 18, 44, 26, 26, 12, 16, 14, 24, 14, 14, 11, 14, 14, 18, 12)
CHANGE_HEADERS = ("بارکد", "شمارهٔ ثبت", "عنوان", "وضعیت پیشین", "وضعیت تازه", "تاریخ")
CHANGE_WIDTHS = (18, 14, 50, 16, 22, 14)
ON_LOAN = "امانت"
_STATUS = dict(CopyStatus.choices)
_CAUSE = dict(WeedingCause.choices)
_FATE = dict(Decision.Fate.choices)


def findings_xlsx(session: ReadingSession, rows: QuerySet[Any]) -> BytesIO:
    """The findings given, a row each, in their order; the file is open at its beginning."""
    note = f"{session.name}، {session.library.name}"
    if session.computed_at:
        note += f"، محاسبه در {format_jalali(timezone.localdate(session.computed_at))}"
    sheet = Sheet("یافته‌ها", FINDING_HEADERS, _finding_rows(session, rows), FINDING_WIDTHS, [note])
    return _written([sheet])


def _finding_rows(session: ReadingSession, rows: QuerySet[Any]) -> Iterator[tuple[Cell, ...]]:
    decisions: dict[str, tuple[str, bool]] = {}
    for copy_id, code, fate, done in session.decisions.values_list(
        "copy_id", "code", "fate", "is_put_right"
    ):
        decisions[f"c{copy_id}" if copy_id else f"u{code}"] = (_FATE.get(fate, ""), done)
    due = dict(
        Loan.objects.filter(copy__library=session.library_id, returned_at__isnull=True).values_list(
            "copy_id", "due_on"
        )
    )
    values = rows.values_list(
        *("finding", "copy_id", "code", "move"),
        *("copy__title__title", "copy__title__author", "copy__call_number"),
        *("copy__registration_number", "copy__barcode", "copy__section__name"),
        *("copy__library_id", "copy__library__name", "copy__status"),
        *("belongs_after__registration_number", "belongs_before__registration_number"),
    )
    for number, row in enumerate(values.iterator(chunk_size=2000), start=1):
        finding, copy_id, code, move, title, author, call_number = row[:7]
        registration_number, barcode, section, library_id, library, status = row[7:13]
        fate, done = decisions.get(f"c{copy_id}" if copy_id else f"u{code}", ("", False))
        due_on = due.get(copy_id) if copy_id else None
        yield (
            number,
            LABEL_OF[finding],
            finding,
            title,
            author,
            call_number,
            registration_number,
            barcode or (None if copy_id else code),
            section,
            library if library_id != session.library_id else "",
            _STATUS.get(status, "") + (f" ({ON_LOAN})" if copy_id in due else ""),
            format_jalali(due_on) if due_on else "",
            move,
            *row[13:15],
            fate,
            "انجام شد" if done else "",
        )


def changes_xlsx(application: Application) -> BytesIO:
    """What an application changed, a sheet for each kind of change, as a person would key it
    into the management system (issue: the system stays the libraries' book of record).

    A copy whose loan was returned and whose status changed stands on both sheets. Of the weedings
    it proposed only those stand here that the expert accepted, with the day when he did.
    """
    kinds: dict[str, list[tuple[Cell, ...]]] = {}
    day = format_jalali(timezone.localdate(application.applied_at))
    for row in application.changes.order_by("position").values_list(
        *("copy__barcode", "copy__registration_number", "copy__title__title"),
        *("from_status", "to_status", "from_weeding_cause", "weeding_cause", "returned_loan_id"),
        *("proposal__state", "proposal__decided_at"),
    ):
        names, (before, after, cause_before, cause, loan_id, state, decided_at) = row[:3], row[3:]
        old = _status_words(before, cause_before)
        if loan_id:
            lent = ON_LOAN if before == CopyStatus.AVAILABLE else old
            old, before = _STATUS[CopyStatus.AVAILABLE], CopyStatus.AVAILABLE
            kinds.setdefault("بازگشت از امانت", []).append((*names, lent, old, day))
        if after != before:
            new = _status_words(after, cause if after == CopyStatus.WEEDED else "")
            kinds.setdefault(new, []).append((*names, old, new, day))
        if state == WeedingProposal.State.ACCEPTED and after != CopyStatus.WEEDED:
            new = _status_words(CopyStatus.WEEDED, cause)
            weeded_on = format_jalali(timezone.localdate(decided_at))
            kinds.setdefault(new, []).append((*names, _STATUS[after], new, weeded_on))
    order = ["مفقود", "برنگشته", *(f"وجین {cause}" for cause in _CAUSE.values()), "صحافی", "موجود"]
    note = f"{application.session.name}، {application.session.library.name}، اعمال در {day}"
    return _written(
        [
            Sheet(kind, CHANGE_HEADERS, kinds[kind], CHANGE_WIDTHS, [note])
            for kind in sorted(kinds, key=lambda kind: _place(order, kind))
        ]
        or [Sheet("بی‌تغییر", CHANGE_HEADERS, [], CHANGE_WIDTHS, [note])]
    )


def _place(order: list[str], kind: str) -> int:
    return order.index(kind) if kind in order else len(order)


def _status_words(status: str, cause: str) -> str:
    return f"{_STATUS[status]} {_CAUSE[cause]}" if cause else str(_STATUS[status])


def _written(sheets: Iterable[Sheet]) -> BytesIO:
    target = BytesIO()
    write_workbook(target, list(sheets))
    target.seek(0)
    return target
