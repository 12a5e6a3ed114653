"""`make sms`: the demo as `make run` serves it, with a real Kannel and a fake network beside it.

`manage.py phone` in another terminal plays the phone. Kannel's folder is `kannel` in the data
folder; what it has not delivered yet waits there for the next start.
"""

import os
import sys
from pathlib import Path

from scripts import run
from scripts.kannel import HERE, Kannel, kept_settings


def main() -> int:
    """Prepare, then serve with Kannel beside."""
    host, port = os.environ.get("HOST", HERE), os.environ.get("PORT", "8000")
    if run.wants_https() or host not in {HERE, "localhost", "0.0.0.0"}:
        sys.exit("sms: Kannel calls http://127.0.0.1; leave HTTPS out, and HOST or HOST=0.0.0.0")
    run.require_free(host, port)
    data_dir = Path(os.environ.get("RAFKHAN_DATA_DIR", run.BASE_DIR / "var")).resolve()
    folder = data_dir / "kannel"
    kannel = Kannel(folder, f"http://{HERE}:{port}", kept_settings(folder))
    os.environ.update(kannel.environment())
    run.demo_environment(host)
    run.prepare()
    print("sms: play a phone in another terminal: .venv/bin/python manage.py phone", flush=True)
    return run.serve(host, port, kannel.start)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
