"""The day's list of requests, on the screen, on paper and as Excel."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from libraries.domain.jalali import format_jalali
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from sms_requests.days_exports import day_workbook
from sms_requests.domain.way import STATE_LABELS
from sms_requests.forms.lists import DayFilter
from sms_requests.selectors.days import (
    DayGroup,
    by_library,
    day_groups,
    late_requests,
    requests_of_day,
    state_counts,
)
from sms_requests.selectors.routing import library_choices


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page is asked for. `day` is None where it is for what is late, of whatever day."""

    form: DayFilter
    chosen: dict[str, Any]
    day: date | None
    found: Any  # the requests without the filter by state
    now: datetime

    @property
    def today(self) -> date:
        """The day it is here."""
        return timezone.localdate(self.now)

    @property
    def groups(self) -> list[DayGroup]:
        """The requests, by library."""
        found = self.found
        if "state" in self.chosen:
            found = found.filter(state=self.chosen["state"])
        return day_groups(by_library(found, self.now))

    def query(self, **changes: str) -> str:
        """The address with some filters changed; an empty one is left out."""
        asked = {"day": format_jalali(self.day)} if self.day else {"late": "1"}
        asked |= {name: self.chosen[name] for name in ("state", "library") if name in self.chosen}
        return "?" + urlencode({name: value for name, value in (asked | changes).items() if value})


def _asked(request: StaffRequest) -> _Asked:
    now = timezone.now()
    today = timezone.localdate(now)
    is_late = request.GET.get("late") == "1"
    data = request.GET.copy()
    if not is_late:
        data.setdefault("day", format_jalali(today))
    form = DayFilter(data, choices=library_choices(request.user))
    chosen = form.chosen()
    day = None if is_late else chosen.get("day", today)
    found = late_requests(request.user, now) if day is None else requests_of_day(request.user, day)
    if "library" in chosen:
        found = found.filter(library=chosen["library"])
    return _Asked(form, chosen, day, found, now)


@requires(Right.ROUTE_REQUESTS)
def requests_day(request: StaffRequest) -> HttpResponse:
    """The requests of a day, library by library; or those that are late now."""
    asked = _asked(request)
    counts = state_counts(asked.found)
    now_shown = asked.chosen.get("state", "")
    chips = [
        {
            "label": label,
            "url": asked.query(state=state),
            "count": counts.get(state, 0),
            "active": state == now_shown,
            "css": "chip-all",
        }
        for state, label in STATE_LABELS.items()
        if counts.get(state) or state == now_shown
    ]
    every = {
        "label": "همه", "url": asked.query(state=""), "count": sum(counts.values()),
        "active": not now_shown, "css": "chip-all",
    }  # fmt: skip
    context = {
        "form": asked.form,
        "active": len(asked.chosen.keys() & {"state", "library"}),
        "hidden": {} if asked.day else {"late": "1"},
        "day": asked.day,
        "is_today": asked.day == asked.today,
        "before": asked.query(day=format_jalali(asked.day - timedelta(1))) if asked.day else "",
        "after": asked.query(day=format_jalali(asked.day + timedelta(1)))
        if asked.day and asked.day < asked.today
        else "",
        "chips": [every, *chips],
        "groups": asked.groups,
        "excel_query": asked.query(),
        "today": asked.today,
    }
    return render(request, "sms_requests/day.html", context)


@requires(Right.ROUTE_REQUESTS)
def requests_day_xlsx(request: StaffRequest) -> FileResponse:
    """The same list as Excel; personal data is masked in it too."""
    asked = _asked(request)
    named = format_jalali(asked.day) if asked.day else f"دیرشده تا {format_jalali(asked.today)}"
    note = f"درخواست‌های پیامکی، {request.user.scope_label}، {named}"
    name = f"درخواست‌های پیامکی - {named.replace('/', '-')}.xlsx"
    file = day_workbook(asked.groups, note, timezone.now())
    response = FileResponse(file, as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
