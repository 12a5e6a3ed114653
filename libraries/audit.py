"""Writing the audit: always inside the transaction of the change it tells of."""

from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.utils import timezone

from libraries.models import AuditEntry

if TYPE_CHECKING:
    from datetime import datetime

    from libraries.models import Library, User


def record(
    action: str,
    *,
    actor: "User | None",
    library: "Library | None" = None,
    subject: models.Model | None = None,
    now: "datetime | None" = None,
    **data: Any,
) -> AuditEntry:
    """Write one line of the audit.

    `data` is what a reader would want to know later and never personal data itself. Raises
    RuntimeError outside a transaction: the line and the change stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry is written in the transaction of its change")
    return AuditEntry.objects.create(
        at=now or timezone.now(),
        actor=actor,
        action=action,
        library=library,
        object_type=subject._meta.label_lower if subject else "",
        object_id=str(subject.pk) if subject else "",
        data=data,
    )
