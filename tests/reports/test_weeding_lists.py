"""Weeding lists with the expert's column, of a session and of a library; what report 1 counts."""

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy
from reports.forms import annex
from reports.selectors import FORMS, library_weeding_list
from shelfreading.models import Decision, WeedingProposal
from shelfreading.services.applying import findings_apply
from shelfreading.services.decisions import fate_set
from shelfreading.services.weeding import proposals_withdraw
from tests.cast import Cast, add_copies, numbered_calls
from tests.reports.form_samples import letters, pages
from tests.shelfreading.readings import read_session
from tests.shelfreading.weedings import decide, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(6))


def test_report_1_counts_what_its_list_holds_and_the_list_shows_the_experts_word(
    cast: Cast,
) -> None:
    session, copies = read_session(cast)
    now = timezone.now()
    fate_set(
        session_id=session.pk, keys=[f"c{copies[place].pk}" for place in (20, 21, 22, 23)],
        fate=Decision.Fate.WEED_WORN, actor=cast.librarian, now=now,
    )  # fmt: skip
    application = findings_apply(session_id=session.pk, actor=cast.head, now=now)
    report, worn = FORMS["report-1"], FORMS["weeded-worn"]
    assert report.build(application).counts.worn == 4
    first, second, third, _ = application.weeding_proposals.order_by("copy")
    decide([first], cast.expert)
    decide([second], cast.expert, accept=False, reason="نگه دارید")
    proposals_withdraw(proposal_ids=[third.pk], actor=cast.head, now=now)
    assert report.build(application).counts.worn == 3  # a no counts in report 3
    form = worn.build(application)
    assert [(row.registration_number, row.opinion) for row in form.rows] == [
        ("21", "موافقت شد"), ("22", "مخالفت شد: نگه دارید"), ("24", ""),
    ]  # fmt: skip
    assert worn.rows is not None and worn.rows(application).count() == 3
    assert form.expert == cast.expert.full_name
    assert form.layout().annex == annex.OF_REPORT_1
    gone = library_weeding_list(cast.library, "worn", "withdrawn", timezone.localdate())
    assert [row.opinion for row in gone.rows or ()] == ["کتابخانه پس گرفت"]
    assert gone.expert is None  # who withdrew it is no expert


def test_all_of_a_library_by_cause_whatever_proposed_them(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    proposals = propose(copies[:4], cast.librarian, "worn")
    propose(copies[4:5], cast.librarian, "content")
    decide(proposals[:1], cast.expert)
    today = timezone.localdate()
    form = library_weeding_list(cast.library, "worn", "", today)
    assert [row.opinion for row in form.rows or ()] == ["موافقت شد", "", "", ""]
    assert len(library_weeding_list(cast.library, "worn", "proposed", today).rows or ()) == 3
    assert form.layout().annex == ""
    client.force_login(cast.expert)
    url = reverse("weeding-list", args=[cast.library.pk, "worn", "xlsx"])
    book = openpyxl.load_workbook(io.BytesIO(client.get(url).content))
    cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row if cell]
    assert "صورت منابع وجینی (فرسوده)" in cells and "موافقت شد" in cells
    for path in ("x.xlsx", "x.pdf"):
        assert client.get(f"/libraries/{cast.library.pk}/weeding/{path}").status_code == 404
    client.force_login(cast.outsider)
    assert client.get(url).status_code == 404


@pytest.mark.pdf
def test_the_list_on_paper(client: Client, cast: Cast, copies: list[Copy]) -> None:
    decide(propose(copies[:1], cast.librarian, "worn"), cast.expert)
    client.force_login(cast.librarian)
    answer = client.get(reverse("weeding-list", args=[cast.library.pk, "worn", "pdf"]))
    assert answer["Content-Type"] == "application/pdf"
    (page,) = pages(answer.content)
    for words in ("نظر کارشناس منابع", "موافقت شد", "صورت منابع وجینی"):
        assert letters(words) in page


@pytest.mark.pdf
def test_a_long_list_is_laid_out_by_the_worker(
    client: Client, cast: Cast, django_capture_on_commit_callbacks: object
) -> None:
    propose(add_copies(cast.library, numbered_calls(151)), cast.librarian, "worn")
    assert WeedingProposal.objects.count() == 151
    client.force_login(cast.librarian)
    url = reverse("weeding-list-job", args=[cast.library.pk, "worn"])
    page = client.get(reverse("weeding-lists", args=[cast.library.pk])).content.decode()
    assert url in page and "weeding/content.pdf" in page and "weeding/worn.pdf" not in page
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = client.post(url)
    job = cast.librarian.jobs.get()
    assert answer["Location"] == f"/jobs/{job.pk}/" and job.state == "done"
    with job.result.open() as result:
        assert result.read(5) == b"%PDF-"
