"""Proposals for weeding, for the tests of all that is done with them."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from libraries.models import Copy, User
from loans.models import Loan
from shelfreading.models import WeedingProposal
from shelfreading.services.weeding import Outcome, Wanted, proposals_decide, proposals_make


def propose(
    copies: Iterable[Copy], actor: User, cause: str = "worn", why: str = "جلدش پاره است"
) -> list[WeedingProposal]:
    """Proposals for these copies, in their order."""
    chosen = list(copies)
    proposals_make(
        wanted=[Wanted(copy.pk, cause, why) for copy in chosen], actor=actor, now=timezone.now()
    )
    open_ones = {
        each.copy_id: each
        for each in WeedingProposal.objects.filter(copy__in=chosen, state="proposed")
    }
    return [open_ones[copy.pk] for copy in chosen]


def decide(
    proposals: Sequence[WeedingProposal], actor: User, *, accept: bool = True, reason: str = ""
) -> Outcome:
    """The expert's word on them."""
    return proposals_decide(
        proposal_ids=[each.pk for each in proposals], accept=accept, reason=reason, actor=actor,
        now=timezone.now(),
    )  # fmt: skip


def lent_once(copy: Copy, days_ago: int) -> Loan:
    """A loan of so long ago, which came back after two weeks."""
    lent_at = timezone.now() - timedelta(days=days_ago)
    return Loan.objects.create(copy=copy, lent_at=lent_at, returned_at=lent_at + timedelta(days=14))
