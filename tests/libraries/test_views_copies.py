"""The pages of copies: search, filters, shelf order, and all that is known of one copy."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from libraries.models import Copy, StatusChange
from loans.models import BindingTrip, Loan, Member
from tests.cast import Cast, add_copies, numbered_calls
from tests.pages import queries_of, text_of

CALLS = ["955/07 د35ت", "297/1 الف2", "8فا3/62 ک7", "025/4 ب1", "Z693 .C43"]


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    found = add_copies(cast.library, CALLS)
    title = found[0].title
    title.title, title.author = "تاریخ کتاب‌خانه‌ها", "نویسندهٔ ایرانی"
    title.search_text = "تاریخکتابخانههانویسندهایرانی"
    title.save()
    return found


def found(client: Client, query: str) -> list[str]:
    response = client.get(f"/copies/?{query}")
    assert response.status_code == 200
    return [line.copy.registration_number for line in response.context["lines"]]


def test_copies_stand_in_shelf_order(cast: Cast, client: Client, copies: list[Copy]) -> None:
    add_copies(cast.library, ["100 الف1"], section="کودک", first=6)
    client.force_login(cast.librarian)
    assert found(client, "") == ["4", "2", "3", "1", "5", "6"]


SEARCHES = {
    "q=كتابخانه ها": ["1"],
    "q=ایرانی تاریخ": ["1"],
    "q=تاریخ نبود": [],
    "q=۳": ["3"],
    "q={barcode}": ["2"],
    "q={half}": ["4", "2", "3", "1", "5"],
    "q={beginning}": [],
    "q=955": ["1"],
    "q=۹۵۵/۰۷": ["1"],
    "q=8فا3/62": ["3"],
    "q=8فا": ["3"],
    "q=%27%25_": [],
    "status=missing": ["2"],
    "status=on_loan": ["3"],
    "status=available": ["4", "1", "5"],
    "hundreds=800": ["3"],
    "hundreds=000": ["4"],
    "hundreds=other": ["5"],
    "reference=yes": ["5"],
    "reference=no&hundreds=200": ["2"],
    "hundreds=77&status=gone&reference=maybe&page=x": ["4", "2", "3", "1", "5"],
}


@pytest.mark.parametrize("query", SEARCHES)
def test_copies_are_found(cast: Cast, client: Client, copies: list[Copy], query: str) -> None:
    Copy.objects.filter(pk=copies[1].pk).update(status="missing")
    Copy.objects.filter(pk=copies[4].pk).update(is_reference=True, main_class="Z")
    Loan.objects.create(copy=copies[2], lent_at=timezone.now())
    Loan.objects.create(
        copy=copies[0], lent_at=timezone.now() - timedelta(9), returned_at=timezone.now()
    )
    client.force_login(cast.librarian)
    code = copies[1].barcode
    asked = query.format(barcode=code, half=code[:6], beginning=code[:5])
    assert found(client, asked) == SEARCHES[query]


def test_scope_and_the_library_filter(cast: Cast, client: Client, copies: list[Copy]) -> None:
    [other] = add_copies(cast.other_library, ["100 الف1"], first=99)
    client.force_login(cast.office)
    assert sorted(found(client, "")) == ["1", "2", "3", "4", "5", "99"]
    assert found(client, f"library={cast.other_library.pk}") == ["99"]
    section = cast.library.sections.first()
    assert len(found(client, f"library={cast.library.pk}&section={section.pk}")) == 5
    client.force_login(cast.county)
    assert len(found(client, "")) == 5
    # A library outside one's scope is no filter at all.
    assert len(found(client, f"library={cast.other_library.pk}")) == 5
    client.force_login(cast.librarian)
    assert len(found(client, f"section={cast.other_library.sections.first().pk}")) == 5
    assert client.get(f"/copies/{other.pk}/").status_code == 404
    client.force_login(cast.admin)
    assert client.get("/copies/").status_code == 403
    assert client.get(f"/copies/{other.pk}/").status_code == 403


def test_an_empty_list_says_what_to_do_first(cast: Cast, client: Client) -> None:
    client.force_login(cast.librarian)
    assert "وارد کردن فهرست نسخ" in text_of(client.get("/copies/"))
    assert "نسخه‌ای پیدا نشد" in text_of(client.get("/copies/?q=x"))
    client.force_login(cast.county)
    assert "وارد کردن فهرست نسخ" not in text_of(client.get("/copies/"))


def test_a_copy_shows_all_that_the_minutes_print(
    cast: Cast, client: Client, copies: list[Copy]
) -> None:
    copy = copies[0]
    copy.registered_on, copy.volume, copy.copy_number = date(2016, 1, 28), "2", "3"
    copy.save()
    StatusChange.objects.create(
        copy=copy, from_status="missing", to_status="available", source="reading",
        cause="در قفسه دیده شد", at=timezone.now(), by=cast.head,
    )  # fmt: skip
    member = Member.objects.create(library=cast.library, full_name="عضو نمونه", search_name="x")
    Loan.objects.create(copy=copy, member=member, lent_at=timezone.now())
    client.force_login(cast.librarian)
    text = text_of(client.get(f"/copies/{copy.pk}/"))
    for part in (
        *("تاریخ کتاب‌خانه‌ها", "نویسندهٔ ایرانی", "۱۳۹۰", "۱۳۹۴/۱۱/۰۸", "۹۵۵/۰۷", copy.barcode),
        *("در قفسه دیده شد", "عضو نمونه", "در امانت", "مخزن"),
    ):
        assert part in text, part
    # Those above see the copy, and neither its borrowers nor what they can't do.
    client.force_login(cast.county)
    text = text_of(client.get(f"/copies/{copy.pk}/"))
    assert "عضو نمونه" not in text
    assert "امانت دادن" not in text
    assert "در امانت" in text


def test_lists_ask_no_more_for_sixty(cast: Cast, client: Client) -> None:
    client.force_login(cast.office)
    copies = add_copies(cast.library, numbered_calls(3))
    Loan.objects.create(copy=copies[0], lent_at=timezone.now())
    Copy.objects.filter(pk=copies[1].pk).update(title=copies[0].title)
    few = queries_of(client, "/copies/"), queries_of(client, f"/copies/{copies[0].pk}/")
    more = add_copies(cast.library, numbered_calls(57), first=4)
    for copy in more:
        Loan.objects.create(copy=copy, lent_at=timezone.now())
        copy.title = copies[0].title
        copy.save()
        StatusChange.objects.create(
            copy=copies[0], to_status="available", source="list", at=timezone.now(),
            by=cast.librarian,
        )  # fmt: skip
    assert (queries_of(client, "/copies/"), queries_of(client, f"/copies/{copies[0].pk}/")) == few


def test_pages_of_a_hundred(cast: Cast, client: Client) -> None:
    add_copies(cast.library, numbered_calls(101))
    client.force_login(cast.librarian)
    assert len(found(client, "")) == 100
    assert found(client, "page=2") == ["101"]
    assert found(client, "page=99") == ["101"]


def test_a_copy_tells_of_its_ways_to_the_binder(cast: Cast, client: Client) -> None:
    (copy,) = add_copies(cast.library, ["100/1 الف1"])
    sent = date(2026, 10, 1)
    BindingTrip.objects.create(
        copy=copy, sent_on=sent, sent_by=cast.head, back_on=sent + timedelta(days=9),
        back_by=cast.head,
    )  # fmt: skip
    BindingTrip.objects.create(copy=copy, sent_on=date(2026, 11, 1), sent_by=cast.head)
    client.force_login(cast.librarian)
    text = text_of(client.get(f"/copies/{copy.pk}/"))
    assert "۱۴۰۵/۰۷/۰۹ ۱۴۰۵/۰۷/۱۸" in text
    assert "۱۴۰۵/۰۸/۱۰ در صحافی" in text
