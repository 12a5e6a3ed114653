"""The pages of members: personal data masked, opened with a line in the audit."""

import pytest
from django.test import Client
from django.utils import timezone

from libraries.models import AuditEntry
from loans.models import Loan, Member
from tests.cast import Cast, add_copies, numbered_calls
from tests.pages import queries_of, text_of

NATIONAL_ID, MOBILE = "0084575948", "09120004567"


@pytest.fixture
def librarian(cast: Cast, client: Client) -> Client:
    client.force_login(cast.librarian)
    return client


@pytest.fixture
def member(cast: Cast) -> Member:
    return Member.objects.create(
        library=cast.library, full_name="زهرا نمونه", search_name="زهرانمونه",
        membership_number="12", national_id=NATIONAL_ID, mobile=MOBILE,
    )  # fmt: skip


SEARCHES = {
    "": 1, "q=زهرا": 1, "q=نمونه زهرا": 1, "q=۱۲": 1, "q=" + NATIONAL_ID: 1, "q=۰۹۱۲۰۰۰۴۵۶۷": 1,
    "q=457": 0, "q=مریم": 0,
}  # fmt: skip


@pytest.mark.parametrize("query", SEARCHES)
def test_members_are_found_and_masked(librarian: Client, member: Member, query: str) -> None:
    response = librarian.get(f"/members/?{query}")
    assert len(response.context["members"]) == SEARCHES[query]
    content = response.content.decode().replace(f'value="{NATIONAL_ID}"', "")
    assert NATIONAL_ID not in content
    assert MOBILE not in content


def test_one_member_is_masked_until_opened(cast: Cast, librarian: Client, member: Member) -> None:
    url = f"/members/{member.pk}/"
    page = librarian.get(url)
    assert "۰۰۸****۹۴۸" in text_of(page)
    assert NATIONAL_ID not in page.content.decode()
    assert not AuditEntry.objects.filter(action="member_open").exists()
    opened = librarian.post(f"{url}open/")
    assert NATIONAL_ID in text_of(opened)
    assert MOBILE in text_of(opened)
    assert opened.headers["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="member_open")
    assert (entry.actor, entry.object_id) == (cast.librarian, str(member.pk))
    assert NATIONAL_ID not in librarian.get(url).content.decode()
    assert librarian.get(f"{url}open/").status_code == 405


def test_a_member_is_entered(cast: Cast, librarian: Client) -> None:
    response = librarian.post(
        "/members/new/",
        {"full_name": "مریم نمونه", "membership_number": "۳۳", "national_id": "۰۰۸۴۵۷۵۹۴۸"},
    )
    member = Member.objects.get()
    assert response.url == f"/members/{member.pk}/"
    assert (member.library, member.membership_number, member.national_id) == (
        cast.library, "33", NATIONAL_ID,
    )  # fmt: skip


BAD = {
    "nameless": ({"full_name": ""}, "نام عضو را بنویسید"),
    "a wrong id": ({"national_id": "1111111111"}, "ده رقم یکسان"),
    "a wrong mobile": ({"mobile": "12"}, "همراه"),
    "a number that is taken": ({"membership_number": "12"}, "ثبت شده است"),
    "an id that is taken": ({"national_id": NATIONAL_ID}, "ثبت شده است"),
}


@pytest.mark.parametrize("case", BAD)
def test_members_that_cannot_be(librarian: Client, member: Member, case: str) -> None:
    given, sentence = BAD[case]
    data = {"full_name": "مریم نمونه", "membership_number": "34"} | given
    response = librarian.post("/members/new/", data)
    assert response.status_code == 200
    assert sentence in text_of(response)
    for value in data.values():
        assert value in response.content.decode()
    assert Member.objects.count() == 1


def test_only_the_librarys_staff(cast: Cast, librarian: Client, member: Member) -> None:
    pages = [("get", f"/members/{member.pk}/"), ("post", f"/members/{member.pk}/open/")]
    librarian.force_login(cast.outsider)
    for method, url in pages:
        assert getattr(librarian, method)(url).status_code == 404
    assert "زهرا" not in text_of(librarian.get("/members/"))
    for user in (cast.county, cast.expert, cast.director, cast.office, cast.admin):
        librarian.force_login(user)
        for method, url in [*pages, ("get", "/members/"), ("get", "/members/new/")]:
            assert getattr(librarian, method)(url).status_code == 403, url
    assert not AuditEntry.objects.filter(action="member_open").exists()


def test_lists_ask_no_more_for_sixty(cast: Cast, librarian: Client, member: Member) -> None:
    copies = add_copies(cast.library, numbered_calls(60))

    def lend(from_: int, to: int) -> None:
        for n in range(from_, to):
            other = Member.objects.create(
                library=cast.library, full_name=f"عضو {n}", search_name=f"عضو{n}"
            )
            Loan.objects.create(copy=copies[n], member=member, lent_at=timezone.now())
            assert other.pk

    urls = ["/members/", f"/members/{member.pk}/"]
    lend(0, 3)
    few = [queries_of(librarian, url) for url in urls]
    lend(3, 60)
    assert [queries_of(librarian, url) for url in urls] == few
