"""Scans at a shelf where everything breaks: what is on the server afterwards.

A real Chromium with the scanning page, a real gunicorn with 2 workers, SQLite and then PostgreSQL
where it is installed. A reader types 30 codes a second (5,000 in all) while, at random, the
network goes off and on, the page is reloaded, the browser's processes are killed with -9, the
server's are and come up again, batches are delivered twice and answers are lost. A scan is made
when the page has given its sound; one that gave none (the browser died under it) is scanned again,
as a person would.

Prints the scans made, those on the server, those lost, kept without having sounded, kept twice,
out of order; and the time from the code's last key to the sound.

Run: `python benchmarks/soak_scanning.py [scans] [seed]`.
"""

import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common import (
    copy_rows,
    database_name,
    fill,
    on_each_database,
    show,
    staffed_library,
)

SCANS = 5000
A_SECOND = 30
CALM = (2.0, 6.0)  # seconds between one trouble and the next
TROUBLES = {"network": 8, "reload": 4, "server": 4, "browser": 2}  # and how often each, of 18
LOSES_ANSWER = 0.05  # of the batches: the server takes them, the device never hears of it
COMES_TWICE = 0.1

# A reader: keys of one code after another, so many codes a second.
READER = """
window.read = async (codes, gap) => {
  const start = performance.now();
  for (const [index, code] of codes.entries()) {
    for (const key of [...code, "Enter"]) {
      document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
    const next = start + (index + 1) * gap - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next)));
  }
};
"""
SOUNDS = "performance.getEntriesByName('scan-to-sound').map((one) => one.duration)"
WAITING = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("rafkhan");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const found = opening.result.transaction("events").objectStore("events").count();
    found.onsuccess = () => { opening.result.close(); resolve(found.result); };
  };
})"""


@dataclass
class Walk:
    """One reading of the shelf: what was typed, what sounded, what happened meanwhile.

    `typed` holds, for each page load, the codes that may have been typed and how many sounded.
    """

    codes: list[str]
    typed: list[tuple[list[str], int]] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)  # milliseconds from key to sound

    @property
    def made(self) -> list[str]:
        """The codes that sounded, in order."""
        return [code for codes, sounded in self.typed for code in codes[:sounded]]


class Shelf:
    """The browser at the shelf and the site behind it, with everything that can go wrong."""

    def __init__(self, playwright: Any, site: Any, folder: Path, walk: Walk, chance: Any) -> None:
        self.playwright, self.site, self.walk, self.chance = playwright, site, walk, chance
        self.profile = folder / "profile"
        self.path = ""
        self.cookie: dict[str, str] = {}
        self.context: Any = None
        self.page: Any = None
        self.starting: threading.Thread | None = None
        self.is_online = True
        self.left: list[str] = []

    def open_browser(self) -> None:
        """Start Chromium on the profile that the last one left."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--no-first-run"],
        )
        self.context.add_cookies([self.cookie])
        self.context.add_init_script(READER)
        self.is_online = True
        self.page = self.context.pages[0]
        self.page.on("console", self.note)
        self.page.route("**/scan/events/", self.deliver)

    def note(self, message: Any) -> None:
        """What the page warned of: the device's own troubles, not those of the network."""
        if message.type == "warning":
            self.walk.happened[message.text[:120]] += 1

    def deliver(self, route: Any) -> None:
        """Pass a batch on: once, twice, or without bringing the answer back."""
        luck = self.chance.random()
        try:
            if luck < COMES_TWICE + LOSES_ANSWER and route.request.post_data_json["events"]:
                self.walk.happened["batches delivered twice"] += luck < COMES_TWICE
                self.walk.happened["answers lost"] += luck >= COMES_TWICE
                route.fetch()
                if luck >= COMES_TWICE:
                    route.abort()
                    return
            route.continue_()
        except Exception:  # the server or the browser is dead: that is what is tried here
            try:
                route.abort()
            except Exception:
                return

    def open_page(self) -> None:
        """Open the scanning page, from the network or from the device, and read on."""
        for _ in range(60):
            try:
                self.page.goto(self.site.url + self.path, wait_until="load")
                self.page.wait_for_function("window.read && document.querySelector('#last')")
                break
            except Exception:
                time.sleep(0.5)
        else:
            raise AssertionError("the page never opened")
        self.page.wait_for_timeout(300)
        self.read_on()

    def read_on(self) -> None:
        """Let the reader go on with what is left, without waiting for it."""
        self.left = self.walk.codes[len(self.walk.made) :]
        self.walk.typed.append((self.left, 0))
        self.page.evaluate("([codes, gap]) => { read(codes, gap); }", [self.left, 1000 / A_SECOND])

    def listen(self) -> int:
        """Count what sounded in this page; returns how much of it is left."""
        waits = self.page.evaluate(SOUNDS)
        codes, before = self.walk.typed[-1]
        self.walk.waits += waits[before:]
        self.walk.typed[-1] = (codes, len(waits))
        return len(codes) - len(waits)

    def network(self) -> None:
        """Off, if it is on; else on."""
        self.is_online = not self.is_online
        self.context.set_offline(not self.is_online)

    def reload(self) -> None:
        """Reload the page under the reader's hands."""
        self.listen()
        self.open_page()

    def server(self) -> None:
        """Kill the server in whatever it does; it comes up again by and by."""
        if self.starting and self.starting.is_alive():
            return
        self.site.kill()
        delay = self.chance.uniform(0.5, 4)

        def start() -> None:
            time.sleep(delay)
            self.site.start()

        self.starting = threading.Thread(target=start)
        self.starting.start()

    def browser(self) -> None:
        """Kill every process of the browser, and open it again."""
        from tests.fixtures_served import kill_browser

        self.listen()
        kill_browser(self.profile)
        self.open_browser()
        self.open_page()

    def calm_down(self) -> None:
        """All is well again, and everything gets through."""
        if self.starting:
            self.starting.join()
        self.context.set_offline(False)
        end = time.monotonic() + 120
        while self.page.evaluate(WAITING):
            assert time.monotonic() < end, "the queue never became empty"
            self.page.wait_for_timeout(200)


