"""What makes a start unsafe or useless, said before anyone is served."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured


@register(Tags.security)
def unsafe_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Errors for settings with which the site must not be served (DEBUG off)."""
    if settings.DEBUG:
        return []
    errors: list[CheckMessage] = []
    if not settings.SECRET_KEY_GIVEN:
        errors.append(
            Error(
                "RAFKHAN_SECRET_KEY is not set",
                hint="Set it to at least 40 random characters and keep it secret.",
                id="rafkhan.E001",
            )
        )
    if not settings.ALLOWED_HOSTS:
        errors.append(
            Error(
                "RAFKHAN_ALLOWED_HOSTS is not set",
                hint="Name the hosts this site answers to, separated by commas.",
                id="rafkhan.E002",
            )
        )
    return errors


def refuse_unsafe_start() -> None:
    """Stop a server that is about to serve with unsafe settings. Raises ImproperlyConfigured."""
    errors = unsafe_settings()
    if errors:
        raise ImproperlyConfigured("; ".join(str(error.msg) for error in errors))
