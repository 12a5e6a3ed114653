"""Walking through the site as one person after the other."""

from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD


class Walker:
    """Whoever is logged in, and what they press."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def enter(self, username: str) -> None:
        """Log in, after whoever was there before."""
        self.page.context.clear_cookies()
        self.page.goto(f"{self.site}/login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(f"{self.site}/")

    def go(self, name: str, *args: object) -> None:
        """Open a page by its name."""
        self.page.goto(self.site + reverse(name, args=args))

    def press(self, words: str) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=words).first.click()
        self.page.wait_for_load_state()

    def from_desk(self, words: str) -> None:
        """Follow the desk's card that says so."""
        card = self.page.locator(".desk-card", has_text=words).first
        card.get_by_role("link").click()
        self.page.wait_for_load_state()

    def sees(self, words: str) -> None:
        """Wait until the page says so."""
        expect(self.page.locator("main")).to_contain_text(words)
