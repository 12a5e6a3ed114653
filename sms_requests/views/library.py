"""The list of requests: the library's own to work on, the province's for its experts to see."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from sms_requests.domain.way import State
from sms_requests.forms.library import RequestsFilter
from sms_requests.selectors.library import (
    ALL_OPEN,
    ENDED_ALL,
    LATE,
    LIST_LABELS,
    request_counts,
    request_lines,
    requests_of,
)

PAGE = 50
TONES: dict[str, tuple[str, str]] = {
    LATE: ("tone-late", "clock"),
    State.UNROUTED: ("tone-odd", "question"),
    State.NO_MEMBER: ("tone-quiet", "person"),
    State.WAITING: ("tone-call", "search"),
    State.FOUND: ("tone-loan", "book"),
    State.OFFERED: ("tone-move", "library"),
    State.READY: ("tone-ok", "check"),
    ENDED_ALL: ("tone-quiet", "history"),
    State.LENT: ("tone-ok", "loan"),
    State.APPROVED: ("tone-ok", "person"),
    State.REFUSED: ("tone-quiet", "cross"),
    State.CLOSED: ("tone-quiet", "cross"),
    State.CANCELLED: ("tone-quiet", "undo"),
}


@requires(Right.VIEW_REQUESTS)
def requests(request: StaffRequest) -> HttpResponse:
    """Requests by state, late ones first; each with the next step as one click."""
    user, now = request.user, timezone.now()
    form = RequestsFilter(request.GET, user=user)
    chosen = form.chosen()
    which = request.GET.get("which", "")
    which = which if which in LIST_LABELS else ALL_OPEN
    counts = request_counts(user, now)
    library = chosen.get("library")
    found = requests_of(
        user, now, which=which, kind=chosen.get("kind", ""),
        library=library.pk if library else None, words=chosen.get("q", ""),
    )  # fmt: skip
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    kept = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    context = {
        "form": form,
        "active": form.active,
        "is_filtered": bool(chosen) or which != ALL_OPEN,
        "any_requests": bool(counts[ALL_OPEN] or counts[ENDED_ALL]),
        "hidden": {"which": which},
        "chips": [
            {
                "label": label,
                "url": "?" + urlencode(kept | {"which": code}),
                "count": counts[code],
                "active": code == which,
                "css": TONES[code][0] if code in TONES else "chip-all",
                "symbol": TONES[code][1] if code in TONES else "",
            }
            for code, label in LIST_LABELS.items()
            # What no library has is the experts' alone.
            if not (code == State.UNROUTED and user.library_id)
        ],
        "page_obj": page,
        "lines": [(line, *TONES[line.request.state]) for line in request_lines(list(page), user)],
        "shows_library": user.library_id is None,
    }
    return render(request, "sms_requests/library_list.html", context)
