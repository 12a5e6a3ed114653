"""The collection's page: what is held, how old it is, what is borrowed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from libraries.models import Library
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.selectors.collection import collection_of


@requires(Right.VIEW_COPIES)
@require_safe
def collection(request: StaffRequest, library_id: int) -> HttpResponse:
    """Figures and charts of one library's holdings (spec S1)."""
    library = get_object_or_404(
        Library.objects.for_user(request.user).select_related("county"), pk=library_id
    )
    now = timezone.now()
    found = collection_of(library, now, timezone.localdate(now))
    context = {
        "library": library,
        "found": found,
        "most_added": max((year.added for year in found.growth), default=0),
        "most_in_decade": max((count for _, count in found.by_decade), default=0),
    }
    return render(request, "loans/collection.html", context)
