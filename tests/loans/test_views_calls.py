"""Calling members: each once for all late books, the phone shown only when opened."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.models import AuditEntry, Copy, CopyStatus
from loans.domain.overdue import unreturned_due_by
from loans.models import FollowUp, Loan, Member
from tests.cast import Cast, add_copies, numbered_calls
from tests.pages import queries_of, text_of

MOBILE = "09120004567"


@pytest.fixture
def librarian(cast: Cast, client: Client) -> Client:
    client.force_login(cast.librarian)
    return client


def member(cast: Cast, name: str = "زهرا نمونه", number: str = "12") -> Member:
    return Member.objects.create(
        library=cast.library, full_name=name, search_name=name.replace(" ", ""),
        membership_number=number, mobile=MOBILE,
    )  # fmt: skip


def lent(copy: Copy, borrower: Member | None, late: int) -> Loan:
    return Loan.objects.create(
        copy=copy, member=borrower, lent_at=timezone.now() - timedelta(days=300),
        due_on=timezone.localdate() - timedelta(days=late),
    )  # fmt: skip


def call(client: Client, who: Member, **given: str) -> str:
    data = {"channel": "phone", "on": format_jalali(timezone.localdate()), "result": "promised"}
    return text_of(client.post(f"/members/{who.pk}/call/", data | given, follow=True))


def test_each_member_stands_once_the_latest_first(cast: Cast, librarian: Client) -> None:
    copies = add_copies(cast.library, numbered_calls(6))
    early, late = member(cast), member(cast, "علی نمونه", "13")
    lent(copies[0], early, 3), lent(copies[1], early, 9), lent(copies[2], early, -4)
    lent(copies[3], late, 40), lent(copies[4], None, 90)
    response = librarian.get("/loans/calls/")
    lines = response.context["lines"]
    assert [(line.member, len(line.loans), line.days_late) for line in lines] == [
        (late, 1, 40), (early, 2, 9),
    ]  # fmt: skip
    assert "۰۹۱۲***۴۵۶۷" in text_of(response) and MOBILE not in response.content.decode()
    for query, names in {
        "late=week": ["زهرا نمونه"], "late=month": ["زهرا نمونه"], "late=two_months": ["علی نمونه"],
        "late=longer": [], "q=علی": ["علی نمونه"], "q=13": ["علی نمونه"],
        "which=follow_up_due": [],
    }.items():  # fmt: skip
        shown = librarian.get(f"/loans/calls/?{query}").context["lines"]
        assert [line.member.full_name for line in shown] == names, query


def test_the_phone_is_whole_only_when_opened_and_the_audit_tells(
    cast: Cast, librarian: Client
) -> None:
    who = member(cast)
    lent(add_copies(cast.library, numbered_calls(1))[0], who, 9)
    page = librarian.get(f"/members/{who.pk}/call/")
    assert MOBILE not in page.content.decode()
    opened = librarian.post(f"/members/{who.pk}/phone/")
    assert f'href="tel:{MOBILE}"' in opened.content.decode()
    assert opened.headers["Cache-Control"] == "no-store"
    assert AuditEntry.objects.get(action="member_open").object_id == str(who.pk)


def test_one_call_is_written_for_each_late_book(cast: Cast, librarian: Client) -> None:
    who, other = member(cast), member(cast, "علی نمونه", "13")
    copies = add_copies(cast.library, numbered_calls(5))
    late = [lent(copies[0], who, 3), lent(copies[1], who, 80)]
    lent(copies[2], who, -1), lent(copies[3], other, 8)
    assert "برای ۲ کتاب ثبت شد" in call(librarian, who)
    calls = FollowUp.objects.all()
    assert sorted(one.loan_id for one in calls) == sorted(loan.pk for loan in late)
    assert {(one.said, one.by, one.channel) for one in calls} == {
        ("قول داد بیاورد", cast.librarian, "phone")
    }
    call(librarian, who, result="other", said="فردا می‌آورد", channel="message")
    assert FollowUp.objects.filter(said="فردا می‌آورد", channel="message").count() == 2
    call(librarian, who, result="no_answer", said="دو بار زنگ زدم")
    assert FollowUp.objects.filter(said="پاسخ نداد؛ دو بار زنگ زدم").count() == 2
    page = text_of(librarian.get(f"/members/{who.pk}/"))
    assert "پاسخ نداد؛ دو بار زنگ زدم" in page


BAD_CALLS = {
    "tomorrow": ({"on": format_jalali(timezone.localdate() + timedelta(days=1))}, "آینده"),
    "before the loan": ({"on": "1390/01/01"}, "پیش از امانت"),
    "no day": ({"on": ""}, "لازم"),
    "no day of the calendar": ({"on": "1405/12/31"}, "تقویم"),
    "no result": ({"result": ""}, "نتیجهٔ تماس را برگزینید"),
    "an unknown result": ({"result": "x"}, "نتیجهٔ تماس را برگزینید"),
    "other without words": ({"result": "other"}, "نتیجهٔ تماس را برگزینید"),
    "by pigeon": ({"channel": "pigeon"}, "گزینه"),
}


@pytest.mark.parametrize("case", BAD_CALLS)
def test_calls_that_cannot_be(cast: Cast, librarian: Client, case: str) -> None:
    given, sentence = BAD_CALLS[case]
    who = member(cast)
    lent(add_copies(cast.library, numbered_calls(1))[0], who, 9)
    assert sentence in call(librarian, who, **given)
    assert not FollowUp.objects.exists()


def test_who_has_brought_all_back_is_not_called(cast: Cast, librarian: Client) -> None:
    who = member(cast)
    lent(add_copies(cast.library, numbered_calls(1))[0], who, -3)
    assert "کتاب دیرکرده‌ای ندارد" in call(librarian, who)
    assert not FollowUp.objects.exists()


# --- «برنگشته» --------------------------------------------------------------------


def test_the_status_is_given_only_two_months_past_and_followed_up(
    cast: Cast, librarian: Client
) -> None:
    copies = add_copies(cast.library, numbered_calls(3))
    who = member(cast)
    today = timezone.localdate()
    past = (today - unreturned_due_by(today)).days
    loan, early = lent(copies[0], who, past), lent(copies[1], who, past - 1)
    url = f"/loans/{loan.pk}/unreturned/"
    assert "هنوز پیگیری‌ای ثبت نشده است" in text_of(librarian.post(url, follow=True))
    call(librarian, who, result="no_answer")
    told = text_of(librarian.post(f"/loans/{early.pk}/unreturned/", follow=True))
    first = format_jalali(today + timedelta(days=1))
    assert f"از {first} می‌توان آن را «برنگشته» کرد" in told or "هنوز دو ماه" in told
    assert not Copy.objects.filter(status=CopyStatus.UNRETURNED).exists()
    assert "«برنگشته» شد" in text_of(librarian.post(url, follow=True))
    copies[0].refresh_from_db()
    assert copies[0].status == CopyStatus.UNRETURNED
    change = copies[0].status_changes.get()
    assert (change.from_status, change.to_status, change.source, change.by) == (
        "available", "unreturned", "loans", cast.librarian,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="loan_give_up").count() == 1
    loan.refresh_from_db()
    assert loan.returned_at is None
    assert "پیش‌تر «برنگشته» شده" in text_of(librarian.post(url, follow=True))
    # And back: available again.
    librarian.post(f"/loans/{loan.pk}/return/")
    copies[0].refresh_from_db()
    assert copies[0].status == CopyStatus.AVAILABLE


def test_a_call_before_the_book_was_due_is_no_follow_up(cast: Cast, librarian: Client) -> None:
    copy = add_copies(cast.library, numbered_calls(1))[0]
    loan = lent(copy, member(cast), 90)
    loan.follow_ups.create(
        at=timezone.now() - timedelta(days=95), by=cast.head, said="یادآوری مهلت"
    )
    told = text_of(librarian.post(f"/loans/{loan.pk}/unreturned/", follow=True))
    assert "هنوز پیگیری‌ای ثبت نشده است" in told


def test_a_loan_with_no_due_date_or_a_copy_gone_is_refused(cast: Cast, librarian: Client) -> None:
    copies = add_copies(cast.library, numbered_calls(2))
    unknown, gone = lent(copies[0], None, 90), lent(copies[1], None, 90)
    Loan.objects.filter(pk=unknown.pk).update(due_on=None)
    Copy.objects.filter(pk=copies[1].pk).update(status="missing")
    said = {unknown: "نامعلوم است", gone: "«مفقود» است"}
    for loan, words in said.items():
        assert words in text_of(librarian.post(f"/loans/{loan.pk}/unreturned/", follow=True))


# --- the list of loans -----------------------------------------------------------


def test_the_list_by_how_late_and_by_member_and_as_excel(cast: Cast, librarian: Client) -> None:
    copies = add_copies(cast.library, numbered_calls(5))
    a, b = member(cast, "آذر", "1"), member(cast, "بهار", "2")
    lent(copies[0], b, 2), lent(copies[1], a, 20), lent(copies[2], b, 45), lent(copies[3], a, -3)
    by_member = librarian.get("/loans/?which=overdue&order=member").context["lines"]
    assert [line.days_late for line in by_member] == [20, 45, 2]
    for late, days in {"week": [2], "month": [20], "two_months": [45], "longer": []}.items():
        lines = librarian.get(f"/loans/?late={late}").context["lines"]
        assert [line.days_late for line in lines] == days
    answer = librarian.get("/loans/xlsx/?which=overdue&order=member")
    from_excel = rows_of(b"".join(answer.streaming_content))
    assert [row[10] for row in from_excel[2:]] == [20, 45, 2]
    assert from_excel[2][3] == "0912***4567"
    assert librarian.get("/loans/?late=x&order=y&which=z").status_code == 200


def rows_of(content: bytes) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True))


def test_lists_ask_no_more_for_sixty(cast: Cast, librarian: Client) -> None:
    copies = add_copies(cast.library, numbered_calls(60))
    urls = ["/loans/calls/", "/loans/?which=overdue&order=member"]

    def more(start: int, end: int) -> None:
        for n in range(start, end):
            loan = lent(copies[n], member(cast, f"عضو {n}", str(n)), 9 + n)
            loan.follow_ups.create(at=timezone.now(), by=cast.head, said="تماس")

    more(0, 3)
    few = [queries_of(librarian, url) for url in urls]
    more(3, 40)
    assert [queries_of(librarian, url) for url in urls] == few


def test_only_the_librarys_staff(cast: Cast, librarian: Client) -> None:
    who = member(cast)
    loan = lent(add_copies(cast.library, numbered_calls(1))[0], who, 90)
    librarian.force_login(cast.outsider)
    assert librarian.get(f"/members/{who.pk}/call/").status_code == 404
    assert librarian.post(f"/members/{who.pk}/phone/").status_code == 404
    assert librarian.post(f"/loans/{loan.pk}/unreturned/").status_code == 404
    assert who.full_name not in text_of(librarian.get("/loans/calls/"))
