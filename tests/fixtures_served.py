"""The site as it is served: a real gunicorn with gathered, hashed static files.

It works on the test database, so that tests look at its rows themselves, and can be killed in
the middle of its work and started again.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60


@dataclass
class Served:
    """A gunicorn on a port of its own. `start`, `kill` and `stop` may come in any order."""

    environment: dict[str, str]
    log: Path
    workers: int = 2
    port: int = 0
    host: str = "localhost"
    program: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The site's address, without a slash at its end."""
        return f"http://{self.host}:{self.port}"

    def static(self, name: str) -> str:
        """The address of a static file, under the hashed name that it was gathered to."""
        manifest = Path(self.environment["SERVED_STATIC_ROOT"]) / "staticfiles.json"
        return "/static/" + json.loads(manifest.read_text())["paths"][name]

    def start(self) -> None:
        """Serve, on the same port as before; returns once a page comes."""
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--no-control-socket"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--workers", str(self.workers)]
        command += ["--threads", "4", "--log-level", "warning"]
        with self.log.open("ab") as log:
            self.program = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.program and self.program.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/login/", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"gunicorn does not answer:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """End it with -9, master and workers at once, whatever they are doing."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.program is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.program.pid, number)
        self.program.wait(30)
        self.program = None


def kill_browser(profile: Path) -> None:
    """End every process of the browser that works in a folder, with -9, until none is left."""
    mark = f"--user-data-dir={profile}"
    while True:
        left = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (process / "cmdline").read_bytes().decode(errors="replace"):
                    left.append(int(process.name))
        if not left:
            return
        for number in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.05)


def site_environment(data_dir: Path, static_root: Path, database_url: str) -> dict[str, str]:
    """The environment of a site that serves as in use, on a machine without a certificate."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAFKHAN_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tests.served_settings",
        "DATABASE_URL": database_url,
        "RAFKHAN_SECRET_KEY": "for-tests-only-" + "x" * 40,
        "RAFKHAN_ALLOWED_HOSTS": "localhost,127.0.0.1,library.test",
        "RAFKHAN_DATA_DIR": str(data_dir),
        "RAFKHAN_HTTPS": "0",
        "RAFKHAN_TASKS": "immediate",
        "RAFKHAN_LOG_LEVEL": "WARNING",
        "SERVED_STATIC_ROOT": str(static_root),
    }


def gather_static_files(environment: dict[str, str]) -> None:
    """Run collectstatic as a deployment does, with hashed names; less what no reader sees."""
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    command += ["--ignore", "admin", "--ignore", "import_export"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def database_url() -> str:
    """The address of the database that this process has open."""
    its = connection.settings_dict
    if connection.vendor == "sqlite":
        return "sqlite://" + quote(str(its["NAME"]))
    user = quote(its["USER"], safe="")
    password = ":" + quote(its["PASSWORD"], safe="") if its["PASSWORD"] else ""
    where = f"host={quote(str(its['HOST']), safe='')}&port={its['PORT']}"
    return f"postgres://{user}{password}@/{its['NAME']}?{where}"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one worker of the run makes and all use; the others wait for it."""
    common = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    folder = common / f"once-{name}"
    with (common / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = factory.mktemp(name)
            make(unfinished)
            unfinished.rename(folder)
    return folder


def make_demo(folder: Path) -> None:
    """The demo's SQLite file, as a first start makes it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAFKHAN_")}
    kept.pop("DATABASE_URL", None)
    environment = {
        **kept,
        "RAFKHAN_SECRET_KEY": "for-tests-only-" + "x" * 40,
        "RAFKHAN_DATA_DIR": str(folder),
        "RAFKHAN_ALLOWED_HOSTS": "localhost",
        "RAFKHAN_DEMO": "1",
    }
    for command in (["migrate", "--verbosity", "0"], ["demo", "--if-empty"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture
def demo_folder(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A data folder that holds the demo already."""
    shutil.copy(made_once(tmp_path_factory, "demo", make_demo) / "rafkhan.sqlite3", tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files as a deployment gathers them: twenty seconds, so once for all sites."""

    def gather(folder: Path) -> None:
        gather_static_files(site_environment(folder, folder / "static", "sqlite:///unused"))

    return made_once(tmp_path_factory, "gathered", gather) / "static"


@pytest.fixture(scope="module")
def served_site(
    django_db_setup: None, gathered: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The one gunicorn of a test file."""
    folder = tmp_path_factory.mktemp("served")
    environment = site_environment(folder / "data", gathered, database_url())
    site = Served(environment, folder / "gunicorn.log")
    yield site
    site.kill()


@pytest.fixture
def served(served_site: Served, transactional_db: None) -> Served:
    """The site, serving the test database; a test that killed it finds it started again."""
    if served_site.program is None:
        served_site.start()
    return served_site
