"""The device's queue in a real Chromium against a real gunicorn: whatever breaks, each scan made
is on the server once, in the order it was made."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from libraries.models import User
from libraries.roles import Role
from shelfreading.models import ReadingEvent
from tests.cast import PASSWORD
from tests.fixtures_browser import DEFAULT_TIMEOUT, FLAGS
from tests.fixtures_served import Served, kill_browser
from tests.fresh_readings import Reading, make_reading

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PATIENCE = 30  # seconds; the machine may be busy with other things
WAITING = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("rafkhan");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const found = opening.result.transaction("events").objectStore("events").getAll();
    found.onsuccess = () => { opening.result.close(); resolve(found.result); };
  };
})"""

# The server takes the first two batches twice; the device hears of neither.
LOSE_TWO_ANSWERS = """(() => {
  const send = window.fetch;
  window.lost = 0;
  window.fetch = async (url, options) => {
    const isBatch = String(url).endsWith("/scan/events/") && JSON.parse(options.body).events.length;
    if (!isBatch || window.lost === 2) return send(url, options);
    await send(url, options);
    await send(url, options);
    window.lost += 1;
    throw new TypeError("the answer is lost");
  };
})()"""


@pytest.fixture
def reading(served: Served) -> Reading:
    return make_reading(copies=40)


@dataclass(frozen=True, slots=True)
class Station:
    """A librarian with a reader in hand, at one tab of a browser."""

    page: Page
    site: Served
    reading: Reading

    def log_in(self) -> None:
        """Log in, if the page before us asks for it, or go there."""
        if "/login/" not in self.page.url:
            self.page.goto(self.site.url + reverse("login"))
        self.page.fill("input[name=username]", self.reading.actor.username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def open(self) -> None:
        """Open the scanning page."""
        self.page.goto(self.site.url + reverse("scan", args=[self.reading.session.pk]))
        self.ready()

    def ready(self) -> None:
        """Wait until the page's scripts run."""
        expect(self.page.locator("#last")).to_be_visible()
        self.page.wait_for_function("document.readyState === 'complete'")

    def scan(self, first: int, count: int) -> list[str]:
        """Scan the books of the shelf from `first` on; returns their codes."""
        codes = [copy.barcode for copy in self.reading.copies[first : first + count]]
        for code in codes:
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")
        return codes

    def waiting(self) -> list[str]:
        """The codes that wait on the device."""
        return [event["raw"] for event in self.page.evaluate(WAITING)]

    def hold(self, codes: list[str]) -> None:
        """Wait until just these codes wait on the device."""
        wait_for(lambda: self.waiting() == codes, self.page)

    def has_taken(self, count: int) -> Callable[[], bool]:
        """Whether so many scans wait here or are on the server."""
        return lambda: len({*self.waiting(), *self.kept()}) >= count

    def arrive(self, codes: list[str]) -> None:
        """Wait until the server has just these codes, and nothing waits here."""
        wait_for(lambda: self.reading.session.events.count() >= len(codes), self.page)
        assert self.kept() == codes
        self.hold([])

    def kept(self) -> list[str]:
        """The codes on the server in the device's order."""
        events = self.reading.session.events.order_by("device", "seq")
        return list(events.values_list("raw", flat=True))

    def keep_page(self) -> dict[str, object]:
        """Have the device keep the page, as the page does itself; its answer."""
        script = "address => import(address).then((offline) => offline.keepPage())"
        return self.page.evaluate(script, self.site.static("shelfreading/offline.js"))


def wait_for(found: Callable[[], object], page: Page) -> None:
    """Wait until something is so, while the page goes on."""
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, "it never came to what was waited for"
        page.wait_for_timeout(50)


@pytest.fixture
def station(context: BrowserContext, served: Served, reading: Reading) -> Station:
    """A tab that is logged in."""
    station = Station(context.new_page(), served, reading)
    station.log_in()
    return station


def test_the_page_opens_and_scans_without_a_network(
    station: Station, context: BrowserContext
) -> None:
    station.open()
    assert station.keep_page() == {"isKept": True, "why": ""}
    loaded = station.page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name)"
        ".filter((name) => name.includes('/static/'))"
    )
    assert len(loaded) > 10
    assert [name for name in loaded if name.count(".") < 2] == []  # each under a hashed name
    station.site.kill()
    another = Station(context.new_page(), station.site, station.reading)
    broken: list[str] = []
    another.page.on("requestfailed", lambda request: broken.append(request.url))
    another.open()
    assert another.page.locator(".page-title h1").bounding_box() is not None
    codes = another.scan(0, 3)
    another.hold(codes)
    assert [url for url in broken if "/static/" in url] == []
    another.page.reload()
    another.ready()
    codes += another.scan(3, 2)
    another.hold(codes)
    station.site.start()
    another.arrive(codes)


