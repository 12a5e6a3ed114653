"""Rows are read again under lock before a service decides anything.

One order for everyone, so that nobody waits for each other crosswise: request by SMS, copies list,
library, session, copies by their ids, members, loans.
"""

from typing import Any, TypeVar

from django.db import connection, models

from libraries.refusal import Refused

M = TypeVar("M", bound=models.Model)


def locked(queryset: "models.QuerySet[M]", **lookup: Any) -> M:
    """The one row of `queryset` under lock, as it is now.

    PostgreSQL locks the row; SQLite has the whole database already, for every transaction is
    IMMEDIATE. Refuses to work outside a transaction, where a lock would hold nothing. Raises
    Refused when the row is gone.
    """
    row = _for_update(queryset).filter(**lookup).first()
    if row is None:
        raise Refused("این مورد دیگر نیست یا در حوزهٔ شما نیست.")
    return row


def lock_all(queryset: "models.QuerySet[Any]") -> None:
    """Hold all rows of `queryset`, as they are now, taken in the order of their ids."""
    rows = _for_update(queryset)
    if connection.features.has_select_for_update:
        list(rows.order_by("pk").values_list("pk", flat=True))


def _for_update(queryset: "models.QuerySet[M]") -> "models.QuerySet[M]":
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction holds nothing")
    # No key: who writes a row that merely points to this one, as an audit line to its library,
    # need not wait. With the full lock a desk that lends and a list that is being written would
    # each wait for what the other holds.
    return queryset.select_for_update(of=("self",), no_key=True)
