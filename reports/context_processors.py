"""What every page shows of the notices of reports."""

from functools import partial
from typing import Any

from django.http import HttpRequest

from libraries.roles import Right
from reports.selectors_way import unread_notices


def notices(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: how many notices whoever is logged in hasn't opened; a call, so that only a
    page that shows it counts."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_right(Right.VIEW_REPORTS):
        return {}
    return {"sees_notices": True, "unread_notices": partial(unread_notices, user)}
