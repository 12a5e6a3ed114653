"""The pages of loans: the list, lending, follow-up, forgiveness, return."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.models import Copy
from loans.domain.overdue import unreturned_due_by
from loans.models import Loan, Member
from tests.cast import Cast, add_copies, numbered_calls
from tests.pages import queries_of, text_of


@pytest.fixture
def librarian(cast: Cast, client: Client) -> Client:
    client.force_login(cast.librarian)
    return client


@pytest.fixture
def copy(cast: Cast) -> Copy:
    return add_copies(cast.library, numbered_calls(1))[0]


def member(cast: Cast, name: str = "عضو نمونه", number: str = "7") -> Member:
    return Member.objects.create(
        library=cast.library, full_name=name, search_name=name.replace(" ", ""),
        membership_number=number, national_id="", mobile="09120004567",
    )  # fmt: skip


def late_loan(copy: Copy, borrower: Member | None = None) -> Loan:
    """A loan two months past due, with no follow-up."""
    today = timezone.localdate()
    return Loan.objects.create(
        copy=copy, member=borrower, due_on=unreturned_due_by(today),
        lent_at=timezone.now() - timedelta(days=90),
    )  # fmt: skip


def test_the_list_masks_and_counts(cast: Cast, librarian: Client, copy: Copy) -> None:
    loan = late_loan(copy, member(cast))
    response = librarian.get("/loans/")
    text = text_of(response)
    assert "۰۹۱۲***۴۵۶۷" in text
    assert "09120004567" not in response.content.decode()
    assert "باید پیگیری شود ۱" in text
    [line] = response.context["lines"]
    assert line.days_late == (timezone.localdate() - loan.due_on).days


WORDS = {
    "q=کتاب+نمونهٔ": 1,
    "q=نمونه+عضو": 1,
    "q=7": 1,
    "q={barcode}": 1,
    "q=هیچ": 0,
    "which=follow_up_due": 1,
    "which=unreturned": 0,
    "which=overdue&q=عضو": 1,
    "which=nonsense": 1,
}


@pytest.mark.parametrize("query", WORDS)
def test_loans_are_found(cast: Cast, librarian: Client, copy: Copy, query: str) -> None:
    copy.registration_number = "990"
    copy.save()
    late_loan(copy, member(cast))
    response = librarian.get(f"/loans/?{query.format(barcode=copy.barcode)}")
    assert len(response.context["lines"]) == WORDS[query]


def test_lending(cast: Cast, librarian: Client, copy: Copy) -> None:
    borrower = member(cast)
    today = timezone.localdate()
    page = librarian.get(f"/loans/new/?code={copy.barcode}&member=7")
    assert copy.barcode in page.content.decode()
    assert format_jalali(today + timedelta(days=14)) in page.content.decode()
    due = today + timedelta(days=7)
    response = librarian.post(
        "/loans/new/",
        {"code": f" {copy.barcode} ", "member": "۷", "due_on": format_jalali(due)},
        follow=True,
    )
    assert "امانت داده شد" in text_of(response)
    loan = Loan.objects.get()
    assert (loan.copy, loan.member, loan.due_on, loan.lent_by) == (
        copy, borrower, due, cast.librarian,
    )  # fmt: skip


def test_of_several_members_one_is_chosen(cast: Cast, librarian: Client, copy: Copy) -> None:
    member(cast, "زهرا نمونه", "1")
    second = member(cast, "زهرا نمونه", "2")
    data = {"code": copy.registration_number, "member": "زهرا", "due_on": "1410/01/01"}
    response = librarian.post("/loans/new/", data)
    assert "چند عضو با این نام هست" in text_of(response)
    assert response.content.decode().count('name="member_id"') == 2
    assert not Loan.objects.exists()
    librarian.post("/loans/new/", data | {"member_id": second.pk})
    assert Loan.objects.get().member == second


BAD_LOANS = {
    "no such code": ({"code": "nothing"}, "نسخه‌ای با این بارکد"),
    "no code": ({"code": ""}, "بارکد کتاب را بخوانید"),
    "no such member": ({"member": "هیچ‌کس"}, "عضوی با این نام یا شماره نیست"),
    "no member": ({"member": ""}, "نام یا شمارهٔ عضو"),
    "no date": ({"due_on": "فردا"}, "تاریخ"),
    "a day that is none": ({"due_on": "1405/12/31"}, "1405/12/31"),
    "in the past": ({"due_on": "1400/01/01"}, "گذشته"),
}


@pytest.mark.parametrize("case", BAD_LOANS)
def test_loans_that_cannot_be(cast: Cast, librarian: Client, copy: Copy, case: str) -> None:
    given, sentence = BAD_LOANS[case]
    member(cast)
    data = {"code": copy.barcode, "member": "7", "due_on": "1410/01/01"} | given
    response = librarian.post("/loans/new/", data)
    assert response.status_code == 200
    assert sentence in text_of(response) or sentence in response.content.decode()
    for value in data.values():
        assert value in response.content.decode()
    assert not Loan.objects.exists()


def test_a_follow_up_with_a_jalali_date(cast: Cast, librarian: Client, copy: Copy) -> None:
    loan = late_loan(copy, member(cast))
    url = f"/loans/{loan.pk}/"
    assert "صورت‌جلسهٔ پنج" in text_of(librarian.get(url))
    day = timezone.localdate() - timedelta(days=3)
    data = {"channel": "phone", "on": format_jalali(day), "said": "قول داد بیاورد"}
    response = librarian.post(f"{url}follow-up/", data, follow=True)
    text = text_of(response)
    assert "پیگیری ثبت شد." in text
    assert "قول داد بیاورد" in text
    assert "برنگشته" in text
    follow_up = loan.follow_ups.get()
    assert (timezone.localdate(follow_up.at), follow_up.by) == (day, cast.librarian)


def test_a_follow_up_on_the_day_of_the_loan(cast: Cast, librarian: Client, copy: Copy) -> None:
    now = timezone.now()
    yesterday_late = timezone.localtime(now - timedelta(days=1)).replace(hour=23)
    loan = Loan.objects.create(copy=copy, lent_at=yesterday_late)
    on = format_jalali(yesterday_late.date())
    librarian.post(
        f"/loans/{loan.pk}/follow-up/", {"channel": "visit", "on": on, "said": "همان شب"}
    )
    assert loan.follow_ups.get().at == yesterday_late


BAD_CALLS = {
    "tomorrow": ({"on": format_jalali(timezone.localdate() + timedelta(days=1))}, "آینده"),
    "no day": ({"on": "پریروز"}, "تاریخ"),
    "empty day": ({"on": ""}, "لازم"),
    "no result": ({"said": ""}, "نتیجهٔ پیگیری را بنویسید"),
    "long before": ({"on": "1390/01/01"}, "پیش از امانت"),
}


@pytest.mark.parametrize("case", BAD_CALLS)
def test_follow_ups_that_cannot_be(librarian: Client, copy: Copy, case: str) -> None:
    given, word = BAD_CALLS[case]
    loan = late_loan(copy)
    data = {"channel": "letter", "on": "1405/01/01", "said": "نامه فرستادیم"} | given
    response = librarian.post(f"/loans/{loan.pk}/follow-up/", data)
    assert response.status_code == 200
    assert word in text_of(response)
    assert data["said"] in response.content.decode()
    assert not loan.follow_ups.exists()


def test_forgiving_with_its_cause(cast: Cast, librarian: Client, copy: Copy) -> None:
    loan = late_loan(copy, member(cast))
    url = f"/loans/{loan.pk}/forgive/"
    assert "نخست بازگشت" in text_of(librarian.post(url, {"cause": "سیل"}))
    librarian.post(f"/loans/{loan.pk}/return/")
    assert "سبب بخشودگی را بنویسید" in text_of(librarian.post(url, {"cause": ""}))
    text = text_of(librarian.post(url, {"cause": "سیل راه را بست"}, follow=True))
    assert "سیل راه را بست" in text
    assert loan.forgivenesses.get().by == cast.librarian
    again = librarian.post(url, {"cause": "باز هم"})
    assert "پیش‌تر بخشوده شده است" in text_of(again)
    assert loan.forgivenesses.count() == 1


def test_a_return(librarian: Client, copy: Copy) -> None:
    loan = late_loan(copy)
    text = text_of(librarian.post(f"/loans/{loan.pk}/return/", follow=True))
    assert "ثبت شد؛" in text
    assert "بازگشته" in text
    assert "ثبت پیگیری تازه" not in text
    loan.refresh_from_db()
    assert loan.returned_at is not None
    again = librarian.post(f"/loans/{loan.pk}/return/", follow=True)
    assert "پیش‌تر ثبت شده است" in text_of(again)
    assert "امانت بازی نیست" in text_of(librarian.get("/loans/"))


def test_only_the_librarys_staff(cast: Cast, librarian: Client, copy: Copy) -> None:
    loan = late_loan(copy)
    one = [
        ("get", f"/loans/{loan.pk}/"),
        ("post", f"/loans/{loan.pk}/return/"),
        ("post", f"/loans/{loan.pk}/follow-up/"),
        ("post", f"/loans/{loan.pk}/forgive/"),
    ]
    librarian.force_login(cast.outsider)
    for method, url in one:
        assert getattr(librarian, method)(url).status_code == 404, url
    assert copy.title.title not in text_of(librarian.get("/loans/"))
    for user in (cast.county, cast.expert, cast.director, cast.office, cast.admin):
        librarian.force_login(user)
        for method, url in [*one, ("get", "/loans/"), ("get", "/loans/new/")]:
            assert getattr(librarian, method)(url).status_code == 403, url
    librarian.force_login(cast.head)
    for _, url in one[1:]:
        assert librarian.get(url).status_code == 405
    loan.refresh_from_db()
    assert loan.returned_at is None


def test_the_list_asks_no_more_for_sixty(cast: Cast, librarian: Client) -> None:
    copies = add_copies(cast.library, numbered_calls(60))
    for n, copy in enumerate(copies[:3]):
        late_loan(copy, member(cast, f"عضو {n}", str(n)))
    few = queries_of(librarian, "/loans/")
    for n, copy in enumerate(copies[3:], start=3):
        loan = late_loan(copy, member(cast, f"عضو {n}", str(n)))
        loan.follow_ups.create(at=timezone.now(), by=cast.head, said="تماس")
    assert queries_of(librarian, "/loans/") == few
    assert queries_of(librarian, "/loans/?which=unreturned") == few
