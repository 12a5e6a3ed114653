"""The way of a session, as every page of it shows it."""

from typing import Any

from django.urls import reverse

from shelfreading.models import ReadingSession

State = ReadingSession.State
# How many steps lie behind a session in each state.
_BEHIND = {State.READING: 0, State.CLOSED: 1, State.APPLIED: 3}


def session_steps(session: ReadingSession, *, here: str = "") -> list[dict[str, Any]]:
    """The steps for components/steps.html: reading, findings, applying, forms, report.

    `here` names the URL of the page that shows them, which then needs no link to itself.
    """
    ways = (
        ("خواندن قفسه‌ها", "session"),
        ("بررسی یافته‌ها", "findings"),
        ("اعمال", "session-apply"),
        ("صورتجلسه‌ها", "session-forms"),
        ("گزارش", "report-send"),
    )
    behind = len(ways) if session.is_reported else _BEHIND[State(session.state)]
    return [
        {
            "label": label,
            "url": "" if name == here else reverse(name, args=[session.pk]),
            "state": "done" if place < behind else "current" if place == behind else "todo",
        }
        for place, (label, name) in enumerate(ways)
    ]
