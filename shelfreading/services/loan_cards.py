"""The loan cards of a reading by cards (directive 3-3 ب): what is out, to be matched with both."""

from datetime import date, datetime

from django.db import transaction

from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from loans.models import Loan
from loans.services.loan_cards import loan_card_enter
from shelfreading.models import ReadingSession
from shelfreading.services.cards import NOT_A_CARD_READING
from shelfreading.services.events import READING_IS_OVER


@transaction.atomic
def session_loan_card_enter(
    *,
    session_id: int,
    registration_number: str,
    member_name: str = "",
    membership_number: str = "",
    due_on: date | None = None,
    lent_on: date | None = None,
    actor: User,
    now: datetime,
) -> Loan:
    """Write a loan card down while the shelves are read. Unless the card says otherwise, the book
    went out before the reading began, so a copy that was ticked as well is returned (4-2).

    Raises Refused as `loan_card_enter` does, or where the session isn't being read.
    """
    session = locked(ReadingSession.objects.for_user(actor), pk=session_id)
    if session.state != ReadingSession.State.READING:
        raise Refused(READING_IS_OVER)
    if session.method != ReadingSession.Method.CARDS:
        raise Refused(NOT_A_CARD_READING)
    loan = loan_card_enter(
        registration_number=registration_number,
        member_name=member_name,
        membership_number=membership_number,
        due_on=due_on,
        lent_on=lent_on,
        lent_before=session.started_at,
        actor=actor,
        now=now,
    )
    if loan.lent_at < session.started_at:
        session.expected.filter(copy=loan.copy_id).update(loan_id_at_start=loan.pk)
    return loan
