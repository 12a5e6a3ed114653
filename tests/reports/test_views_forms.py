"""The forms of an applied session, through the pages."""

import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from libraries.models import Copy
from reports.selectors import FORMS
from shelfreading.models import Decision, ReadingSession
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.decisions import fate_set
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import look_again
from tests.shelfreading.test_reading_to_undo import scan


@pytest.fixture
def applied(cast: Cast) -> ReadingSession:
    """Thirty copies read: three missing, one weeded as worn."""
    now = timezone.now()
    copies = add_copies(cast.library, numbered_calls(30))
    session = session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=now,
        other_colleagues="همکار نمونه",
    )  # fmt: skip
    scan(
        session,
        [copy.barcode for copy in copies if int(copy.registration_number) % 10],
        cast.librarian,
    )
    session_close(session_id=session.pk, actor=cast.librarian, now=now)
    findings_compute(session_id=session.pk, actor=cast.librarian, now=now)
    fate_set(
        session_id=session.pk, keys=[f"c{copies[0].pk}"],
        fate=Decision.Fate.WEED_WORN, actor=cast.librarian, now=now,
    )  # fmt: skip
    look_again(session, cast.librarian)
    findings_apply(session_id=session.pk, actor=cast.librarian, now=now)
    session.refresh_from_db()
    return session


def pdf_text(content: bytes, path: Path) -> str:
    path.write_bytes(content)
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.pdf
def test_minutes_6_lists_the_missing(
    client: Client, cast: Cast, applied: ReadingSession, tmp_path: Path
) -> None:
    client.force_login(cast.librarian)
    response = client.get(f"/sessions/{applied.pk}/forms/minutes-6.pdf")
    assert response["Content-Type"] == "application/pdf"
    text = pdf_text(response.content, tmp_path / "minutes.pdf")
    for number in ("۱۰", "۲۰", "۳۰"):
        assert number in text
    assert Copy.objects.filter(library=cast.library, status="missing").count() == 3


def test_report_1_counts_what_was_applied(cast: Cast, applied: ReadingSession) -> None:
    application = applied.applications.get()
    report = FORMS["report-1"].build(application)
    assert report.copies_read == 30
    assert report.counts.in_order() == (0, 0, 1, 0, 3, 0, 0)
    assert report.annexes == {"worn", "missing"}
    assert report.colleagues == ("نمونهٔ librarian", "همکار نمونه")


@pytest.mark.parametrize("slug", list(FORMS))
def test_every_form_fills_as_excel(
    client: Client, cast: Cast, applied: ReadingSession, slug: str
) -> None:
    client.force_login(cast.county)
    response = client.get(f"/sessions/{applied.pk}/forms/{slug}.xlsx")
    assert response.status_code == 200
    assert response.content[:2] == b"PK"


def test_page_shows_numbers_and_links(client: Client, cast: Cast, applied: ReadingSession) -> None:
    client.force_login(cast.head)
    page = client.get(f"/sessions/{applied.pk}/forms/").content.decode()
    assert f"/sessions/{applied.pk}/forms/minutes-5.pdf" in page
    assert "صورتجلسهٔ شمارهٔ شش" in page


def test_outsider_finds_nothing(client: Client, cast: Cast, applied: ReadingSession) -> None:
    client.force_login(cast.outsider)
    for path in ("forms/", "forms/report-1.pdf", "forms/minutes-5.xlsx"):
        assert client.get(f"/sessions/{applied.pk}/{path}").status_code == 404


def test_nothing_is_filled_before_applying_or_after_undo(
    client: Client, cast: Cast, applied: ReadingSession
) -> None:
    application_undo(session_id=applied.pk, actor=cast.librarian, now=timezone.now())
    client.force_login(cast.librarian)
    assert client.get(f"/sessions/{applied.pk}/forms/report-1.pdf").status_code == 404
    page = client.get(f"/sessions/{applied.pk}/forms/").content.decode()
    assert "پس از اعمال" in page


@pytest.mark.pdf
def test_a_long_form_is_made_by_the_worker(
    client: Client, cast: Cast, applied: ReadingSession, django_capture_on_commit_callbacks: object
) -> None:
    client.force_login(cast.librarian)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/sessions/{applied.pk}/forms/minutes-6/job/")
    job = cast.librarian.jobs.get()
    assert response["Location"] == f"/jobs/{job.pk}/"
    assert (job.state, job.result_name) == ("done", f"minutes-6-{applied.pk}.pdf")
    with job.result.open() as result:
        assert result.read(5) == b"%PDF-"


@pytest.mark.pdf
def test_blank_forms_are_for_everyone_who_prints(client: Client, cast: Cast) -> None:
    client.force_login(cast.expert)
    assert client.get("/forms/blank/minutes-6.pdf").content[:5] == b"%PDF-"
    assert client.get("/forms/blank/no-such.pdf").status_code == 404
    client.force_login(cast.admin)
    assert client.get("/forms/blank/minutes-6.pdf").status_code == 403
