"""The pages of return days: written, looked at, confirmed, followed, stopped."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from libraries.domain.jalali import format_jalali
from sms_requests.models import MessageOut, ReturnAnnouncement
from tests.cast import Cast
from tests.pages import queries_of, text_of
from tests.sms_requests.returning import announce, borrower, day

pytestmark = pytest.mark.django_db
NEW = "/return-days/new/"
State = MessageOut.State


def in_days(count: int) -> str:
    return format_jalali(timezone.localdate() + timedelta(days=count))


def hidden(response: HttpResponse) -> dict[str, str]:
    """What the page's form would send as it stands."""
    page = response.content.decode()
    return {
        name: value
        for field in re.findall(r"<input[^>]*>", page)
        for name in re.findall(r'name="([^"]+)"', field)
        for value in [(re.findall(r'value="([^"]*)"', field) or [""])[0]]
        if 'type="radio"' not in field or "checked" in field
    }


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.librarian)
    return client


def typed(desk: Client, *rows: tuple[str, str, str], **more: Any) -> dict[str, str]:
    sent = hidden(desk.get(NEW))
    for number, row in enumerate(rows):
        for name, value in zip(("on", "opens_at", "closes_at"), row, strict=True):
            sent[f"days-{number}-{name}"] = value
    return sent | more


def test_the_way_from_the_form_to_the_announcement(cast: Cast, desk: Client) -> None:
    for number in (1, 2):
        borrower(cast.library, number)
    borrower(cast.library, 3, mobile="")
    sent = typed(desk, (in_days(4), "۸", "۱۲:۳۰"), (in_days(5), "8", "12:30"), note="خوش آمدید")
    preview = desk.post(NEW, sent | {"preview": "1"})
    words = text_of(preview)
    assert "این پیامک برای ۲ نفر فرستاده شود؟" in words
    assert "ساعت ۸ تا ۱۲:۳۰. کتاب‌های امانتی را همان وقت بیاورید. خوش آمدید." in words
    assert "۱ نفر شمارهٔ همراه ندارند" in words and "فرستادن به ۲ نفر" in words
    assert not ReturnAnnouncement.objects.exists()
    confirmed = hidden(preview) | {"confirm": "1"}
    for _ in range(2):
        answer = desk.post(NEW, confirmed)
        made = ReturnAnnouncement.objects.get()
        assert answer.headers["Location"] == reverse("return-days-one", args=[made.pk])
    assert MessageOut.objects.count() == 2
    assert "دوباره چیزی فرستاده نشد" in text_of(desk.get(answer.headers["Location"]))


def test_another_row_is_offered_and_what_was_typed_stays(cast: Cast, desk: Client) -> None:
    sent = typed(desk, (in_days(4), "۸", "۱۲"), note="یادداشت")
    page = desk.post(NEW, sent | {"more": "1"})
    assert hidden(page)["days-TOTAL_FORMS"] == "4"
    assert hidden(page)["days-0-on"] == in_days(4)
    assert (hidden(page)["note"], hidden(page)["token"]) == ("یادداشت", sent["token"])
    for _ in range(9):
        page = desk.post(NEW, hidden(page) | {"more": "1"})
    assert hidden(page)["days-TOTAL_FORMS"] == "10"
    assert "روزی دیگر" not in text_of(page)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "دست‌کم یک روز را"),
        ([("۳۱ مهر ۱۴۰۵", "۸", "۱۲")], "در تقویم نیست"),
        ([("1300/01/01", "۸", "۱۲")], "گذشته است"),
        ([("+4", "", "")], "ساعت آغاز را بنویسید"),
        ([("+4", "بیست", "۲۵")], "ساعت خوانده نمی‌شود"),
        ([("+4", "۱۲", "۸")], "باید پس از ساعت آغاز"),
        ([("+4", "۸", "۱۲"), ("+4", "۱۴", "۱۵")], "دو بار آمده است"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    cast: Cast, desk: Client, rows: list[tuple[str, str, str]], reason: str
) -> None:
    borrower(cast.library, 1)
    rows = [(in_days(4) if on == "+4" else on, *hours) for on, *hours in rows]
    page = desk.post(NEW, typed(desk, *rows, note="می‌ماند") | {"preview": "1"})
    assert reason in text_of(page)
    assert hidden(page)["note"] == "می‌ماند"
    for number, row in enumerate(rows):
        assert hidden(page)[f"days-{number}-on"] == row[0]


