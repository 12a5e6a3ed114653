"""What one is told of reports: the list, opening one, reading all."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.selectors_way import unread_notices
from reports.services.notices import notices_read

PAGE = 50


@requires(Right.VIEW_REPORTS)
@require_safe
def notices(request: StaffRequest) -> HttpResponse:
    """One's own notices, newest first."""
    page = Paginator(request.user.notices.all(), PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "unread": unread_notices(request.user)}
    return render(request, "reports/notices.html", context)


@requires(Right.VIEW_REPORTS)
@require_POST
def notice_open(request: StaffRequest, notice_id: int) -> HttpResponse:
    """Mark a notice as read and go to its report."""
    notice = get_object_or_404(request.user.notices, pk=notice_id)
    notices_read(user=request.user, now=timezone.now(), notice_id=notice.pk)
    return redirect("report", notice.report_id)


@requires(Right.VIEW_REPORTS)
@require_POST
def notices_all_read(request: StaffRequest) -> HttpResponse:
    """Mark all notices as read."""
    notices_read(user=request.user, now=timezone.now())
    return redirect("notices")
