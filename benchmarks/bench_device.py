"""The scanning page with 50,000 copies on the device, in a real Chromium.

Prints how long the page takes until it answers from its list, the first time (the list comes over
the network) and again (from the device; aim: under 3 s); how much the browser then keeps for the
site, and how much of it is IndexedDB (aim: under 40 MB); and the time from the last key of a code
to the start of its sound over 2,000 scans at 30 a second and at 2 a second (aim: median and p99
under 50 ms). The queue writes each of them to the disk in between.

The database behind the server makes no difference here, so this runs on SQLite alone.
Run: `python benchmarks/bench_device.py [copies]`.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from common import _site, copy_rows, fill, show, staffed_library

COPIES = 50_000
PACES = ((2000, 30), (60, 2))  # scans, and how many a second
HAS_LIST = """async () => {
  while (!/پیش|حالا/.test(document.querySelector("#list-age")?.textContent ?? "")) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now();
}"""
READ = """async ([codes, gap]) => {
  performance.clearMeasures();
  const heard = () => performance.getEntriesByName("scan-to-sound");
  const began = performance.now();
  for (const [index, code] of codes.entries()) {
    for (const key of [...code, "Enter"]) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
    const due = began + (index + 1) * gap - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due)));
  }
  while (heard().length < codes.length) await new Promise((resolve) => setTimeout(resolve, 20));
  return heard().map((one) => one.duration);
}"""
KEPT = """async () => {
  const { usage, usageDetails } = await navigator.storage.estimate();
  return [usage, usageDetails?.indexedDB ?? 0];
}"""


def measure() -> None:
    """Print the times and sizes."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone
    from playwright.sync_api import sync_playwright

    from shelfreading.services.sessions import session_start
    from tests.fixtures_served import Served, database_url, gather_static_files, site_environment

    copies = int(sys.argv[1]) if len(sys.argv) > 1 else COPIES
    now = timezone.now()
    library, librarian = staffed_library("DEVICE")
    fill(library, copy_rows(copies), librarian, now)
    session = session_start(actor=librarian, name="", method="barcode", section_ids=[], now=now)
    codes = list(session.expected.order_by("position").values_list("code", flat=True))
    client = Client()
    client.force_login(librarian)
    with tempfile.TemporaryDirectory(prefix="rafkhan-device-") as name, sync_playwright() as player:
        folder = Path(name)
        environment = site_environment(folder / "data", folder / "static", database_url())
        environment["RAFKHAN_SECRET_KEY"] = settings.SECRET_KEY
        gather_static_files(environment)
        site = Served(environment, folder / "gunicorn.log")
        site.start()
        browser = player.chromium.launch_persistent_context(
            folder / "profile",
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--no-first-run"],
        )
        try:
            cookie = client.cookies["sessionid"].value
            browser.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
            page = browser.pages[0]
            address = site.url + reverse("scan", args=[session.pk])
            _opening(page, address, copies)
            _waits(page, codes)
        finally:
            browser.close()
            site.stop()


def _opening(page: Any, address: str, copies: int) -> None:
    page.goto(address)
    first = page.evaluate(HAS_LIST)
    page.wait_for_timeout(2000)
    again = []
    for _ in range(5):
        page.reload()
        again.append(page.evaluate(HAS_LIST))
    everything, database = page.evaluate(KEPT)
    print(f"\n{copies:,} copies on the device")
    print(f"until it answers: first {first / 1000:.2f} s, again {median(again) / 1000:.2f} s")
    print(f"kept: {everything / 1e6:.1f} MB, of it IndexedDB {database / 1e6:.1f} MB")


def _waits(page: Any, codes: list[str]) -> None:
    rows = []
    start = 0
    for count, pace in PACES:
        times = sorted(page.evaluate(READ, [codes[start : start + count], 1000 / pace]))
        start += count
        p99 = times[int(len(times) * 0.99)]
        rows.append((str(count), str(pace), *(f"{t:.1f}" for t in (median(times), p99, times[-1]))))
    show(("scans", "a second", "median ms", "p99 ms", "worst ms"), rows)


if __name__ == "__main__":
    with _site():
        began = time.monotonic()
        measure()
        print(f"({time.monotonic() - began:.0f} s in all)")
