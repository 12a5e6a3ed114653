"""What is said, and what is left to be said, of the copies that a report lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from reports.models import Opinion, Report, RevisionLine
from reports.selectors import weeding_word
from reports.selectors_way import WEEDINGS
from shelfreading.models import WeedingProposal

What = RevisionLine.What


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A listed copy with the expert's word on it: an opinion or a decision, and by whom."""

    line: RevisionLine
    word: str
    by: str
    is_open: bool


def left_to_say(report: Report, what: str) -> QuerySet[Any]:
    """What of a list waits for the expert's word, each with its `copy`: lines of the missing that
    have no opinion, or proposals that have no decision; nothing for the other lists."""
    listed = RevisionLine.objects.filter(
        revision__report=report, revision__number=report.revision, what=what
    )
    if what in WEEDINGS:
        return WeedingProposal.objects.filter(
            session=report.session_id,
            state=WeedingProposal.State.PROPOSED,
            copy__in=listed.values("copy"),
        )
    if what == What.MISSING:
        said = Opinion.objects.filter(report=report).values("copy")
        return listed.exclude(copy__in=said)
    return listed.none()


def review_lines(report: Report, what: str, lines: Sequence[RevisionLine]) -> list[ReviewLine]:
    """A page of a list with what was said of each copy, in one more query at most."""
    copies = [line.copy_id for line in lines]
    if what == What.MISSING:
        opinions = Opinion.objects.filter(report=report, copy__in=copies).select_related("by")
        by_copy = {opinion.copy_id: opinion for opinion in opinions}
        return [_of_missing(line, by_copy.get(line.copy_id)) for line in lines]
    if what in WEEDINGS:
        proposals = (
            WeedingProposal.objects.filter(session=report.session_id, copy__in=copies)
            .select_related("decided_by")
            .order_by("pk")
        )
        proposed = {proposal.copy_id: proposal for proposal in proposals}
        return [_of_weeding(line, proposed.get(line.copy_id)) for line in lines]
    return [ReviewLine(line, "", "", False) for line in lines]


def _of_missing(line: RevisionLine, opinion: Opinion | None) -> ReviewLine:
    if opinion is None:
        return ReviewLine(line, "", "", True)
    words = opinion.get_verdict_display() + (f": {opinion.note}" if opinion.note else "")
    return ReviewLine(line, words, opinion.by.full_name, False)


def _of_weeding(line: RevisionLine, proposal: WeedingProposal | None) -> ReviewLine:
    if proposal is None or proposal.decided_by is None:
        return ReviewLine(line, "", "", proposal is not None)
    return ReviewLine(line, weeding_word(proposal), proposal.decided_by.full_name, False)
