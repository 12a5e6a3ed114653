"""Scans that came in after the reading was ended (spec B2)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.models import ReadingSession
from shelfreading.selectors.late import late_lines, late_listed
from shelfreading.services.closing import late_scans_count

PAGE = 100
State = ReadingSession.State


@requires(Right.VIEW_SESSIONS)
@require_safe
def late_scans(request: StaffRequest, session_id: int) -> HttpResponse:
    """Who sent what too late, and what it would have been."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    page = Paginator(late_listed(session), PAGE).get_page(request.GET.get("page"))
    applied = session.state == State.APPLIED
    context = {
        "session": session,
        "page_obj": page,
        "lines": late_lines(session, list(page.object_list)),
        "is_applied": applied,
        "can_count": request.user.has_right(Right.SETTLE_FINDINGS) and not applied,
    }
    return render(request, "shelfreading/late.html", context)


@requires(Right.SETTLE_FINDINGS)
@require_POST
def late_counting(request: StaffRequest, session_id: int) -> HttpResponse:
    """Count what came in late."""
    session = get_object_or_404(ReadingSession.objects.for_user(request.user), pk=session_id)
    try:
        counted = late_scans_count(session_id=session.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("late-scans", session.pk)
    messages.success(
        request,
        f"{to_persian_digits(counted)} خواندهٔ دیررسیده به شمار آمد و یافته‌ها دوباره شمرده شد.",
    )
    return redirect("findings", session.pk)