def astray_in(walk: Walk, kept: list[str]) -> int:
    """How many of the server's scans don't follow the one before them.

    The shelf is read from its first book to its last, so each scan is that of the next book;
    only where a page was opened again it may be that of an earlier one, which had not sounded.
    """
    place_of = {code: place for place, code in enumerate(walk.codes)}
    places = [place_of[code] for code in kept]
    starts = {place_of[codes[0]] for codes, _ in walk.typed if codes}
    return sum(
        place != before + 1 and not (place <= before and place in starts)
        for before, place in zip([-1, *places], places, strict=False)
    )


def soak() -> None:
    """Walk along the shelf on this database, and tell what arrived."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection
    from django.urls import reverse
    from django.utils import timezone
    from playwright.sync_api import sync_playwright

    from shelfreading.services.sessions import session_start
    from tests.fixtures_served import Served, database_url, gather_static_files, site_environment

    count = int(sys.argv[1]) if len(sys.argv) > 1 else SCANS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    chance = random.Random(seed)
    now = timezone.now()
    library, librarian = staffed_library("SOAK")
    rows = copy_rows(count)
    fill(library, rows, librarian, now)
    session = session_start(actor=librarian, name="", method="barcode", section_ids=[], now=now)
    login = SessionStore()
    login[SESSION_KEY] = str(librarian.pk)
    login[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    login[HASH_SESSION_KEY] = librarian.get_session_auth_hash()
    login.create()
    codes = list(session.expected.order_by("position").values_list("code", flat=True))
    walk = Walk(codes)
    with tempfile.TemporaryDirectory(prefix="rafkhan-soak-") as name, sync_playwright() as player:
        folder = Path(name)
        environment = site_environment(folder / "data", folder / "static", database_url())
        environment["RAFKHAN_SECRET_KEY"] = settings.SECRET_KEY
        gather_static_files(environment)
        site = Served(environment, folder / "gunicorn.log")
        site.start()
        shelf = Shelf(player, site, folder, walk, chance)
        shelf.path = reverse("scan", args=[session.pk])
        shelf.cookie = {"name": "sessionid", "value": str(login.session_key), "url": site.url}
        begun = time.monotonic()
        try:
            shelf.open_browser()
            shelf.open_page()
            trouble_at = begun + chance.uniform(*CALM)
            while shelf.listen() > 0:
                shelf.page.wait_for_timeout(100)
                if time.monotonic() < trouble_at:
                    continue
                trouble = chance.choices(list(TROUBLES), list(TROUBLES.values()))[0]
                walk.happened[trouble] += 1
                getattr(shelf, trouble)()
                trouble_at = time.monotonic() + chance.uniform(*CALM)
            walked = time.monotonic() - begun
            shelf.calm_down()
            shelf.context.close()
        finally:
            if shelf.starting:
                shelf.starting.join()
            site.kill()
    connection.close()
    kept = list(session.events.order_by("device", "seq").values_list("raw", flat=True))
    devices = session.events.values("device").distinct().count()
    ids = session.events.values("id").distinct().count()
    made = walk.made
    assert made == codes
    waits = sorted(walk.waits)
    print(f"\n{database_name()}, seed {seed}: {walked:.0f} s, {dict(walk.happened)}")
    headers = ("made", "on server", "lost", "without sound", "same id twice", "out of order")
    lost = len(Counter(made) - Counter(kept))
    silent = len(kept) - len(made) + lost
    numbers = (len(made), len(kept), lost, silent, len(kept) - ids, astray_in(walk, kept))
    show((*headers, "devices"), [[str(number) for number in (*numbers, devices)]])
    middle, worst = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    print(f"key to sound: median {middle:.1f} ms, p99 {worst:.1f} ms, most {waits[-1]:.1f} ms")


if __name__ == "__main__":
    on_each_database(soak)
