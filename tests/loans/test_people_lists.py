"""Lists of open loans and of members: columns found, rows checked, written in one go."""

from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.models import CopiesList, Copy
from loans.models import Loan, Member
from tests.cast import Cast, add_copies, numbered_calls
from tests.loans.list_pages import confirm_columns, excel, on_commit_at_once, write
from tests.pages import text_of

LOANS_HEADER = ["شماره ثبت", "عنوان", "نام عضو", "شماره عضویت", "کد ملی", "موبایل",
                "تاریخ امانت", "مهلت بازگشت"]  # fmt: skip
MEMBERS_HEADER = ["نام و نام خانوادگی", "شماره عضویت", "کد ملی", "تلفن همراه"]
NATIONAL_ID = "0084575948"
LENT, DUE = "1405/06/10", "1405/06/24"


@pytest.fixture
def librarian(cast: Cast, client: Client) -> Client:
    client.force_login(cast.librarian)
    return client


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(6))


def upload(client: Client, kind: str, rows: list[list[str]], header: list[str]) -> CopiesList:
    """Send a file, confirm its columns as they are found."""
    file = BytesIO(excel(rows, header))
    file.name = "فهرست.xlsx"
    with on_commit_at_once():
        response = client.post("/lists/", {"file": file, "kind": kind})
    assert response.status_code == 302, text_of(response)
    found = CopiesList.objects.latest("pk")
    confirm_columns(client, found)
    found.refresh_from_db()
    return found


def reasons(found: CopiesList) -> list[str]:
    """Why each row of a list was not taken."""
    if not found.rejected:
        return []
    with found.rejected.open() as file:
        sheet = openpyxl.load_workbook(BytesIO(file.read())).active
    return [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]


def loan(number: str, name: str = "زهرا نمونه", card: str = "12", **given: str) -> list[str]:
    row = dict(zip(LOANS_HEADER, [number, "", name, card, "", "", LENT, DUE], strict=True))
    return list((row | given).values())


def test_open_loans_come_in_and_a_second_time_change_nothing(
    cast: Cast, librarian: Client, copies: list[Copy]
) -> None:
    known = Member.objects.create(
        library=cast.library, full_name="علی نمونه", search_name="علینمونه",
        membership_number="13",
    )  # fmt: skip
    rows = [loan("1"), loan("۲", name="", card="13"), loan("3", card="", name="مریم نو")]
    found = upload(librarian, "loans", rows, LOANS_HEADER)
    assert (found.state, found.counts["loans_opened"]) == ("checked", 3), found.error
    assert not Loan.objects.exists() and Member.objects.count() == 1
    assert "امانت تازه" in text_of(librarian.get(f"/lists/{found.pk}/"))
    write(librarian, found)
    first, second, third = Loan.objects.order_by("copy__registration_key")
    assert first.member.membership_number == "12" and second.member == known
    assert third.member.full_name == "مریم نو"
    assert (format_jalali(first.due_on), first.source) == ("۱۴۰۵/۰۶/۲۴", "list")
    assert format_jalali(timezone.localdate(first.lent_at)) == "۱۴۰۵/۰۶/۱۰"
    before = list(Loan.objects.values_list()), list(Member.objects.values_list())
    again = upload(librarian, "loans", rows, LOANS_HEADER)
    assert (again.counts["unchanged"], again.counts["loans_opened"]) == (3, 0)
    assert "چیزی برای ثبت نیست" in text_of(librarian.get(f"/lists/{again.pk}/"))
    assert (list(Loan.objects.values_list()), list(Member.objects.values_list())) == before


def test_a_later_list_moves_a_due_date_but_not_the_desks(
    cast: Cast, librarian: Client, copies: list[Copy]
) -> None:
    write(librarian, upload(librarian, "loans", [loan("1"), loan("2")], LOANS_HEADER))
    Loan.objects.filter(copy=copies[1]).update(source="desk")
    later = [loan(n, **{"مهلت بازگشت": "1405/07/24"}) for n in ("1", "2")]
    found = upload(librarian, "loans", later, LOANS_HEADER)
    assert (found.counts["loans_changed"], found.counts["unchanged"]) == (1, 1)
    write(librarian, found)
    dues = [format_jalali(one.due_on) for one in Loan.objects.order_by("copy")]
    assert dues == ["۱۴۰۵/۰۷/۲۴", "۱۴۰۵/۰۶/۲۴"]


