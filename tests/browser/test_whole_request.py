"""A request's whole way: a text through a real Kannel, three desks in a browser, a loan; and each
answer comes back to the phone."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from libraries.domain.persian import search_key
from loans.models import Loan, Member
from scripts.kannel import Kannel, free_ports, private_kannel
from sms_requests.domain.way import State
from sms_requests.models import MessageIn, MessageOut, Request, SmsLine
from sms_requests.phone import NetworkPhone
from tests.cast import Cast, add_copies
from tests.fixtures_served import (
    ROOT,
    Served,
    database_url,
    site_environment,
)
from tests.walker import Walker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.no_worker,
    pytest.mark.django_db(transaction=True),
]
NUMBER, NATIONAL_ID = "09120000001", "0084575948"


@pytest.fixture
def line(
    django_db_setup: None, transactional_db: None, gathered: Path, tmp_path: Path
) -> Iterator[tuple[Kannel, Served]]:
    """Kannel, the site and its worker, as in use."""
    (port,) = free_ports(1)
    with private_kannel(tmp_path / "kannel", f"http://127.0.0.1:{port}") as kannel:
        environment = site_environment(tmp_path / "data", gathered, database_url())
        environment |= kannel.environment() | {"RAFKHAN_TASKS": "worker"}
        site = Served(environment, tmp_path / "gunicorn.log", port=port)
        site.start()
        with (tmp_path / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "manage.py", "db_worker", "--interval", "0.2"],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            yield kannel, site
        finally:
            worker.terminate()
            worker.wait(30)
            site.stop()


def hear(phone: NetworkPhone, words: str) -> str:
    """The next text that comes to the phone; it must say so."""
    end = time.monotonic() + 30
    heard: list[str] = []
    while not heard and time.monotonic() < end:
        heard = phone.hear(5)
    assert len(heard) == 1, heard
    assert words in heard[0]
    return heard[0]


def test_a_text_ends_as_a_loan_and_its_answers_leave(
    cast: Cast, page: Page, line: tuple[Kannel, Served]
) -> None:
    kannel, site = line
    SmsLine.objects.create(number=kannel.settings.line, province=cast.library.county.province)
    member = Member.objects.create(
        library=cast.library, full_name="زهرا نمونه", search_name=search_key("زهرا نمونه"),
        national_id=NATIONAL_ID, mobile=NUMBER,
    )  # fmt: skip
    (copy,) = add_copies(cast.library, ["8فا3/62"])
    copy.title.title = "بوف کور"
    copy.title.search_text = search_key("بوف کور")
    copy.title.save()
    phone = NetworkPhone(kannel.settings.phone_port, NUMBER, kannel.settings.line)
    walk = Walker(page, site.url)

    # The library that is named doesn't exist: the expert sees to it.
    phone.say(f"سلام. كتابخانه ستاره، کد ملی {NATIONAL_ID}، کتاب بوف کورر")
    hear(phone, "برای کتابخانه‌تان فرستاده می‌شود")
    walk.enter("expert")
    walk.from_desk("ارجاع")
    request = Request.objects.get()
    assert request.state == State.UNROUTED
    walk.go("request-route", request.pk)
    page.select_option("#library-choice", str(cast.library.pk))
    walk.press("ارجاع")
    hear(phone, "بوف کورر")

    walk.enter("librarian")
    walk.from_desk("درخواست")
    walk.go("request", request.pk)
    walk.press("کنار گذاشتن")
    page.fill("textarea[name=said] >> nth=0", "فردا ساعت ۱۰ می‌آید")
    walk.press("گفت‌وگو شد")
    for box in page.locator("input[name=ticked]:visible").all():
        box.check()
    walk.press("آماده شد")
    walk.press("اعلام کن")
    hear(phone, "آماده است")

    phone.say("وضعيت؟")
    hear(phone, "بوف کور")

    for box in page.locator("input[name=ticked]:visible").all():
        box.check()
    page.locator(".request-next input[name=tell]").check()
    walk.press("تحویل و ثبت امانت")
    walk.sees("دیدن امانت")
    hear(phone, "روز بازگشت")
    phone.close()

    loan = Loan.objects.get()
    request.refresh_from_db()
    assert (loan.copy, loan.member, request.loan, request.state) == (
        copy, member, loan, State.LENT
    )  # fmt: skip
    assert MessageIn.objects.count() == 2
    assert MessageOut.objects.count() == 5
