"""A real Chromium for the tests, and a page that forgives no error and no stranger."""

import os
import shutil
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OWN_HOSTS = {"localhost", "127.0.0.1"}
DEFAULT_TIMEOUT = 10_000  # milliseconds; a slow shared machine needs some, a hang must not last
QUIET = 0.1  # seconds without a query after which no request is taken to be under way


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("no chromium on this machine; `make test` installs it")
    # Playwright's loop runs in this thread, and Django would take every query of a test for
    # one made from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=flags)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def requests_come_to_an_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test in the browser its last requests end before its tables are emptied.

    A page that closes leaves its requests to the server, and PostgreSQL takes a TRUNCATE and a
    query that wait for each other's tables for a deadlock. SQLite lets one wait for the other.
    """
    if request.node.get_closest_marker("browser") is None:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    if connection.vendor != "postgresql":
        return
    end = time.monotonic() + DEFAULT_TIMEOUT / 1000
    quiet_since = time.monotonic()
    while (now := time.monotonic()) - quiet_since < QUIET and now < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND (state <> 'idle' OR"
                " state_change > clock_timestamp() - interval '50 milliseconds')"
            )
            if cursor.fetchone() != (0,):
                quiet_since = time.monotonic()
        time.sleep(0.01)


@pytest.fixture
def live_url(live_server) -> str:
    """The address of the running site, without a slash at its end."""
    return live_server.url


@pytest.fixture
def page_problems() -> list[str]:
    """What went wrong in the page so far.

    A test that means a problem to happen looks at it here and calls `clear()`.
    """
    return []


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh profile: Persian, in Tehran, desktop width.

    Marked `no_worker` it has no service worker, past which a test's own routes do not reach.
    """
    is_plain = request.node.get_closest_marker("no_worker") is not None
    context = browser.new_context(
        locale="fa-IR", timezone_id="Asia/Tehran", viewport={"width": 1280, "height": 900},
        service_workers="block" if is_plain else "allow",
    )  # fmt: skip
    context.set_default_timeout(DEFAULT_TIMEOUT)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, page_problems: list[str]) -> Iterator[Page]:
    """A page that fails its test on any console error, script error or foreign address."""
    watch(context, page_problems)
    yield context.new_page()
    assert not page_problems, "the page had problems:\n" + "\n".join(page_problems)


def watch(context: BrowserContext, problems: list[str]) -> None:
    """Write every problem of the context's pages into `problems`, and stop foreign requests."""

    def on_request(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in OWN_HOSTS:
            problems.append(f"request to another host: {request.url}")

    def on_console(message) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda error: problems.append(f"script: {error.error}"))
