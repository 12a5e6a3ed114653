"""Typed readers of the environment: a bad value stops the start with one clear line."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable's text, without spaces around it."""
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    """A yes-or-no variable: 1/0, true/false, yes/no, on/off."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def number(name: str, default: int) -> int:
    """A whole number, zero or more."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
    return int(value)


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    """One of the allowed words."""
    value = text(name) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(allowed)}, not {value!r}")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder, made where there is none."""
    path = Path(text(name) or default).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: no folder can be {path} ({error.strerror})") from None
    return path


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str, default_path: Path) -> dict[str, Any]:
    """Django's database settings from an address.

    ``sqlite:///PATH`` or ``postgres://USER:PASSWORD@HOST:PORT/NAME`` (``?host=/dir`` for a
    socket). Without an address: SQLite at ``default_path``. Raises ImproperlyConfigured.
    """
    address = text(name)
    if not address:
        return _sqlite(str(default_path))
    try:
        parts = urlsplit(address)
        port = str(parts.port or "")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is no address: {error}") from None
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path) or ":memory:")
    if parts.scheme in {"postgres", "postgresql"}:
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        host = options.pop("host", "") or unquote(parts.hostname or "")
        if not parts.path.strip("/"):
            raise ImproperlyConfigured(f"{name} must end in the name of the database")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": port or options.pop("port", ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(f"{name}: only sqlite:// and postgres:// addresses are known")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server: how it is reached and with what; without a host mail is shown only."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    is_ssl: bool = False
    is_tls: bool = False


def mail(name: str) -> Mail:
    """The mail server of an address, or none where there is no address.

    ``smtp://USER:PASSWORD@HOST:PORT`` (``?tls=1`` to change over to TLS) or ``smtps://…``.
    Raises ImproperlyConfigured.
    """
    address = text(name)
    if not address:
        return Mail()
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is no address: {error}") from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name}: only smtp://HOST and smtps://HOST are known")
    is_ssl = parts.scheme == "smtps"
    return Mail(
        host=unquote(parts.hostname),
        port=port or (465 if is_ssl else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_ssl=is_ssl,
        is_tls=not is_ssl and parse_qs(parts.query).get("tls") == ["1"],
    )


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # IMMEDIATE: a transaction that will write takes its place in the queue at once,
            # so two writers wait for each other and neither dies half way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;"
            ),
        },
    }
