"""The pages of weeding: proposing by hand and by rule, the list, the expert's desk, Excel."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from shelfreading.models import WeedingProposal, WeedingRules
from tests.cast import Cast, add_copies, numbered_calls
from tests.pages import queries_of, text_of
from tests.shelfreading.weedings import decide, lent_once, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(6))


def sheets(response) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return {sheet.title: list(sheet.values) for sheet in book.worksheets}


# --- by hand ----------------------------------------------------------------------


def test_codes_are_proposed_and_strangers_are_named(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    client.force_login(cast.librarian)
    url = reverse("weeding-propose")
    (strange,) = add_copies(cast.other_library, numbered_calls(1), first=77)
    codes = f"{copies[0].barcode}\r\n{copies[1].registration_number}\r\n{copies[0].barcode}\n"
    data = {"codes": codes, "cause": "worn", "why": "جلد ندارد"}
    for code in ("999888", strange.barcode):
        page = text_of(client.post(url, {**data, "codes": codes + code}))
        assert f"این کدها در کتابخانهٔ شما نیست: {code}" in page and "جلد ندارد" not in page
        assert not WeedingProposal.objects.exists()
    for cause in ("", "boring"):
        page = client.post(url, {**data, "cause": cause})
        assert "چهار علت" in text_of(page) and copies[0].barcode in page.content.decode()
    assert "دست‌کم یک کتاب" in text_of(client.post(url, {**data, "codes": " \n"}))
    page = text_of(client.post(url, data, follow=True))
    assert "۲ نسخه برای وجین پیشنهاد شد" in page and "جلد ندارد" in page
    assert set(WeedingProposal.objects.values_list("copy", "cause", "origin", "why")) == {
        (copies[0].pk, "worn", "hand", "جلد ندارد"), (copies[1].pk, "worn", "hand", "جلد ندارد"),
    }  # fmt: skip
    page = text_of(client.post(url, data))
    assert "منتظر نظر کارشناس است" in page


def test_a_copy_on_loan_is_named_and_the_others_go_through(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    Loan.objects.create(copy=copies[0], lent_at=timezone.now())
    client.force_login(cast.head)
    data = {"codes": f"{copies[0].barcode}\n{copies[1].barcode}", "cause": "content"}
    page = text_of(client.post(reverse("weeding-propose"), data, follow=True))
    assert "۱ نسخه برای وجین پیشنهاد شد" in page and "ثبت ۱) در امانت است" in page


def test_from_the_copys_page(client: Client, cast: Cast, copies: list[Copy]) -> None:
    client.force_login(cast.librarian)
    url, post = reverse("copy", args=[copies[0].pk]), reverse("copy-weeding", args=[copies[0].pk])
    assert post in client.get(url).content.decode()
    assert "چهار علت" in text_of(client.post(post, {"cause": "x"}, follow=True))
    page = client.post(post, {"cause": "no_audience"}, follow=True)
    assert "کارشناس استان نظر می‌دهد" in text_of(page)
    assert post not in page.content.decode() and "در انتظار نظر کارشناس" in text_of(page)
    Copy.objects.filter(pk=copies[1].pk).update(status=CopyStatus.MISSING)
    other = reverse("copy-weeding", args=[copies[1].pk])
    assert other not in client.get(reverse("copy", args=[copies[1].pk])).content.decode()
    assert "«مفقود» است" in text_of(client.post(other, {"cause": "worn"}, follow=True))
    client.force_login(cast.outsider)
    assert client.post(other, {"cause": "worn"}).status_code == 404
    client.force_login(cast.expert)
    assert client.post(other, {"cause": "worn"}).status_code == 403
    assert other not in client.get(url).content.decode()


# --- the list ---------------------------------------------------------------------


def test_the_list_by_state_and_cause(client: Client, cast: Cast, copies: list[Copy]) -> None:
    first, second = propose(copies[:2], cast.librarian, "worn")
    (third,) = propose(copies[2:3], cast.librarian, "content")
    decide([first], cast.expert)
    decide([third], cast.expert, accept=False, reason="تنها نسخهٔ استان")
    client.force_login(cast.county)
    response = client.get(reverse("weeding"))
    page = text_of(response)
    assert "تنها نسخهٔ استان" in page and "نمونهٔ expert" in page
    assert [(chip["label"], chip["count"]) for chip in response.context["chips"]] == [
        ("همه", 3), ("در انتظار نظر کارشناس", 1), ("پذیرفته", 1), ("رد شده", 1), ("پس‌گرفته", 0),
    ]  # fmt: skip
    shown = client.get(reverse("weeding"), {"cause": "worn", "state": "proposed"})
    assert [line.proposal for line in shown.context["lines"]] == [second]
    assert [chip["count"] for chip in shown.context["cause_chips"]] == [1, 0, 0, 1, 0]
    for query in ({"state": "x"}, {"library": "x"}, {"session": "-1"}, {"page": "99"}):
        assert len(client.get(reverse("weeding"), query).context["lines"]) == 3
    found = client.get(reverse("weeding"), {"q": copies[2].barcode}).context["lines"]
    assert [line.proposal for line in found] == [third]
    client.force_login(cast.outsider)
    assert not client.get(reverse("weeding")).context["lines"]


def test_taking_back_on_the_list(client: Client, cast: Cast, copies: list[Copy]) -> None:
    first, second = propose(copies[:2], cast.librarian)
    client.force_login(cast.head)
    url = reverse("weeding-withdraw")
    assert "برگزینید" in text_of(client.post(url, follow=True))
    page = text_of(client.post(url, {"key": [first.pk, "x", "9" * 30]}, follow=True))
    assert "۱ پیشنهاد پس گرفته شد" in page
    decide([second], cast.expert)
    assert "پذیرفته" in text_of(client.post(url, {"key": second.pk}, follow=True))
    client.force_login(cast.outsider)
    assert "نیست" in text_of(client.post(url, {"key": second.pk}, follow=True))
    assert {each.state for each in WeedingProposal.objects.all()} == {"withdrawn", "accepted"}


def test_excel_of_what_is_seen_and_of_the_accepted(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    first, second = propose(copies[:2], cast.librarian, "worn")
    decide([first], cast.expert)
    client.force_login(cast.librarian)
    (rows,) = sheets(client.get(reverse("weeding-xlsx"), {"state": "proposed"})).values()
    assert len(rows) == 2 and rows[1][5] == copies[1].registration_number
    book = sheets(client.get(reverse("weeding-accepted-xlsx")))
    assert list(book) == ["وجین فرسوده"]
    assert book["وجین فرسوده"][-1][:5] == (
        copies[0].barcode, "1", "کتاب نمونهٔ 1", "موجود", "وجین فرسوده",
    )  # fmt: skip


# --- by rule ----------------------------------------------------------------------


@pytest.fixture
def used(cast: Cast, copies: list[Copy]) -> list[Copy]:
    """The first copy was lent lately, the others ten years ago; that is how far loans reach."""
    for copy in copies:
        lent_once(copy, 3700)
    lent_once(copies[0], 100)
    return copies


def test_rules_show_and_a_person_proposes(client: Client, cast: Cast, used: list[Copy]) -> None:
    client.force_login(cast.librarian)
    url = reverse("weeding-rules")
    response = client.get(url)
    assert [line.copy for line in response.context["lines"]] == used[1:]
    assert "از ۵ سال پیش امانت نرفته" in text_of(response)
    assert not WeedingProposal.objects.exists()
    assert "برگزینید" in text_of(client.post(url, follow=True))
    assert "صفحه را تازه" in text_of(client.post(url, {"key": used[0].pk}, follow=True))
    page = text_of(client.post(url, {"key": [used[1].pk, used[2].pk]}, follow=True))
    assert "۲ نسخه به کارشناس استان پیشنهاد شد" in page
    proposal = WeedingProposal.objects.get(copy=used[1])
    assert (proposal.origin, proposal.rule, proposal.cause) == ("rule", "unlent", "no_audience")
    assert "امانت نرفته" in proposal.why
    assert [line.copy for line in client.get(url).context["lines"]] == used[3:]
    decide([proposal], cast.expert, accept=False, reason="نگه دارید")
    assert [line.copy for line in client.get(url).context["lines"]] == used[3:]
    client.post(url + "?rule=unlent", {"everything": "1"})
    assert WeedingProposal.objects.count() == 5
    assert not client.get(url + "?rule=worn").context["lines"]


def test_what_is_away_or_reference_is_not_shown(
    client: Client, cast: Cast, used: list[Copy]
) -> None:
    Loan.objects.create(copy=used[1], lent_at=timezone.now() - timedelta(days=3650))
    Copy.objects.filter(pk=used[2].pk).update(is_reference=True)
    Copy.objects.filter(pk=used[3].pk).update(status=CopyStatus.BINDING)
    client.force_login(cast.head)
    lines = client.get(reverse("weeding-rules")).context["lines"]
    assert [line.copy for line in lines] == used[4:]


@pytest.mark.parametrize(
    ("values", "ok"),
    [
        ({"unlent_years": "3", "loans_a_copy": "", "worn_loans": "۲۰"}, True),
        ({"unlent_years": "0", "loans_a_copy": "12", "worn_loans": "60"}, False),
        ({"unlent_years": "-4", "loans_a_copy": "12", "worn_loans": "60"}, False),
        ({"unlent_years": "5", "loans_a_copy": "366", "worn_loans": "60"}, False),
        ({"unlent_years": "5", "loans_a_copy": "12", "worn_loans": "9" * 30}, False),
        ({"unlent_years": "پنج", "loans_a_copy": "12", "worn_loans": "60"}, False),
    ],
)
def test_limits(
    client: Client, cast: Cast, copies: list[Copy], values: dict[str, str], ok: bool
) -> None:
    client.force_login(cast.head)
    response = client.post(reverse("weeding-limits"), values)
    assert response.status_code == (302 if ok else 200)
    assert WeedingRules.objects.exists() == ok
    if ok:
        rules = WeedingRules.objects.get(library=cast.library)
        assert (rules.unlent_years, rules.loans_a_copy, rules.worn_loans) == (3, None, 20)
    client.force_login(cast.librarian)
    assert client.post(reverse("weeding-limits"), values).status_code == 403


# --- the expert's desk ------------------------------------------------------------


def test_the_desk_shows_what_waits(client: Client, cast: Cast, copies: list[Copy]) -> None:
    propose(copies[:2], cast.librarian, "worn")
    client.force_login(cast.expert)
    (card,) = client.get("/").context["cards"]
    assert card.count == 2 and card.url == reverse("weeding-decide") + "?cause=worn"
    client.force_login(cast.director)
    assert client.get("/").context["cards"] == []


def test_one_by_one_picked_and_refused(client: Client, cast: Cast, copies: list[Copy]) -> None:
    proposals = propose(copies, cast.librarian)
    client.force_login(cast.expert)
    url = reverse("weeding-decide")
    page = text_of(client.post(url, {"one": proposals[0].pk}, follow=True))
    assert "۱ پیشنهاد پذیرفته و نسخه‌اش وجین شد" in page
    keys = [proposals[1].pk, proposals[2].pk]
    response = client.post(url, {"key": keys, "act": "refuse", "reason": ""})
    assert "دلیل رد را بنویسید" in text_of(response)
    assert response.context["chosen"] == keys  # what was picked stays picked
    assert response.content.decode().count(" checked") == 2
    page = client.post(url, {"key": keys, "act": "refuse", "reason": "نگه دارید"}, follow=True)
    assert "۲ پیشنهاد رد شد" in text_of(page)
    assert "برگزینید" in text_of(client.post(url, {"act": "accept"}))
    page = text_of(client.post(url, {"key": keys, "act": "accept"}))
    assert "نظری ثبت نشد" in page and "«رد شده» شده است" in page
    page_keys = [each.pk for each in proposals[3:]]
    client.post(url, {"page_all": "1", "page_key": page_keys, "act": "accept"})
    assert Copy.objects.filter(status="weeded").count() == 4


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_all_of_a_filter_after_asking_once(
    client: Client, cast: Cast, copies: list[Copy], act: str
) -> None:
    propose(copies[:3], cast.librarian, "worn")
    propose(copies[3:4], cast.librarian, "content")
    client.force_login(cast.expert)
    asked = client.get(reverse("weeding-decide-all"), {"cause": "worn", "act": act})
    assert asked.status_code == 302
    page = text_of(client.get(asked["Location"]))
    assert "۳ نسخه" in page or "۳ نسخه" in page.replace("\n", " ")
    propose(copies[4:5], cast.librarian, "worn")  # after the question
    if act == "refuse":
        assert "دلیل رد را بنویسید" in text_of(client.post(asked["Location"], {"reason": " "}))
    client.post(asked["Location"], {"reason": "نگه دارید"} if act == "refuse" else {})
    left = WeedingProposal.objects.filter(state="proposed")
    assert set(left.values_list("copy", flat=True)) == {copies[3].pk, copies[4].pk}
    assert Copy.objects.filter(status="weeded").count() == (3 if act == "accept" else 0)


def test_pages_ask_no_more_for_sixty(client: Client, cast: Cast) -> None:
    def queries() -> list[int]:
        counts = []
        for user, name in (
            (cast.librarian, "weeding"), (cast.expert, "weeding"), (cast.expert, "weeding-decide"),
            (cast.librarian, "weeding-rules"), (cast.librarian, "weeding-xlsx"),
        ):  # fmt: skip
            client.force_login(user)
            counts.append(queries_of(client, reverse(name)))
        return counts

    few = add_copies(cast.library, numbered_calls(6))
    for copy in few:
        lent_once(copy, 3000)
    propose(few[:3], cast.librarian)
    with_few = queries()
    many = add_copies(cast.library, numbered_calls(57), first=100)
    for copy in many:
        lent_once(copy, 3000)
    propose(many[:40], cast.librarian)
    assert queries() == with_few


def test_limits_are_shown_and_taken_in_persian_digits(cast: Cast, client: Client) -> None:
    client.force_login(cast.head)
    url = reverse("weeding-limits")
    values = {"unlent_years": "۷", "loans_a_copy": "٢٤", "worn_loans": ""}
    assert client.post(url, values).status_code == 302
    rules = WeedingRules.of(cast.library)
    assert (rules.unlent_years, rules.loans_a_copy, rules.worn_loans) == (7, 24, None)
    page = client.get(url).content.decode()
    assert 'type="number"' not in page
    assert 'value="۲۴"' in page
