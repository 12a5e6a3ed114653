"""`make test`: the checks, the whole suite on SQLite, what asks a database on PostgreSQL.

Every stage runs even when one before it failed; a line tells each one's time and outcome, and
the exit code is 1 if any failed. PYTEST_ARGS holds further arguments for pytest.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

BASE_DIR = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest", "-q", *shlex.split(os.environ.get("PYTEST_ARGS", ""))]
POSTGRES = [sys.executable, "scripts/postgres.py"]
# Many tests wait for programs that they started, or for one another: one more worker than there are
# processors uses that time.
WORKERS = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal"]
# A browser and its server want a processor of their own, however many there are. In their own
# order, since a file of few tests that take long would else come last and keep one of two waiting.
BROWSERS = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
STAGES = (
    ("checks", [sys.executable, "scripts/check.py"]),
    ("tests on SQLite", [*PYTEST, *WORKERS, "-m", "not postgres_only and not browser"]),
    ("browser tests on SQLite", [*PYTEST, *BROWSERS, "-m", "not postgres_only and browser"]),
    (
        "tests on PostgreSQL",
        [*POSTGRES, *PYTEST, *WORKERS, "-m", "not sqlite_only and not browser"],
    ),
    (
        "browser tests on PostgreSQL",
        [*POSTGRES, *PYTEST, *BROWSERS, "-m", "not sqlite_only and browser"],
    ),
)


def main() -> int:
    """Run the stages; 0 if all passed."""

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    # The first suite is SQLite's, whatever database the caller's shell points at.
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    lines, failed = [], False
    for name, command in STAGES:
        print(f"\n=== {name}", flush=True)
        start = time.monotonic()
        stage = subprocess.Popen(command, cwd=BASE_DIR, env=environment)
        try:
            code = stage.wait()
        finally:
            if stage.poll() is None:  # interrupted: the stage cleans up, then we leave
                stage.terminate()
                stage.wait()
        failed |= code != 0
        outcome = "passed" if code == 0 else f"FAILED (exit {code})"
        lines.append(f"{name}: {outcome} in {time.monotonic() - start:.0f} s")
        print(f"=== {lines[-1]}", flush=True)
    print("\n" + "\n".join(f"make test: {line}" for line in lines))
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
