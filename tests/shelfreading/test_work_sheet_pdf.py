"""Work lists on paper: the second look and the moves, each row once, heads and page numbers."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from libraries.models import Job, Title
from shelfreading import moves_pdf, second_look_pdf
from shelfreading.views import findings, second_look
from shelfreading.work_sheet_pdf import Column, Part, WorkSheet, work_sheet_pdf
from tests.cast import Cast
from tests.pages import text_of
from tests.reports.form_samples import info, letters, pages
from tests.shelfreading.readings import read_session
from tests.shelfreading.test_views_second_look import key, post, read

pytestmark = pytest.mark.pdf
ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
COLUMNS = (Column("شماره", millimetres=20), Column("کتاب", share=1), Column("شد", millimetres=10))


def sheet(rows: int, **given: object) -> WorkSheet:
    cells = [
        [[[("text", f"{at}")]], [[("bold", f"کتاب {7000 + at}")], [("call", "955/07 د35ت")]], None]
        for at in range(1, rows + 1)
    ]
    known: dict = {
        "title": "برگهٔ نمونه", "library": "کتابخانهٔ نمونه", "date": None,
        "parts": [Part(COLUMNS, cells, "بخش مخزن", "یک جمله.")], "empty": "کاری نیست.",
    }  # fmt: skip
    return WorkSheet(**(known | given))


@pytest.mark.parametrize("rows", [3, 60, 1000])
def test_every_row_once_under_a_head_with_its_page(rows: int) -> None:
    texts = pages(work_sheet_pdf(sheet(rows)))
    assert (len(texts) == 1) == (rows == 3)
    for number, text in enumerate(texts, start=1):
        digits = text.translate(ASCII)
        assert re.search(rf"صفحه\s*{number}\s*از\s*{len(texts)}\b", digits)
        for head in ("برگهٔ نمونه", "کتابخانهٔ نمونه", "شماره", "شد"):
            assert letters(head) in text
    everything = " ".join(texts).translate(ASCII)
    for at in range(1, rows + 1):
        assert len(re.findall(rf"\b{7000 + at}\b", everything)) == 1


def test_it_is_a4_titled_and_the_same_each_time() -> None:
    one, two = work_sheet_pdf(sheet(3)), work_sheet_pdf(sheet(3))
    assert one == two

    facts = info(one)
    assert facts["Page size"].endswith("(A4)")
    assert facts["Title"] == "برگهٔ نمونه — کتابخانهٔ نمونه"


def test_an_empty_sheet_says_so_and_a_warning_stands_first() -> None:
    (text,) = pages(work_sheet_pdf(sheet(0)))
    assert letters("کاری نیست.") in text
    warned = sheet(3, warnings=[[("bold", "اینجا شک کنید"), ("call", "955/07")]])
    (text,) = pages(work_sheet_pdf(warned))
    assert letters("اینجا شک کنید") in text


@pytest.mark.parametrize("title", ["#read('/etc/hostname')", "$x^2$ *b* _i_ `raw`", "ک" * 300])
def test_values_are_only_text(title: str) -> None:
    part = Part(COLUMNS, [[[[("text", "1")]], [[("text", title)]], None]])
    texts = pages(work_sheet_pdf(sheet(0, parts=[part])))
    assert len(texts) == 1
    assert texts[0].count("ک") >= title.count("ک")
    for word in re.findall(r"[a-z]{4,}", title):
        assert word in texts[0]


def fetched(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"] == "application/pdf"
    return " ".join(pages(response.content)).translate(ASCII)


def test_the_second_look_on_paper(cast: Cast, client: Client) -> None:
    session, copies = read(cast)
    client.force_login(cast.librarian)
    address = reverse("second-look-pdf", args=[session.pk])
    text = fetched(client, address)
    for copy in (copies[3], copies[12], copies[13], copies[30]):
        assert copy.barcode in text
    for word in ("پیدا شد", "نبود", "نگاه دوم", "یا شاید اینجا"):
        assert letters(word) in text
    # The neighbours that were seen: the fourth between the third and the fifth.
    for number in (3, 5, 12, 15, 30, 32):
        assert re.search(rf"نمونه\S*\s*{number}\b", text), number
    # What was found is off the sheet, unless it is asked for.
    post(client, session, one_found=key(copies[3]))
    assert copies[3].barcode not in fetched(client, address)
    assert copies[3].barcode in fetched(client, f"{address}?look=found")
    nothing = fetched(client, f"{address}?hundreds=200")
    assert letters("نسخه‌ای برای جستن نیست.") in nothing


def test_the_moves_on_paper(cast: Cast, client: Client) -> None:
    session, copies = read_session(cast)
    Title.objects.filter(pk=copies[5].title_id).update(title="شاهنامه")
    client.force_login(cast.county)
    address = reverse("moves-pdf", args=[session.pk])
    text = fetched(client, address)
    for word in ("شاهنامه", "بیرون از ترتیب", "از بخش یا کتابخانهٔ دیگر", "کودک"):
        assert letters(word) in text, word
    # The sixth stands after the eleventh and belongs between the fifth and the seventh.
    for number in (5, 7, 11):
        assert re.search(rf"نمونه\S*\s*{number}\b", text), number
    assert "9001" in text


def test_the_doubt_stands_on_the_sheet(cast: Cast, client: Client) -> None:
    session, _ = read_session(cast)
    session.summary["doubtful"] = [0]
    session.save(update_fields=["summary"])
    client.force_login(cast.librarian)
    text = fetched(client, reverse("moves-pdf", args=[session.pk]))
    assert letters("به ترتیب شک کنید") in text


@pytest.mark.parametrize(
    ("name", "page", "view", "module"),
    [
        ("second-look-pdf", "second-look", second_look, second_look_pdf),
        ("moves-pdf", "moves", findings, moves_pdf),
    ],
)
def test_a_long_sheet_is_the_workers(
    cast: Cast, client: Client, monkeypatch, name: str, page: str, view: object, module: object
) -> None:
    session, _ = read_session(cast)
    if page == "second-look":
        post_back = reverse("second-look", args=[session.pk])
        client.force_login(cast.librarian)
        row = session.findings.get(finding="missing")
        client.post(post_back, {"one_back": row.key})
    monkeypatch.setattr(view, "MOST_AT_ONCE", 0)
    client.force_login(cast.librarian)
    address = reverse(name, args=[session.pk])
    assert "این برگه بلند است" in text_of(client.get(address, follow=True))
    assert "ساختن برگه" in client.get(reverse(page, args=[session.pk])).content.decode()
    with_job = client.post(address, follow=True)
    job = Job.objects.latest("pk")
    assert with_job.redirect_chain[0][0] == reverse("job", args=[job.pk])


@pytest.mark.django_db(transaction=True)
def test_the_worker_keeps_the_sheet(client: Client, monkeypatch) -> None:
    from tests.cast import make_cast

    cast = make_cast()
    session, _ = read(cast)
    monkeypatch.setattr(second_look, "MOST_AT_ONCE", 0)
    client.force_login(cast.librarian)
    client.post(reverse("second-look-pdf", args=[session.pk]) + "?hundreds=100")
    job = Job.objects.latest("pk")
    assert (job.state, job.message) == (Job.State.DONE, "برگهٔ نگاه دوم آمادهٔ چاپ است.")
    with job.result.open() as file:
        assert file.read(5) == b"%PDF-"


@pytest.mark.parametrize("name", ["second-look-pdf", "moves-pdf"])
def test_the_outsider_gets_no_sheet(cast: Cast, client: Client, name: str) -> None:
    session, _ = read_session(cast, 13)
    client.force_login(cast.outsider)
    assert client.get(reverse(name, args=[session.pk])).status_code == 404