@pytest.fixture
def profile(browser: Browser, tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """A browser with a folder of its own, opened as often as one asks."""
    opened: list[BrowserContext] = []

    def open_it() -> BrowserContext:
        its = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path="/usr/bin/chromium",
            args=[*FLAGS, "--no-sandbox", "--host-resolver-rules=MAP library.test 127.0.0.1"],
            locale="fa-IR",
            timezone_id="Asia/Tehran",
        )
        its.set_default_timeout(DEFAULT_TIMEOUT)
        opened.append(its)
        return its

    yield open_it
    opened[-1].close()


def test_scans_outlive_a_killed_browser_and_its_log_in(
    profile: Callable[[], BrowserContext], served: Served, reading: Reading, tmp_path: Path
) -> None:
    before = Station(profile().pages[0], served, reading)
    before.log_in()
    before.open()
    codes = before.scan(0, 1)
    before.arrive(codes)
    served.kill()
    codes += before.scan(1, 8)
    before.hold(codes[1:])
    kill_browser(tmp_path / "profile")
    served.start()
    after = Station(profile().pages[0], served, reading)
    after.page.goto(served.url + reverse("scan", args=[reading.session.pk]))
    if "/login/" in after.page.url:  # the browser had not written its cookie yet
        after.log_in()
    after.ready()
    codes += after.scan(9, 2)
    after.arrive(codes)
    assert reading.session.events.values("device").distinct().count() == 1


def test_a_server_killed_in_the_middle_of_batches(station: Station) -> None:
    station.open()
    codes: list[str] = []
    for start in (0, 10, 20):
        codes += station.scan(start, 10)
        station.site.kill()
        station.site.start()
    codes += station.scan(30, 5)
    station.arrive(codes)


def test_an_answer_that_is_lost_and_a_batch_that_comes_twice(
    station: Station, context: BrowserContext
) -> None:
    context.add_init_script(LOSE_TWO_ANSWERS)
    station.open()
    codes = station.scan(0, 6)
    # The first delivery is on the server before the device is told of its loss.
    wait_for(lambda: station.page.evaluate("window.lost") == 2, station.page)
    station.arrive(codes)


def test_a_log_in_that_runs_out_holds_the_scans_until_the_next(
    station: Station, context: BrowserContext
) -> None:
    station.open()
    codes = station.scan(0, 1)
    station.arrive(codes)
    Session.objects.all().delete()
    codes += station.scan(1, 4)
    station.hold(codes[1:])
    link = station.page.get_by_role("link", name="ورود دوباره")
    expect(link).to_be_visible()
    with context.expect_page() as opened:
        link.click()
    other = Station(opened.value, station.site, station.reading)
    expect(other.page.locator("input[name=username]")).to_be_visible()
    assert station.kept() == codes[:1]
    other.log_in()
    station.page.bring_to_front()
    station.arrive(codes)
    expect(link).to_be_hidden()


@pytest.mark.parametrize("has_locks", [True, False])
def test_two_tabs_share_one_queue(
    station: Station, context: BrowserContext, has_locks: bool
) -> None:
    if not has_locks:  # as on a library's network without https
        context.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
    station.open()
    second = Station(context.new_page(), station.site, station.reading)
    second.open()
    codes: list[str] = []
    for turn in range(10):
        tab = (station, second)[turn % 2]
        codes += tab.scan(2 * turn, 2)
        wait_for(tab.has_taken(len(codes)), tab.page)
    station.arrive(codes)
    for tab in (station, second):
        expect(tab.page.locator("#unsent-count")).to_have_text("۰")


