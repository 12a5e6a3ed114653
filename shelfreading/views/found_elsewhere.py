"""The home library's missing and unreturned copies that another library's reading saw."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from libraries.models import Copy
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.selectors.found_elsewhere import copies_seen_elsewhere, found_lines
from shelfreading.services.found_elsewhere import copy_is_back

PAGE = 50


@requires(Right.VIEW_SESSIONS)
@require_safe
def found_elsewhere(request: StaffRequest) -> HttpResponse:
    """The copies, where and when each was seen; a button each for those who may."""
    copies = Copy.objects.for_user(request.user).select_related("title", "section", "library")
    page = Paginator(copies_seen_elsewhere(copies), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": found_lines(list(page.object_list)),
        "can_settle": request.user.has_right(Right.SETTLE_FINDINGS),
        "sees_libraries": request.user.library_id is None,
    }
    return render(request, "shelfreading/found_elsewhere.html", context)


@requires(Right.SETTLE_FINDINGS)
@require_POST
def found_elsewhere_back(request: StaffRequest, copy_id: int) -> HttpResponse:
    """It is back: set available."""
    copy = get_object_or_404(
        Copy.objects.for_user(request.user).select_related("title"), pk=copy_id
    )
    try:
        copy_is_back(copy_id=copy.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"«{copy.title.title}» بازگشت و «موجود» شد.")
    return redirect("found-elsewhere")
