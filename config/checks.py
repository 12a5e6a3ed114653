"""What makes a start unsafe or useless, said before anyone is served."""

import tempfile
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from config.sms_checks import unsafe_gateway
from libraries.audit_guard import guard_stands

GUARD_MIGRATION = ("libraries", "0004_audit_guard_anew")


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
    strangers = [host for host in settings.ALLOWED_HOSTS if not _is_loopback(host)]
    if settings.DEMO and strangers and not settings.DEMO_OPEN:
        errors.append(
            Error(
                f"RAFKHAN_DEMO is on and this site answers to {', '.join(strangers)}",
                hint="The demo's password is known to all: serve it on localhost only, "
                "or say that you mean it by RAFKHAN_DEMO_OPEN=1.",
                id="rafkhan.E003",
            )
        )
    return errors


@register
def data_dir_is_writable(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """An error where uploads, results and the SQLite database could not be written."""
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            return []
    except OSError as error:
        return [
            Error(
                f"RAFKHAN_DATA_DIR {settings.DATA_DIR} can't be written: {error.strerror}",
                hint="Give the folder to the user that the program runs as.",
                id="rafkhan.E004",
            )
        ]


@register(Tags.database)
def audit_guard_stands(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """An error where the database has lost what keeps its audit from update and delete.

    A rebuilt table on SQLite and a careless restore lose it. Asked by `manage.py migrate` and
    `manage.py check --database default`; before its migration has run there is none to miss.
    """
    return [
        Error(
            f"the audit in database {alias!r} can be changed: its guard is gone",
            hint="`manage.py migrate --skip-checks libraries 0003`, then `manage.py migrate`, "
            "put it up again.",
            id="rafkhan.E005",
        )
        for alias in databases or ()
        if GUARD_MIGRATION in MigrationRecorder(connections[alias]).applied_migrations()
        and not guard_stands(connections[alias])
    ]


def _is_loopback(host: str) -> bool:
    name = host.strip("[].").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def refuse_unsafe_start() -> None:
    """Stop a server that is about to serve with unsafe settings. Raises ImproperlyConfigured."""
    errors = [*unsafe_settings(), *unsafe_gateway(), *data_dir_is_writable()]
    if errors:
        raise ImproperlyConfigured("; ".join(str(error.msg) for error in errors))
