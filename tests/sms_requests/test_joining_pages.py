"""The page of an application, as the library and the expert see it."""

import pytest
from django.test import Client
from django.urls import reverse

from libraries.models import AuditEntry
from loans.models import Member
from sms_requests.domain.way import Move
from sms_requests.models import MessageOut, Request, RequestStep
from tests.cast import Cast
from tests.pages import queries_of, text_of
from tests.sms_requests.applications import (
    NATIONAL_ID,
    OTHER_ID,
    SENDER,
    a_member,
    a_request,
    kept_request,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(cast: Cast, client: Client) -> Client:
    client.force_login(cast.librarian)
    return client


def page(request: Request) -> str:
    return reverse("membership-request", args=(request.pk,))


def post(client: Client, request: Request, do: str, **data: object):
    last = request.steps.order_by("-pk").values_list("pk", flat=True).first() or 0
    return client.post(f"{page(request)}{do}/", {"after": last, **data}, follow=True)


def test_the_page_hides_numbers_until_they_are_opened(cast: Cast, librarian: Client) -> None:
    application = a_request(cast.library)
    a_member(cast.library, "زهرا نمونه", national_id=OTHER_ID, mobile=SENDER)
    shown = librarian.get(page(application))
    content = shown.content.decode()
    assert not any(number in content for number in (NATIONAL_ID, SENDER, OTHER_ID))
    text = text_of(shown)
    for part in (
        "عضویت زهرا نمونه \u2066008****948\u2069",
        "۰۰۸****۹۴۸",
        "همین تلفن همراه",
        "نام مانند",
    ):
        assert part in text, part
    assert "کد ملی دیگری دارد" in text
    opened = librarian.post(f"{page(application)}open/")
    content = opened.content.decode()
    assert f'href="tel:{SENDER}"' in content
    assert NATIONAL_ID in content
    assert OTHER_ID not in content
    assert opened.headers["Cache-Control"] == "no-store"
    assert AuditEntry.objects.get().action == "request_open_sender"


def test_approving_on_the_page(cast: Cast, librarian: Client) -> None:
    application, _ = a_request(cast.library), kept_request(cast.library)
    assert "(۲ بخش)" in text_of(librarian.get(page(application)))
    answer = post(librarian, application, "approve", tell="on", seen="")
    text = text_of(answer)
    assert "زهرا نمونه با شمارهٔ عضویت ۱ عضو شد. ۱ درخواست نگه‌داشتهٔ او به راه افتاد." in text
    assert "عضویت تأیید شد" in text
    assert MessageOut.objects.count() == 1
    again = librarian.post(f"{page(application)}approve/", {"after": 0, "tell": "on"})
    assert "پس از باز شدن این صفحه گام «تأیید عضویت» ثبت شده است" in text_of(again)
    assert Member.objects.count() == 1


def test_without_the_tick_nothing_is_sent(cast: Cast, librarian: Client) -> None:
    post(librarian, a_request(cast.library), "approve", membership_number="۹۹")
    assert Member.objects.get().membership_number == "99"
    assert not MessageOut.objects.exists()


def test_a_twin_is_seen_before_approval(cast: Cast, librarian: Client) -> None:
    application = a_request(cast.library)
    twin = a_member(cast.library, "زهرا نمونه", membership_number="5")
    answer = post(librarian, application, "approve", membership_number="۱۲", seen="")
    assert "عضو دیگری پیدا شد" in text_of(answer)
    assert 'value="۱۲"' in answer.content.decode()  # what was typed is kept
    assert f'name="seen" value="{twin.pk}"' in answer.content.decode()
    assert "عضو شد" in text_of(post(librarian, application, "approve", seen=twin.pk))


def test_linking_on_the_page(cast: Cast, librarian: Client) -> None:
    application = a_request(cast.library)
    member = a_member(cast.library, "زهرا نمونه", national_id=NATIONAL_ID, is_active=False)
    assert "تأیید عضویت</button>" not in librarian.get(page(application)).content.decode()
    answer = post(librarian, application, "link", member_id=member.pk, tell="on")
    assert "درخواست به عضویت زهرا نمونه پیوست" in text_of(answer)
    member.refresh_from_db()
    assert member.is_active


def test_correcting_shows_other_look_alikes(cast: Cast, librarian: Client) -> None:
    application = a_request(cast.library, full_name="", national_id="")
    a_member(cast.library, "مریم کریمی", national_id=OTHER_ID)
    assert "پیش از تأیید، نام و کد ملی" in text_of(librarian.get(page(application)))
    wrong = post(librarian, application, "correct", full_name="مریم کریمی", national_id="123")
    assert "ده رقم" in text_of(wrong)
    assert 'value="مریم کریمی"' in wrong.content.decode()
    empty = post(librarian, application, "correct", full_name="مریم کریمی")
    assert "کد ملی ده‌رقمی درخواست‌دهنده را بنویسید" in text_of(empty)
    answer = post(
        librarian, application, "correct", full_name="مریم کریمی", national_id="۰۴۹۹۳۷۰۸۹۹"
    )
    assert "همین کد ملی" in text_of(answer)
    application.refresh_from_db()
    assert (application.full_name, application.national_id) == ("مریم کریمی", OTHER_ID)


def test_calling_refusing_closing_and_opening_again(cast: Cast, librarian: Client) -> None:
    application = a_request(cast.library)
    post(librarian, application, "call", outcome="no_answer")
    assert application.calls.get().outcome == "no_answer"
    assert "بنویسید چرا" in text_of(post(librarian, application, "refuse", reason=" "))
    post(librarian, application, "refuse", reason="مدارک کامل نیست", tell="on")
    assert "مدارک کامل نیست" in MessageOut.objects.get().text
    assert "باز کردن دوباره" in text_of(librarian.get(page(application)))
    post(librarian, application, "reopen")
    assert "علت بستن" in text_of(post(librarian, application, "close"))
    post(librarian, application, "close", reason="repeated")
    application.refresh_from_db()
    assert (application.state, application.reason) == ("closed", "repeated")
    post(librarian, application, "reopen", note="اشتباه شد")
    application.refresh_from_db()
    assert (application.state, application.reason) == ("waiting", "")
    moves = list(RequestStep.objects.order_by("pk").values_list("move", flat=True))
    assert moves == [Move.CALL, Move.REFUSE, Move.REOPEN, Move.CLOSE, Move.REOPEN]
    assert MessageOut.objects.count() == 1


def test_an_application_that_came_wrong_goes_back_to_the_expert(
    cast: Cast, librarian: Client
) -> None:
    application = a_request(cast.library)
    assert post(librarian, application, "back").status_code == 200  # a reason is wanted
    answer = post(librarian, application, "back", note="از شهر دیگری است")
    assert answer.redirect_chain[-1][0] == "/"
    application.refresh_from_db()
    assert (application.state, application.library) == ("unrouted", None)


def test_what_is_no_application_or_no_step_is_not_there(cast: Cast, librarian: Client) -> None:
    application, loan = a_request(cast.library), kept_request(cast.library)
    assert librarian.get(page(loan)).status_code == 404
    assert librarian.get(page(a_request(cast.other_library))).status_code == 404
    assert librarian.post(f"{page(application)}delete/").status_code == 404


def test_the_expert_reads_and_decides_nothing(cast: Cast, client: Client) -> None:
    application = a_request(cast.library)
    a_member(cast.library, "زهرا نمونه", national_id=NATIONAL_ID)
    client.force_login(cast.expert)
    shown = client.get(page(application))
    assert "درخواست‌دهنده" in text_of(shown)
    assert "شاید از پیش عضو باشد" not in text_of(shown)
    assert "همین کد ملی" not in text_of(shown)
    assert client.post(f"{page(application)}approve/", {"after": 0}).status_code == 403
    assert client.get(page(a_request(cast.other_library))).status_code == 404


def test_the_page_takes_no_more_queries_for_many_look_alikes(cast: Cast, librarian: Client) -> None:
    application = a_request(cast.library)
    few = queries_of(librarian, page(application))
    for number in range(10):
        a_member(cast.library, "زهرا نمونه", membership_number=str(number))
    assert queries_of(librarian, page(application)) <= few


def test_the_desk_leads_to_it(cast: Cast, librarian: Client) -> None:
    application = a_request(cast.library)
    assert f'href="{page(application)}"' in librarian.get("/").content.decode()


def test_no_text_goes_where_the_tick_is_taken_away(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.librarian)
    member = a_member(cast.library, "زهرا نمونه", mobile=SENDER)
    request = a_request(cast.library)
    address = reverse("membership-step", args=(request.pk, "link"))
    page = client.get(reverse("membership-request", args=(request.pk,)))
    assert 'id="link_tell" checked' in page.content.decode()
    client.post(address, {"member_id": member.pk, "after": page.context["after"]})
    request.refresh_from_db()
    assert request.state == "approved" and not MessageOut.objects.exists()


def test_a_refusals_text_is_shown_as_it_is_typed(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.librarian)
    request = a_request(cast.library)
    address = reverse("membership-preview", args=(request.pk,))
    assert "نشانی دور است" in client.post(address, {"reason": "نشانی دور است"}).content.decode()
    assert "با نوشتن علت" in client.post(address, {"reason": " "}).content.decode()
    assert (
        "(علت)"
        not in client.get(reverse("membership-request", args=(request.pk,))).content.decode()
    )
    assert not MessageOut.objects.exists()
