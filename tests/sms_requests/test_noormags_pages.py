"""The pages of the Noormags pool."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from libraries.roles import Role
from sms_requests.models import NoormagsAccount, NoormagsGrant
from tests.cast import Cast, make_user
from tests.pages import queries_of, text_of
from tests.sms_requests.applications import NATIONAL_ID, OTHER_ID, SECRET, a_grant, pool

pytestmark = pytest.mark.django_db
LIST, NEW, IMPORT = "/noormags/", "/noormags/new/", "/noormags/import/"
PERSON = {"full_name": "زهرا نمونه", "national_id": "۰۰۸۴۵۷۵۹۴۸", "birth_year": "۱۳۷۵"}


@pytest.fixture
def expert(cast: Cast, client: Client) -> Client:
    client.force_login(cast.expert)
    return client


def excel(*rows: list[object]) -> SimpleUploadedFile:
    book, target = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return SimpleUploadedFile("accounts.xlsx", target.getvalue())


def test_an_empty_pool_says_what_to_do_first(expert: Client) -> None:
    assert "نخست حساب‌ها را وارد کنید" in text_of(expert.get(LIST))
    answer = expert.post(NEW, PERSON)
    assert "حساب آزادی نمانده است" in text_of(answer)
    assert 'value="زهرا نمونه"' in answer.content.decode()  # what was typed is kept


def test_a_file_is_taken_in_and_reported_on(expert: Client) -> None:
    file = excel(["نام کاربری", "رمز عبور"], ["u1", SECRET], ["u2", ""], ["u3", "0123"])
    answer = expert.post(IMPORT, {"file": file})
    text = text_of(answer)
    assert "۲ حساب به انبار افزوده شد" in text
    assert "۱ سطر وارد نشد" in text
    assert "کلمهٔ عبور ندارد" in text
    assert "۱ کلمهٔ عبور تنها از رقم است" in text
    assert SECRET not in answer.content.decode()
    assert NoormagsAccount.objects.get(username="u3").password == "0123"


WRONG = {"no file": None, "empty": b"", "no table": b"PK\x03\x04", "no columns": b"a,b\n1,2\n"}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_cannot_be_taken_is_refused_in_a_sentence(expert: Client, case: str) -> None:
    content = WRONG[case]
    data = {} if content is None else {"file": SimpleUploadedFile("a.xlsx", content)}
    answer = expert.post(IMPORT, data)
    assert answer.status_code == 200
    assert 'class="field-error"' in answer.content.decode()
    assert not NoormagsAccount.objects.exists()


def test_handing_out_showing_once_and_going_back(cast: Cast, expert: Client) -> None:
    pool(cast.expert, 2)
    answer = expert.post(NEW, PERSON, follow=True)
    grant = NoormagsGrant.objects.get()
    url = reverse("noormags-grant", args=(grant.pk,))
    assert answer.redirect_chain == [(url, 302)]
    assert SECRET not in answer.content.decode()
    shown = expert.post(f"{url}show/")
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert f"کلمهٔ عبور: {SECRET}0" in text_of(shown)
    assert "راهنما" in text_of(shown)
    for later in (expert.get(url), expert.post(f"{url}show/", follow=True), expert.get(LIST)):
        assert SECRET not in later.content.decode()
    assert "حساب دیگری واگذار کنید" in text_of(expert.get(url))


def test_who_has_one_is_shown_and_given_another_with_a_reason_only(
    cast: Cast, expert: Client
) -> None:
    pool(cast.expert, 2)
    expert.post(NEW, PERSON)
    second = expert.post(NEW, PERSON)
    text = text_of(second)
    assert "پیش‌تر حساب داده شده است" in text
    assert "آنچه پیش‌تر گرفته است" in text
    assert "user0" in text
    assert 'name="offers_again"' in second.content.decode()
    unticked = expert.post(NEW, PERSON | {"offers_again": "yes", "again_because": "گم شد"})
    assert "پیش‌تر حساب داده شده است" in text_of(unticked)
    silent = expert.post(NEW, PERSON | {"offers_again": "yes", "again": "on"})
    assert "علت واگذاری دوباره را بنویسید" in text_of(silent)
    assert NoormagsGrant.objects.count() == 1
    told = PERSON | {"offers_again": "yes", "again": "on", "again_because": "به دستش نرسید"}
    assert "دوباره: به دستش نرسید" in text_of(expert.post(NEW, told)) + text_of(expert.get(LIST))
    assert NoormagsGrant.objects.count() == 2


YEARS = {"": "سال تولد را بنویسید", "۷۵": "چهار رقم", "1996": "میلادی", "هزار": "چهار رقم"}


@pytest.mark.parametrize("year", YEARS)
def test_years_that_cannot_be(cast: Cast, expert: Client, year: str) -> None:
    pool(cast.expert, 1)
    assert YEARS[year] in text_of(expert.post(NEW, PERSON | {"birth_year": year}))
    assert not NoormagsGrant.objects.exists()


def test_the_list_hides_ids_and_is_searched_and_taken_out(cast: Cast, expert: Client) -> None:
    a_grant(cast.expert)
    for url, found in ((LIST, True), (f"{LIST}?q=زهرا", True), (f"{LIST}?q=مریم", False)):
        answer = expert.get(url)
        assert ("user0" in text_of(answer)) == found
        assert NATIONAL_ID not in answer.content.decode()
    file = expert.get("/noormags/xlsx/?q=زهرا")
    assert file.headers["Cache-Control"] == "private, no-store"
    cells = openpyxl.load_workbook(BytesIO(b"".join(file.streaming_content))).active
    assert "user0" in [cell.value for row in cells.iter_rows() for cell in row]


def test_the_list_takes_no_more_queries_for_more_grants(cast: Cast, expert: Client) -> None:
    grant = a_grant(cast.expert)
    few = queries_of(expert, LIST)
    account = NoormagsAccount.objects.create(
        province=cast.expert.province, username="u9", imported_at=grant.given_at,
        imported_by=cast.expert,
    )  # fmt: skip
    NoormagsGrant.objects.create(
        province=cast.expert.province, account=account, full_name="مریم", national_id=OTHER_ID,
        birth_year=1380, given_at=grant.given_at, given_by=cast.expert,
    )  # fmt: skip
    assert queries_of(expert, LIST) == few


def test_another_provinces_expert_finds_nothing(cast: Cast, client: Client) -> None:
    grant = a_grant(cast.expert)
    province = cast.other_library.county.province
    client.force_login(make_user("stranger", Role.PROVINCIAL_EXPERT, province=province))
    url = reverse("noormags-grant", args=(grant.pk,))
    assert client.get(url).status_code == client.post(f"{url}show/").status_code == 404
    assert "زهرا" not in text_of(client.get(LIST))
    grant.account.refresh_from_db()
    assert grant.account.password == f"{SECRET}0"
