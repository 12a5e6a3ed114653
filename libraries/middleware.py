"""Refusals that hold for every page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

# Nothing is loaded from elsewhere: a library may have no internet. WebAssembly may run, since
# the camera's decoder is one, and so may this site's own service worker.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class ContentSecurityPolicyMiddleware:
    """Let pages load and send to this site only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the policy to every answer."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


class DeclaredRightMiddleware:
    """Refuse a view that declares no right (see `libraries.rights`).

    Django admin guards itself: `config.urls` opens it to administrators only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the decision needs the view and so is made in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Raise PermissionDenied for a view without a declared right."""
        match = request.resolver_match
        if match is not None and match.app_names[:1] == ["admin"]:
            return
        if not getattr(view, "declared_right", None):
            raise PermissionDenied("این نشانی هنوز به هیچ نقشی داده نشده است.")
