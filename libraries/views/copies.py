"""The copies of one's scope, and the page of one."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from libraries.forms import CopiesFilter
from libraries.models import Copy, CopyStatus, WeedingCause
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from libraries.selectors import copies_of, copy_lines

PAGE = 100


@requires(Right.VIEW_COPIES)
def copies(request: StaffRequest) -> HttpResponse:
    """Search and list copies in shelf order."""
    form = CopiesFilter(request.GET, user=request.user)
    chosen = form.chosen()
    found = copies_of(
        request.user,
        words=chosen.get("q", ""),
        library=chosen["library"].pk if "library" in chosen else None,
        section=chosen["section"].pk if "section" in chosen else None,
        status=chosen.get("status", ""),
        hundreds=chosen.get("hundreds", ""),
        reference=chosen.get("reference", ""),
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "active": form.active,
        "is_filtered": bool(chosen),
        "page_obj": page,
        "lines": copy_lines(list(page)),
        "shows_library": request.user.library_id is None,
        "can_import": request.user.has_right(Right.IMPORT_COPIES),
    }
    return render(request, "libraries/copies.html", context)


@requires(Right.VIEW_COPIES)
def copy(request: StaffRequest, copy_id: int) -> HttpResponse:
    """One copy: all that the records say of it, and what became of it."""
    found = get_object_or_404(
        Copy.objects.for_user(request.user).select_related(
            "title", "section", "library__county__province"
        ),
        pk=copy_id,
    )
    shows_loans = request.user.has_right(Right.VIEW_LOANS)
    context = {
        "copy": found,
        "line": copy_lines([found])[0],
        "changes": found.status_changes.select_related("by"),
        "siblings": copy_lines(
            list(found.title.copies.exclude(pk=found.pk).order_by("registration_key")[:PAGE])
        ),
        "shows_loans": shows_loans,
        "loans": found.loans.select_related("member") if shows_loans else (),
        "trips": found.binding_trips.order_by("-sent_on", "-pk"),
        "can_lend": request.user.has_right(Right.WRITE_LOANS),
        "proposals": found.weeding_proposals.select_related("proposed_by", "decided_by"),
        "causes": WeedingCause.choices,
        "can_propose": request.user.has_right(Right.PROPOSE_WEEDING)
        and found.status == CopyStatus.AVAILABLE
        and not found.weeding_proposals.filter(state="proposed").exists(),
    }
    return render(request, "libraries/copy.html", context)
