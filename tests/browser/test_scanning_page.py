"""The scanning page in a real browser: what it says, and what users of other systems miss."""

import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from shelfreading.domain.commands import CARD
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.sessions import session_start
from tests.axe import serious_findings
from tests.cast import Cast, add_copies, make_cast, numbered_calls
from tests.fixtures_browser import FLAGS

# What the service worker keeps is tested beside the queue.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.no_worker,
    pytest.mark.django_db(transaction=True),
]

PATIENCE = 15  # seconds
KIND = ReadingEvent.Kind
CODE = {(command.value or command.kind): command.code for command in CARD}
# Not wait_for_function: the page's content policy forbids what it does.
UNTIL_HEARD = """async (wanted) => {
  const end = performance.now() + 10_000;
  while (performance.getEntriesByName("scan-to-sound").length < wanted) {
    if (performance.now() > end) throw new Error("the scan was never heard");
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}"""
TYPE = """async ([codes, pause]) => {
  const began = performance.now();
  for (const [index, code] of codes.entries()) {
    for (const key of [...code, "Enter"]) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
    const due = began + (index + 1) * pause - performance.now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
  }
}"""
SMALL = """() => [...document.querySelectorAll("#scan button, .page-tools .btn, #scan input")]
  .filter((node) => node.checkVisibility() && node.type !== "checkbox")
  .map((node) => [node.textContent.trim(), node.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44).map(([text]) => text)"""
HEARD = "performance.getEntriesByName('scan-to-sound').map(entry => entry.detail)"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    """Forty copies of «مخزن», one each at the binder, weeded, missing and lent."""
    listed = add_copies(cast.library, numbered_calls(40))
    for place, status in ((30, "binding"), (31, "weeded"), (32, "missing")):
        Copy.objects.filter(pk=listed[place].pk).update(status=CopyStatus(status))
    lent_at = timezone.now() - timedelta(days=9)
    Loan.objects.create(copy=listed[33], lent_at=lent_at, due_on=timezone.localdate(lent_at))
    return listed


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    place = cast.library.sections.get(name="مخزن")
    return session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[place.pk], now=timezone.now()
    )


@pytest.fixture
def shelf(
    page: Page, live_url: str, client: Client, cast: Cast, session: ReadingSession
) -> "Shelf":
    """A librarian at the shelf, logged in, the list on the device."""
    client.force_login(cast.librarian)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_url}])
    shelf = Shelf(page, live_url, session)
    shelf.open()
    return shelf


class Shelf:
    """A person with a reader before the page."""

    def __init__(self, page: Page, live_url: str, session: ReadingSession) -> None:
        self.page = page
        self.session = session
        self.url = live_url + reverse("scan", args=[session.pk])

    def open(self) -> None:
        self.page.goto(self.url)
        expect(self.page.locator("#list-age")).to_contain_text("همین حالا")

    def scan(self, code: str, pause: float = 0) -> None:
        self.page.keyboard.type(code, delay=pause)
        self.page.keyboard.press("Enter")

    def read(self, *codes: str) -> None:
        """Read these as fast as the browser takes them, and wait until all are heard."""
        heard = len(self.heard())
        for code in codes:
            self.scan(code)
        self.page.evaluate(UNTIL_HEARD, heard + len(codes))

    def read_at_once(self, codes: list[str], pause: int = 0) -> None:
        """Read these without a wait between keys, `pause` milliseconds from code to code."""
        self.page.evaluate(TYPE, [codes, pause])

    def heard(self) -> list[str]:
        return self.page.evaluate(HEARD)

    def last(self) -> Any:
        return self.page.locator("#last")

    def press(self, name: str) -> None:
        self.page.locator("#bar").get_by_role("button", name=name).click()

    def kept(self) -> list[tuple[str, str]]:
        """What the server has, in the device's order."""
        events = self.session.events.order_by("device", "seq")
        return list(events.values_list("kind", "raw"))

    def all_sent(self, count: int) -> list[tuple[str, str]]:
        wait_for(lambda: self.session.events.count() >= count)
        expect(self.page.locator("#unsent-count")).to_have_text("۰")
        return self.kept()


