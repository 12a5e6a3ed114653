"""Settings that are wrong stop the start, each with one clear line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from config import checks, env

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "RAFKHAN_SECRET_KEY": "for-tests-only-" + "x" * 40,
    "RAFKHAN_ALLOWED_HOSTS": "rafkhan.example",
}
START = "import config.wsgi"
LOOK = "import config.settings"

# What is wrong, what it sets (None: takes away), how far the start gets, and words of the line.
BAD = [
    ("short secret", {"RAFKHAN_SECRET_KEY": "x" * 39}, LOOK, "RAFKHAN_SECRET_KEY", "40"),
    ("no secret", {"RAFKHAN_SECRET_KEY": None}, START, "RAFKHAN_SECRET_KEY", "not set"),
    ("empty secret", {"RAFKHAN_SECRET_KEY": "  "}, START, "RAFKHAN_SECRET_KEY", "not set"),
    ("no hosts", {"RAFKHAN_ALLOWED_HOSTS": None}, START, "RAFKHAN_ALLOWED_HOSTS", "not set"),
    ("hosts of commas", {"RAFKHAN_ALLOWED_HOSTS": " , "}, START, "ALLOWED_HOSTS", "not set"),
    ("every host", {"RAFKHAN_ALLOWED_HOSTS": "*"}, LOOK, "RAFKHAN_ALLOWED_HOSTS", "*"),
    ("every host too", {"RAFKHAN_ALLOWED_HOSTS": "a.ir,*"}, LOOK, "ALLOWED_HOSTS", "*"),
    ("demo flag", {"RAFKHAN_DEMO": "perhaps"}, LOOK, "RAFKHAN_DEMO", "'perhaps'"),
    ("debug flag", {"RAFKHAN_DEBUG": "2"}, LOOK, "RAFKHAN_DEBUG", "'2'"),
    ("https flag", {"RAFKHAN_HTTPS": "http"}, LOOK, "RAFKHAN_HTTPS", "'http'"),
    ("upload size", {"RAFKHAN_MAX_UPLOAD_MB": "-1"}, LOOK, "RAFKHAN_MAX_UPLOAD_MB", "'-1'"),
    ("Persian size", {"RAFKHAN_MAX_UPLOAD_MB": "۲۰۰"}, LOOK, "RAFKHAN_MAX_UPLOAD_MB", "۲۰۰"),
    ("seconds", {"RAFKHAN_HSTS_SECONDS": "1h"}, LOOK, "RAFKHAN_HSTS_SECONDS", "'1h'"),
    ("unknown tasks", {"RAFKHAN_TASKS": "celery"}, LOOK, "RAFKHAN_TASKS", "immediate"),
    ("mysql", {"DATABASE_URL": "mysql://u@h/n"}, LOOK, "DATABASE_URL", "postgres://"),
    ("no address", {"DATABASE_URL": "rafkhan"}, LOOK, "DATABASE_URL", "postgres://"),
    ("no such port", {"DATABASE_URL": "postgres://u@h:port/n"}, LOOK, "DATABASE_URL", "port"),
    ("port beyond", {"DATABASE_URL": "postgres://u@h:99999/n"}, LOOK, "DATABASE_URL", "port"),
    ("no name", {"DATABASE_URL": "postgres://u@h"}, LOOK, "DATABASE_URL", "name"),
    ("broken host", {"DATABASE_URL": "postgres://u@[::1/n"}, LOOK, "DATABASE_URL", "address"),
    ("open demo", {"RAFKHAN_DEMO": "1"}, START, "RAFKHAN_DEMO", "rafkhan.example"),
    ("data in a file", {"RAFKHAN_DATA_DIR": str(ROOT / "README.md")}, LOOK, "RAFKHAN_DATA_DIR", ""),
    ("data nowhere", {"RAFKHAN_DATA_DIR": "/proc/rafkhan"}, LOOK, "RAFKHAN_DATA_DIR", ""),
    ("data sealed", {"RAFKHAN_DATA_DIR": "/proc/sys"}, START, "RAFKHAN_DATA_DIR", "written"),
    ("no mail scheme", {"RAFKHAN_EMAIL_URL": "mail.ir"}, LOOK, "RAFKHAN_EMAIL_URL", "smtp://"),
    ("no mail port", {"RAFKHAN_EMAIL_URL": "smtp://h:x"}, LOOK, "RAFKHAN_EMAIL_URL", "port"),
    ("log level", {"RAFKHAN_LOG_LEVEL": "loud"}, LOOK, "RAFKHAN_LOG_LEVEL", "'loud'"),
]  # fmt: skip


def environment(data_dir: Path, changes: dict[str, str | None]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RAFKHAN_")
        and name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    wanted = {**GOOD, "RAFKHAN_DATA_DIR": str(data_dir), **changes}
    return kept | {name: value for name, value in wanted.items() if value is not None}


def start(
    code: str, data_dir: Path, changes: dict[str, str | None]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(data_dir, changes),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "code", "variable", "word"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_bad_value_stops_the_start_and_says_which(
    tmp_path: Path, changes: dict[str, str | None], code: str, variable: str, word: str
) -> None:
    result = start(code, tmp_path, changes)
    assert result.returncode != 0
    line = result.stderr.strip().splitlines()[-1]
    assert line.startswith("django.core.exceptions.ImproperlyConfigured: "), result.stderr
    assert variable in line
    assert word.lower() in line.lower()


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"RAFKHAN_DEBUG": "yes", "RAFKHAN_SECRET_KEY": None, "RAFKHAN_ALLOWED_HOSTS": None},
        {"RAFKHAN_DEMO": "on", "RAFKHAN_ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],a.localhost"},
        {"RAFKHAN_DEMO": "TRUE", "RAFKHAN_DEBUG": "1"},
        {"RAFKHAN_DEMO": "1", "RAFKHAN_DEMO_OPEN": "1"},
        {"RAFKHAN_HTTPS": "No", "RAFKHAN_TASKS": "immediate"},
        {"DATABASE_URL": "postgres://u:p%40ss@/name?host=/run/postgresql"},
    ],
    ids=[
        "careful",
        "a developer's",
        "demo at home",
        "demo in debug",
        "open demo",
        "no certificate",
        "socket",
    ],
)
def test_a_good_start(tmp_path: Path, changes: dict[str, str | None]) -> None:
    result = start(START, tmp_path, changes)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_bad_value_is_one_line_for_who_runs_a_command(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env=environment(tmp_path, {"RAFKHAN_TASKS": "celery"}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert "RAFKHAN_TASKS" in line


@pytest.mark.slow
def test_a_command_that_serves_nobody_needs_no_secret(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "blank_forms", "--help"],
        cwd=ROOT,
        env=environment(tmp_path, {"RAFKHAN_SECRET_KEY": None, "RAFKHAN_ALLOWED_HOSTS": None}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr


def test_what_a_careful_start_sets(tmp_path: Path) -> None:
    code = (
        "import config.settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "s.SECURE_SSL_REDIRECT, s.DEBUG, s.DEMO, s.X_FRAME_OPTIONS)"
    )
    assert start(code, tmp_path, {}).stdout.split() == [
        "True", "True", "True", "False", "False", "DENY",
    ]  # fmt: skip
    assert start(code, tmp_path, {"RAFKHAN_HTTPS": "0"}).stdout.split()[:3] == ["False"] * 3


# --- addresses of databases -------------------------------------------------------


def test_addresses_of_databases(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def read(address: str) -> dict:
        monkeypatch.setenv("DATABASE_URL", address)
        return env.database("DATABASE_URL", tmp_path / "x.sqlite3")

    assert read("")["NAME"] == str(tmp_path / "x.sqlite3")
    sqlite = read("sqlite:///data/a%20b.sqlite3")
    assert sqlite["NAME"] == "/data/a b.sqlite3"
    assert sqlite["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    server = read("postgresql://us%40er:p%3Ass@db.example:6432/raf?sslmode=require")
    wanted = ("us@er", "p:ss", "db.example", "6432", "raf", {"sslmode": "require"})
    names = ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")
    assert tuple(server[name] for name in names) == wanted
    socket = read("postgres://rafkhan@/raf?host=/run/pg&port=5433")
    assert (socket["HOST"], socket["PORT"], socket["OPTIONS"]) == ("/run/pg", "5433", {})


# --- checks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True), ("LOCALHOST", True), (".localhost", True), ("rafkhan.localhost", True),
        ("127.0.0.1", True), ("127.8.9.1", True), ("[::1]", True), ("::1", True),
        ("0.0.0.0", False), ("192.168.1.5", False), ("localhost.ir", False), ("[fe80::1]", False),
        ("rafkhan", False), (".ir", False), ("127.0.0.1.ir", False), ("", False),
    ],
)  # fmt: skip
def test_a_demo_answers_to_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, host: str, here: bool
) -> None:
    monkeypatch.setattr(django_settings, "DEMO", True)
    monkeypatch.setattr(django_settings, "ALLOWED_HOSTS", ["localhost", host])
    found = [error.id for error in checks.unsafe_settings()]
    assert found == ([] if here else ["rafkhan.E003"])


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("", env.Mail()),
        ("smtp://mail.ir", env.Mail("mail.ir")),
        ("smtp://u:p%40s@mail.ir:587?tls=1", env.Mail("mail.ir", 587, "u", "p@s", is_tls=True)),
        ("smtps://u@mail.ir", env.Mail("mail.ir", 465, "u", is_ssl=True)),
    ],
)
def test_a_mail_server_is_read_from_its_address(
    monkeypatch: pytest.MonkeyPatch, address: str, wanted: env.Mail
) -> None:
    monkeypatch.setenv("RAFKHAN_EMAIL_URL", address)
    assert env.mail("RAFKHAN_EMAIL_URL") == wanted
