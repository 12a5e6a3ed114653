"""The loans desk: one field that knows what to do; rules; another library's book."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from libraries.models import AuditEntry, Copy
from loans.models import Forgiveness, Loan, LoanRules, Member
from tests.cast import Cast, add_copies, make_library, numbered_calls
from tests.pages import queries_of, text_of

DESK = "/loans/desk/"
NATIONAL_ID, MOBILE = "0084575948", "09120004567"


@pytest.fixture
def librarian(cast: Cast, client: Client) -> Client:
    client.force_login(cast.librarian)
    return client


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(6), first=901)


@pytest.fixture
def member(cast: Cast) -> Member:
    return Member.objects.create(
        library=cast.library, full_name="زهرا نمونه", search_name="زهرانمونه",
        membership_number="12", national_id=NATIONAL_ID, mobile=MOBILE,
    )  # fmt: skip


def lent(copy: Copy, member: Member | None = None, *, late: int = -7, days: int = 200) -> Loan:
    """An open loan that is so many days late."""
    return Loan.objects.create(
        copy=copy, member=member, lent_at=timezone.now() - timedelta(days=days),
        due_on=timezone.localdate() - timedelta(days=late),
    )  # fmt: skip


def scan(client: Client, code: str, **shown: object) -> tuple[str, str]:
    """Read a code; the address that it leads to, and what the page then says."""
    response = client.post(DESK, {"code": code, **shown}, follow=True)
    assert response.status_code == 200
    address = response.redirect_chain[-1][0] if response.redirect_chain else ""
    return address, text_of(response)


# --- codes one after another -----------------------------------------------------


def test_a_card_and_then_books(
    cast: Cast, librarian: Client, copies: list[Copy], member: Member
) -> None:
    address, text = scan(librarian, "۱۲")
    assert address == f"{DESK}?member={member.pk}"
    assert "زهرا نمونه" in text
    for number, copy in enumerate(copies[:3], start=1):
        address, text = scan(librarian, copy.barcode, member=member.pk)
        assert address == f"{DESK}?member={member.pk}"
        assert "به زهرا نمونه امانت داده شد" in text
        assert Loan.objects.filter(member=member, returned_at__isnull=True).count() == number
    loan = Loan.objects.get(copy=copies[0])
    assert loan.due_on == timezone.localdate() + timedelta(days=14)
    assert (loan.lent_by, loan.source) == (cast.librarian, "desk")


MEMBER_WORDS = ("12", "۱۲", "زهرا", "نمونه زهرا", "زهـرا", "نمونة", NATIONAL_ID, "۰۰۸۴۵۷۵۹۴۸",
                "84575948", MOBILE, "+98 912 000 4567", "9120004567")  # fmt: skip


@pytest.mark.parametrize("words", MEMBER_WORDS)
def test_a_member_is_found_and_nothing_of_it_stands_in_the_address(
    librarian: Client, member: Member, words: str
) -> None:
    address, text = scan(librarian, words)
    assert address == f"{DESK}?member={member.pk}"
    assert NATIONAL_ID not in text and MOBILE not in text
    assert "۰۰۸****۹۴۸" in text
    assert not AuditEntry.objects.filter(action="member_open").exists()


@pytest.mark.parametrize("words", ["457", "8457594", "0912000", "مریم"])
def test_a_part_of_a_number_is_no_member(librarian: Client, member: Member, words: str) -> None:
    address, text = scan(librarian, words)
    assert address == ""
    assert "در کتابخانه نیست" in text
    assert "زهرا" not in text


def test_several_that_fit_are_offered_masked(
    cast: Cast, librarian: Client, member: Member, copies: list[Copy]
) -> None:
    other = Member.objects.create(
        library=cast.library,
        full_name="زهرا دیگر",
        search_name="زهرادیگر",
        national_id="",
        mobile="",
    )
    Member.objects.create(library=cast.other_library, full_name="زهرا دور", search_name="زهرادور")
    response = librarian.post(DESK, {"code": "زهرا", "copy": copies[0].pk})
    content = response.content.decode()
    assert "کدام یک؟" in text_of(response)
    for one in (member, other):
        assert f"?member={one.pk}&amp;copy={copies[0].pk}" in content
    assert "زهرا دور" not in content and NATIONAL_ID not in content


def test_a_number_may_be_a_copys_and_a_members(
    librarian: Client, member: Member, copies: list[Copy]
) -> None:
    Copy.objects.filter(pk=copies[0].pk).update(registration_number="12")
    response = librarian.post(DESK, {"code": "12", "member": member.pk})
    text = text_of(response)
    assert "کتاب ثبت ۱۲" in text and "عضویت ۱۲" in text
    assert not Loan.objects.exists()


def test_a_free_copy_waits_for_its_member(
    librarian: Client, member: Member, copies: list[Copy]
) -> None:
    address, text = scan(librarian, "901")
    assert address == f"{DESK}?copy={copies[0].pk}"
    assert "کارت عضو را بخوانید" in text
    address, text = scan(librarian, "12", copy=copies[0].pk)
    assert address == f"{DESK}?member={member.pk}&copy={copies[0].pk}"
    assert "امانت به زهرا نمونه" in text
    assert not Loan.objects.exists()
    data = {"member": member.pk, "copy": copies[0].pk}
    assert "امانت داده شد" in text_of(librarian.post(f"{DESK}lend/", data, follow=True))
    assert Loan.objects.get().member == member
    assert "هم‌اکنون در امانت" in text_of(librarian.post(f"{DESK}lend/", data, follow=True))


# --- a lent copy -----------------------------------------------------------------


def test_a_lent_copy_is_shown_and_taken_back_when_read_again(
    librarian: Client, member: Member, copies: list[Copy]
) -> None:
    loan = lent(copies[0], member)
    address, text = scan(librarian, copies[0].barcode)
    assert address == f"{DESK}?copy={copies[0].pk}"
    assert "نزد زهرا نمونه" in text and MOBILE not in text
    now = timezone.now().timestamp()
    # A reader that sends a code twice at once takes nothing back.
    scan(librarian, copies[0].barcode, copy=copies[0].pk, shown=now)
    scan(librarian, copies[1].barcode, copy=copies[0].pk, shown=now - 5)
    loan.refresh_from_db()
    assert loan.returned_at is None
    address, text = scan(librarian, copies[0].barcode, copy=copies[0].pk, shown=now - 5)
    assert address == f"{DESK}?loan={loan.pk}"
    assert "بازگشت «کتاب نمونهٔ 901» ثبت شد" in text
    loan.refresh_from_db()
    assert loan.returned_at is not None


def test_a_late_return_shows_its_fee_to_take_or_to_forgive(
    cast: Cast, librarian: Client, member: Member, copies: list[Copy]
) -> None:
    LoanRules.objects.create(library=cast.library, fee_a_day=1500)
    one, two = lent(copies[0], member, late=4), lent(copies[1], member, late=2)
    here = f"{DESK}?loan={one.pk}"
    back = librarian.post(f"/loans/{one.pk}/return/", {"next": here}, follow=True)
    assert back.redirect_chain[-1][0] == here
    assert "۴ روز دیرکرد، جریمه ۶٬۰۰۰ ریال" in text_of(back)
    paid = librarian.post(f"/loans/{one.pk}/fee/", {"next": here}, follow=True)
    assert "دریافت ۶٬۰۰۰ ریال جریمه ثبت شد" in text_of(paid)
    one.refresh_from_db()
    assert (one.fee, one.fee_paid_by) == (6000, cast.librarian)
    again = librarian.post(f"/loans/{one.pk}/fee/", {"next": here}, follow=True)
    assert "پیش‌تر دریافت شده است" in text_of(again)
    forgive = librarian.post(f"/loans/{one.pk}/forgive/", {"cause": "سیل"}, follow=True)
    assert "پیش‌تر دریافت شده است" in text_of(forgive)
    librarian.post(f"/loans/{two.pk}/return/")
    librarian.post(f"/loans/{two.pk}/forgive/", {"cause": "بیماری", "next": DESK})
    forgiveness = Forgiveness.objects.get()
    assert (forgiveness.loan, forgiveness.days_late, forgiveness.amount) == (two, 2, 3000)
    assert "پیش‌تر بخشوده" in text_of(librarian.post(f"/loans/{two.pk}/fee/", follow=True))


def test_the_rate_is_that_of_the_day_of_the_return(
    cast: Cast, librarian: Client, member: Member, copies: list[Copy]
) -> None:
    rules = LoanRules.objects.create(library=cast.library, fee_a_day=1000)
    loan = lent(copies[0], member, late=3)
    librarian.post(f"/loans/{loan.pk}/return/")
    rules.fee_a_day = 9000
    rules.save()
    loan.refresh_from_db()
    assert loan.fee == 3000


def test_renewing_from_the_desk(librarian: Client, member: Member, copies: list[Copy]) -> None:
    loan = lent(copies[0], member, late=-3)
    here = f"{DESK}?copy={copies[0].pk}"
    assert "تمدید (۲ بار دیگر)" in text_of(librarian.get(here))
    for _ in range(2):
        response = librarian.post(f"/loans/{loan.pk}/renew/", {"next": here}, follow=True)
        assert "تمدید شد؛ مهلت تازه" in text_of(response)
    assert "تمدید (" not in text_of(response)
    third = text_of(librarian.post(f"/loans/{loan.pk}/renew/", {"next": here}, follow=True))
    assert "۲ بار تمدید شده است و بیش از این تمدید نمی‌شود" in third
    loan.refresh_from_db()
    # From the due date, not from today: who renews early loses nothing.
    assert loan.due_on == timezone.localdate() + timedelta(days=3 + 28)


def test_an_address_of_another_site_is_no_way_back(
    librarian: Client, member: Member, copies: list[Copy]
) -> None:
    for elsewhere in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
        loan = lent(copies[0], member)
        answer = librarian.post(f"/loans/{loan.pk}/return/", {"next": elsewhere})
        assert answer.url == f"/loans/{loan.pk}/"


# --- what is refused, and where nothing is lost ----------------------------------


def refused(client: Client, copy: Copy, member: Member) -> str:
    """What the desk says when this copy is read for this member; the two stay shown."""
    before = Loan.objects.count()
    address, text = scan(client, copy.barcode, member=member.pk)
    assert address == f"{DESK}?member={member.pk}&copy={copy.pk}"
    assert Loan.objects.count() == before
    return text


STATUS_WORDS = {
    "weeded": "وجین شده است و امانت داده نمی‌شود",
    "missing": "«مفقود» است و امانت داده نمی‌شود",
    "unreturned": "«برنگشته» است و امانت داده نمی‌شود",
    "binding": "در صحافی است و تا بازگشت از صحافی امانت داده نمی‌شود",
}


@pytest.mark.parametrize("status", STATUS_WORDS)
def test_each_status_has_its_sentence(
    librarian: Client, member: Member, copies: list[Copy], status: str
) -> None:
    Copy.objects.filter(pk=copies[0].pk).update(status=status)
    assert STATUS_WORDS[status] in refused(librarian, copies[0], member)


def test_a_reference_copy_stays_here(librarian: Client, member: Member, copies: list[Copy]) -> None:
    Copy.objects.filter(pk=copies[0].pk).update(is_reference=True)
    assert "مرجع است و امانت داده نمی‌شود" in refused(librarian, copies[0], member)


def test_a_member_who_rests(librarian: Client, member: Member, copies: list[Copy]) -> None:
    url = f"/members/{member.pk}/active/"
    assert "غیرفعال شد" in text_of(librarian.post(url, {"active": "no"}, follow=True))
    assert "عضویت زهرا نمونه غیرفعال است" in refused(librarian, copies[0], member)
    assert AuditEntry.objects.filter(action="member_deactivate").count() == 1
    librarian.post(url, {"active": "yes"})
    assert "امانت داده شد" in scan(librarian, copies[0].barcode, member=member.pk)[1]


def test_too_many_and_late_ones(
    cast: Cast, librarian: Client, member: Member, copies: list[Copy]
) -> None:
    rules = LoanRules.objects.create(library=cast.library, most_at_once=2)
    late = lent(copies[0], member, late=1)
    assert "۱ کتاب دیرکرده دارد" in refused(librarian, copies[1], member)
    rules.overdue_may_borrow = True
    rules.save()
    assert "امانت داده شد" in scan(librarian, copies[1].barcode, member=member.pk)[1]
    text = refused(librarian, copies[2], member)
    assert "۲ کتاب دارد و بیش از ۲ کتاب هم‌زمان امانت داده نمی‌شود" in text
    librarian.post(f"/loans/{late.pk}/return/")
    assert "امانت داده شد" in scan(librarian, copies[2].barcode, member=member.pk)[1]


def test_who_has_a_lent_copy_is_half_hidden_in_the_refusal(
    cast: Cast, librarian: Client, member: Member, copies: list[Copy]
) -> None:
    lent(copies[0], member)
    other = Member.objects.create(library=cast.library, full_name="علی", search_name="علی")
    data = {"member": other.pk, "copy": copies[0].pk}
    response = librarian.post(f"{DESK}lend/", data, follow=True)
    assert "هم‌اکنون در امانت است («ز… ن…»)" in text_of(response)


def test_another_librarys_book_is_named_and_its_loan_stays_open(
    cast: Cast, librarian: Client, member: Member
) -> None:
    near = make_library("B", "استان نمونه", "شهرستان همسایه")
    [theirs] = add_copies(near, numbered_calls(1))
    [far] = add_copies(cast.other_library, numbered_calls(1))
    reader = Member.objects.create(library=near, full_name="مریم دور", search_name="مریمدور")
    loan = lent(theirs, reader)
    for shown in ({}, {"copy": theirs.pk, "shown": 1}):
        response = librarian.post(DESK, {"code": theirs.barcode, **shown})
        if response.status_code == 404:
            continue
        text = text_of(response)
        assert "«کتابخانهٔ نمونهٔ B» (شهرستان شهرستان همسایه)" in text
        assert "بسته نمی‌شود" in text and "مریم" not in text
        assert theirs.barcode in response.content.decode()
    # By its registration number it might be any library's; beyond the province nobody is told.
    assert near.name not in scan(librarian, theirs.registration_number)[1]
    assert cast.other_library.name not in scan(librarian, far.barcode)[1]
    for act in ("return", "renew", "fee", "unreturned"):
        assert librarian.post(f"/loans/{loan.pk}/{act}/").status_code == 404
    loan.refresh_from_db()
    assert loan.returned_at is None


BAD = ("", "   ", "\u200c", "هیچ", "0" * 300, "'; --", "]C1", "****")


@pytest.mark.parametrize("code", BAD)
def test_what_names_nothing_gets_a_sentence_and_stays_in_the_field(
    librarian: Client, member: Member, code: str
) -> None:
    response = librarian.post(DESK, {"code": code, "member": member.pk})
    assert response.status_code == 200
    assert 'class="field-error"' in response.content.decode()
    assert "زهرا نمونه" in text_of(response)


@pytest.mark.parametrize("query", ["member=x", "copy=-1", "loan=1e5", "member=" + "9" * 30])
def test_an_address_that_names_nothing_is_an_empty_desk(librarian: Client, query: str) -> None:
    assert "همه با همین یک خانه" in text_of(librarian.get(f"{DESK}?{query}"))


def test_ids_of_another_library_do_not_exist(
    cast: Cast, librarian: Client, member: Member, copies: list[Copy]
) -> None:
    loan = lent(copies[0], member)
    loan.returned_at = timezone.now()
    loan.save()
    librarian.force_login(cast.outsider)
    for query in (f"member={member.pk}", f"copy={copies[0].pk}", f"loan={loan.pk}"):
        assert librarian.get(f"{DESK}?{query}").status_code == 404, query
    data = {"member": member.pk, "copy": copies[0].pk}
    assert librarian.post(f"{DESK}lend/", data).status_code == 404
    scan(librarian, copies[0].barcode)
    assert Loan.objects.count() == 1


def test_the_desk_asks_no_more_for_sixty(cast: Cast, librarian: Client, member: Member) -> None:
    copies = add_copies(cast.library, numbered_calls(61))
    for copy in copies[:3]:
        lent(copy, member)
    url = f"{DESK}?member={member.pk}&copy={copies[60].pk}"
    few = queries_of(librarian, url)
    for copy in copies[3:60]:
        lent(copy, member, late=9)
    assert queries_of(librarian, url) == few


# --- rules -----------------------------------------------------------------------

RULES = {"loan_days": "21", "renewals": "1", "renewal_days": "7", "most_at_once": "3",
         "fee_a_day": "2500"}  # fmt: skip


def test_the_head_sets_the_rules_and_they_hold_at_once(
    cast: Cast, client: Client, member: Member, copies: list[Copy]
) -> None:
    client.force_login(cast.head)
    response = client.post("/loans/rules/", RULES | {"fee_a_day": "۲۵۰۰"}, follow=True)
    assert "ذخیره شد" in text_of(response)
    rules = LoanRules.objects.get(library=cast.library)
    assert (rules.loan_days, rules.fee_a_day, rules.overdue_may_borrow) == (21, 2500, False)
    entry = AuditEntry.objects.get(action="loan_rules_set")
    assert entry.data["fee_a_day"] == 2500 and entry.actor == cast.head
    scan(client, copies[0].barcode, member=member.pk)
    assert Loan.objects.get().due_on == timezone.localdate() + timedelta(days=21)
    client.post("/loans/rules/", RULES)
    assert AuditEntry.objects.filter(action="loan_rules_set").count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("loan_days", "0"), ("loan_days", "366"), ("renewals", "-1"), ("renewals", "21"),
     ("renewal_days", ""), ("most_at_once", "0"), ("fee_a_day", "-5"), ("fee_a_day", "2000000"),
     ("loan_days", "دو هفته")],
)  # fmt: skip
def test_rules_out_of_reason(cast: Cast, client: Client, name: str, value: str) -> None:
    client.force_login(cast.head)
    response = client.post("/loans/rules/", RULES | {name: value})
    assert response.status_code == 200
    assert 'class="field-error"' in response.content.decode()
    assert not LoanRules.objects.exists()
