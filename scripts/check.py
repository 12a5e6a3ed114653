"""`make check`: lint, types, pending migrations, Django's deployment checks, the architecture.

Runs every check, shows the output of each, and exits with 1 if any failed.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, "manage.py"]
CHECKS = (
    ("lint", [sys.executable, "-m", "ruff", "check", "."]),
    ("format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
    ("types", [sys.executable, "-m", "mypy"]),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    ("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]),
    (
        "architecture",
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow and not browser", "tests/house"],
    ),
)


def production_like(data_dir: str) -> dict[str, str]:
    """The environment of a careful deployment, with an empty data folder."""
    others = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RAFKHAN_") and name != "DATABASE_URL"
    }
    return {
        **others,
        "RAFKHAN_SECRET_KEY": "only-for-make-check-" + os.urandom(32).hex(),
        "RAFKHAN_ALLOWED_HOSTS": "rafkhan.example",
        "RAFKHAN_HSTS_SECONDS": "3600",
        "RAFKHAN_DATA_DIR": data_dir,
    }


def main() -> int:
    """Run the checks; 0 if all passed."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="rafkhan-check-") as data_dir:
        for name, command in CHECKS:
            print(f"--- {name}", flush=True)
            start = time.monotonic()
            code = subprocess.run(command, cwd=BASE_DIR, env=production_like(data_dir)).returncode
            if code != 0:
                failed.append(name)
            print(f"--- {name}: {'ok' if code == 0 else 'FAILED'}", end=" ")
            print(f"({time.monotonic() - start:.1f} s)", flush=True)
    print(f"make check: {'failed: ' + ', '.join(failed) if failed else 'all passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
