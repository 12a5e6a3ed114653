"""`make sms`, for real: the site and Kannel come up together, speak, and go down together."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.kannel import free_ports
from tests.fixtures_served import ROOT

COME = "SELECT id FROM sms_requests_messagein WHERE text = ? AND sender = ?"
pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]


def children(pid: int) -> dict[str, int]:
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        names = [name for name in ("bearerbox", "smsbox", "db_worker") if name in " ".join(words)]
        found[names[0] if names else "gunicorn"] = int(child)
    return found


def test_it_serves_speaks_and_stops(demo_folder: Path) -> None:
    (port,) = free_ports(1)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAFKHAN_")}
    kept.pop("DATABASE_URL", None)
    environment = {**kept, "PORT": str(port), "RAFKHAN_DATA_DIR": str(demo_folder)}
    program = subprocess.Popen(
        [sys.executable, "-m", "scripts.sms"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    try:
        assert any("Ctrl-C stops" in line for line in program.stdout)
        running = children(program.pid)
        assert set(running) == {"gunicorn", "db_worker", "bearerbox", "smsbox"}
        command = [sys.executable, "manage.py", "phone", "--say", "سلام", "--wait", "1"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)
        with contextlib.closing(sqlite3.connect(demo_folder / "rafkhan.sqlite3")) as tables:
            end = time.monotonic() + 30
            while not tables.execute(COME, ["سلام", "09120000001"]).fetchall():
                assert time.monotonic() < end, "the text never came"
                time.sleep(0.1)
        program.send_signal(signal.SIGINT)
        assert program.wait(60) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in running.values())
    finally:
        program.terminate()
        program.wait(60)
        program.stdout.close()


def test_https_is_said_to_be_out_of_reach(tmp_path: Path) -> None:
    environment = {**os.environ, "HTTPS": "1", "RAFKHAN_DATA_DIR": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-m", "scripts.sms"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert result.returncode == 1 and "HTTPS" in result.stderr
