"""A real Chromium for the tests, and a page that forgives no error and no stranger."""

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
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
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: Persian, in Tehran, desktop width."""
    context = browser.new_context(
        locale="fa-IR", timezone_id="Asia/Tehran", viewport={"width": 1280, "height": 900}
    )
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
