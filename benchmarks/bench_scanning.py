"""Fifty devices that read one session of 50,000 copies, one scan a second each.

Each scan is a message of its own to the door for devices' events, on gunicorn with 2 workers, as
a page with a network sends it: the scan is kept, answered, the device's place is brought up to
date, and it hears what the others read. Beside it, turn by turn in the same run, a bare view
behind the same log-in that does one look-up and one insert and nothing more (aim: p99 within
twice the bare view's). At the end, how long the list for a device takes.

Run: `python benchmarks/bench_scanning.py [seconds a turn]`.
"""

import gzip
import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from common import (
    copy_rows,
    database_name,
    fill,
    median_seconds,
    on_each_database,
    show,
    staffed_library,
)

COPIES = 50_000
DEVICES = 50
SECONDS = 20
TURNS = 3
WARM_UP = 3
DOORS = ("bare", "app")


def application() -> Any:
    """The site as gunicorn serves it, and the bare view beside it."""
    import django

    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.urls import path

    from config import urls

    urls.urlpatterns.append(path("bare/<int:session_id>/", _bare_view()))
    return get_wsgi_application()


def _bare_view() -> Any:
    from django.db import transaction
    from django.http import JsonResponse
    from django.utils import timezone

    from libraries.rights import requires
    from libraries.roles import Right
    from shelfreading.models import ExpectedCopy, ReadingEvent

    @requires(Right.READ_SHELVES)
    def bare(request: Any, session_id: int) -> JsonResponse:
        (event,) = json.loads(request.body)["events"]
        with transaction.atomic():
            listed = ExpectedCopy.objects.filter(session=session_id, code=event["raw"])
            position = listed.values_list("position", flat=True).first()
            kept = ReadingEvent(
                id=event["id"],
                session_id=session_id,
                device=event["device"],
                seq=event["seq"],
                kind="scan",
                raw=event["raw"],
                code=event["raw"],
                received_at=timezone.now(),
                by=request.user,
            )
            ReadingEvent.objects.bulk_create([kept], ignore_conflicts=True)
        return JsonResponse({"kept": [event["id"]], "position": position})

    return bare


@dataclass(slots=True)
class Device:
    """A device on its way along its own shelves."""

    name: str
    codes: list[str]
    seq: int = 0
    since: str = "0"
    times: dict[str, list[float]] = field(default_factory=lambda: {door: [] for door in DOORS})

    def message(self) -> bytes:
        """The next scan, as the page sends it."""
        self.seq += 1
        event = {
            "id": str(uuid4()),
            "device": self.name,
            "seq": self.seq,
            "kind": "scan",
            "raw": self.codes[self.seq % len(self.codes)],
            "at": "2026-11-22T08:30:00Z",
        }
        message = {"device": self.name, "unsent": 0, "since": self.since, "events": [event]}
        return json.dumps(message).encode()


def measure() -> None:
    """Print the times on this database."""
    from django.utils import timezone

    from shelfreading.models import ReadingEvent
    from shelfreading.selectors.scan_list import scan_list
    from shelfreading.services.sessions import session_start

    turn = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    library, librarian = staffed_library("SCAN")
    fill(library, copy_rows(COPIES), librarian, timezone.now())
    session = session_start(
        actor=librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )
    codes = list(session.expected.order_by("position").values_list("code", flat=True))
    each = COPIES // DEVICES
    devices = [
        Device(f"device-{number}", codes[number * each : (number + 1) * each])
        for number in range(DEVICES)
    ]
    headers = _logged_in(librarian)
    with _server() as port:
        for door in DOORS:
            _send_for(WARM_UP, port, _address(door, session.pk), headers, devices, door)
        for device in devices:
            device.times = {door: [] for door in DOORS}
        for _ in range(TURNS):
            for door in DOORS:
                _send_for(turn, port, _address(door, session.pk), headers, devices, door)
    kept = ReadingEvent.objects.filter(session=session).count()
    sent = sum(device.seq for device in devices)
    print(f"\n{database_name()}: {DEVICES} devices, {COPIES:,} copies; {kept} kept of {sent} sent")
    assert kept == sent
    rows = [_row(door, [t for device in devices for t in device.times[door]]) for door in DOORS]
    show(("door", "scans", "p50 ms", "p95 ms", "p99 ms", "worst ms"), rows)
    body = scan_list(session, timezone.now()).body
    took = median_seconds(lambda: gzip.compress(scan_list(session, timezone.now()).body, 4), 5)
    small = len(gzip.compress(body, 4))
    print(f"the list for a device: {took:.2f} s, {len(body):,} bytes, {small:,} on the way")


