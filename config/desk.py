"""The first page: what waits for this person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from libraries.rights import requires
from libraries.roles import Right


@requires(Right.USE_DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, late things first, one click to act."""
    return render(request, "desk.html")
