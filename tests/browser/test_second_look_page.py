"""The second look at the shelf: with a script, by keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import Browser, Page, expect

from shelfreading.models import ReadingEvent
from tests.cast import PASSWORD, Cast
from tests.shelfreading.test_views_second_look import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_page(page: Page, address: str, session_id: int) -> None:
    page.goto(f"{address}/login/")
    page.fill("input[name=username]", "librarian")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/sessions/{session_id}/second-look/")


def test_a_tick_changes_its_row_and_the_page_stays(cast: Cast, page: Page, live_url: str) -> None:
    session, copies = read(cast)
    open_page(page, live_url, session.pk)
    row = page.locator(f"#look-c{copies[13].pk}")
    row.scroll_into_view_if_needed()
    row.get_by_role("button", name="نبود").click()
    expect(row).to_have_attribute("data-look", "vain")
    expect(page.locator("[data-left]").first).to_have_text("۳")
    # The same button takes it back, by keyboard alone: the focus stayed in the row.
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("data-look", "open")
    expect(page.locator("[data-left]").first).to_have_text("۴")
    row.get_by_role("button", name="پیدا شد").press("Enter")
    expect(row).to_have_attribute("data-look", "found")
    page.reload()
    expect(row).to_have_attribute("data-look", "found")
    kinds = ReadingEvent.objects.exclude(kind="scan").order_by("received_at", "seq")
    assert list(kinds.values_list("kind", flat=True)) == ["sought", "undo", "present"]


def test_without_a_network_it_says_so_and_loses_nothing(
    cast: Cast, page: Page, page_problems: list[str], live_url: str
) -> None:
    session, copies = read(cast)
    open_page(page, live_url, session.pk)
    row = page.locator(f"#look-c{copies[3].pk}")
    page.context.set_offline(True)
    row.get_by_role("button", name="نبود").click()
    expect(row.locator(".look-said")).to_contain_text("ثبت نشد")
    expect(row).to_have_attribute("data-look", "open")
    page.context.set_offline(False)
    page_problems.clear()
    row.get_by_role("button", name="نبود").click()
    expect(row).to_have_attribute("data-look", "vain")


def test_without_javascript(cast: Cast, browser: Browser, live_url: str) -> None:
    session, copies = read(cast)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    open_page(page, live_url, session.pk)
    row = page.locator(f"#look-c{copies[30].pk}")
    row.get_by_role("button", name="نبود").click()
    expect(row).to_have_attribute("data-look", "vain")
    expect(row).to_be_in_viewport()
    page.get_by_label("همهٔ این صفحه").check()
    page.get_by_role("button", name="برگردان", exact=True).click()
    expect(row).to_have_attribute("data-look", "open")
    context.close()
