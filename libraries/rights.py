"""How a view declares the one right it needs. A view that declares none is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from libraries.models import User
from libraries.roles import Right

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[..., HttpResponseBase]

PUBLIC = "public"


class StaffRequest(HttpRequest):
    """The request as a view behind `requires` gets it: somebody of the staff is logged in."""

    user: User


def requires(right: Right) -> Callable[[View], View]:
    """Let a view be used by those whose role carries `right`.

    Who isn't logged in is sent to log in; a weaker role gets 403. Which rows exist for the
    person is `for_user`'s business, inside the view.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not user.has_right(right):
                raise PermissionDenied("نقش شما این کار را در بر نمی‌گیرد.")
            return view(request, *args, **kwargs)

        guarded.declared_right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """Declare that a view is for everyone: the log-in page and its like."""

    @wraps(view)
    def open_to_all(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    open_to_all.declared_right = PUBLIC  # type: ignore[attr-defined]
    return open_to_all
