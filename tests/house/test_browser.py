"""The browser fixtures themselves: a page's problems must not pass unseen."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.fixtures_browser import watch

pytestmark = pytest.mark.browser


def test_a_clean_page_has_no_problem(page: Page, page_problems: list[str]) -> None:
    page.set_content("<p lang=fa dir=rtl>سلام</p><script>console.log('fine')</script>")
    assert page.inner_text("p") == "سلام"
    assert page_problems == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<script>console.error('broken')</script>", "console: broken"),
        ("<script>throw new Error('broken')</script>", "script: broken"),
        ("<img src='http://192.0.2.1/x.png'>", "another host: http://192.0.2.1/x.png"),
    ],
)
def test_a_problem_is_seen(context: BrowserContext, body: str, expected: str) -> None:
    problems: list[str] = []
    watch(context, problems)
    page = context.new_page()
    page.set_content(body, wait_until="commit")
    page.wait_for_timeout(300)
    assert any(expected in problem for problem in problems), problems


@pytest.mark.django_db(transaction=True)
def test_the_orm_works_beside_the_browser(page: Page, django_user_model) -> None:
    page.set_content("<p>one</p>")
    assert django_user_model.objects.count() == 0
