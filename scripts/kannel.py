"""A private Kannel on this machine, with a fake network in place of an operator's.

Writes Kannel's configuration and runs its two programs. Everything listens on 127.0.0.1 alone
and lives in one folder: the configuration and secrets (for the owner's eyes only), the texts that
wait (`store`), the delivery reports that are owed (`reports.sqlite3`), and the programs' logs,
which hold no text and no number.
"""

import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

Program = subprocess.Popen[bytes]
HERE = "127.0.0.1"
SBIN = "/usr/sbin:/usr/local/sbin"
START_SECONDS = 20
STOP_SECONDS = 10
# What each writes into its log, at least of this weight (0 everything, 2 warnings, 4 what ends
# it). smsbox's errors hold whole addresses: the sender's number and our token.
LOG_LEVELS = {"bearerbox": "2", "smsbox": "4"}
# Made by us, for Kannel makes none (its documentation of dlr-storage names the columns).
REPORTS_TABLE = """CREATE TABLE IF NOT EXISTS dlr (
    smsc TEXT, ts TEXT, destination TEXT, source TEXT, service TEXT, url TEXT, mask INTEGER,
    status INTEGER, boxc TEXT
)"""

CONFIGURATION = """
group = core
admin-port = {admin_port}
admin-interface = 127.0.0.1
admin-password = {admin_password}
smsbox-port = {box_port}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = file
store-location = "{folder}/store"
dlr-storage = sqlite3

group = sqlite3-connection
id = reports
database = "{folder}/reports.sqlite3"

group = dlr-db
id = reports
table = dlr
field-smsc = smsc
field-timestamp = ts
field-destination = destination
field-source = source
field-service = service
field-url = url
field-mask = mask
field-status = status
field-boxc-id = boxc

group = smsc
smsc = fake
smsc-id = phone
port = {phone_port}
our-host = 127.0.0.1
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send_port}
sendsms-interface = 127.0.0.1
mo-recode = true
http-request-retry = 1000000
http-queue-delay = {retry_seconds}
max-pending-requests = 4

group = sendsms-user
username = {user}
password = {password}
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
assume-plain-text = true
concatenation = true
post-url = "{callback}/sms/in/{token}/?id=%I&from=%p&to=%P&charset=%C"
"""


@dataclass(frozen=True, slots=True)
class KannelSettings:
    """Ports on 127.0.0.1, secrets and the line's number."""

    admin_port: int
    box_port: int
    phone_port: int
    send_port: int
    admin_password: str
    user: str
    password: str
    token: str
    line: str


def kept_settings(folder: Path) -> KannelSettings:
    """This machine's settings: from the environment, else what the folder keeps, else new ones.

    Variables: KANNEL_ADMIN_PORT, KANNEL_BOX_PORT, KANNEL_PHONE_PORT, KANNEL_SEND_PORT,
    KANNEL_ADMIN_PASSWORD, RAFKHAN_SMS_USER, RAFKHAN_SMS_PASSWORD, RAFKHAN_SMS_TOKEN and
    RAFKHAN_SMS_LINE.
    """
    path = folder / "settings.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    ports = iter(free_ports(4))
    values: dict[str, object] = {
        name: int(os.environ.get(f"KANNEL_{name.upper()}") or kept.get(name) or next(ports))
        for name in ("admin_port", "box_port", "phone_port", "send_port")
    }
    new = {"user": "rafkhan", "line": "100045040"}
    for name in ("admin_password", "user", "password", "token", "line"):
        prefix = "KANNEL" if name == "admin_password" else "RAFKHAN_SMS"
        given = os.environ.get(f"{prefix}_{name.upper()}") or kept.get(name)
        values[name] = given or new.get(name) or secrets.token_urlsafe(32)
    chosen = KannelSettings(**values)  # type: ignore[arg-type]
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # Kannel's store holds texts, and it writes it for everyone to read
    write_private(path, json.dumps(asdict(chosen), indent=1))
    return chosen


def free_ports(count: int) -> list[int]:
    """Ports on 127.0.0.1 that nothing listens on."""
    sockets = [socket.create_server((HERE, 0)) for _ in range(count)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def find_program(name: str) -> str:
    """Where bearerbox or smsbox is; ends the program with what to install where it isn't."""
    found = shutil.which(name) or shutil.which(name, path=SBIN)
    if found is None:
        sys.exit(f"sms: no {name} found; install Debian's package kannel")
    return found


@dataclass
class Kannel:
    """Both programs. `callback` is the application's address, without a slash at its end."""

    folder: Path
    callback: str
    settings: KannelSettings
    retry_seconds: int = 3
    programs: dict[str, Program] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What the application needs to speak to this Kannel."""
        return {
            "RAFKHAN_SMS_GATEWAY": "kannel",
            "RAFKHAN_SMS_URL": f"http://{HERE}:{self.settings.send_port}/cgi-bin/sendsms",
            "RAFKHAN_SMS_USER": self.settings.user,
            "RAFKHAN_SMS_PASSWORD": self.settings.password,
            "RAFKHAN_SMS_LINE": self.settings.line,
            "RAFKHAN_SMS_TOKEN": self.settings.token,
            "RAFKHAN_SMS_CALLBACK_URL": self.callback,
        }

    def start(self) -> dict[str, Program]:
        """Start both, and return once they listen. Raises RuntimeError if one doesn't."""
        write_private(
            self.folder / "kannel.conf",
            CONFIGURATION.format(
                folder=self.folder,
                callback=self.callback,
                retry_seconds=self.retry_seconds,
                **asdict(self.settings),
            ),
        )
        reports = sqlite3.connect(self.folder / "reports.sqlite3")
        reports.execute(REPORTS_TABLE)
        reports.close()
        try:
            self._start("bearerbox", self.settings.box_port)
            self._start("smsbox", self.settings.send_port)
        except BaseException:
            self.stop()
            raise
        return self.programs

    def _start(self, name: str, port: int) -> None:
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            program = self.programs[name] = subprocess.Popen(
                [find_program(name), "-v", LOG_LEVELS[name], str(self.folder / "kannel.conf")],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # a Ctrl-C reaches it once, from us
            )
        end = time.monotonic() + START_SECONDS
        while program.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection((HERE, port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{name} does not listen on {port}; see {log}")

    def stop(self) -> None:
        """End both in good order, smsbox first: bearerbox keeps what it has not passed on."""
        for name in ("smsbox", "bearerbox"):
            program = self.programs.pop(name, None)
            if program is None:
                continue
            program.terminate()
            try:
                program.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


@contextmanager
def private_kannel(folder: Path, callback: str) -> Iterator[Kannel]:
    """A Kannel with settings of its own that runs until the block ends."""
    kannel = Kannel(folder, callback, kept_settings(folder), retry_seconds=1)
    kannel.start()
    try:
        yield kannel
    finally:
        kannel.stop()
