"""Setting from what on a library's rules propose copies for weeding (spec B8)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from libraries.models import User
from libraries.own_rules import own_rules_set
from libraries.refusal import Refused
from libraries.roles import Right
from shelfreading.models import WeedingRules

LIMITS = ("unlent_years", "loans_a_copy", "worn_loans")


@transaction.atomic
def weeding_rules_set(
    *, values: Mapping[str, int | None], actor: User, now: datetime
) -> WeedingRules:
    """Give the actor's library these limits (keys of LIMITS); None leaves a rule out.

    Raises Refused: not the library's head, or a number out of reason.
    """
    if actor.library_id is None or not actor.has_right(Right.SET_WEEDING_RULES):
        raise Refused("قاعده‌های وجین را مسئول خود کتابخانه تعیین می‌کند.")
    return own_rules_set(
        WeedingRules, LIMITS, values, action="weeding_rules_set", actor=actor, now=now
    )
