"""Setting from what on a library's rules propose copies for weeding (spec B8)."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from libraries import audit
from libraries.locking import locked
from libraries.models import Library, User
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
    library = locked(Library.objects.all(), pk=actor.library_id)
    rules = WeedingRules.of(library)
    changed = [name for name in LIMITS if getattr(rules, name) != values[name]]
    for name in changed:
        setattr(rules, name, values[name])
    try:
        rules.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    rules.save()
    if changed:
        audit.record(
            "weeding_rules_set", actor=actor, library=library, subject=rules, now=now,
            **{name: values[name] for name in changed},
        )  # fmt: skip
    return rules
