"""Rules that a library sets for itself: one row a library, whose absence means the defaults."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from libraries import audit
from libraries.locking import locked
from libraries.models import Library, User
from libraries.refusal import Refused


def own_rules_set(
    model: Any,
    names: Sequence[str],
    values: Mapping[str, Any],
    *,
    action: str,
    actor: User,
    now: datetime,
) -> Any:
    """Give the actor's library these rules, and tell the audit which changed; inside the
    caller's transaction.

    `model.of(library)` is the library's row, saved or not; `names` are its rules, keys of
    `values`; `action` is how the audit calls it. Raises Refused for a number out of reason.
    """
    library = locked(Library.objects.all(), pk=actor.library_id)
    rules = model.of(library)
    changed = [name for name in names if getattr(rules, name) != values[name]]
    for name in changed:
        setattr(rules, name, values[name])
    try:
        rules.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    rules.save()
    if changed:
        audit.record(
            action, actor=actor, library=library, subject=rules, now=now,
            **{name: values[name] for name in changed},
        )  # fmt: skip
    return rules
