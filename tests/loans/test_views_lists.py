"""The pages of a copies list's way in: file, columns, plan, written."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from libraries.models import CopiesList, Copy, Job
from tests.cast import Cast
from tests.loans.list_pages import (
    confirm_columns,
    copies,
    excel,
    on_commit_at_once,
    post,
    upload,
    write,
)
from tests.pages import queries_of, text_of

State = CopiesList.State


@pytest.fixture
def librarian(cast: Cast, client: Client) -> Client:
    client.force_login(cast.librarian)
    return client


def the_list() -> CopiesList:
    return CopiesList.objects.latest("pk")


def test_from_the_file_to_the_copies(cast: Cast, librarian: Client) -> None:
    response = upload(librarian, excel(copies(3)))
    found = the_list()
    assert response.url == f"/lists/{found.pk}/"
    page = librarian.get(response.url)
    assert "۳ سطر خوانده شد" in text_of(page)
    assert "کتاب 1" in text_of(page)
    content = page.content.decode()
    assert '<option value="title" selected>عنوان (لازم)</option>' in content
    assert '<option value="barcode" selected>' in content

    assert confirm_columns(librarian, found).url == f"/lists/{found.pk}/"
    text = text_of(librarian.get(f"/lists/{found.pk}/"))
    assert "ثبت ۳ نسخه" in text
    assert "هنوز چیزی در سامانه نوشته نشده است" in text
    assert not Copy.objects.exists()

    write(librarian, found)
    assert Copy.objects.filter(library=cast.library).count() == 3
    text = text_of(librarian.get(f"/lists/{found.pk}/"))
    assert "آغاز رف‌خوانی" in text
    assert "ثبت شد" in text
    assert "فهرست.xlsx" in text_of(librarian.get("/lists/"))
    assert (
        list(Job.objects.order_by("pk").values_list("state", "next_url"))
        == [("done", f"/lists/{found.pk}/")] * 3
    )


def test_the_same_list_again_has_nothing_to_write(librarian: Client, cast: Cast) -> None:
    for _ in range(2):
        upload(librarian, excel(copies(3)))
        confirm_columns(librarian, the_list())
        page = librarian.get(f"/lists/{the_list().pk}/")
        if Copy.objects.exists():
            break
        write(librarian, the_list())
    assert "چیزی برای ثبت نیست" in text_of(page)
    assert f"/lists/{the_list().pk}/write/" not in page.content.decode()


BAD_FILES = {
    "no file": ({}, "فایلی برنگزیده‌اید"),
    "empty": ({"file": SimpleUploadedFile("a.xlsx", b"")}, "صفر بایت"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_what_is_refused_at_the_door(librarian: Client, case: str) -> None:
    data, sentence = BAD_FILES[case]
    response = post(librarian, "/lists/", data)
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert not CopiesList.objects.exists()


NO_LISTS = {
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, ""),
    "damaged": (excel(copies(3))[:-300], "آسیب دیده"),
    "no header": (excel([["x", "y"]], ["a", "b"]), "سطر عنوان"),
    "no registration number and no title": (excel([["ن", "1"]], ["ناشر", "بارکد"]), "عنوان"),
}


@pytest.mark.parametrize("case", NO_LISTS)
def test_what_is_no_list_ends_in_a_sentence(librarian: Client, case: str) -> None:
    content, words = NO_LISTS[case]
    response = upload(librarian, content)
    assert response.status_code == 302
    found = the_list()
    text = text_of(librarian.get(response.url))
    if found.state == State.MAPPING:
        response = confirm_columns(librarian, found)
        assert response.status_code == 200
        text = text_of(response)
        assert "بگویید ستون" in text
    else:
        assert found.state == State.REFUSED
        assert found.error in text
        assert "فرستادن فایل دیگر" in text
    assert words in text
    assert not Copy.objects.exists()


def test_columns_chosen_twice_are_told_at_both_and_nothing_is_lost(librarian: Client) -> None:
    upload(librarian, excel(copies(2)))
    found = the_list()
    response = confirm_columns(librarian, found, **{"column-1": "title", "column-4": "publisher"})
    assert response.status_code == 200
    content = response.content.decode()
    assert content.count("«عنوان» را برای دو ستون برگزیده‌اید") == 2
    assert '<option value="publisher" selected>' in content
    found.refresh_from_db()
    assert found.state == State.MAPPING


def test_columns_can_be_set_again_before_writing(librarian: Client) -> None:
    upload(librarian, excel(copies(2)))
    found = the_list()
    confirm_columns(librarian, found)
    assert "تأیید ستون‌ها و بررسی سطرها" in text_of(librarian.get(f"/lists/{found.pk}/?columns=1"))
    confirm_columns(librarian, found, **{"column-1": ""})
    found.refresh_from_db()
    assert found.state == State.CHECKED
    assert "author" not in found.mapping


def test_rejected_rows_are_fetched_with_their_reasons(cast: Cast, librarian: Client) -> None:
    rows = [*copies(2), ["", "نویسنده", "9", "", "", ""]]
    upload(librarian, excel(rows), name="فهرست ۱.xlsx")
    found = the_list()
    url = f"/lists/{found.pk}/rejected/"
    assert librarian.get(url).status_code == 404
    confirm_columns(librarian, found)
    assert "دریافت ۱ سطر با دلیل" in text_of(librarian.get(f"/lists/{found.pk}/"))
    response = librarian.get(url)
    sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
    assert sheet.max_row == 2
    assert "عنوان خالی است" in sheet.cell(2, 2).value
    assert "filename*=utf-8''" in response.headers["Content-Disposition"]
    librarian.force_login(cast.outsider)
    assert librarian.get(url).status_code == 404


def test_work_in_progress_shows_its_card(cast: Cast, librarian: Client) -> None:
    upload(librarian, excel(copies(2)))
    found = the_list()
    confirm_columns(librarian, found)
    response = librarian.post(f"/lists/{found.pk}/write/")  # handed over, not yet done
    assert response.status_code == 302
    found.refresh_from_db()
    assert found.state == State.WRITING
    page = librarian.get(f"/lists/{found.pk}/")
    assert f'hx-get="/jobs/{found.job_id}/"' in page.content.decode()
    with on_commit_at_once():
        second = librarian.post(f"/lists/{found.pk}/write/", follow=True)
    assert "شاید همین اکنون ثبت شده باشد" in text_of(second)
    assert Job.objects.filter(label__startswith="ثبت").count() == 1


def test_only_the_librarys_staff(cast: Cast, librarian: Client) -> None:
    upload(librarian, excel(copies(1)))
    found = the_list()
    pages = [
        ("get", f"/lists/{found.pk}/"),
        ("post", f"/lists/{found.pk}/columns/"),
        ("post", f"/lists/{found.pk}/write/"),
        ("get", f"/lists/{found.pk}/rejected/"),
    ]
    for method, url in pages:
        librarian.force_login(cast.outsider)
        assert getattr(librarian, method)(url).status_code == 404, url
        for user in (cast.county, cast.expert, cast.director, cast.office, cast.admin):
            librarian.force_login(user)
            assert getattr(librarian, method)(url).status_code == 403, url
            assert librarian.get("/lists/").status_code == 403
    librarian.force_login(cast.outsider)
    assert found.filename not in text_of(librarian.get("/lists/"))
    librarian.force_login(cast.head)
    assert librarian.get(f"/lists/{found.pk}/").status_code == 200
    assert librarian.get(f"/lists/{found.pk}/write/").status_code == 405


def test_lists_ask_no_more_for_forty(cast: Cast, librarian: Client) -> None:
    def more(count: int) -> None:
        CopiesList.objects.bulk_create(
            CopiesList(
                library=cast.library, uploaded_by=cast.head, uploaded_at=timezone.now(),
                filename=f"{n}.xlsx", file="lists/none.xlsx",
            )
            for n in range(count)
        )  # fmt: skip

    more(3)
    few = queries_of(librarian, "/lists/")
    more(57)
    assert queries_of(librarian, "/lists/") == few
    upload(librarian, excel(copies(3)))
    few = queries_of(librarian, f"/lists/{the_list().pk}/")
    upload(librarian, excel(copies(60)))
    assert queries_of(librarian, f"/lists/{the_list().pk}/") == few
