"""Rows are read again under lock before a service decides anything."""

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
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction holds nothing")
    row = queryset.select_for_update(of=("self",)).filter(**lookup).first()
    if row is None:
        raise Refused("این مورد دیگر نیست یا در حوزهٔ شما نیست.")
    return row