def test_a_clock_that_jumps_by_hours_changes_no_order(
    station: Station, context: BrowserContext
) -> None:
    context.add_init_script("""
        window.shift = 0;
        const Real = Date;
        window.Date = class extends Real {
          constructor(...parts) { super(...(parts.length ? parts : [Real.now() + window.shift])); }
          static now() { return Real.now() + window.shift; }
        };
    """)
    station.open()
    codes: list[str] = []
    for number, hours in enumerate((0, -7, 9)):
        station.page.evaluate("hours => { window.shift = hours * 3_600_000; }", hours)
        codes += station.scan(3 * number, 3)
    station.arrive(codes)
    told = list(station.reading.session.events.order_by("seq").values_list("device_at", flat=True))
    assert told != sorted(told)


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "دیگر حق خواندن"), (404, "دیگر در دسترس شما نیست")],
    ids=["another role", "another library"],
)
def test_rights_that_ended_keep_the_scans_and_tell(
    station: Station, status: int, words: str
) -> None:
    station.open()
    codes = station.scan(0, 1)
    station.arrive(codes)
    actor = User.objects.filter(pk=station.reading.actor.pk)
    library = station.reading.library
    if status == 403:
        actor.update(role=Role.COUNTY_HEAD, library=None, county=library.county)
    else:
        actor.update(library=make_reading(copies=1).library)
    codes += station.scan(1, 3)
    expect(station.page.locator("#main")).to_contain_text(words)
    station.hold(codes[1:])
    station.page.reload()
    assert station.waiting() == codes[1:]
    actor.update(role=Role.LIBRARIAN, library=library, county=None)
    station.open()
    station.arrive(codes)


def test_one_broken_entry_holds_up_no_other(station: Station) -> None:
    station.open()
    station.site.kill()
    codes = station.scan(0, 5)
    station.hold(codes)
    # What no page makes: an entry too large for the server, and one that is no event.
    station.page.evaluate("""async () => {
      const opening = indexedDB.open("rafkhan");
      await new Promise((resolve) => { opening.onsuccess = resolve; });
      const store = opening.result.transaction("events", "readwrite").objectStore("events");
      const [first, , third] = await new Promise((resolve) => {
        const found = store.getAll();
        found.onsuccess = () => resolve(found.result);
      });
      store.put({ ...first, raw: "x".repeat(3_000_000) });
      store.put({ ...third, device: "no such name" });
      await new Promise((resolve) => { store.transaction.oncomplete = resolve; });
      opening.result.close();
    }""")
    station.site.start()
    station.page.reload()
    station.ready()
    wait_for(lambda: station.reading.session.events.count() == 3, station.page)
    assert station.kept() == [codes[1], codes[3], codes[4]]
    wait_for(lambda: len(station.waiting()) == 1, station.page)
    assert len(station.waiting()[0]) == 3_000_000
    expect(station.page.locator("#main")).to_contain_text("یکی از خوانده‌ها پذیرفته نشد")


def test_a_network_without_https_is_said_and_loses_nothing(
    profile: Callable[[], BrowserContext], served: Served, reading: Reading
) -> None:
    plain = Served(served.environment, served.log, port=served.port, host="library.test")
    station = Station(profile().pages[0], plain, reading)
    station.log_in()
    station.open()
    assert station.page.evaluate("window.isSecureContext") is False
    answer = station.keep_page()
    assert answer["isKept"] is False
    assert "https" in str(answer["why"])
    served.kill()
    codes = station.scan(0, 4)
    station.hold(codes)
    served.start()
    station.arrive(codes)
    event = reading.session.events.earliest("seq")
    assert event.kind == ReadingEvent.Kind.SCAN


LIST = """async ([address, session, url]) => {
  const { openList } = await import(address);
  window.list = await openList({ session, url });
  const { size, asOf } = window.list;
  return { size, isKept: asOf !== null };
}"""


def test_the_list_opens_from_the_device_and_remembers_what_was_read(
    station: Station, reading: Reading
) -> None:
    station.open()
    page, pk = station.page, reading.session.pk
    asked = [station.site.static("shelfreading/list.js"), pk, reverse("scan-list", args=[pk])]
    assert page.evaluate(LIST, asked) == {"size": 40, "isKept": True}
    assert station.keep_page()["isKept"]
    station.site.kill()
    page.reload()
    station.ready()
    assert page.evaluate(LIST, asked) == {"size": 40, "isKept": True}
    copy = reading.copies[7]
    told = "code => [list.find(code), list.title(7), list.copy(7), list.find('none such')]"
    assert page.evaluate(told, copy.barcode) == [7, copy.title.title, copy.pk, -1]
    page.evaluate("list.markRead([7, 8, 20, 999])")
    page.wait_for_timeout(1500)  # it is written down a second after the last of them
    page.reload()
    station.ready()
    page.evaluate(LIST, asked)
    read = page.evaluate("Array.from({ length: 40 }, (_, place) => list.isRead(place))")
    assert [place for place, is_read in enumerate(read) if is_read] == [7, 8, 20]
    assert page.evaluate("list.refresh()") is False
    station.site.start()
    assert page.evaluate("list.refresh()") is True
    read = page.evaluate("Array.from({ length: 40 }, (_, place) => list.isRead(place))")
    assert not any(read)  # the server, which nothing waits for, knows of none
