"""`make run`, for real: both programs come up, and go down together."""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WAIT = 60  # seconds; a first start migrates and gathers the static files

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`scripts/run.py` on a free port, once it says where it is."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAFKHAN_")}
    program = subprocess.Popen(
        [sys.executable, "-m", "scripts.run"],
        cwd=ROOT,
        env={**kept, "PORT": port, "RAFKHAN_DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    address = f"http://localhost:{port}/"
    for line in program.stdout:
        if address in line:
            break
    yield program, address
    program.terminate()
    program.wait(WAIT)
    program.stdout.close()


def children(pid: int) -> dict[str, int]:
    """The two programs that a running `scripts/run.py` started: their names and process ids."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        command = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found["db_worker" if "db_worker" in command else "gunicorn"] = int(child)
    return found


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_it_serves_from_an_empty_folder_and_a_signal_stops_both(tmp_path: Path) -> None:
    with running(tmp_path) as (program, address):
        with urllib.request.urlopen(address, timeout=WAIT) as answer:
            assert answer.status == 200
            assert answer.url.startswith(address + "login/")
        both = children(program.pid)
        assert set(both) == {"gunicorn", "db_worker"}
        program.send_signal(signal.SIGINT)
        assert program.wait(WAIT) == 0
        assert not any(map(alive, both.values()))


@pytest.mark.parametrize("killed", ["gunicorn", "db_worker"])
def test_when_one_dies_the_other_is_stopped(demo_folder: Path, killed: str) -> None:
    with running(demo_folder) as (program, _):
        both = children(program.pid)
        os.kill(both[killed], signal.SIGKILL)
        assert program.wait(WAIT) == 1
        time.sleep(0.2)
        assert not any(map(alive, both.values()))


def test_a_taken_port_is_said_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = subprocess.run(
            [sys.executable, "-m", "scripts.run"],
            cwd=ROOT,
            env={**os.environ, "PORT": port, "RAFKHAN_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
        )
    assert result.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr


def test_https_with_a_certificate_of_its_own(demo_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAFKHAN_")}
    environment = {**kept, "PORT": port, "HTTPS": "1", "RAFKHAN_DATA_DIR": str(demo_folder)}
    program = subprocess.Popen(
        [sys.executable, "-m", "scripts.run"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    try:
        address = next(line.split()[1] for line in program.stdout if "https://" in line)
        trusted = ssl.create_default_context(cafile=str(demo_folder / "certificate/authority.crt"))
        with urllib.request.urlopen(address, timeout=WAIT, context=trusted) as answer:
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(address, timeout=WAIT)
        key = demo_folder / "certificate/site.key"
        assert key.stat().st_mode & 0o077 == 0
    finally:
        program.terminate()
        program.wait(WAIT)
        program.stdout.close()


def test_a_certificate_is_made_again_only_for_other_names(tmp_path: Path) -> None:
    def made(*names: str) -> bytes:
        script = ROOT / "scripts/certificate.sh"
        subprocess.run(["sh", script, tmp_path, *names], check=True, capture_output=True)
        return (tmp_path / "site.crt").read_bytes()

    first = made("rafkhan.lan", "192.168.1.5")
    authority = (tmp_path / "authority.crt").read_bytes()
    assert made("rafkhan.lan", "192.168.1.5") == first
    assert made("rafkhan.lan", "192.168.1.6") != first
    assert (tmp_path / "authority.crt").read_bytes() == authority
