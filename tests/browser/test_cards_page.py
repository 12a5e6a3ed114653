"""The card cabinet by keyboard alone: cards, strikes, known titles, doubled numbers, a broken
server. Nothing that was typed is lost, and typing never waits.
"""

import time
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from libraries.models import Copy, Title
from loans.models import Loan
from shelfreading.models import ReadingSession
from shelfreading.services.sessions import session_close, session_start
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE = 15  # seconds; the machine may be busy with other things


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="برگه‌دان", method="cards", section_ids=[], now=timezone.now()
    )


def log_in(page: Page, address: str) -> None:
    page.goto(address + reverse("login"))
    page.fill("input[name=username]", "librarian")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(address + reverse("desk"))


@pytest.fixture
def cards(page: Page, live_url: str, session: ReadingSession) -> Page:
    """The page of the cards, its first field waiting for keys."""
    log_in(page, live_url)
    page.goto(live_url + reverse("cards", args=[session.pk]))
    expect(page.locator("#id_registration_number")).to_be_focused()
    return page


def wait_for(found: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, "the server never came to the state waited for"
        time.sleep(0.05)


def type_card(page: Page, *fields: str) -> None:
    """Type a card's fields, each ended by Enter; "" leaves what stands there."""
    for field in fields:
        if field:
            page.keyboard.type(field)
        page.keyboard.press("Enter")


def kept() -> dict[str, str]:
    """The copies as the database has them: call numbers by registration number."""
    return dict(Copy.objects.values_list("registration_number", "call_number"))


def test_cards_are_typed_struck_and_kept_in_order(cards: Page, session: ReadingSession) -> None:
    type_card(cards, "101", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    expect(cards.locator("#id_registration_number")).to_have_value("۱۰۲")
    type_card(cards, "", "", "", "")  # a second copy: Enter alone
    cards.keyboard.press("F2")
    type_card(cards, "۲۰۰", "بوستان", "سعدی", "8فا1/31 س")
    expect(cards.locator("#id_absent")).not_to_be_checked()
    expect(cards.locator(".card-line:not(.is-waiting)")).to_have_count(3)
    assert set(kept()) == {"101", "102", "200"}
    assert Title.objects.count() == 2
    kinds = dict(session.events.values_list("copy__registration_number", "kind"))
    assert kinds == {"101": "present", "102": "present", "200": "absent"}
    assert session.events.exclude(device__startswith="cards-").count() == 0
    expect(cards.locator(".card-line").first).to_contain_text("خط خورد")
    expect(cards.locator("#cards-count")).to_have_text("۳")


def test_shift_and_enter_save_from_any_field(cards: Page) -> None:
    type_card(cards, "1", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    cards.keyboard.press("Shift+Enter")
    wait_for(lambda: len(kept()) == 2)
    cards.keyboard.press("Escape")
    wait_for(lambda: kept().get("2") == "8فا3/62 د35ک")


def test_a_known_title_completes_itself(cards: Page) -> None:
    type_card(cards, "1", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    type_card(cards, "2", "بوستان", "سعدی", "8فا1/31 س")
    cards.keyboard.type("3")
    cards.keyboard.press("Enter")
    cards.keyboard.type("كلی")
    expect(cards.locator(".known-titles li")).to_have_count(1)
    cards.keyboard.press("ArrowDown")
    expect(cards.locator(".known-titles li")).to_have_attribute("aria-selected", "true")
    cards.keyboard.press("Enter")
    expect(cards.locator("#id_call_number")).to_be_focused()
    cards.keyboard.press("Enter")
    wait_for(lambda: kept().get("3") == "8فا3/62 د35ک")
    assert Title.objects.count() == 2


def test_a_title_typed_in_full_brings_its_author(cards: Page) -> None:
    type_card(cards, "1", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    type_card(cards, "2", "بوستان", "سعدی", "8فا1/31 س")
    cards.keyboard.type("3")
    cards.keyboard.press("Enter")
    cards.keyboard.type("کلیدر")
    expect(cards.locator(".known-titles li")).to_have_count(1)
    cards.keyboard.press("Enter")
    expect(cards.locator("#id_author")).to_have_value("دولت‌آبادی")
    type_card(cards, "", "")
    wait_for(lambda: kept().get("3") == "8فا3/62 د35ک")


def test_a_number_that_exists_comes_back_and_disturbs_nothing(
    cards: Page, session: ReadingSession
) -> None:
    type_card(cards, "1", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    type_card(cards, "1", "بوستان", "سعدی", "8فا1/31 س")
    cards.keyboard.type("3")
    back = cards.locator("#cards-returned form")
    expect(back).to_contain_text("از آن «کلیدر» است")
    expect(cards.locator("#id_registration_number")).to_have_value("3")
    expect(back.locator("[name=title]")).to_have_value("بوستان")
    cards.keyboard.press("F9")
    expect(back.locator("[name=registration_number]")).to_be_focused()
    type_card(cards, "2", "", "", "")
    expect(back).to_have_count(0)
    expect(cards.locator("#id_registration_number")).to_be_focused()
    expect(cards.locator("#id_registration_number")).to_have_value("3")
    wait_for(lambda: kept().get("2") == "8فا1/31 س")
    assert set(kept()) == {"1", "2"}


def test_the_copy_that_exists_is_ticked_instead(cards: Page, session: ReadingSession) -> None:
    type_card(cards, "1", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    cards.keyboard.press("F2")
    type_card(cards, "1", "", "", "")
    cards.get_by_role("button", name="همان نسخه علامت بخورد").press("Enter")
    wait_for(lambda: session.events.count() == 2)
    assert [event.kind for event in session.events.order_by("seq")] == ["present", "absent"]
    assert len(kept()) == 1
    expect(cards.locator("#cards-returned")).to_be_hidden()


def test_a_broken_server_loses_nothing_and_holds_nobody_up(
    cards: Page, page_problems: list[str], session: ReadingSession
) -> None:
    server = ["broken"]

    def answer(route: Route) -> None:
        if route.request.method != "POST" or server[0] == "well":
            route.continue_()
        elif server[0] == "broken":
            route.fulfill(status=500, body="<h1>500</h1>", content_type="text/html")
        else:
            server[0] = "well"
            route.fetch()  # the card arrives, its answer doesn't
            route.abort()

    cards.route("**/cards/", answer)
    for number in range(1, 6):
        type_card(cards, str(number), f"کتاب {number}", "کسی", f"100/{number} الف")
    expect(cards.locator("#cards-waiting")).to_contain_text("نگه داشته شده")
    expect(cards.locator(".is-waiting")).to_have_count(5)
    server[0] = "losing an answer"
    wait_for(lambda: cards.wait_for_timeout(50) or len(kept()) == 5)
    expect(cards.locator(".card-line:not(.is-waiting)")).to_have_count(5)
    expect(cards.locator("#cards-waiting")).to_be_empty()
    assert session.events.count() == 5
    page_problems.clear()  # the browser writes every failed request into its console


def test_cards_that_wait_outlive_a_reload(
    cards: Page, page_problems: list[str], session: ReadingSession
) -> None:
    cards.on("dialog", lambda dialog: dialog.accept())
    cards.route("**/cards/", lambda route: route.abort() if route.request.method == "POST"
                else route.continue_())  # fmt: skip
    type_card(cards, "1", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    type_card(cards, "2", "بوستان", "سعدی", "8فا1/31 س")
    expect(cards.locator(".is-waiting")).to_have_count(2)
    cards.unroute("**/cards/")
    cards.reload()
    wait_for(lambda: set(kept()) == {"1", "2"})
    expect(cards.locator(".is-waiting")).to_have_count(0)
    page_problems.clear()


def test_a_card_for_a_reading_that_ended_comes_back(
    cards: Page, cast: Cast, session: ReadingSession
) -> None:
    type_card(cards, "1", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    wait_for(lambda: len(kept()) == 1)
    session_close(session_id=session.pk, actor=cast.head, now=timezone.now())
    type_card(cards, "2", "بوستان", "سعدی", "8فا1/31 س")
    expect(cards.locator("#cards-returned")).to_contain_text("پایان یافته")
    expect(cards.locator("#cards-returned [name=title]")).to_have_value("بوستان")
    assert len(kept()) == 1


def test_loan_cards_are_typed_as_cards_are(
    cards: Page, live_url: str, session: ReadingSession
) -> None:
    type_card(cards, "1", "کلیدر", "دولت‌آبادی", "8فا3/62 د35ک")
    wait_for(lambda: len(kept()) == 1)
    cards.goto(live_url + reverse("loan-cards", args=[session.pk]))
    type_card(cards, "1", "45", "زهرا نمونه", "1405/09/10")
    wait_for(lambda: Loan.objects.filter(member__full_name="زهرا نمونه").count() == 1)
    type_card(cards, "9", "", "", "")
    expect(cards.locator("#cards-returned")).to_contain_text("نخست رف‌برگهٔ آن را وارد کنید")
    expect(cards.locator("#id_due_on")).to_have_value("1405/09/10")


def test_the_page_works_without_javascript(
    cast: Cast, browser: Browser, live_url: str, session: ReadingSession
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fa-IR")
    page = context.new_page()
    log_in(page, live_url)
    page.goto(live_url + reverse("cards", args=[session.pk]))
    page.fill("#id_registration_number", "7")
    page.fill("#id_title", "کلیدر")
    page.check("#id_absent")
    page.press("#id_title", "Enter")
    expect(page.locator(".card-line")).to_contain_text("خط خورد")
    expect(page.locator("#id_registration_number")).to_have_value("۸")
    page.fill("#id_title", "کلی")
    page.get_by_role("button", name="جست‌وجوی این عنوان در کتابخانه").click()
    page.get_by_role("button", name="کلیدر", exact=False).first.click()
    expect(page.locator("#id_title")).to_have_value("کلیدر")
    page.get_by_role("button", name="ثبت کارت").click()
    expect(page.locator(".card-line")).to_have_count(2)
    context.close()
    assert set(kept()) == {"7", "8"}
