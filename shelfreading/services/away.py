"""Copies that were away for a good reason while the shelves were read: lent, or at the binder."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from loans.models import BindingTrip, FollowUp, Loan
from shelfreading.domain.reconcile import LoanFact
from shelfreading.models import ReadingSession


def loans_during(session: ReadingSession) -> Any:
    """Loans of the library that were not over when the reading began."""
    return Loan.objects.filter(copy__library=session.library_id).filter(
        Q(returned_at__isnull=True) | Q(returned_at__gte=session.started_at)
    )


def trips_during(session: ReadingSession) -> Any:
    """Trips to the binder that were not over when the reading began (directive 4-3)."""
    return BindingTrip.objects.filter(copy__library=session.library_id).filter(
        Q(back_on__isnull=True) | Q(back_on__gte=timezone.localdate(session.started_at))
    )


def loan_facts(
    session: ReadingSession, position_of_copy: dict[int, int]
) -> dict[int, list[LoanFact]]:
    """The loans that touch the reading, by position. A follow-up counts from the due date on."""
    followed_up: dict[int, list[datetime]] = {}
    for loan_id, at in FollowUp.objects.filter(
        loan__copy__library=session.library_id, loan__returned_at__isnull=True
    ).values_list("loan_id", "at"):
        followed_up.setdefault(loan_id, []).append(at)
    facts: dict[int, list[LoanFact]] = {}
    for pk, copy_id, lent_at, returned_at, due_on in loans_during(session).values_list(
        "pk", "copy_id", "lent_at", "returned_at", "due_on"
    ):
        position = position_of_copy.get(copy_id)
        if position is not None:
            calls = followed_up.get(pk, ())
            facts.setdefault(position, []).append(
                LoanFact(
                    lent_at,
                    returned_at,
                    due_on,
                    followed_up=any(due_on and timezone.localdate(at) > due_on for at in calls),
                )
            )
    return facts


def at_binder(session: ReadingSession, position_of_copy: dict[int, int]) -> set[int]:
    """Positions of the copies that were at the binder at some time of the reading."""
    out = trips_during(session).values_list("copy_id", flat=True)
    return {position_of_copy[copy_id] for copy_id in out if copy_id in position_of_copy}
