"""A real Kannel between a phone and a real gunicorn: nothing lost, nothing twice, nothing bent."""

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from scripts.kannel import Kannel, free_ports, private_kannel
from sms_requests.models import DeliveryReport, MessageIn, MessageOut
from sms_requests.phone import NetworkPhone
from sms_requests.sending import messages_send
from sms_requests.services import message_queue
from tests.fixtures_served import ROOT, START_SECONDS, Served, database_url, site_environment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NUMBER = "09120000001"
PERSIAN = "سلام، کتابخانه‌های «همدان» كتاب ۱۲۳ 😀"
LONG = "کتابخانه‌ی مرکزی همدان، کد ملی ۰۰۱۲۳۴۵۶۷۹ «بوف کور» 😀؛ " * 6
TEXTS = {"persian": PERSIAN, "latin": "hello", "full": "ا" * 70, "long": LONG.strip()}
KILLED_SECONDS = float(os.environ.get("SMS_TEST_KILLED_SECONDS", "8"))
State = MessageOut.State


class Site(Served):
    """A site without static files: no page of it is looked at."""

    def _wait(self) -> None:
        wait_for(self._answers, START_SECONDS)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            contextlib.closing(connection),
        ):
            connection.request("GET", "/sms/in/nobody/")
            return connection.getresponse().status > 0
        return False


@pytest.fixture(scope="module")
def line(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Kannel, Served]]:
    """Kannel and the site, which know each other."""
    folder = tmp_path_factory.mktemp("sms")
    (port,) = free_ports(1)
    with private_kannel(folder / "kannel", f"http://127.0.0.1:{port}") as kannel:
        environment = site_environment(folder / "data", folder / "static", database_url())
        # Nothing here is understood and answered, only carried; no worker runs.
        environment |= kannel.environment() | {"RAFKHAN_DEBUG": "0", "RAFKHAN_TASKS": "worker"}
        site = Site(environment, folder / "gunicorn.log", port=port)
        yield kannel, site
        site.kill()


@pytest.fixture
def kannel(line: tuple[Kannel, Served], settings: object) -> Kannel:
    for name, value in line[0].environment().items():
        setattr(settings, name.removeprefix("RAFKHAN_"), value)
    return line[0]


@pytest.fixture
def site(line: tuple[Kannel, Served], transactional_db: None) -> Served:
    if line[1].program is None:
        line[1].start()
    return line[1]


@pytest.fixture
def phone(kannel: Kannel) -> Iterator[NetworkPhone]:
    phone = NetworkPhone(kannel.settings.phone_port, NUMBER, kannel.settings.line)
    yield phone
    phone.close()