BAD_LOANS = {
    "no such copy": (loan("99"), "نسخه‌ای با شمارهٔ ثبت ۹۹ در کتابخانه نیست"),
    "no number": (loan(""), "شمارهٔ ثبت و بارکد هر دو خالی است"),
    "nobody": (loan("3", name="", card=""), "عضو نامعلوم است"),
    "a wrong national id": (loan("3", **{"کد ملی": "1234567890"}), "رقم پایانی کد ملی"),
    "a wrong mobile": (loan("3", **{"موبایل": "021"}), "شمارهٔ همراه درست نیست"),
    "no day": (loan("3", **{"تاریخ امانت": "پریروز"}), "تاریخ امانت"),
    "lent tomorrow": (loan("3", **{"تاریخ امانت": "1450/01/01"}), "آینده"),
    "due before lent": (loan("3", **{"مهلت بازگشت": "1405/01/01"}), "پیش از تاریخ امانت"),
    "lent to someone else": (loan("1", card="77"), "در امانت عضو دیگری است"),
    "weeded": (loan("4"), "«وجین» است و نمی‌تواند در امانت باشد"),
    "twice": (loan("2"), "در سطر"),
}


def test_rows_that_cannot_be_come_back_with_their_reason(
    cast: Cast, librarian: Client, copies: list[Copy]
) -> None:
    other = Member.objects.create(library=cast.library, full_name="دیگر", search_name="دیگر")
    Loan.objects.create(copy=copies[0], member=other, lent_at=timezone.now())
    Copy.objects.filter(pk=copies[3].pk).update(status="weeded")
    rows = [loan("2"), *(row for row, _ in BAD_LOANS.values())]
    found = upload(librarian, "loans", rows, LOANS_HEADER)
    assert found.counts["loans_opened"] == 1
    assert found.counts["rejected"] == len(BAD_LOANS)
    for told, (case, (_, sentence)) in zip(reasons(found), BAD_LOANS.items(), strict=True):
        assert sentence in told, case
    write(librarian, found)
    assert Loan.objects.filter(source="list").count() == 1


def test_a_copy_lent_after_the_check_stops_the_writing(
    cast: Cast, librarian: Client, copies: list[Copy]
) -> None:
    found = upload(librarian, "loans", [loan("1"), loan("2")], LOANS_HEADER)
    other = Member.objects.create(library=cast.library, full_name="دیگر", search_name="دیگر")
    Loan.objects.create(copy=copies[0], member=other, lent_at=timezone.now())
    write(librarian, found)
    found.refresh_from_db()
    assert found.state == "checked"
    assert Loan.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "header", "sentence"),
    [
        ("loans", ["نام عضو", "شماره عضویت"], "«شمارهٔ ثبت» یا «بارکد»"),
        ("loans", ["شماره ثبت", "مهلت بازگشت"], "عضو شناخته نمی‌شود"),
        ("members", ["شماره عضویت", "کد ملی"], "ستون نام عضو"),
    ],
)
def test_a_list_without_what_it_needs_says_so(
    librarian: Client, kind: str, header: list[str], sentence: str
) -> None:
    file = BytesIO(excel([["1", "2"]], header))
    file.name = "a.xlsx"
    with on_commit_at_once():
        librarian.post("/lists/", {"file": file, "kind": kind})
    found = CopiesList.objects.latest("pk")
    assert sentence in text_of(confirm_columns(librarian, found))


def test_members_come_in_are_amended_and_a_second_time_change_nothing(
    cast: Cast, librarian: Client
) -> None:
    Member.objects.create(
        library=cast.library, full_name="علی نمونه", search_name="علینمونه", membership_number="13"
    )
    rows = [
        ["زهرا نمونه", "12", NATIONAL_ID, "09120004567"],
        ["علی نمونه", "13", "", "9120001111"],
        ["مریم نمونه", "", "", ""],
        ["", "14", "", ""],
        ["باز زهرا", "12", "", ""],
        ["رضا", "15", "111", ""],
    ]
    found = upload(librarian, "members", rows, MEMBERS_HEADER)
    assert (found.counts["new"], found.counts["changed"]) == (2, 1)
    told = reasons(found)
    for words, one in zip(("نام عضو خالی", "در سطر ۲", "کد ملی ده رقم"), told, strict=True):
        assert words in one
    write(librarian, found)
    assert Member.objects.count() == 3
    zahra = Member.objects.get(membership_number="12")
    assert (zahra.national_id, zahra.search_name) == (NATIONAL_ID, "زهرانمونه")
    assert Member.objects.get(membership_number="13").mobile == "09120001111"
    again = upload(librarian, "members", rows[:3], MEMBERS_HEADER)
    assert (again.counts["new"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 3)


def test_a_number_and_an_id_of_two_members_are_refused(cast: Cast, librarian: Client) -> None:
    for number, national_id in (("12", ""), ("13", NATIONAL_ID)):
        Member.objects.create(
            library=cast.library, full_name="ع", search_name="ع", membership_number=number,
            national_id=national_id,
        )  # fmt: skip
    rows = [["زهرا نمونه", "12", NATIONAL_ID, ""]]
    found = upload(librarian, "members", rows, MEMBERS_HEADER)
    assert "از آن دو عضو است" in reasons(found)[0]


def test_another_librarys_copies_are_none_here(cast: Cast, librarian: Client) -> None:
    add_copies(cast.other_library, numbered_calls(1), first=50)
    found = upload(librarian, "loans", [loan("50")], LOANS_HEADER)
    assert found.counts["loans_opened"] == 0
