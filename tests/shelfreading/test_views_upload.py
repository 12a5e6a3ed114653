"""Uploading a reader's memory."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, Job
from shelfreading import memory_files
from shelfreading.models import ReadingSession
from shelfreading.services.sessions import session_close, session_start
from shelfreading.views import uploads
from tests.cast import Cast, add_copies, numbered_calls


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(8))


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )


def text(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def send(client: Client, session: ReadingSession, content: bytes, name: str = "m.txt") -> str:
    response = client.post(
        reverse("memory-upload", args=[session.pk]),
        {"file": SimpleUploadedFile(name, content)},
        follow=True,
    )
    assert response.status_code == 200
    return response.content.decode()


def kept_files() -> list[str]:
    folder = Path(default_storage.path("memories"))
    return [file.name for file in folder.iterdir()] if folder.exists() else []


def test_a_memory_is_taken_matched_and_told_of(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    codes = [copy.barcode for copy in copies[:7]]
    html = send(client, session, text("MEMORY DUMP", *codes, "777", "END"))
    assert "۸ کد از فایل «m.txt» خوانده شد؛ همه تازه بودند." in html
    assert "۲ سطر که کد نیست" in html
    session.refresh_from_db()
    assert session.summary["counts"]["present"] == 7
    assert session.summary["counts"]["unknown"] == 1
    assert kept_files() == []


def test_the_same_file_twice_counts_once(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    codes = [copy.barcode for copy in copies]
    send(client, session, text(*codes[:4]))
    html = send(client, session, text(*codes[:4]), name="again.txt")
    assert "پیش‌تر رسیده بود؛ چیزی تکرار نشد" in html
    assert session.events.count() == 4
    html = send(client, session, text(*codes[:6]))
    assert "۲ تازه بود و ۴ پیش‌تر رسیده بود" in html
    assert (
        list(session.events.order_by("device", "seq").values_list("code", flat=True)) == codes[:6]
    )
    rows = [row for row in html.split("<tr>")[1:] if "m.txt" in row or "again.txt" in row]
    assert len(rows) == 3


def test_the_readers_clock_is_local_time(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    send(client, session, text(f"{copies[0].barcode},2026-11-22,08:30:00"), name="m.csv")
    at = timezone.localtime(session.events.get().device_at)
    assert at.strftime("%Y-%m-%d %H:%M") == "2026-11-22 08:30"


BAD = [
    ("empty.txt", b"", "صفر بایت"),
    ("photo.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "photo.xlsx"),
    ("noise.txt", text("MEMORY DUMP", "END"), "هیچ بارکدی"),
    ("cut.xlsx", b"PK\x03\x04" + b"x" * 200, "cut.xlsx"),
]


@pytest.mark.parametrize(("name", "content", "reason"), BAD, ids=[name for name, _, _ in BAD])
def test_what_is_no_memory_says_why_and_leaves_nothing(
    client: Client, cast: Cast, session: ReadingSession, name: str, content: bytes, reason: str
) -> None:
    client.force_login(cast.librarian)
    assert reason in send(client, session, content, name=name)
    assert session.events.count() == 0
    assert not session.uploads.exists()
    assert kept_files() == []


def test_no_file_and_a_file_too_large(
    client: Client, cast: Cast, session: ReadingSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(cast.librarian)
    url = reverse("memory-upload", args=[session.pk])
    assert "نخست فایلی برگزینید" in client.post(url).content.decode()
    monkeypatch.setattr(settings, "MAX_UPLOAD_BYTES", 1024 * 1024)
    assert "مگابایت بزرگ‌تر است" in send(client, session, b"1\n" * 600_000)


def test_a_closed_session_takes_no_file(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    send(client, session, text(copies[0].barcode))
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    assert "پایان یافته است" in send(client, session, text(copies[1].barcode))
    assert session.events.count() == 1


@pytest.mark.parametrize("limit", ["MOST_CODES_AT_ONCE", "MOST_BYTES_AT_ONCE"])
def test_a_large_file_is_the_workers(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession, limit: str,
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks,
) -> None:  # fmt: skip
    monkeypatch.setattr(uploads, limit, 3)
    client.force_login(cast.head)
    content = text(*[copy.barcode for copy in copies])
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            reverse("memory-upload", args=[session.pk]),
            {"file": SimpleUploadedFile("large.txt", content)},
        )
    job = Job.objects.get()
    assert response.url == reverse("job", args=[job.pk])
    assert (job.state, job.next_url) == (Job.State.DONE, reverse("session", args=[session.pk]))
    assert "۸ کد از فایل «large.txt»" in job.message
    assert session.events.count() == 8
    assert session.uploads.get().uploaded_by == cast.head
    assert kept_files() == []


def test_a_large_file_that_cannot_be_read_fails_with_its_sentence(
    client: Client, cast: Cast, session: ReadingSession, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
) -> None:  # fmt: skip
    monkeypatch.setattr(uploads, "MOST_BYTES_AT_ONCE", 3)
    client.force_login(cast.librarian)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("memory-upload", args=[session.pk]),
            {"file": SimpleUploadedFile("x.txt", text("MEMORY DUMP", "END"))},
        )
    job = Job.objects.get()
    assert job.state == Job.State.FAILED
    assert "هیچ بارکدی" in job.message
    assert kept_files() == []


def test_the_weak_role_and_the_outsider(
    client: Client, cast: Cast, session: ReadingSession
) -> None:
    url = reverse("memory-upload", args=[session.pk])
    client.force_login(cast.expert)
    assert client.get(url).status_code == 403
    client.force_login(cast.outsider)
    assert client.get(url).status_code == 404
    assert memory_files.MOST_CODES_AT_ONCE == 20_000
