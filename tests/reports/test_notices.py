"""Notices of a report's moves: in the application, by e-mail, and never in the way of the move."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import User
from reports.mail import notices_mail
from reports.models import Notice, Report
from reports.services.deciding import report_move
from reports.services.sending import report_submit
from tests.cast import Cast
from tests.pages import text_of
from tests.sent_reports import read_and_apply

pytestmark = pytest.mark.django_db


def send(cast: Cast) -> Report:
    session = read_and_apply(cast.librarian)
    return report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())


def told() -> list[tuple[str, str]]:
    return [(notice.user.username, notice.text) for notice in Notice.objects.order_by("pk")]


def test_each_move_tells_the_next_desk_and_the_sender_but_not_its_maker(cast: Cast) -> None:
    report = send(cast)
    assert [name for name, _ in told()] == ["county"]
    assert told()[0][1].endswith("(ویراست ۱) فرستاده شد.")
    move = {"report_id": report.pk, "now": timezone.now(), "revision": 1}
    report_move(move="accept", actor=cast.county, **move)
    assert [name for name, _ in told()[1:]] == ["head", "expert"]
    report_move(move="return", actor=cast.expert, comment="چرا؟", **move)
    assert [name for name, _ in told()[3:]] == ["head"]
    assert "برای اصلاح بازگردانده شد" in told()[3][1] and "چرا" not in told()[3][1]


def test_the_bell_counts_and_opening_marks_as_read(cast: Cast, client: Client) -> None:
    report = send(cast)
    client.force_login(cast.county)
    bell = '<span class="nav-count">۱<span class="visually-hidden"> خبر تازه'
    assert bell in client.get("/").content.decode()
    notice = Notice.objects.get()
    url = reverse("notice-open", args=[notice.pk])
    assert client.get(url).status_code == 405
    client.force_login(cast.head)
    assert client.post(url).status_code == 404
    client.force_login(cast.county)
    assert client.post(url).headers["Location"] == reverse("report", args=[report.pk])
    assert bell not in client.get("/").content.decode()
    first = Notice.objects.get().read_at
    client.post(reverse("notices-read"))
    assert Notice.objects.get().read_at == first
    assert "همهٔ خبرها را خوانده‌اید" in text_of(client.get(reverse("notices")))


def test_all_are_read_at_once_and_only_ones_own(cast: Cast, client: Client) -> None:
    report = send(cast)
    Notice.objects.create(user=cast.expert, report=report, text="x", at=timezone.now())
    client.force_login(cast.county)
    client.post(reverse("notices-read"))
    assert Notice.objects.get(user=cast.county).read_at
    assert not Notice.objects.get(user=cast.expert).read_at


def test_mail_goes_to_those_with_an_address_after_the_commit(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    User.objects.filter(pk=cast.county.pk).update(email="county@example.ir")
    with django_capture_on_commit_callbacks(execute=True):
        send(cast)
        assert mail.outbox == []
    (message,) = mail.outbox
    assert message.to == ["county@example.ir"]
    assert message.subject == Notice.objects.get().text


@pytest.fixture
def silent_server(settings: Any) -> Iterator[None]:
    """A mail server that takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        settings.EMAIL_TIMEOUT = 0.5
        yield


def test_a_mail_server_that_hangs_holds_up_no_move(
    cast: Cast, silent_server: None, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_TIMEOUT = 60
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    User.objects.filter(pk=cast.county.pk).update(email="county@example.ir")
    session = read_and_apply(cast.librarian)
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        report = report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())
    assert time.monotonic() - began < 10
    assert report.state == "submitted"


def test_the_worker_gives_such_a_server_up(cast: Cast, silent_server: None) -> None:
    User.objects.filter(pk=cast.county.pk).update(email="county@example.ir")
    send(cast)
    assert notices_mail.call([Notice.objects.get().pk]) == 0
