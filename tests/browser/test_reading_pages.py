"""Ticking and scanning in a real browser: nothing is lost, nothing counts twice."""

import time
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from libraries.models import Copy
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.sessions import session_close, session_start
from tests.cast import PASSWORD, Cast, add_copies, make_cast, numbered_calls

pytestmark = [
    pytest.mark.browser,
    pytest.mark.no_worker,
    pytest.mark.django_db(transaction=True),
]

PATIENCE = 15  # seconds; the machine may be busy with other things


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(40))


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )


@pytest.fixture
def go(page: Page, live_url: str, cast: Cast) -> Callable[..., None]:
    """Go to a page by its name, logged in as the librarian."""
    page.goto(live_url + reverse("login"))
    page.fill("input[name=username]", cast.librarian.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(live_url + reverse("desk"))

    def visit(name: str, session: ReadingSession, query: str = "") -> None:
        page.goto(live_url + reverse(name, args=[session.pk]) + query)

    return visit


def wait_for(found: Callable[[], object]) -> None:
    """Wait until the server's own state is so."""
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, "the server never came to the state waited for"
        time.sleep(0.05)


def scan(page: Page, code: str, pause: int = 10) -> None:
    page.keyboard.type(code, delay=pause)
    page.keyboard.press("Enter", delay=0)


def codes_kept(session: ReadingSession) -> list[str]:
    """The scans as the server has them, in the reader's order."""
    events = session.events.filter(kind=ReadingEvent.Kind.SCAN)
    return list(events.order_by("device", "seq").values_list("code", flat=True))


def ticks_kept(session: ReadingSession) -> list[tuple[str, int | None]]:
    return list(session.events.order_by("seq").values_list("kind", "copy_id"))


def test_a_session_is_started_and_led_to_scanning(
    page: Page, go: Callable[..., None], live_url: str, copies: list[Copy]
) -> None:
    page.goto(live_url + reverse("session-new"))
    page.get_by_label("نام این رف‌خوانی").fill("رف‌خوانی پاییز")
    page.get_by_role("button", name="آغاز رف‌خوانی").click()
    expect(page.get_by_role("heading", name="رف‌خوانی پاییز")).to_be_visible()
    page.get_by_role("link", name="خواندن بارکدها").click()
    wait_for(lambda: ReadingSession.objects.filter(name="رف‌خوانی پاییز", expected_count=40))
    expect(page.locator("#last")).to_be_visible()


def test_ticking_by_keyboard_and_undo(
    page: Page, go: Callable[..., None], session: ReadingSession, copies: list[Copy]
) -> None:
    go("shelf-list", session)
    for key in ("Space", "x", "Enter", "j", "ArrowUp", "k", "Delete", "u"):
        page.keyboard.press(key)
    # Space on 0, x on 1, Enter on 2; down and twice up stand on 2; Delete there, taken back.
    wait_for(lambda: session.events.count() == 5)
    kinds = [kind for kind, _ in ticks_kept(session)]
    assert kinds == ["present", "absent", "present", "absent", "undo"]
    touched = [copy_id for _, copy_id in ticks_kept(session)]
    assert touched == [copies[0].pk, copies[1].pk, copies[2].pk, copies[2].pk, None]
    page.reload()
    states = page.locator(".shelf-row").evaluate_all("rows => rows.map(row => row.dataset.tick)")
    assert states[:4] == ["present", "absent", "present", ""]
    expect(page.locator("#read-count")).to_have_text("۳")


def test_a_touch_ticks_and_a_second_touch_clears(
    page: Page, go: Callable[..., None], session: ReadingSession, copies: list[Copy]
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    go("shelf-list", session)
    button = page.locator(f"label[for=present-{copies[3].pk}]")
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    button.click()
    wait_for(lambda: ticks_kept(session) == [("present", copies[3].pk)])
    button.click()
    wait_for(lambda: session.events.count() == 2)
    assert ticks_kept(session)[1][0] == "undo"


def test_thirty_fast_scans_arrive_once_and_in_order(
    page: Page, go: Callable[..., None], session: ReadingSession, copies: list[Copy]
) -> None:
    go("scan", session)
    wanted = [copy.barcode for copy in copies[:30]]
    for code in wanted:
        scan(page, code)
    wait_for(lambda: session.events.count() >= 30)
    assert codes_kept(session) == wanted
    expect(page.locator("#unsent-count")).to_have_text("۰")
    expect(page.locator(".scan-line.finding-present")).to_have_count(30)
    expect(page.locator("#last")).to_contain_text(copies[29].title.title)


def test_the_same_code_within_half_a_second_is_one_scan(
    page: Page, go: Callable[..., None], session: ReadingSession, copies: list[Copy]
) -> None:
    go("scan", session)
    scan(page, copies[0].barcode, pause=0)
    scan(page, copies[0].barcode, pause=0)
    wait_for(lambda: session.events.count() == 1)
    page.wait_for_timeout(600)
    scan(page, copies[0].barcode, pause=0)
    wait_for(lambda: session.events.count() == 2)
    expect(page.locator(".scan-line.finding-repeated")).to_have_count(1)


def test_typing_in_the_field_and_a_reader_over_half_typed_text(
    page: Page, go: Callable[..., None], session: ReadingSession, copies: list[Copy]
) -> None:
    go("scan", session)
    field = page.get_by_label("کد", exact=True)
    field.press_sequentially(copies[0].barcode, delay=90)
    field.press("Enter")
    wait_for(lambda: codes_kept(session) == [copies[0].barcode])
    field.press_sequentially("77", delay=90)
    page.wait_for_timeout(1100)
    scan(page, copies[1].barcode)
    wait_for(lambda: codes_kept(session) == [copies[0].barcode, copies[1].barcode])
    expect(field).to_have_value("77")


def test_a_reader_presses_no_button_that_has_the_focus(
    page: Page, go: Callable[..., None], session: ReadingSession, copies: list[Copy]
) -> None:
    go("scan", session)
    sounds = page.get_by_role("button", name="صداها")
    sounds.focus()
    scan(page, copies[0].barcode)
    wait_for(lambda: codes_kept(session) == [copies[0].barcode])
    expect(sounds).to_have_attribute("aria-expanded", "false")


def test_scans_made_without_a_network_outlive_a_reload(
    page: Page, context: BrowserContext, go: Callable[..., None], page_problems: list[str],
    session: ReadingSession, copies: list[Copy],
) -> None:  # fmt: skip
    go("scan", session)
    context.set_offline(True)
    wanted = [copy.barcode for copy in copies[:3]]
    for code in wanted:
        scan(page, code)
    expect(page.locator("#unsent-count")).to_have_text("۳")
    expect(page.locator("#unsent-why")).to_contain_text("ارتباط با سرور برقرار نیست")
    assert session.events.count() == 0
    page_problems.clear()  # the browser writes every failed request into its console
    page.route("**/scan/events/", lambda route: route.abort())
    context.set_offline(False)
    page.reload()
    expect(page.locator("#unsent-count")).to_have_text("۳")
    page.unroute("**/scan/events/")
    wait_for(lambda: session.events.count() == 3)
    assert codes_kept(session) == wanted
    expect(page.locator("#unsent-count")).to_have_text("۰")
    page_problems.clear()


def test_what_is_scanned_after_the_end_arrives_as_late(
    page: Page, go: Callable[..., None], cast: Cast, session: ReadingSession, copies: list[Copy]
) -> None:
    go("scan", session)
    scan(page, copies[0].barcode)
    wait_for(lambda: session.events.count() == 1)
    despite = list(session.devices.values_list("device", flat=True))
    session_close(session_id=session.pk, actor=cast.head, now=timezone.now(), despite=despite)
    scan(page, copies[1].barcode)
    wait_for(lambda: session.events.count() == 2)
    late = session.events.filter(is_late=True)
    assert [event.code for event in late] == [copies[1].barcode]
    expect(page.locator("#unsent-count")).to_have_text("۰")


def test_the_last_scan_can_be_taken_back(
    page: Page, go: Callable[..., None], session: ReadingSession, copies: list[Copy]
) -> None:
    go("scan", session)
    scan(page, copies[0].barcode)
    scan(page, copies[1].barcode)
    page.get_by_role("button", name="برگرداندن").click()
    wait_for(lambda: session.events.count() == 3)
    undo = session.events.get(kind=ReadingEvent.Kind.UNDO)
    assert session.events.get(pk=undo.about).code == copies[1].barcode
