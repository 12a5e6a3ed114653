"""Proposals for weeding as Excel files."""

from collections.abc import Iterator
from io import BytesIO

from django.db.models import QuerySet
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.files.write import Cell, Sheet, write_workbook
from libraries.models import CopyStatus, WeedingCause
from shelfreading.findings_exports import CHANGE_HEADERS, CHANGE_WIDTHS
from shelfreading.models import WeedingProposal

HEADERS = (
    *("ردیف", "کتابخانه", "عنوان", "پدیدآورنده", "شمارهٔ راهنما", "شمارهٔ ثبت", "بارکد"),
    *("علت", "از راه", "سبب پیشنهاد", "پیشنهاددهنده", "تاریخ پیشنهاد"),
    *("وضعیت", "نظر از", "تاریخ نظر", "دلیل رد"),
)
WIDTHS = (8, 26, 44, 26, 24, 12, 16, 14, 18, 40, 22, 14, 24, 22, 14, 30)


def proposals_xlsx(proposals: QuerySet[WeedingProposal]) -> BytesIO:
    """The proposals given, a row each, in their order; the file is open at its beginning."""
    return _written([Sheet("پیشنهادهای وجین", HEADERS, _rows(proposals), WIDTHS)])


def _rows(proposals: QuerySet[WeedingProposal]) -> Iterator[tuple[Cell, ...]]:
    lines = proposals.select_related("copy__title", "library", "proposed_by", "decided_by")
    for number, line in enumerate(lines.iterator(chunk_size=2000), start=1):
        title, copy = line.copy.title, line.copy
        yield (
            number,
            line.library.name,
            title.title,
            title.author,
            copy.call_number,
            copy.registration_number,
            copy.barcode,
            line.get_cause_display(),
            line.get_rule_display() if line.rule else line.get_origin_display(),
            line.why,
            line.proposed_by.full_name,
            format_jalali(timezone.localdate(line.proposed_at)),
            line.get_state_display(),
            line.decided_by.full_name if line.decided_by else "",
            format_jalali(timezone.localdate(line.decided_at)) if line.decided_at else "",
            line.reason,
        )


def accepted_xlsx(proposals: QuerySet[WeedingProposal], note: str) -> BytesIO:
    """What the expert accepted, a sheet for each cause, as a person keys it into the management
    system: the columns of what an application changed.
    """
    available = CopyStatus.AVAILABLE.label
    sheets = []
    for cause in WeedingCause:
        words = f"{CopyStatus.WEEDED.label} {cause.label}"
        rows = [
            (*names, available, words, format_jalali(timezone.localdate(decided_at)))
            for *names, decided_at in proposals.filter(
                cause=cause, state=WeedingProposal.State.ACCEPTED
            )
            .order_by("copy__registration_key", "pk")
            .values_list(
                *("copy__barcode", "copy__registration_number", "copy__title__title"),
                "decided_at",
            )
        ]
        if rows:
            sheets.append(Sheet(words, CHANGE_HEADERS, rows, CHANGE_WIDTHS, [note]))
    return _written(sheets or [Sheet("هیچ", CHANGE_HEADERS, [], CHANGE_WIDTHS, [note])])


def _written(sheets: list[Sheet]) -> BytesIO:
    target = BytesIO()
    write_workbook(target, sheets)
    target.seek(0)
    return target
