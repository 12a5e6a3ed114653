"""Setting a library's own rules of lending."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from libraries import audit
from libraries.locking import locked
from libraries.models import Library, User
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
    library = locked(Library.objects.all(), pk=actor.library_id)
    rules = LoanRules.of(library)
    changed = [name for name in RULES if getattr(rules, name) != values[name]]
    for name in changed:
        setattr(rules, name, values[name])
    try:
        rules.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    rules.save()
    if changed:
        audit.record(
            "loan_rules_set", actor=actor, library=library, subject=rules, now=now,
            **{name: values[name] for name in changed},
        )  # fmt: skip
    return rules
