"""A report's forms as they leave: the frozen values, what desks said of them since laid over, and
the code that leads back (spec B7).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from reports.domain.workflow import Level, Move
from reports.forms import annex, minutes_5, minutes_6, report_2, report_3
from reports.forms.common import CopyRow
from reports.forms.gathered import GatheredForm
from reports.forms.seal import Seal
from reports.frozen import from_plain
from reports.models import Report, Revision
from reports.selectors import FORMS, weeding_word
from shelfreading.models import WeedingProposal

MOST_ROWS_AT_ONCE = 150
MOST_LIBRARIES_AT_ONCE = 40  # their lines have thirteen cells, and more


@dataclass(frozen=True, slots=True)
class Printer:
    """How a form of a report is called and made."""

    slug: str
    label: str
    what: str
    render_html: Callable[..., str]
    to_xlsx: Callable[..., bytes]
    # Laying out a longer one takes more than a second or two; the worker does it.
    most_rows: int = MOST_ROWS_AT_ONCE


_GATHERED = {
    "report-2": Printer(
        "report-2",
        "گزارش شمارهٔ دو",
        "گزارش انجام رف‌خوانی کتابخانه‌های شهرستان به مدیر کل استان",
        report_2.render_html,
        report_2.to_xlsx,
        MOST_LIBRARIES_AT_ONCE,
    ),
    "report-3": Printer(
        "report-3",
        "گزارش شمارهٔ سه",
        "گزارش انجام رف‌خوانی کتابخانه‌های استان به ادارهٔ کل منابع",
        report_3.render_html,
        report_3.to_xlsx,
        MOST_LIBRARIES_AT_ONCE,
    ),
}
_OF_LIBRARY = {
    slug: Printer(slug, form.label, form.what, form.render_html, form.to_xlsx)
    for slug, form in FORMS.items()
}
_SLUG_OF_LEVEL = {Level.COUNTY.value: "report-2", Level.PROVINCE.value: "report-3"}


def forms_of(revision: Revision) -> dict[str, Printer]:
    """The forms that a revision holds, by their slugs, in the order in which they are listed."""
    if slug := _SLUG_OF_LEVEL.get(revision.report.level):
        return {slug: _GATHERED[slug]}
    kept = revision.content["forms"]
    return {slug: form for slug, form in _OF_LIBRARY.items() if slug in kept}


def printer_of(report: Report) -> Printer:
    """The form of a report 2 or 3, sent or not."""
    return _GATHERED[_SLUG_OF_LEVEL[report.level]]


def gathered_layout(revision: Revision) -> GatheredForm | None:
    """The frozen table of a report 2 or 3; None for a library's report."""
    slug = _SLUG_OF_LEVEL.get(revision.report.level)
    return from_plain(_plain(revision, slug)).layout() if slug else None


def form_rows(revision: Revision, slug: str) -> int | None:
    """How many copies or libraries a form lists; None for one that is no list."""
    rows = _plain(revision, slug).get("rows")
    return len(rows) if rows is not None else None


def printed_form(revision: Revision, slug: str) -> Any:
    """A frozen form with the names of who passed it, the opinions and the decisions laid over."""
    form = from_plain(_plain(revision, slug))
    if isinstance(form, minutes_5.Minutes5):
        return replace(form, county_head=_mover(revision, Move.ACCEPT) or form.county_head)
    if isinstance(form, minutes_6.Minutes6 | annex.AnnexList):
        words = _opinions(revision) if slug == "minutes-6" else _weedings(revision)
        return replace(
            form,
            rows=_with_words(form.rows, revision, words),
            county_head=_mover(revision, Move.ACCEPT) or form.county_head,
            expert=_mover(revision, Move.REVIEW) or form.expert,
        )
    return form


def seal_of(revision: Revision, site: str) -> Seal:
    """What the print says of its report. `site` is the address of this site, «https://…»."""
    report = revision.report
    is_current = revision.number == report.revision
    return Seal(
        url=site.rstrip("/") + code_url(report, revision),
        report=str(report.pk),
        revision=revision.number,
        hash=revision.digest,
        state=report.get_state_display() if is_current else "ویراست پیشین",
    )


def code_url(report: Report, revision: Revision) -> str:
    """The page that tells what is known of a print of this revision."""
    return reverse("report-code", args=[report.public_id, revision.number, revision.digest[:16]])


def _plain(revision: Revision, slug: str) -> dict[str, Any]:
    content: dict[str, Any] = revision.content
    return content["form"] if slug in _GATHERED else content["forms"][slug]


def _mover(revision: Revision, move: Move) -> str | None:
    """Who made this move with this revision, if anybody did."""
    step = (
        revision.report.steps.filter(revision=revision.number, move=move)
        .select_related("by")
        .last()
    )
    return step.by.full_name if step else None


def _before_next(revision: Revision) -> dict[str, Any]:
    """What was said before a newer revision came; all where none did."""
    after = revision.report.revisions.filter(number=revision.number + 1).first()
    return {"at__lt": after.submitted_at} if after else {}


def _opinions(revision: Revision) -> dict[int, str]:
    opinions = revision.report.opinions.filter(**_before_next(revision))
    return {
        opinion.copy_id: f"{opinion.get_verdict_display()}: {opinion.note}"
        if opinion.note
        else opinion.get_verdict_display()
        for opinion in opinions
    }


def _weedings(revision: Revision) -> dict[int, str]:
    when = {f"decided_{name}": value for name, value in _before_next(revision).items()}
    proposals = WeedingProposal.objects.filter(
        session=revision.report.session, decided_at__isnull=False, **when
    ).order_by("pk")
    return {proposal.copy_id: weeding_word(proposal) for proposal in proposals}


def _with_words(
    rows: tuple[CopyRow, ...] | None, revision: Revision, words: Mapping[int, str]
) -> tuple[CopyRow, ...] | None:
    copies: dict[str, int] = revision.content.get("copies", {})
    if rows is None:
        return None
    return tuple(
        replace(row, opinion=words.get(copies.get(str(row.registration_number), 0)) or row.opinion)
        for row in rows
    )
