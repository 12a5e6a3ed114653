"""Setting a library's own rules of lending."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from libraries.models import User
from libraries.own_rules import own_rules_set
from libraries.refusal import Refused
from loans.models import LoanRules

RULES = (
    *("loan_days", "renewals", "renewal_days", "most_at_once", "fee_a_day"),
    "overdue_may_borrow",
)


@transaction.atomic
def rules_set(*, values: Mapping[str, Any], actor: User, now: datetime) -> LoanRules:
    """Give the actor's library these rules (keys of RULES). Loans that are out keep their terms;
    a fee is reckoned at the rate of the day a book comes back.

    Raises Refused: above a library, or a number out of reason.
    """
    if actor.library_id is None:
        raise Refused("آیین امانت را مسئول خود کتابخانه تعیین می‌کند.")
    return own_rules_set(LoanRules, RULES, values, action="loan_rules_set", actor=actor, now=now)
