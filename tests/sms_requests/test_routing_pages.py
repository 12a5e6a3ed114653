"""The pages of the provincial expert: the list, one request, the day's list."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from sms_requests.domain.way import Move
from sms_requests.models import MessageOut, Request
from sms_requests.services.moves import request_held, request_move
from sms_requests.services.routing import request_route
from tests.pages import queries_of, text_of
from tests.sms_requests.unrouted import (
    MOBILE,
    NATIONAL_ID,
    OTHER_ID,
    Province,
    add_text,
    add_unrouted,
    make_province,
)

pytestmark = pytest.mark.django_db
LIST, DAY = "/requests/route/", "/requests/route/day/"


@pytest.fixture
def province() -> Province:
    return make_province()


@pytest.fixture
def expert(province: Province, client: Client) -> Client:
    client.force_login(province.expert)
    return client


def page_of(request: Request) -> str:
    return f"/requests/{request.pk}/route/"


def says(response: HttpResponse) -> str:
    assert response.status_code == 200
    return text_of(response)


def test_the_list_has_the_oldest_first_with_text_parts_and_likely_libraries(
    province: Province, expert: Client
) -> None:
    now = timezone.now()
    new = add_unrouted(province)
    old = add_unrouted(province, "کتاب", now - timedelta(days=9), national_id="", wanted="")
    response = expert.get(LIST)
    lines = response.context["lines"]
    assert [line.request for line in lines] == [old, new]
    assert lines[0].missing == ("کد ملی", "نام کتابخانه", "عنوان کتاب")
    assert [lines[0].is_late, lines[1].is_late] == [True, False]
    assert {choice.id for choice in lines[1].likely} == {
        province.libraries["malayer"].pk, province.libraries["nahavand"].pk,
    }  # fmt: skip
    assert "۹ روز پیش" in says(response) and "دیر شده" in says(response)


def test_no_number_stands_whole_on_any_page_until_it_is_opened(
    province: Province, expert: Client
) -> None:
    text = f"مطهری ۰۰۰۰-۰۰۰۰-۱۹ یا {NATIONAL_ID} زنگ بزنید {MOBILE}"
    request = add_unrouted(province, text)
    add_text(text, trouble="charset")
    for url in (LIST, page_of(request), DAY, "/messages/", "/messages/?tab=out"):
        body = expert.get(url).content.decode()
        for number in (NATIONAL_ID, MOBILE, "۰۹۱۲۰۰۰۰۰۰۱", "۰۰۰۰-۰۰۰۰-۱۹", "۰۰۰۰۰۰۰۰۱۹"):
            assert number not in body, url
    assert expert.get(f"{page_of(request)}open/").status_code == 405
    opened = expert.post(f"{page_of(request)}open/")
    assert opened.headers["Cache-Control"] == "no-store"
    assert f'href="tel:{MOBILE}"' in opened.content.decode()
    assert NATIONAL_ID in opened.content.decode()


def test_one_click_routes_to_a_likely_library(province: Province, expert: Client) -> None:
    request = add_unrouted(province)
    library = province.libraries["nahavand"]
    body = expert.get(LIST).content.decode()
    assert f'name="library" value="{library.pk}"' in body
    asked = {"act": "route", "library": library.pk, "tell": "on"}
    answer = expert.post(page_of(request), asked, follow=True)
    assert "نهاوند ارجاع شد" in says(answer)
    request.refresh_from_db()
    assert request.library == library
    assert MessageOut.objects.count() == 1
    again = expert.post(page_of(request), asked, follow=True)  # the button twice
    assert "ارجاع شد" in says(again)
    assert MessageOut.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "goes_to"),
    [
        ("کتابخانه عمومی حافظ", "hafez"),
        ("هافظ", "hafez"),
        ("مطهری نهاوند", "nahavand"),
        ("كتابخانهٔ شهيد مطهري ملاير", "malayer"),
        ("مطهری", None),
        ("کتابخانهٔ شهر دیگر", None),
        ("", None),
    ],
)
def test_a_typed_name_goes_where_only_one_can_be_meant(
    province: Province, expert: Client, typed: str, goes_to: str | None
) -> None:
    request = add_unrouted(province)
    answer = expert.post(page_of(request), {"act": "route", "typed": typed})
    request.refresh_from_db()
    if goes_to:
        assert request.library == province.libraries[goes_to]
    else:
        assert request.library is None
        assert f'value="{typed}"' in answer.content.decode() or not typed
        assert "برگزینید" in says(answer) or "نام دیگری بنویسید" in says(answer)


def test_what_is_typed_must_fit_what_is_chosen(province: Province, expert: Client) -> None:
    """A list that came too late for what was typed since routes nothing wrongly."""
    request = add_unrouted(province)
    stale = {"act": "route", "typed": "مطهری", "library": province.libraries["hafez"].pk}
    expert.post(page_of(request), stale)
    request.refresh_from_db()
    assert request.library is None
    fits = stale | {"library": province.libraries["malayer"].pk}
    expert.post(page_of(request), fits)
    request.refresh_from_db()
    assert request.library == province.libraries["malayer"]


def test_the_choice_follows_what_is_typed(province: Province, expert: Client) -> None:
    body = expert.get("/requests/route/libraries/", {"typed": "نهاون"}).content.decode()
    assert "نهاوند" in body and "حافظ" not in body
    everything = expert.get("/requests/route/libraries/", {"typed": " "}).content.decode()
    assert all(library.name in everything for library in province.libraries.values())
    assert province.elsewhere.name not in everything


def test_several_are_routed_together(province: Province, expert: Client) -> None:
    good, bad = add_unrouted(province), add_unrouted(province, wanted="")
    left = add_unrouted(province)
    asked: dict[str, Any] = {"request": [good.pk, bad.pk, "x"], "typed": "حافظ"}
    said = says(expert.post(LIST, asked, follow=True))
    assert "۱ درخواست ارجاع شد" in said and "عنوان کتاب معلوم نیست" in said
    states = dict(Request.objects.values_list("pk", "state"))
    assert states == {good.pk: "no_member", bad.pk: "unrouted", left.pk: "unrouted"}
    assert MessageOut.objects.count() == 0  # not ticked
    kept = expert.post(LIST, {"request": [left.pk], "typed": "مطهری"})
    assert "چند کتابخانه" in says(kept)
    assert f'id="pick-{left.pk}" checked' in kept.content.decode()
    assert 'value="مطهری"' in kept.content.decode()
    assert "علامت بزنید" in says(expert.post(LIST, {"typed": "حافظ"}))


def test_correcting_keeps_what_was_typed_where_it_is_wrong(
    province: Province, expert: Client
) -> None:
    request = add_unrouted(province, kind="unclear", wanted="")
    asked = {"act": "correct", "kind": "loan", "wanted": "کوری", "national_id": "۱۲۳۴۵۶۷۸۹۰"}
    answer = expert.post(page_of(request), asked)
    assert "رقم پایانی کد ملی" in says(answer)
    assert 'value="کوری"' in answer.content.decode()
    asked["national_id"] = "۰۰۰۰۰۰۰۰۲۷"
    expert.post(page_of(request), asked)
    request.refresh_from_db()
    assert (request.kind, request.wanted, request.national_id) == ("loan", "کوری", OTHER_ID)


def test_closing_calling_and_reopening_from_the_page(province: Province, expert: Client) -> None:
    request = add_unrouted(province)
    asked = {"act": "call", "outcome": "agreed", "said": "گفت حافظ"}
    assert "گفت حافظ" in says(expert.post(page_of(request), asked, follow=True))
    assert "علت بستن را برگزینید" in says(expert.post(page_of(request), {"act": "close"}))
    expert.post(page_of(request), {"act": "close", "reason": "answered"})
    request.refresh_from_db()
    assert request.state == "closed"
    assert "بازگشودن" in says(expert.get(page_of(request)))
    expert.post(page_of(request), {"act": "reopen"})
    request.refresh_from_db()
    assert request.state == "unrouted"
    assert expert.post(page_of(request), {"act": "burn"}).status_code == 302


def test_what_a_library_sent_back_says_who_and_why(province: Province, expert: Client) -> None:
    request = add_unrouted(province, national_id="")
    library = province.libraries["hafez"]
    now = timezone.now()
    request_route(request_id=request.pk, library_id=library.pk, actor=province.expert, now=now)
    held = request_held(request.pk, province.librarian)
    request_move(held, Move.SEND_BACK, actor=province.librarian, now=now, note="کتابخانهٔ ما نیست")
    add_unrouted(province)
    for url in (f"{LIST}?which=sent_back", page_of(request)):
        said = says(expert.get(url))
        assert library.name in said and province.librarian.full_name in said
        assert "کتابخانهٔ ما نیست" in said
    assert len(expert.get(f"{LIST}?which=sent_back").context["lines"]) == 1
    cards = {card.sentence: card for card in expert.get("/").context["cards"]}
    assert cards["درخواست را کتابخانه‌ها بازگردانده‌اند"].count == 1


def test_other_texts_of_the_number_are_shown_when_they_are_at_no_library(
    province: Province, expert: Client
) -> None:
    request = add_unrouted(province)
    waits = add_unrouted(province, "یکی دیگر")
    add_unrouted(province, "در کتابخانه", state="waiting", library=province.libraries["hafez"])
    add_text("وضعیت")
    add_text("از شمارهٔ دیگر", sender="09120000002")
    said = says(expert.get(page_of(request)))
    assert (
        "یکی دیگر" in said
        and "وضعیت" in said
        and page_of(waits) in str(expert.get(page_of(request)).content.decode())
    )
    assert "در کتابخانه" not in said and "از شمارهٔ دیگر" not in said


def test_another_provinces_expert_finds_nothing(province: Province, client: Client) -> None:
    request = add_unrouted(province)
    text = add_text("\ufffd", trouble="charset")
    client.force_login(province.stranger)
    for url in (page_of(request), f"/messages/{text.pk}/"):
        assert client.get(url).status_code == 404
    for url in (page_of(request), f"{page_of(request)}open/", f"/messages/{text.pk}/open/"):
        assert client.post(url, {"act": "close", "reason": "answered"}).status_code == 404
    for url in (LIST, DAY, "/messages/"):
        assert "بوف کور" not in says(client.get(url))
    client.post(LIST, {"request": [request.pk], "typed": "کتابخانهٔ دور"})
    request.refresh_from_db()
    assert request.state == "unrouted"


# --- the day's list -----------------------------------------------------------------------


def test_the_days_list_groups_by_library_and_counts(province: Province, expert: Client) -> None:
    now = timezone.now()
    hafez, malayer = province.libraries["hafez"], province.libraries["malayer"]
    add_unrouted(province)
    for library, state in ((hafez, "waiting"), (hafez, "no_member"), (malayer, "waiting")):
        add_unrouted(province, state=state, library=library)
    late = add_unrouted(
        province, at=now - timedelta(days=8), state="waiting", library=hafez, wanted="کتاب دیروز"
    )
    response = expert.get(DAY)
    groups = response.context["groups"]
    assert [(g.library, len(g.lines), g.late) for g in groups] == [
        (None, 1, 0), (malayer, 1, 0), (hafez, 2, 0),
    ]  # fmt: skip
    assert "رسیده به کتابخانه ۱" in says(response) and "در انتظار عضویت ۱" in says(response)
    assert "کتاب دیروز" not in says(response)
    before = expert.get(DAY, {"day": format_jalali(late.created_at)})
    assert "کتاب دیروز" in says(before) and "۱ دیر شده" in says(before)
    [only] = expert.get(DAY, {"late": "1"}).context["groups"]
    assert list(only.lines) == [late]
    filtered = expert.get(DAY, {"state": "waiting", "library": hafez.pk}).context["groups"]
    assert [len(group.lines) for group in filtered] == [1]
    for bad in ("۱۴۰۵/۱۳/۰۱", "x", "99999999"):  # no day is today
        assert len(expert.get(DAY, {"day": bad}).context["groups"]) == 3


def test_days_turn_and_tomorrow_is_not_offered(province: Province, expert: Client) -> None:
    today = timezone.localdate()
    response = expert.get(DAY)
    assert response.context["after"] == ""
    yesterday = expert.get(DAY + response.context["before"])
    assert yesterday.context["day"] == today - timedelta(days=1)
    assert expert.get(DAY + yesterday.context["after"]).context["is_today"]


def test_the_excel_has_the_same_requests_masked(province: Province, expert: Client) -> None:
    add_unrouted(province, full_name="نام نمونه")
    add_unrouted(province, state="waiting", library=province.libraries["hafez"])
    response = expert.get("/requests/route/day.xlsx")
    body = b"".join(response.streaming_content)
    assert response.headers["Cache-Control"] == "private, no-store"
    book = openpyxl.load_workbook(BytesIO(body))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert len(rows) == 4 and rows[2][1] == "نزد هیچ کتابخانه‌ای"
    assert rows[2][6:8] == ["۰۰۰****۰۱۹", "۰۹۱۲***۰۰۰۱"]
    cells = " ".join(str(cell) for sheet in book for row in sheet.values for cell in row)
    assert NATIONAL_ID not in cells and MOBILE not in cells
    assert book.worksheets[1].max_row == 4


def test_queries_do_not_grow_with_the_list(province: Province, expert: Client) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            add_unrouted(province)
            add_unrouted(province, state="waiting", library=province.libraries["hafez"])

    fill(2)
    few = [queries_of(expert, url) for url in (LIST, DAY)]
    fill(10)
    assert [queries_of(expert, url) for url in (LIST, DAY)] == few


def test_the_desk_tells_the_expert_what_waits(province: Province, expert: Client) -> None:
    assert expert.get("/").context["cards"] == []
    now = timezone.now()
    add_unrouted(province, at=now - timedelta(days=9))
    add_unrouted(
        province, at=now - timedelta(days=9), state="waiting", library=province.libraries["hafez"]
    )
    add_text("\ufffd", trouble="charset")
    cards = expert.get("/").context["cards"]
    assert [(card.count, card.late) for card in cards] == [(1, True), (1, True), (1, False)]
    for card in cards:
        assert expert.get(card.url).status_code == 200
