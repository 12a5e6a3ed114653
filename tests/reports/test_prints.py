"""A report's prints, and the page to which the code on them leads (spec B7)."""

import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import County, Job, Title
from libraries.roles import Role
from reports.forms.annex import AnnexList
from reports.forms.common import CopyRow
from reports.frozen import digest_of, from_plain, to_plain
from reports.models import Report
from reports.printing import forms_of, printed_form
from reports.services.deciding import report_move
from reports.services.sending import report_submit
from tests.cast import Cast, make_user
from tests.pages import text_of
from tests.sent_reports import read_and_apply

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast: Cast) -> Report:
    session = read_and_apply(cast.librarian)
    return report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())


def code(report: Report, number: int, digest: str, **asked: str) -> tuple[str, dict[str, str]]:
    return reverse("report-code", args=[report.public_id, number, digest]), asked


def say(client: Client, report: Report, number: int, digest: str, **asked: str) -> str:
    url, data = code(report, number, digest, **asked)
    answer = client.get(url, data)
    assert answer.status_code == 200
    return text_of(answer)


def words_of(pdf: bytes, folder: Path) -> str:
    (folder / "form.pdf").write_bytes(pdf)
    run = subprocess.run(
        ["pdftotext", "-layout", folder / "form.pdf", "-"], capture_output=True, check=True
    )
    return run.stdout.decode()


def test_what_was_sent_prints_for_ever_as_it_was_sent(
    cast: Cast, client: Client, report: Report, tmp_path: Path
) -> None:
    client.force_login(cast.county)
    Title.objects.filter(library=cast.library).update(title="عنوانی دیگر")
    cast.library.name = "نامی دیگر"
    cast.library.save()
    for slug in forms_of(report.revisions.get()):
        answer = client.get(reverse("report-form", args=[report.pk, 1, slug, "xlsx"]))
        assert answer.status_code == 200 and len(answer.content) > 4000, slug
    answer = client.get(reverse("report-form", args=[report.pk, 1, "report-1", "pdf"]))
    words = words_of(answer.content, tmp_path)
    assert answer.headers["Content-Type"] == "application/pdf"
    digest = report.revisions.get().digest
    assert digest[:4] in words and "دیگر" not in words
    assert client.get(f"/reports/{report.pk}/revisions/1/none.pdf").status_code == 404
    assert client.get(f"/reports/{report.pk}/revisions/7/report-1.pdf").status_code == 404


def test_a_long_list_is_laid_out_by_the_worker(
    cast: Cast, client: Client, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.views_prints.form_rows", lambda revision, slug: 151)
    client.force_login(cast.county)
    direct = client.get(reverse("report-form", args=[report.pk, 1, "minutes-6", "pdf"]))
    assert direct.headers["Location"] == reverse("report", args=[report.pk])
    job_url = reverse("report-form-job", args=[report.pk, 1, "minutes-6"])
    assert client.get(job_url).status_code == 405
    answer = client.post(job_url)
    assert answer.headers["Location"].startswith("/jobs/")
    assert Job.objects.get().label.startswith("PDF صورتجلسهٔ شمارهٔ شش")


def test_decisions_lie_over_a_weeding_list_and_the_hash_stays(report: Report) -> None:
    revision = report.revisions.get()
    proposals = list(report.session.weeding_proposals.order_by("pk")) if report.session else []
    rows = tuple(
        CopyRow(title="عنوان", registration_number=p.copy.registration_number) for p in proposals
    )
    content: dict[str, Any] = {
        "forms": {"weeded-worn": to_plain(AnnexList("worn", rows=rows))},
        "copies": revision.content["copies"],
    }
    revision.content = content
    assert [row.opinion for row in printed_form(revision, "weeded-worn").rows] == ["", ""]
    now = timezone.now()
    proposals[0].state, proposals[0].reason = "refused", "نو است"
    proposals[0].decided_by, proposals[0].decided_at = revision.submitted_by, now
    proposals[0].save()
    words = [row.opinion for row in printed_form(revision, "weeded-worn").rows]
    assert words == ["مخالفت شد: نو است", ""]
    assert digest_of(content) == digest_of(revision.content)


def test_every_frozen_form_comes_back_as_it_went(report: Report) -> None:
    for plain in report.revisions.get().content["forms"].values():
        assert to_plain(from_plain(plain)) == plain


# --- the page behind the code ---------------------------------------------------------


def test_a_true_print_is_told_so_with_its_figures(
    cast: Cast, client: Client, report: Report
) -> None:
    client.force_login(cast.county)
    digest = report.revisions.get().digest
    said = say(client, report, 1, digest[:16])
    assert "کد صحت‌سنجی می‌خواند" in said and "مفقود ۲" in said and digest in said


@pytest.mark.parametrize(
    ("number", "digest", "sentence"),
    [
        (1, "0000000000000000", "کد صحت‌سنجی نمی‌خواند"),
        (1, "abc", "کد صحت‌سنجی نمی‌خواند"),
        (1, "x", "کد صحت‌سنجی نمی‌خواند"),
        (2, "0000000000000000", "چنین ویراستی ندارد"),
        (10**15, "0", "چنین ویراستی ندارد"),
    ],
)
def test_a_changed_print_is_caught(
    cast: Cast, client: Client, report: Report, number: int, digest: str, sentence: str
) -> None:
    client.force_login(cast.head)
    assert sentence in say(client, report, number, digest)


def test_the_hash_typed_from_the_paper_goes_before_that_of_the_code(
    cast: Cast, client: Client, report: Report
) -> None:
    client.force_login(cast.head)
    digest = report.revisions.get().digest[:16]
    persian = digest.upper().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    spaced = " ".join(persian[at : at + 4] for at in range(0, 16, 4))
    assert "می‌خواند" in say(client, report, 1, "f" * 16, hash=spaced)
    assert "نمی‌خواند" in say(client, report, 1, digest, hash="f" * 16)
    for wrong in ("12ab", "سلام"):
        said = say(client, report, 1, digest, hash=wrong)
        assert "کامل بنویسید" in said and "می‌خواند" not in said


def test_a_print_of_an_older_revision_leads_to_the_newer(
    cast: Cast, client: Client, report: Report
) -> None:
    old = report.revisions.get().digest[:16]
    report_move(
        report_id=report.pk, move="return", actor=cast.county, now=timezone.now(),
        comment="بازبینی", revision=1,
    )  # fmt: skip
    assert report.session_id
    report_submit(session_id=report.session_id, actor=cast.head, now=timezone.now())
    client.force_login(cast.head)
    assert "درست است، ولی کهنه" in say(client, report, 1, old)


def test_the_page_is_for_staff_within_the_scope(cast: Cast, client: Client, report: Report) -> None:
    url, _ = code(report, 1, report.revisions.get().digest[:16])
    assert client.get(url).headers["Location"].startswith("/login/")
    stranger = make_user(
        "stranger", Role.COUNTY_HEAD,
        county=County.objects.create(province=cast.library.county.province, name="همسایه"),
    )  # fmt: skip
    for user, status in ((cast.outsider, 404), (stranger, 404), (cast.admin, 403)):
        client.force_login(user)
        assert client.get(url).status_code == status
    client.force_login(cast.head)
    nobody = reverse("report-code", args=[uuid4(), 1, "0" * 16])
    assert client.get(nobody).status_code == 404
