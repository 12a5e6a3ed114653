"""What axe-core says against a page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => [id, help, nodes.map((node) => node.html.slice(0, 160))]);
}"""


def serious_findings(page: Page) -> list[Any]:
    """The serious and critical findings on a page as it stands: rule, what it says, where."""
    if not page.evaluate("typeof axe === 'object'"):
        # Not as a script element: the page's content policy holds for those.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)
