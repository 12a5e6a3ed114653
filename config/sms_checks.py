"""What a chosen SMS gateway needs before anyone is served."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LEAST_TOKEN = 32  # characters
NEEDED = {
    "kannel": ("SMS_URL", "SMS_USER", "SMS_PASSWORD", "SMS_LINE", "SMS_CALLBACK_URL"),
    "melipayamak": ("SMS_URL", "SMS_USER", "SMS_PASSWORD", "SMS_LINE"),
}


@register(Tags.security)
def unsafe_gateway(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Errors where the gateway that was chosen could not work, or could be misused."""
    errors: list[CheckMessage] = [
        _error(f"{_variable(name)} is not set", f"{settings.SMS_GATEWAY} needs it.", "E010")
        for name in NEEDED.get(settings.SMS_GATEWAY, ())
        if not getattr(settings, name)
    ]
    token = settings.SMS_TOKEN
    is_needed = bool(token) or settings.SMS_GATEWAY != "console"
    if is_needed and not (len(token) >= LEAST_TOKEN and _is_path_word(token)):
        errors.append(
            _error(
                f"RAFKHAN_SMS_TOKEN must be {LEAST_TOKEN} or more letters and digits",
                "It is all that keeps strangers from writing texts; make it at random.",
                "E011",
            )
        )
    for name in ("SMS_URL", "SMS_CALLBACK_URL"):
        if getattr(settings, name) and not _is_safe_address(getattr(settings, name)):
            errors.append(
                _error(
                    f"{_variable(name)} must be an https:// address",
                    "Plain http:// is for a gateway on this machine; passwords and numbers pass.",
                    "E012",
                )
            )
    if settings.SMS_LINE and not (settings.SMS_LINE.isascii() and settings.SMS_LINE.isdigit()):
        errors.append(_error("RAFKHAN_SMS_LINE must be digits", "The line's number.", "E013"))
    caller = urlsplit(settings.SMS_CALLBACK_URL).hostname if not errors else None
    if caller and caller not in [host.strip("[]") for host in settings.ALLOWED_HOSTS]:
        errors.append(
            _error(
                f"RAFKHAN_ALLOWED_HOSTS lacks {caller} of RAFKHAN_SMS_CALLBACK_URL",
                "Else what the gateway brings is refused.",
                "E014",
            )
        )
    return errors


def _error(message: str, hint: str, number: str) -> CheckMessage:
    return Error(message, hint=hint, id=f"rafkhan.{number}")


def _variable(name: str) -> str:
    return f"RAFKHAN_{name}"


def _is_path_word(token: str) -> bool:
    return token.isascii() and all(letter.isalnum() or letter in "-_" for letter in token)


def _is_safe_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme != "http":
        return False
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
