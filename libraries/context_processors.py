"""What every page shows of who one is and where one can go."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from libraries.roles import Right


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation."""

    label: str
    url: str
    icon: str
    active: bool


# Label, URL name, icon, and the right that shows the entry.
ITEMS = (
    ("میز کار", "desk", "desk", Right.USE_DESK),
    ("کتابخانه‌ها", "libraries", "library", Right.VIEW_LIBRARIES),
    ("رف‌خوانی", "sessions", "shelf", Right.VIEW_SESSIONS),
    ("گزارش‌ها", "reports", "report", Right.VIEW_REPORTS),
    ("نسخه‌ها", "copies", "book", Right.VIEW_COPIES),
    ("دوره‌ها", "rounds", "calendar", Right.VIEW_ROUNDS),
    ("آمار", "figures-newest", "table", Right.VIEW_REPORTS),
    ("درخواست‌ها", "requests", "message", Right.HANDLE_REQUESTS),
    ("درخواست‌ها", "requests-to-route", "message", Right.ROUTE_REQUESTS),
    ("امانت", "loans", "loan", Right.VIEW_LOANS),
    ("وجین", "weeding", "weeded", Right.VIEW_COPIES),
    ("فهرست نسخ", "copies-lists", "import", Right.IMPORT_COPIES),
    ("تطبیق دو فایل", "match-files", "match", Right.MATCH_FILES),
    ("مدیریت", "admin:index", "settings", Right.USE_ADMIN),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`nav`, `scope_label` and `role_label` for whoever is logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    here = request.path
    items = [
        NavItem(label, url, icon, here == url or (url != "/" and here.startswith(url)))
        for label, name, icon, right in ITEMS
        if user.has_right(right)
        for url in (reverse(name),)
    ]
    return {
        "nav": items,
        "scope_label": user.scope_label,
        "role_label": user.get_role_display(),
        "home_library": user.library,
    }
