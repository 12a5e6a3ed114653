"""Pure JavaScript modules in a real browser, without a site: rules that stand in two languages."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

STATIC = Path(__file__).resolve().parents[1] / "static"
HOST = "http://localhost"  # nothing listens there: every request is answered from the tree


def open_modules(page: Page) -> None:
    """Make `import("/static/…")` work in a blank page."""

    def answer(route: Route) -> None:
        path = STATIC / route.request.url.removeprefix(f"{HOST}/static/")
        if path.is_file():
            route.fulfill(path=path)
        else:
            route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")

    page.route(f"{HOST}/**", answer)
    page.goto(f"{HOST}/blank")


def each_of(page: Page, module: str, body: str, cases: Sequence[Any]) -> list[Any]:
    """What `body`, a function's body of `module` (what it exports) and `one`, gives for each."""
    script = f"""async (cases) => {{
      const module = await import("/static/{module}");
      const tell = (module, one) => {{ {body} }};
      return JSON.parse(cases).map((one) => tell(module, one));
    }}"""
    return page.evaluate(script, json.dumps(cases))
