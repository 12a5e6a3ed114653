"""The first page: what waits for this person, gathered from the apps."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from libraries.desk import in_order
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from libraries.selectors import job_cards
from loans.selectors import desk_cards as loan_cards
from reports.gathered_cards import gathered_cards
from reports.round_cards import round_cards
from reports.selectors_corrections import correction_cards
from reports.selectors_desk import report_cards
from shelfreading.selectors.desk import desk_cards as reading_cards
from shelfreading.selectors.desk import reading_tally
from shelfreading.selectors.weeding import weeding_cards
from sms_requests.selectors.expert import expert_cards
from sms_requests.selectors.joining import joining_cards
from sms_requests.selectors.library import library_cards
from sms_requests.selectors.returning import returning_cards


@requires(Right.USE_DESK)
def desk(request: StaffRequest) -> HttpResponse:
    """What waits, late things first, one click to act."""
    user, now = request.user, timezone.now()
    at_library = user.has_right(Right.READ_SHELVES)
    context = {
        "cards": in_order(
            [
                *reading_cards(user, now),
                *report_cards(user, now),
                *gathered_cards(user, now),
                *correction_cards(user, now),
                *round_cards(user, now),
                *loan_cards(user, now),
                *returning_cards(user, now),
                *weeding_cards(user),
                *expert_cards(user, now),
                *library_cards(user, now),
                *joining_cards(user, now),
                *job_cards(user),
            ]
        ),
        "today": now,
        "at_library": at_library,
        "has_copies": at_library and user.library is not None and user.library.copies.exists(),
        "has_read": at_library and user.library is not None and user.library.sessions.exists(),
        "tally": reading_tally(user)
        if user.has_right(Right.VIEW_SESSIONS) and not at_library
        else None,
        "uses_admin": user.has_right(Right.USE_ADMIN),
    }
    return render(request, "desk.html", context)