def wait_for(found: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, "the server never came to the state waited for"
        time.sleep(0.05)


# ── what each code is told ──


def test_each_kind_has_a_word_a_colour_an_icon_and_a_sound_of_its_own(
    shelf: Shelf, cast: Cast, copies: list[Copy]
) -> None:
    (child,) = add_copies(cast.library, ["ک 200/1 ب1"], section="کودک", first=90)
    shelf.page.click("#refresh")
    expect(shelf.page.locator("#refresh")).to_be_enabled()
    wanted = (
        (copies[0].barcode, "fine", "حاضر در قفسه"),
        (copies[30].barcode, "fine", "بازگشته از صحافی"),
        (copies[33].barcode, "on_loan", "در امانت، ولی در قفسه"),
        (child.barcode, "elsewhere", "بخش «کودک»"),
        ("77777", "unknown", "ناشناخته"),
        (copies[31].barcode, "turned_up", "وجین‌شده، ولی در قفسه"),
        (copies[32].barcode, "turned_up", "پیدا شده"),
        (copies[1].barcode, "fine", copies[1].title.title),
    )
    looks = set()
    for code, sound, words in wanted:
        shelf.read(code)
        expect(shelf.last()).to_contain_text(words)
        assert shelf.heard()[-1] == sound
        colour = shelf.last().evaluate("node => getComputedStyle(node).backgroundColor")
        icon = shelf.last().locator("use").first.get_attribute("href")
        looks.add((sound, colour, icon))
    assert len({look[2] for look in looks}) == 7  # back from the binder, fine; found, weeded
    shelf.page.wait_for_timeout(550)
    shelf.read(copies[0].barcode)
    expect(shelf.last()).to_contain_text("تکرار خواندن")
    assert shelf.heard()[-1] == "repeated"


def test_the_servers_answer_corrects_unknown_to_another_librarys(shelf: Shelf, cast: Cast) -> None:
    (foreign,) = add_copies(cast.other_library, ["300/1 ب1"], first=95)
    shelf.page.route("**/scan/events/", lambda route: (time.sleep(0.3), route.continue_()))
    shelf.read(foreign.barcode)
    assert shelf.heard() == ["unknown"]
    expect(shelf.last()).to_contain_text(cast.other_library.name)
    line = shelf.page.locator(".scan-line").first
    expect(line).to_contain_text(cast.other_library.name)
    shelf.page.unroute("**/scan/events/")
    shelf.page.wait_for_timeout(600)
    shelf.open()
    expect(line).to_contain_text(cast.other_library.name)


# ── what users of other systems miss (measured.md, "Others who read shelves") ──


def test_complaint_partial_readings_call_unread_shelves_missing(
    shelf: Shelf, copies: list[Copy]
) -> None:
    shelf.read(*(copy.barcode for copy in copies[:5]))
    shelf.page.get_by_role("button", name="نگاه دوم").click()
    expect(shelf.page.locator("#look")).to_contain_text("کتابِ نادیده‌ای نیست")


def test_complaint_alarms_every_second_book_for_slips_of_one_place(
    shelf: Shelf, copies: list[Copy]
) -> None:
    order = [1, 0, 3, 2, 5, 4, 8, 7, 6, 9]
    shelf.read(*(copies[place].barcode for place in order))
    assert shelf.heard() == ["fine"] * 10
    shelf.press("پایان قفسه")
    expect(shelf.page.locator(".scan-move")).not_to_have_count(0)


def test_complaint_fast_scanning_loses_scans(shelf: Shelf, copies: list[Copy]) -> None:
    codes = [f"55{number:08}" for number in range(150)]
    shelf.read_at_once(codes[:75], pause=33)
    shelf.read_at_once(codes[75:])
    assert [raw for _, raw in shelf.all_sent(150)] == codes
    expect(shelf.page.locator(".scan-line")).to_have_count(60)


def test_complaint_the_same_book_scanned_twice_says_success_twice(
    shelf: Shelf, copies: list[Copy]
) -> None:
    shelf.read(copies[0].barcode, copies[1].barcode)
    shelf.page.wait_for_timeout(550)
    shelf.read(copies[0].barcode)
    assert shelf.heard() == ["fine", "fine", "repeated"]
    expect(shelf.last()).to_have_class("scan-last finding-repeated")
    shelf.open()  # and it is remembered
    expect(shelf.page.locator(".scan-line")).to_have_count(3)
    shelf.read(copies[1].barcode)
    assert shelf.heard() == ["repeated"]


def test_complaint_unknown_codes_vanish(shelf: Shelf) -> None:
    odd = ["77777", "۱۲۳۴۵۶", "x" * 10_000]
    shelf.read_at_once(odd)
    expect(shelf.page.locator(".scan-line.finding-unknown")).to_have_count(3)
    assert [raw for _, raw in shelf.all_sent(3)] == odd
    assert shelf.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_complaint_offline_is_a_mode_someone_switches_on(
    shelf: Shelf, context: BrowserContext, page_problems: list[str], copies: list[Copy]
) -> None:
    shelf.read(copies[0].barcode)
    shelf.all_sent(1)
    context.set_offline(True)
    shelf.read(copies[1].barcode, copies[33].barcode, "77777")
    shelf.page.wait_for_timeout(550)
    shelf.read(copies[1].barcode)
    assert shelf.heard() == ["fine", "fine", "on_loan", "unknown", "repeated"]
    expect(shelf.page.locator("#unsent-count")).to_have_text("۴")
    assert shelf.page.locator("#main").get_by_text("آفلاین").count() == 0
    page_problems.clear()  # the browser writes every failed request into its console
    context.set_offline(False)
    assert len(shelf.all_sent(5)) == 5
    page_problems.clear()


def test_complaint_an_alarm_stands_in_the_way_of_the_next_scan(
    shelf: Shelf, copies: list[Copy]
) -> None:
    shelf.read("77777")
    for name in ("نگاه دوم", "صداها"):
        opener = shelf.page.get_by_role("button", name=name)
        opener.click()
        opener.focus()
        shelf.read(copies[len(shelf.heard())].barcode)
        expect(opener).to_have_attribute("aria-expanded", "true")
    shelf.page.locator("#mark-toggle").focus()
    shelf.read(copies[5].barcode)
    expect(shelf.page.locator("#marks")).to_be_hidden()
    assert shelf.page.locator("dialog, [aria-modal=true]").count() == 0
    assert shelf.heard()[-1] == "fine"


# ── commands ──


def test_commands_speak_of_the_last_book_and_undo_takes_back_one_by_one(
    shelf: Shelf, copies: list[Copy]
) -> None:
    shelf.read(copies[0].barcode, CODE["weed_worn"], copies[1].barcode, CODE["binding"])
    expect(shelf.last()).to_contain_text(f"برای «{copies[1].title.title}»")
    shelf.read(CODE["undo"])
    shelf.press("برگرداندن")
    shelf.press("برگرداندن")
    expect(shelf.last()).to_contain_text("وجین فرسوده")
    wait_for(lambda: shelf.session.events.count() == 7)
    events = {event.pk: event for event in shelf.session.events.all()}
    marks = {
        event.raw: events[event.about].raw for event in events.values() if event.kind == KIND.MARK
    }
    assert marks == {"weed_worn": copies[0].barcode, "binding": copies[1].barcode}
    undone = [
        events[e.about].raw
        for e in sorted(events.values(), key=lambda e: e.seq)
        if e.kind == KIND.UNDO
    ]
    assert undone == ["binding", copies[1].barcode, "weed_worn"]
    expect(shelf.page.locator(".scan-line.is-undone")).to_have_count(3)
    # The book taken back is no repeat when it is read again, and undo still knows the first book.
    shelf.page.wait_for_timeout(550)
    shelf.open()
    shelf.read(copies[1].barcode)
    assert shelf.heard() == ["fine"]
    shelf.press("برگرداندن")
    shelf.press("برگرداندن")
    expect(shelf.last()).to_contain_text(copies[0].title.title)
    shelf.press("برگرداندن")
    expect(shelf.last()).to_contain_text("چیزی برای برگرداندن نیست")


def test_a_mark_without_a_book_is_told_and_not_sent(shelf: Shelf, copies: list[Copy]) -> None:
    shelf.read(CODE["weed_content"])
    assert shelf.heard() == ["nothing"]
    expect(shelf.last()).to_contain_text("نخست کتاب را بخوانید")
    shelf.read(copies[0].barcode)
    assert shelf.all_sent(1) == [(KIND.SCAN, copies[0].barcode)]


def test_a_book_without_a_barcode_keeps_its_place_with_and_without_a_number(
    shelf: Shelf, copies: list[Copy]
) -> None:
    number = shelf.page.get_by_label("شمارهٔ ثبت این کتاب")
    shelf.read(copies[0].barcode, CODE["no_barcode"])
    number.press_sequentially("۲", delay=80)
    number.press("Enter")
    expect(shelf.last()).to_contain_text(copies[1].title.title)
    expect(number).to_be_hidden()
    shelf.page.wait_for_timeout(550)
    shelf.read(copies[2].barcode, CODE["no_barcode"])
    expect(number).to_be_focused()
    shelf.read(copies[4].barcode)  # the next book closes the field
    expect(number).to_be_hidden()
    assert shelf.all_sent(7) == [
        (KIND.SCAN, copies[0].barcode), (KIND.NO_BARCODE, ""), (KIND.NO_BARCODE, "2"),
        (KIND.UNDO, ""), (KIND.SCAN, copies[2].barcode), (KIND.NO_BARCODE, ""),
        (KIND.SCAN, copies[4].barcode),
    ]  # fmt: skip
    undo = shelf.session.events.get(kind=KIND.UNDO)
    assert shelf.session.events.get(pk=undo.about).raw == ""
    # So does one that a reader types as slowly as a person.
    shelf.page.wait_for_timeout(550)
    shelf.read(CODE["no_barcode"])
    number.press_sequentially(copies[6].barcode, delay=90)
    number.press("Enter")
    expect(shelf.last()).to_contain_text(copies[6].title.title)
    assert shelf.all_sent(9)[7:] == [(KIND.NO_BARCODE, ""), (KIND.SCAN, copies[6].barcode)]
    assert shelf.session.events.get(raw="2").copy_id == copies[1].pk


def test_the_end_of_a_shelf_shows_its_order_and_begins_the_next(
    shelf: Shelf, copies: list[Copy]
) -> None:
    order = [0, 1, 8, 2, 3, 4, 5, 6, 7, 9, 10]
    shelf.read(*(copies[place].barcode for place in order), CODE["shelf_end"])
    panel = shelf.page.locator("#panel-order")
    expect(panel).to_contain_text("۱ بار، ۱ کتاب")
    lines = panel.locator("dd").all_inner_texts()
    titles = [copies[place].title.title for place in (1, 2, 7, 9)]
    for text, title in zip(lines, titles, strict=True):
        assert title in text
    shelf.read(copies[12].barcode, copies[11].barcode, copies[13].barcode)
    shelf.page.wait_for_timeout(550)
    shelf.read(CODE["shelf_end"])
    expect(panel).to_contain_text("۳ کتاب")
    # Taken back, the shelf goes on where it was.
    shelf.press("برگرداندن")
    expect(panel).to_be_hidden()


def test_where_most_is_out_of_order_the_rule_is_doubted(shelf: Shelf, copies: list[Copy]) -> None:
    shelf.read(*(copy.barcode for copy in reversed(copies[:14])), CODE["shelf_end"])
    expect(shelf.page.locator("#panel-order")).to_contain_text("قاعدهٔ چینش")


# ── the second look ──


def test_the_second_look_is_ticked_or_scanned_without_a_network(
    shelf: Shelf, context: BrowserContext, page_problems: list[str], copies: list[Copy]
) -> None:
    unseen = {4, 9, 15, 16}
    shelf.read(*(copy.barcode for place, copy in enumerate(copies[:36]) if place not in unseen))
    context.set_offline(True)
    shelf.page.get_by_role("button", name="نگاه دوم").click()
    lines = shelf.page.locator(".scan-look-line")
    places = lines.evaluate_all("all => all.map(one => Number(one.dataset.position))")
    assert places == sorted([*unseen, 36, 37, 38, 39])
    expect(lines.nth(0)).to_contain_text(copies[3].title.title)
    expect(lines.nth(0)).to_contain_text(copies[5].title.title)
    lines.nth(0).get_by_role("button", name="پیدا شد").click()
    lines.nth(1).get_by_role("button", name="نبود").click()
    shelf.read(copies[15].barcode)
    said = lines.evaluate_all("all => all.slice(0, 4).map(one => one.dataset.said)")
    assert said == ["present", "sought", "present", ""]
    assert shelf.heard()[-1] == "fine"
    # What was looked for and turns up after all is no repeat.
    shelf.read(copies[9].barcode)
    assert shelf.heard()[-1] == "fine"
    page_problems.clear()
    context.set_offline(False)
    shelf.all_sent(36)
    looked = shelf.session.events.filter(kind__in=[KIND.PRESENT, KIND.SOUGHT]).order_by("seq")
    assert [(event.kind, event.copy_id) for event in looked] == [
        (KIND.PRESENT, copies[4].pk),
        (KIND.SOUGHT, copies[9].pk),
    ]
    page_problems.clear()


# ── sound, silence, the camera, others ──


def test_silence_is_remembered_and_shows_on_the_pages_edge(
    shelf: Shelf, copies: list[Copy]
) -> None:
    page = shelf.page
    page.add_init_script(
        "window.buzzed = []; navigator.vibrate = (pattern) => window.buzzed.push(pattern);"
    )
    shelf.open()
    page.get_by_role("button", name="صداها").click()
    for button in page.locator("#sounds button").all():
        button.click()
    assert page.evaluate("window.buzzed") == []
    page.get_by_label("بی‌صدا").check()
    shelf.open()
    shelf.read(copies[0].barcode)
    expect(page.locator("#flash")).to_have_class("scan-flash flash-fine")
    shelf.read("77777")
    assert page.evaluate("window.buzzed") == [[35], [500]]
    page.get_by_role("button", name="صداها").click()
    expect(page.get_by_label("بی‌صدا")).to_be_checked()


def film(barcode: bytes, path: Path) -> None:
    """A still of these bars as a camera's film: raw greys with a header."""
    still = path.with_suffix(".png")
    still.write_bytes(barcode)
    picture = Image.new("L", (640, 480), 255)
    bars = Image.open(still).convert("L")
    picture.paste(bars, ((640 - bars.width) // 2, (480 - bars.height) // 2))
    grey = bytes([128]) * (640 * 480 // 2)
    frame = b"FRAME\n" + picture.tobytes() + grey
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 10)


def test_the_camera_reads_a_printed_command_once(
    shelf: Shelf, browser: Browser, copies: list[Copy], tmp_path: Path, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(shelf.url.split("/sessions")[0] + reverse("command-card"))
    line = page.locator(".card-code", has_text="وجین فرسوده")
    film(line.locator("svg").screenshot(), tmp_path / "card.y4m")
    flags = [*FLAGS, "--no-sandbox", "--use-fake-device-for-media-stream"]
    flags += ["--use-fake-ui-for-media-stream"]
    flags += [f"--use-file-for-fake-video-capture={tmp_path / 'card.y4m'}"]
    other = browser.browser_type.launch(executable_path="/usr/bin/chromium", args=flags)
    try:
        eyes = other.new_context(storage_state=context.storage_state(), locale="fa-IR")
        asked: list[str] = []
        eyes.on("request", lambda request: asked.append(request.url))
        seeing = Shelf(eyes.new_page(), "", shelf.session)
        seeing.url = shelf.url
        seeing.open()
        assert not any("barcode-detector" in url for url in asked if "worker" in url)
        seeing.read(copies[0].barcode)
        seeing.page.get_by_role("button", name="دوربین").click()
        expect(seeing.last()).to_contain_text("وجین فرسوده")
        expect(seeing.page.locator("#video")).to_be_visible()
        seeing.page.wait_for_timeout(1200)
        assert seeing.heard() == ["fine", "kept"]  # it stays in sight and counts once
        seeing.page.get_by_role("button", name="دوربین").click()
        expect(seeing.page.locator("#video")).to_be_hidden()
        assert all("localhost" in url or "127.0.0.1" in url for url in asked)
    finally:
        other.close()


def test_every_barcode_of_the_printed_card_can_be_read(
    shelf: Shelf, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(shelf.url.split("/sessions")[0] + reverse("command-card"))
    assert serious_findings(page) == []
    read = page.evaluate(
        """async ([module, wasm]) => {
          const { BarcodeDetector, prepareZXingModule } = await import(module);
          prepareZXingModule({ overrides: { locateFile: () => wasm } });
          const reader = new BarcodeDetector({ formats: ["code_128"] });
          const found = [];
          for (const svg of document.querySelectorAll("svg.card-bars")) {
            const [, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
            const canvas = new OffscreenCanvas(width * 3, 120);
            const brush = canvas.getContext("2d");
            brush.fillStyle = "white";
            brush.fillRect(0, 0, canvas.width, canvas.height);
            brush.fillStyle = "black";
            brush.scale(3, 120);
            brush.fill(new Path2D(svg.querySelector("path").getAttribute("d")));
            const data = brush.getImageData(0, 0, canvas.width, canvas.height);
            found.push(...(await reader.detect(data)).map(({ rawValue }) => rawValue));
          }
          return found;
        }""",
        ["/static/vendor/barcode-detector/ponyfill.js", "/static/vendor/zxing/zxing_reader.wasm"],
    )
    assert read == [command.code for command in CARD]
    paper = tmp_path / "card.pdf"
    page.pdf(path=paper, prefer_css_page_size=True)
    told = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1\n" in told
    assert "(A4)" in told


def test_two_devices_on_one_stretch_are_both_warned(
    shelf: Shelf, browser: Browser, cast: Cast, copies: list[Copy], context: BrowserContext
) -> None:
    shelf.read(copies[0].barcode)
    shelf.all_sent(1)
    second = browser.new_context(storage_state=context.storage_state(), locale="fa-IR")
    other = Shelf(second.new_page(), "", shelf.session)
    other.url = shelf.url
    other.open()
    other.read(copies[1].barcode)
    expect(other.page.locator("#busy")).to_contain_text("هم همین قفسه را می‌خواند")
    shelf.read(copies[2].barcode)
    expect(shelf.page.locator("#busy")).to_contain_text(cast.librarian.full_name)
    # What another has read counts here, as soon as there is a network.
    expect(shelf.page.locator("#stretch-count")).to_contain_text("۳ از")
    shelf.read(copies[1].barcode)
    assert shelf.heard()[-1] == "repeated"
    second.close()


# ── the page itself ──


@pytest.mark.parametrize(
    ("width", "looked_at"),
    [(360, "waiting shelf unknown marks mark number order look sounds"), (1280, "number look")],
)
def test_no_serious_finding_and_no_small_target_in_any_state(
    shelf: Shelf, copies: list[Copy], width: int, looked_at: str
) -> None:
    page = shelf.page
    page.set_viewport_size({"width": width, "height": 740})
    every = [copies[place].barcode for place in range(40) if place not in (3, 8, 9)]
    states: dict[str, Callable[[], object]] = {
        "waiting": lambda: None,
        "shelf": lambda: shelf.read(copies[8].barcode, *every),
        "unknown": lambda: shelf.read("77777"),
        "marks": lambda: page.click("#mark-toggle"),
        "mark": lambda: page.get_by_role("button", name="وجین تکراری").click(),
        "number": lambda: shelf.press("بی‌بارکد"),
        "order": lambda: shelf.press("پایان قفسه"),
        "look": lambda: page.get_by_role("button", name="نگاه دوم").click(),
        "sounds": lambda: page.get_by_role("button", name="صداها").click(),
    }
    for name, reach in states.items():
        reach()
        if name not in looked_at.split():
            continue
        page.wait_for_timeout(50)
        assert serious_findings(page) == [], name
        assert page.evaluate(SMALL) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_buttons_answer_to_the_keyboard(shelf: Shelf, copies: list[Copy]) -> None:
    shelf.read(copies[0].barcode)
    shelf.page.wait_for_timeout(1100)  # a space right behind a code belongs to the code
    shelf.page.locator("#mark-toggle").focus()
    shelf.page.keyboard.press("Space")
    expect(shelf.page.locator("#marks")).to_be_visible()
    shelf.page.get_by_role("button", name="وجین محتوایی").focus()
    shelf.page.keyboard.press("Enter")
    assert shelf.all_sent(2)[1] == (KIND.MARK, "weed_content")