def _row(door: str, times: list[float]) -> tuple[str, ...]:
    times.sort()
    at = (times[int(len(times) * share)] for share in (0.5, 0.95, 0.99))
    return door, str(len(times)), *(f"{t * 1000:.1f}" for t in (*at, times[-1]))


def _address(door: str, session_id: int) -> str:
    return f"/bare/{session_id}/" if door == "bare" else f"/sessions/{session_id}/scan/events/"


def _logged_in(user: Any) -> dict[str, str]:
    """The headers of a browser in which somebody is logged in."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    token = "t" * 32
    return {
        "Cookie": f"sessionid={session}; csrftoken={token}",
        "X-CSRFToken": token,
        "Content-Type": "application/json",
        "Host": "localhost",
    }


def _database_url() -> str:
    from django.db import connection

    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{settings['NAME']}"
    host, user, port = settings["HOST"], settings["USER"], settings["PORT"]
    return f"postgres://{user}@:{port}/{settings['NAME']}?host={quote(host)}"


@contextmanager
def _server() -> Iterator[int]:
    """gunicorn with 2 workers on the database that is measured; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "bench_scanning:application()"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    command += ["--no-control-socket", "--log-level", "warning"]
    environment = {
        **os.environ,
        "DATABASE_URL": _database_url(),
        "RAFKHAN_HTTPS": "0",
        "PYTHONPATH": str(Path(__file__).resolve().parent),
    }
    server = subprocess.Popen(command, env=environment)
    try:
        _wait_for(lambda: socket.create_connection(("127.0.0.1", port), 1).close())
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(attempt: Callable[[], None]) -> None:
    for _ in range(100):
        try:
            return attempt()
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server never came up")


def _send_for(
    seconds: int, port: int, address: str, headers: dict[str, str], devices: list[Device], door: str
) -> None:
    """Let every device send a scan a second, the devices spread evenly over each second."""
    due: queue.SimpleQueue[tuple[float, Device] | None] = queue.SimpleQueue()
    start = time.perf_counter() + 0.2
    for tick in range(seconds):
        for number, device in enumerate(devices):
            due.put((start + tick + number / len(devices), device))
    failures: list[BaseException] = []
    senders = [
        threading.Thread(target=_sender, args=(due, port, address, headers, door, failures))
        for _ in range(8)
    ]
    for _ in senders:
        due.put(None)
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    if failures:
        raise failures[0]


def _sender(
    due: "queue.SimpleQueue[tuple[float, Device] | None]",
    port: int,
    address: str,
    headers: dict[str, str],
    door: str,
    failures: list[BaseException],
) -> None:
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        while (task := due.get()) is not None:
            at, device = task
            time.sleep(max(0.0, at - time.perf_counter()))
            message = device.message()
            start = time.perf_counter()
            server.request("POST", address, message, headers)
            answer = server.getresponse()
            body = json.loads(answer.read())
            device.times[door].append(time.perf_counter() - start)
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {body}")
            if "news" in body:
                device.since = body["news"]["cursor"]
    except BaseException as error:
        failures.append(error)
    finally:
        server.close()


if __name__ == "__main__":
    on_each_database(measure)
