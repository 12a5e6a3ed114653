"""Where a small form on some page leads when it is done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def back_to(request: HttpRequest, view: str, *args: object) -> HttpResponse:
    """Back to the page that the form came from, which it names in `next`; else to a view."""
    came_from = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts=None):
        return redirect(came_from)
    return redirect(view, *args)
