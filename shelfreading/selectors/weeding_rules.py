"""What the rules propose of a library's copies (spec B8)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from libraries.bulk import in_chunks
from libraries.models import Copy, CopyStatus, Library, WeedingCause
from loans.models import BindingTrip, Loan
from shelfreading.domain.weeding_rules import CAUSE_OF, LABELS, CopyUse, Proposal, Rule, proposals
from shelfreading.models import WeedingProposal, WeedingRules

A_YEAR = timedelta(days=365)
State = WeedingProposal.State


def rule_proposals(library: Library, now: datetime) -> list[Proposal]:
    """What the library's rules propose now, in shelf order: five queries and one pass.

    Reference copies are no matter of loans. What is on loan, at the binder or proposed already
    counts where copies are counted, and is not proposed; neither is what the expert refused once.
    """
    of_library = {"copy__library": library}
    loans = Loan.objects.filter(**of_library).order_by()
    known_since = loans.aggregate(first=Min("lent_at"))["first"]
    if known_since is None:
        return []
    uses = {
        copy_id: (timezone.localdate(last), count, lately)
        for copy_id, last, count, lately in loans.values_list("copy_id").annotate(
            last=Max("lent_at"),
            count=Count("pk"),
            lately=Count("pk", filter=Q(lent_at__gte=now - A_YEAR)),
        )
    }
    away = set(loans.filter(returned_at__isnull=True).values_list("copy_id", flat=True))
    away |= set(
        BindingTrip.objects.filter(back_on__isnull=True, **of_library).values_list(
            "copy_id", flat=True
        )
    )
    told: dict[str, set[int]] = {State.PROPOSED: set(), State.REFUSED: set()}
    for copy_id, state in WeedingProposal.objects.filter(
        library=library, state__in=list(told)
    ).values_list("copy_id", "state"):
        told[state].add(copy_id)
    copies = Copy.objects.filter(
        library=library,
        is_reference=False,
        status__in=(CopyStatus.AVAILABLE, CopyStatus.BINDING),
    ).order_by("section__position", "section_id", "shelf_key", "registration_key", "pk")
    rows = []
    for pk, title, volume, registered_on, status in copies.values_list(
        "pk", "title_id", "volume", "registered_on", "status"
    ).iterator(chunk_size=5000):
        last, count, lately = uses.get(pk, (None, 0, 0))
        can_go = status == CopyStatus.AVAILABLE and pk not in away and pk not in told[State.REFUSED]
        goes = pk in told[State.PROPOSED]
        rows.append(CopyUse(pk, title, volume, registered_on, last, count, lately, can_go, goes))
    return proposals(
        rows,
        WeedingRules.of(library).thresholds,
        today=timezone.localdate(now),
        known_since=timezone.localdate(known_since),
    )


def rule_counts(found: Sequence[Proposal]) -> dict[Rule, int]:
    """How many copies each rule proposes."""
    counts = Counter(each.rule for each in found)
    return {rule: counts[rule] for rule in Rule}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A proposed copy with what the rule saw, and the cause it would be proposed for."""

    copy: Copy
    proposal: Proposal

    @property
    def rule(self) -> str:
        """The rule's name in words."""
        return LABELS[self.proposal.rule]

    @property
    def cause(self) -> str:
        """The cause in words."""
        return WeedingCause(CAUSE_OF[self.proposal.rule]).label


def rule_lines(found: Sequence[Proposal]) -> list[RuleLine]:
    """The lines of one page, in their order."""
    copies: dict[int, Copy] = {}
    for chunk in in_chunks([each.copy_id for each in found]):
        copies |= Copy.objects.select_related("title", "section").in_bulk(list(chunk))
    return [RuleLine(copies[each.copy_id], each) for each in found if each.copy_id in copies]
