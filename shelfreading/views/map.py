"""The shelf map (spec B4)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.models import ReadingSession
from shelfreading.selectors.map import map_mark, shelf_map


@requires(Right.VIEW_SESSIONS)
@require_safe
def session_map(request: StaffRequest, session_id: int) -> HttpResponse:
    """The map; asked again by the page itself, its middle alone, and only where it changed."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    now = timezone.now()
    mark = map_mark(session, now)
    if request.GET.get("seen") == mark:
        return HttpResponse(status=204)
    context = {
        "session": session,
        "map": shelf_map(session, now),
        "mark": mark,
        "now": now,
        "is_open": session.state == ReadingSession.State.READING,
        "can_read": request.user.has_right(Right.READ_SHELVES),
    }
    part = "seen" in request.GET
    template = "shelfreading/map_now.html" if part else "shelfreading/map.html"
    return render(request, template, context)