def wait_for(what: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def send(text: str) -> MessageOut:
    """Queue and hand over in this process."""
    message = message_queue(to=NUMBER, text=text, now=timezone.now())
    messages_send()
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_comes_in_whole(site: Served, phone: NetworkPhone, text: str) -> None:
    phone.say(text)
    wait_for(MessageIn.objects.exists)
    message = MessageIn.objects.get()
    assert (message.text, message.trouble) == (text, "")
    assert (message.sender, message.to, message.gateway) == (NUMBER, "100045040", "kannel")
    assert message.provider_id


def test_parts_out_of_order_are_one_text(site: Served, phone: NetworkPhone) -> None:
    orders = [[5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2], [0, 1, 2, 3, 5, 4]]
    for order in orders:
        phone.say(LONG, order)
    wait_for(lambda: MessageIn.objects.count() == len(orders))
    assert set(MessageIn.objects.values_list("text", flat=True)) == {LONG}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_goes_out_whole_and_is_reported(
    site: Served, phone: NetworkPhone, text: str
) -> None:
    message = send(text)
    assert message.state in {State.SENT, State.ACCEPTED, State.DELIVERED}
    assert phone.hear(10) == [text]
    wait_for(lambda: DeliveryReport.objects.count() == 2)
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert message.sent_at and message.accepted_at and message.delivered_at


def test_wrong_password_waits_in_the_queue(site: Served, phone: NetworkPhone, settings) -> None:
    settings.SMS_PASSWORD = "wrong"
    message = send(PERSIAN)
    assert message.state == State.QUEUED and message.error
    assert phone.hear(1) == []


def test_kannel_is_down_and_comes_back(site: Served, kannel: Kannel) -> None:
    kannel.stop()
    try:
        message = send(PERSIAN)
        assert (message.state, message.tries) == (State.QUEUED, 1)
        assert "در دسترس نیست" in message.error
    finally:
        kannel.start()
    phone = NetworkPhone(kannel.settings.phone_port, NUMBER, kannel.settings.line)
    with contextlib.closing(phone):
        messages_send(clock=lambda: message.next_try_at)
        assert phone.hear(10) == [PERSIAN]
        assert phone.hear(1) == []


def test_delivered_again_by_another_hand_changes_nothing(
    site: Served, phone: NetworkPhone, kannel: Kannel
) -> None:
    phone.say(PERSIAN)
    wait_for(MessageIn.objects.exists)
    before = MessageIn.objects.values().get()
    for method, body in (("POST", b"x"), ("GET", None)):
        path = f"/sms/in/{kannel.settings.token}/?id={before['provider_id']}&from=1&to=2"
        connection = http.client.HTTPConnection("127.0.0.1", site.port)
        connection.request(method, path, body)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        connection.close()
    assert MessageIn.objects.values().get() == before


def test_texts_wait_while_the_application_is_killed_and_come_once(
    site: Served, phone: NetworkPhone, capsys: pytest.CaptureFixture[str]
) -> None:
    """200 texts, of which some find the application alive, some dying, most of them dead."""
    texts = [f"{PERSIAN} شمارهٔ {number}" for number in range(200)]
    for text in texts[:20]:
        phone.say(text)
    site.kill()
    killed_at = time.monotonic()
    for text in texts[20:]:
        phone.say(text)
        time.sleep(KILLED_SECONDS / len(texts))
    time.sleep(max(0, KILLED_SECONDS + killed_at - time.monotonic()))
    there = MessageIn.objects.count()
    assert there <= 20
    site.start()
    back_at = time.monotonic()
    wait_for(lambda: MessageIn.objects.count() >= 200, 120)
    took = time.monotonic() - back_at
    time.sleep(3)  # whatever would come twice has had its time
    often = Counter(MessageIn.objects.values_list("text", flat=True))
    with capsys.disabled():
        print(
            f"\n200 texts, application dead for {KILLED_SECONDS:.0f} s after {there}: "
            f"{len(often)} arrived, each {set(often.values())} times, "
            f"all within {took:.1f} s of its return"
        )
    assert often == Counter(dict.fromkeys(texts, 1))


def test_what_waits_in_bearerbox_outlives_kannel(site: Served, kannel: Kannel) -> None:
    """Without an smsbox nothing is passed on; what came is on the disk when Kannel is killed."""
    smsbox = kannel.programs["smsbox"]
    smsbox.terminate()
    smsbox.wait(20)
    phone = NetworkPhone(kannel.settings.phone_port, NUMBER, kannel.settings.line)
    with contextlib.closing(phone):
        for number in range(10):
            phone.say(f"{PERSIAN} {number}")
        time.sleep(1)
    bearerbox = kannel.programs.pop("bearerbox")
    bearerbox.kill()
    bearerbox.wait(20)
    kannel.start()
    wait_for(lambda: MessageIn.objects.count() >= 10, 30)
    time.sleep(2)
    often = Counter(MessageIn.objects.values_list("text", flat=True))
    assert often == Counter({f"{PERSIAN} {number}": 1 for number in range(10)})


def test_everything_listens_on_loopback_and_keeps_its_secrets(kannel: Kannel) -> None:
    own = [
        kannel.settings.admin_port, kannel.settings.box_port, kannel.settings.phone_port,
        kannel.settings.send_port,
    ]  # fmt: skip
    listening = {}
    for entry in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state = entry.split()[1], entry.split()[3]
        address, port = local.split(":")
        if state == "0A" and int(port, 16) in own:
            listening[int(port, 16)] = address
    assert listening == dict.fromkeys(own, "0100007F")
    assert kannel.folder.stat().st_mode & 0o077 == 0
    for name in ("kannel.conf", "settings.json"):
        assert (kannel.folder / name).stat().st_mode & 0o077 == 0


def test_kannels_logs_hold_no_text_and_no_number(
    site: Served, phone: NetworkPhone, kannel: Kannel
) -> None:
    phone.say("hello personal")
    wait_for(MessageIn.objects.exists)
    send("secret words")
    assert phone.hear(10) == ["secret words"]
    logs = "".join(path.read_text(errors="replace") for path in kannel.folder.glob("*.log"))
    logs += site.log.read_text(errors="replace")
    for word in ("hello personal", "secret words", "9120000001", "%06", kannel.settings.token):
        assert word not in logs


def test_the_phone_command(site: Served, kannel: Kannel, tmp_path: Path) -> None:
    """`manage.py phone --say` writes through Kannel; run beside this very site."""
    (tmp_path / "kannel").symlink_to(kannel.folder)
    environment = {**site.environment, "RAFKHAN_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "phone", "--say", PERSIAN, "--wait", "8"]
    command += ["--number", "09120000009"]
    program = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    wait_for(MessageIn.objects.exists, 30)
    assert MessageIn.objects.get().sender == "09120000009"
    message_queue(to="09120000009", text="پاسخ آزمون", now=timezone.now())
    messages_send()
    out, _ = program.communicate(timeout=60)
    assert "← پاسخ آزمون" in out.decode()
