"""Runs a command beside a private, throw-away PostgreSQL.

    python scripts/postgres.py COMMAND [ARGUMENT ...]   runs it with DATABASE_URL set
    python scripts/postgres.py --find                   prints where the server's programs are

The cluster lives in a new folder under /tmp, listens on a socket in it and on nothing else,
sorts as Persian does (ICU fa-IR), and is stopped and removed at the end, whatever the end.
If DATABASE_URL_TEST_PG names a server, that one is used and nothing is started.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROLE = "rafkhan"
INITDB = (
    *("--locale-provider=icu", "--icu-locale=fa-IR", "--locale=C.UTF-8", "-E", "UTF8"),
    *("--auth=trust", "--no-sync", f"--username={ROLE}"),
)
# Nothing here outlives the run, so nothing waits for the disk.
SERVER = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def find_programs() -> Path | None:
    """The folder that holds initdb and pg_ctl: the newest Debian has, or the PATH's."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(debian, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    return Path(found).parent if found else None


def _server_user() -> pwd.struct_passwd | None:
    """Who the server runs as: the user postgres when we are root (it refuses root), else us."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


@contextmanager
def private_cluster() -> Iterator[str]:
    """Start a cluster, give its DATABASE_URL, and in the end stop and remove it."""
    programs = find_programs()
    if programs is None:
        sys.exit("postgres: no initdb found; `make test` installs Debian's postgresql")
    user = _server_user()
    # /tmp, not TMPDIR: a socket's path may have 107 characters, and postgres must get there.
    folder = Path(tempfile.mkdtemp(prefix="rafkhan-pg-", dir="/tmp"))
    data, log = folder / "data", folder / "log"

    def run(program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; its output is shown only when it fails."""
        result = subprocess.run(
            [programs / program, *arguments],
            cwd=folder,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=(folder / "output").open("w"),
            stderr=subprocess.STDOUT,
        )
        if result.returncode != 0:
            told = [path.read_text() for path in (folder / "output", log) if path.exists()]
            sys.exit(f"postgres: {program} failed\n" + "\n".join(told))

    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        run("initdb", *INITDB, "-D", str(data))
        options = f"{SERVER} -c unix_socket_directories='{folder}'"
        run("pg_ctl", "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
        run("createdb", "-h", str(folder), "-U", ROLE, ROLE)
        yield f"postgres://{ROLE}@/{ROLE}?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run the command on a real PostgreSQL; return its exit code."""
    if command == ["--find"]:
        programs = find_programs()
        print(programs or "none")
        return 0 if programs else 1
    if not command:
        sys.exit(__doc__)

    given = os.environ.get("DATABASE_URL_TEST_PG")
    if given:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": given}).returncode

    def leave(number: int, frame: FrameType | None) -> None:
        """Leave through the `finally` above; a second signal changes nothing any more."""
        for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(name, signal.SIG_IGN)
        sys.exit(128 + number)

    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(name, leave)
    with private_cluster() as address:
        child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": address})
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
