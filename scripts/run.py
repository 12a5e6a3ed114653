"""`make run`: the demo, served as it would be in use: gunicorn and the task worker side by side.

Brings the database and the static files up to date, makes the demo library if the database is
new, and runs both programs until Ctrl-C. If one of them ends, so does the other, with exit
code 1. HOST and PORT choose where it listens; HTTPS=1 makes and uses a certificate of its own
(`scripts/certificate.sh`), so that phones in the network can keep the scanning page.
"""

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

BASE_DIR = Path(__file__).resolve().parent.parent
Program = subprocess.Popen[bytes]
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
STOP_SECONDS = 15  # how long a program may take to finish what it is doing


def demo_environment(host: str) -> None:
    """Set what the demo needs and the caller has not set."""
    data_dir = Path(os.environ.setdefault("RAFKHAN_DATA_DIR", str(BASE_DIR / "var")))
    data_dir.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("RAFKHAN_DEMO", "1")
    os.environ.setdefault("RAFKHAN_HTTPS", "1" if wants_https() else "0")
    os.environ.setdefault("RAFKHAN_ALLOWED_HOSTS", ",".join(own_names(host)))
    if host not in LOOPBACK:  # who names another HOST means it
        os.environ.setdefault("RAFKHAN_DEMO_OPEN", "1")
    os.environ.setdefault("RAFKHAN_SECRET_KEY", kept_secret(data_dir / "secret-key"))


def wants_https() -> bool:
    """Whether the caller asked for HTTPS."""
    return os.environ.get("HTTPS") == "1"


def certificate(host: str) -> list[str]:
    """Gunicorn's options for a certificate of this machine, made where there is none."""
    folder = Path(settings.DATA_DIR) / "certificate"
    names = own_names(host)
    subprocess.run(
        ["sh", str(BASE_DIR / "scripts/certificate.sh"), str(folder), *names], check=True
    )
    return ["--certfile", str(folder / "site.crt"), "--keyfile", str(folder / "site.key")]


def kept_secret(path: Path) -> str:
    """This machine's own secret key: made once, readable by its owner only."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def own_names(host: str) -> list[str]:
    """The names a browser may call this machine by; beyond itself only if `host` says so."""
    names = list(LOOPBACK)
    if host in {"0.0.0.0", "::"}:
        own = socket.gethostname()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:  # which address would leave this machine; nothing is sent
                probe.connect(("192.0.2.1", 9))
                return [*names, own, probe.getsockname()[0]]
            except OSError:
                return [*names, own]
    return names if host in names else [*names, host]


def prepare() -> None:
    """Migrate, gather the static files, and in the demo make its library where there is none."""
    django.setup()
    call_command("migrate", verbosity=0)
    collect_static()
    if settings.DEMO:
        print("run: the demo library", flush=True)
        call_command("demo", if_empty=True)
    call_command("sms_wake")  # texts in and out that waited when the last worker was ended


def collect_static() -> None:
    """Gather the static files, if any changed since they last were: hashing and compressing
    them all takes most of a minute."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    listed = sorted(
        f"{storage.path(name)} {Path(storage.path(name)).stat().st_mtime_ns}"
        for finder in get_finders()
        for name, storage in finder.list([])
    )
    state = hashlib.sha256("\n".join(listed).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == state:
        return
    print("run: gathering the static files", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(state)


def programs(host: str, port: str) -> dict[str, list[str]]:
    """The two commands. Threads, so that a browser's idle connection holds up nobody."""
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}"]
    gunicorn += ["--workers", "2", "--threads", "4", "--no-control-socket"]
    gunicorn += ["--log-level", "warning", "--graceful-timeout", str(STOP_SECONDS - 5)]
    gunicorn += ["--limit-request-line", "8190"]  # a long text in a provider's GET
    if wants_https():
        gunicorn += certificate(host)
    return {
        "the server": gunicorn,
        "the task worker": [sys.executable, "manage.py", "db_worker"],
    }


def stop(running: Iterable[Program]) -> None:
    """End every program that still runs: asked first, then made to."""
    for program in running:
        if program.poll() is None:
            program.terminate()
    for program in running:
        try:
            program.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def wait_until_serving(host: str, port: str, running: Iterable[Program]) -> bool:
    """True once the port answers, False if a program ended first."""
    address = ("127.0.0.1" if host == "0.0.0.0" else host, int(port))
    while all(program.poll() is None for program in running):
        try:
            socket.create_connection(address, timeout=1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def serve(host: str, port: str, start_beside: Callable[[], dict[str, Program]] = dict) -> int:
    """Run both programs until a signal (exit 0) or until one of them ends (exit 1).

    `start_beside` starts others that run, and end, with them; they are stopped first.
    """
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    for number in signals:
        signal.signal(number, ask)
    beside = start_beside()
    # Sessions of their own: a Ctrl-C reaches them once, from us.
    running = beside | {
        name: subprocess.Popen(command, cwd=BASE_DIR, start_new_session=True)
        for name, command in programs(host, port).items()
    }
    try:
        if wait_until_serving(host, port, running.values()):
            shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host
            scheme = "https" if wants_https() else "http"
            print(f"run: {scheme}://{shown}:{port}/   (Ctrl-C stops)", flush=True)
            if settings.DEMO and host not in LOOPBACK:
                print("run: everyone on this network can sign in with the demo's password")
        while not asked and all(program.poll() is None for program in running.values()):
            time.sleep(0.2)
    finally:
        ended = [name for name, program in running.items() if program.poll() is not None]
        stop(beside.values())
        stop(running.values())
    if asked:
        print("run: stopped")
        return 0
    print(f"run: {' and '.join(ended)} ended by itself; stopped the rest", file=sys.stderr)
    return 1


def require_free(host: str, port: str) -> None:
    """Say so at once if something else listens there already."""
    try:
        socket.create_server((host, int(port))).close()
    except OSError as error:
        sys.exit(f"run: cannot listen on {host}:{port} ({error.strerror}); try: make run PORT=8001")


def main() -> int:
    """Prepare and serve."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    require_free(host, port)
    demo_environment(host)
    prepare()
    return serve(host, port)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
