"""What applying a finding does to a copy's record (directive 4-2, 4-5, 5-2, 6-1)."""

from dataclasses import dataclass

from shelfreading.domain.findings import Finding

AVAILABLE, BINDING, WEEDED, MISSING, UNRETURNED = (
    "available",
    "binding",
    "weeded",
    "missing",
    "unreturned",
)

_STATUS_OF_FINDING = {
    Finding.UNRETURNED: UNRETURNED,
    Finding.MISSING: MISSING,
    Finding.FOUND: AVAILABLE,
    Finding.BACK_FROM_BINDER: AVAILABLE,
}
# Copies that were in somebody's hand: only those can be sent to the binder or be weeded.
HANDLED = frozenset(
    {Finding.PRESENT, Finding.ON_LOAN_ON_SHELF, Finding.FOUND, Finding.BACK_FROM_BINDER}
)


@dataclass(frozen=True, slots=True)
class Effect:
    """The record a copy gets, the weeding that is proposed for it ('' for none), and whether a
    loan of it is returned and its late fee forgiven."""

    status: str
    proposes: str = ""
    returns_loan: bool = False


def effect_of(
    finding: Finding, status: str, *, weeding_cause: str = "", to_binding: bool = False
) -> Effect | None:
    """What follows for a copy whose record says `status`; None where nothing does.

    A decision of binding goes before what the finding alone would do. A decision of weeding only
    proposes: the copy was in somebody's hand and is available until the provincial expert
    decides (directive 4-5, 7-4). The return of a loan, if there is one, follows in any case from
    the copy standing there. A copy of this library that turned up on a wrong shelf is as found
    as any.
    """
    returns_loan = finding in {Finding.ON_LOAN_ON_SHELF, Finding.FOUND, Finding.MISPLACED}
    # What is weeded already needs no proposal.
    proposes = weeding_cause if finding in HANDLED and status != WEEDED else ""
    if to_binding and finding in HANDLED:
        target = BINDING
    elif proposes or finding is Finding.MISPLACED and status in {MISSING, UNRETURNED, BINDING}:
        target = AVAILABLE
    else:
        target = _STATUS_OF_FINDING.get(finding, status)
    if target == status and not returns_loan and not proposes:
        return None
    return Effect(target, proposes, returns_loan)