@pytest.mark.parametrize("spoiled", ["token", "days-TOTAL_FORMS", "concerns"])
def test_a_form_that_came_in_pieces_announces_nothing(
    cast: Cast, desk: Client, spoiled: str
) -> None:
    borrower(cast.library, 1)
    sent = typed(desk, (in_days(4), "۸", "۱۲")) | {spoiled: "x", "confirm": "1"}
    assert desk.post(NEW, sent).status_code == 200
    assert not ReturnAnnouncement.objects.exists()


def test_days_that_were_announced_before_are_warned_of(cast: Cast, desk: Client) -> None:
    borrower(cast.library, 1)
    sent = typed(desk, (in_days(4), "۸", "۱۲"))
    desk.post(NEW, sent | {"confirm": "1"})
    again = typed(desk, (in_days(4), "۸", "۱۲"))
    assert "پیش‌تر هم اعلامی هست" in text_of(desk.post(NEW, again | {"preview": "1"}))


@pytest.fixture
def made(cast: Cast) -> ReturnAnnouncement:
    """Three borrowers by today's clock: one told, one waiting, one with no mobile."""
    for number in (1, 2):
        borrower(cast.library, number, due=-9)
    borrower(cast.library, 3, due=-9, mobile="")
    now = timezone.now()
    ahead = (timezone.localdate(now) - day(0).on).days
    made = announce(cast.librarian, [day(ahead + 4)], now=now)
    made.mailing.messages.filter(to="09120000001").update(state=State.DELIVERED, delivered_at=now)
    return made


def test_the_announcement_s_page_says_who_was_told(desk: Client, made: ReturnAnnouncement) -> None:
    url = reverse("return-days-one", args=[made.pk])
    words = text_of(desk.get(url))
    assert "همه ۳ رسید ۱ در راه ۰ هنوز نرفته ۱ بی‌خبر ۰ نرسید ۰ بی شمارهٔ همراه ۱" in words
    assert "0912" not in words and "09120000001" not in words
    missed = desk.get(url, {"which": "no_mobile"})
    assert "عضو 3" in text_of(missed) and "عضو 1" not in text_of(missed)
    assert f'href="{reverse("member-call", args=[made.notices.get(message=None).member_id])}"' in (
        missed.content.decode()
    )
    assert "عضو 2" in text_of(desk.get(url, {"q": "عضو 2"}))
    assert "کسی در این حال نیست" in text_of(desk.get(url, {"q": "نیست"}))


def test_the_list_as_excel_masks_numbers(desk: Client, made: ReturnAnnouncement) -> None:
    url = reverse("return-days-xlsx", args=[made.pk])
    answer = desk.get(url)
    assert answer.headers["Cache-Control"] == "private, no-store"
    rows = list(load_workbook(BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    table = {row[1]: (row[3], row[4], row[5]) for row in rows if str(row[1]).startswith("عضو ")}
    assert table == {
        "عضو 1": ("0912***0001", 1, "رسید"),
        "عضو 2": ("0912***0002", 1, "هنوز نرفته"),
        "عضو 3": (None, 1, "بی شمارهٔ همراه"),
    }
    few = load_workbook(BytesIO(desk.get(url, {"which": "told"}).getvalue())).active
    assert [row[1] for row in few.iter_rows(values_only=True)][-1] == "عضو 1"


def test_stopping_asks_once_and_says_for_how_many(desk: Client, made: ReturnAnnouncement) -> None:
    url = reverse("return-days-stop", args=[made.pk])
    asked = text_of(desk.get(url))
    assert "لغو پیامک ۱ نفر" in asked and "برای ۱ نفر پیامک رفته است" in asked
    page = desk.get(desk.post(url).headers["Location"])
    assert "۱ پیامک لغو شد و برای ۱ پیامک دیر بود" in text_of(page)
    assert "لغوشده ۱" in text_of(page)
    assert desk.get(url).status_code == 302


def test_the_lists_cost_the_same_for_one_and_for_many(
    cast: Cast, desk: Client, made: ReturnAnnouncement
) -> None:
    page, every = reverse("return-days-one", args=[made.pk]), reverse("return-days")
    before = queries_of(desk, page), queries_of(desk, every)
    for number in range(11, 20):
        borrower(cast.library, number)
    now = timezone.now()
    ahead = (timezone.localdate(now) - day(0).on).days
    more = announce(cast.librarian, [day(ahead + 6)], now=now)
    after = queries_of(desk, reverse("return-days-one", args=[more.pk])), queries_of(desk, every)
    assert after == before
    assert "۱۲" in text_of(desk.get(every))


def test_staff_find_the_way_there(desk: Client, made: ReturnAnnouncement) -> None:
    assert reverse("return-days") in desk.get(reverse("loans")).content.decode()
    assert "امانت‌گیرنده از روزهای بازگشت خبر نگرفته است" in text_of(desk.get("/"))
