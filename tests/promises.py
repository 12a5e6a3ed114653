"""What holds in a library's records at every moment, whatever was done and by how many."""

from libraries.models import Copy, CopyStatus, Library, StatusChange
from loans.models import Loan
from shelfreading.models import ReadingEvent, ReadingSession, WeedingProposal


def assert_records_hold(library: Library) -> None:
    """Assert that history, loans, journals and events of the library agree with each other."""
    open_loans = Loan.objects.filter(copy__library=library, returned_at__isnull=True)
    lent = set(open_loans.values_list("copy_id", flat=True))
    for copy in Copy.objects.filter(library=library):
        _assert_history_holds(copy)
        if copy.status in {CopyStatus.WEEDED, CopyStatus.BINDING}:
            assert copy.pk not in lent, f"{copy} is {copy.status} and on loan"
    for session in ReadingSession.objects.filter(library=library):
        _assert_journal_holds(session)
    for proposal in WeedingProposal.objects.filter(library=library).select_related("copy"):
        _assert_only_the_expert_weeds(proposal)


def _assert_history_holds(copy: Copy) -> None:
    """Each step begins where the one before it ended; the last one ends at what the copy says."""
    status = CopyStatus.AVAILABLE  # as every copy of these tests begins
    for change in StatusChange.objects.filter(copy=copy).order_by("pk"):
        assert change.from_status == status, (
            f"{copy}: a step from {change.from_status}, was {status}"
        )
        assert change.to_status != status, f"{copy}: a step from {status} to itself"
        status = change.to_status
    assert copy.status == status, f"{copy} is {copy.status}, its history says {status}"


def _assert_journal_holds(session: ReadingSession) -> None:
    standing = session.applications.filter(undone_at__isnull=True)
    applied = session.state == ReadingSession.State.APPLIED
    assert standing.count() == applied
    for application in session.applications.all():
        for change in application.changes.filter(status_change__isnull=False):
            assert change.status_change.from_status == change.from_status
            assert change.status_change.to_status == change.to_status
            assert change.status_change.copy_id == change.copy_id
    ids = ReadingEvent.objects.filter(session=session).values_list("pk", flat=True)
    assert len(set(ids)) == len(ids)


def _assert_only_the_expert_weeds(proposal: WeedingProposal) -> None:
    """What waits for the expert isn't weeded, and what was accepted is that copy's weeding."""
    if proposal.state == WeedingProposal.State.PROPOSED:
        assert proposal.copy.status != CopyStatus.WEEDED, f"{proposal.copy} waits and is weeded"
    if proposal.state == WeedingProposal.State.ACCEPTED:
        assert proposal.status_change is not None
        assert proposal.status_change.copy_id == proposal.copy_id
        assert proposal.status_change.to_status == CopyStatus.WEEDED
