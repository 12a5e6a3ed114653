"""The pages of the library's desk for requests."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import AuditEntry
from libraries.roles import Role
from loans.models import Loan
from loans.services import loan_lend
from sms_requests.domain.health import HANDING_OVER, PREPARING
from sms_requests.models import MessageOut, Request, RequestCall, SmsLine
from sms_requests.selectors.library import library_cards
from tests.cast import add_copies, make_user
from tests.pages import queries_of, text_of
from tests.sms_requests.desk_requests import (
    MOBILE,
    NATIONAL_ID,
    OTHER_ID,
    Desk,
    add_member,
    add_request,
    announce,
    find,
    make_desk,
    prepare,
    ready,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


@pytest.fixture
def client(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.actor)
    return client


def last_step(request: Request) -> int:
    return request.steps.order_by("-pk").values_list("pk", flat=True)[0]


def page(request: Request) -> str:
    return reverse("request", args=(request.pk,))


def post(client: Client, request: Request, move: str, follow: bool = True, **data: object):
    url = reverse("request-step", args=(request.pk, move))
    return client.post(url, {"after": last_step(request)} | data, follow=follow)


# --- the list -------------------------------------------------------------------------


def test_an_empty_desk_says_where_requests_come_from(client: Client) -> None:
    assert "هنوز درخواستی نرسیده است" in text_of(client.get(reverse("requests")))


def test_late_ones_come_first_and_are_marked(client: Client, desk: Desk) -> None:
    now = timezone.now()
    fresh = add_request(desk.library, wanted="تازه", since=now)
    old = add_request(desk.library, wanted="کهنه", since=now - timedelta(days=5))
    past = ready(desk, wanted="آماده")
    Request.objects.filter(pk=past.pk).update(collect_until=now - timedelta(hours=1))
    lines = client.get(reverse("requests")).context["lines"]
    found = [(line.request.pk, line.request.is_late) for line, _, _ in lines]
    assert found == [(old.pk, True), (past.pk, True), (fresh.pk, False)]
    chips = {c["label"]: c["count"] for c in client.get(reverse("requests")).context["chips"]}
    assert chips["همهٔ باز"] == 3
    assert chips["دیر شده"] == 2
    assert chips["رسیده به کتابخانه"] == 2
    assert chips["آمادهٔ تحویل"] == 1
    assert "در انتظار ارجاع" not in chips


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "شاهنامه"}, ["شاهنامه فردوسی"]),
        ({"q": "فردوسی شاهنامه"}, ["شاهنامه فردوسی"]),
        ({"q": "نیست"}, []),
        ({"which": "ended"}, ["بوف کور"]),
        ({"which": "nonsense"}, ["شاهنامه فردوسی", "گلستان"]),
        ({"kind": "membership"}, []),
    ],
)
def test_requests_are_found_by_title_and_kind(
    client: Client, desk: Desk, asked: dict[str, str], found: list[str]
) -> None:
    add_request(desk.library, wanted="شاهنامه فردوسی")
    add_request(desk.library, wanted="گلستان")
    add_request(desk.library, wanted="بوف کور", state="closed", reason="withdrawn")
    lines = client.get(reverse("requests"), asked).context["lines"]
    assert [line.request.wanted for line, _, _ in lines] == found


def test_a_number_finds_its_request_whatever_its_state(client: Client, desk: Desk) -> None:
    ended = add_request(desk.library, state="closed", reason="withdrawn")
    for number in (str(ended.pk), f"#{ended.pk}"):
        lines = client.get(reverse("requests"), {"q": number}).context["lines"]
        assert [line.request.pk for line, _, _ in lines] == [ended.pk]
    assert client.get(reverse("requests"), {"q": "9" * 40}).status_code == 200
    novel = add_request(desk.library, wanted="1984")
    lines = client.get(reverse("requests"), {"q": "1984"}).context["lines"]
    assert [line.request.pk for line, _, _ in lines] == [novel.pk]


def test_the_list_takes_as_many_queries_for_one_as_for_many(client: Client, desk: Desk) -> None:
    add_request(desk.library)
    few = queries_of(client, reverse("requests"))
    for _ in range(12):
        add_request(desk.library)
    assert queries_of(client, reverse("requests")) == few


def test_another_librarys_request_is_not_there(desk: Desk) -> None:
    mine = add_request(desk.library)
    stranger = Client()
    stranger.force_login(desk.neighbours_librarian)
    assert stranger.get(page(mine)).status_code == 404
    assert stranger.get(reverse("requests")).context["lines"] == []
    for name, args in (
        ("request-step", (mine.pk, "close")), ("request-preview", (mine.pk, "close")),
        ("request-correct", (mine.pk,)), ("request-sender", (mine.pk,)),
    ):  # fmt: skip
        assert stranger.post(reverse(name, args=args)).status_code == 404


def test_the_expert_sees_and_does_nothing(desk: Desk) -> None:
    mine = add_request(desk.library)
    expert = make_user("see", Role.PROVINCIAL_EXPERT, province=desk.library.county.province)
    client = Client()
    client.force_login(expert)
    listed = client.get(reverse("requests"))
    assert desk.library.name in text_of(listed)
    told = client.get(page(mine)).content.decode()
    assert "/step/" not in told
    assert "/correct/" not in told
    assert client.post(reverse("request-step", args=(mine.pk, "close"))).status_code == 403


# --- one request ----------------------------------------------------------------------


def test_the_whole_way_by_the_pages(client: Client, desk: Desk) -> None:
    request = add_request(desk.library)
    seen = text_of(client.get(page(request)))
    assert "گام بعد: یافتن نسخه" in seen
    assert "کتاب نمونهٔ 1" in seen

    told = text_of(post(client, request, "find", copy_id=desk.copies[0].pk))
    assert "گام بعد: تماس با عضو" in told
    told = text_of(post(client, request, "call", outcome="agreed", said="فردا می‌آید"))
    assert "گام بعد: آماده‌سازی بهداشتی" in told
    told = text_of(post(client, request, "prepare", ticked=list(PREPARING)))
    assert "گام بعد: اعلام زمان و جای تحویل" in told
    form = client.get(page(request)).context["forms"]["announce"]
    told = text_of(post(client, request, "announce", **form.initial))
    assert "گام بعد: تحویل و ثبت امانت" in told
    form = client.get(page(request)).context["forms"]["hand_over"]
    told = text_of(
        post(client, request, "hand_over", ticked=[c for c, _ in form.fields["ticked"].choices],
             due_on=form.initial["due_on"], tell="on")
    )  # fmt: skip
    assert "امانت داده شد" in told
    request.refresh_from_db()
    loan = Loan.objects.get()
    assert request.loan == loan
    assert request.state == "lent"
    assert loan.member == desk.member
    assert loan.copy == desk.copies[0]
    texts = list(MessageOut.objects.order_by("pk").values_list("text", flat=True))
    assert len(texts) == 2
    assert "آماده است" in texts[0]
    assert "امانت داده شد" in texts[1]


def test_the_same_form_sent_twice_makes_one_step(client: Client, desk: Desk) -> None:
    request = add_request(desk.library)
    data = {"after": last_step(request), "outcome": "no_answer"}
    url = reverse("request-step", args=(request.pk, "call"))
    assert client.post(url, data).status_code == 302
    again = client.post(url, data)
    assert again.status_code == 200
    assert "گام «تماس» ثبت شده است" in text_of(again)
    assert RequestCall.objects.count() == 1


def test_a_refusal_keeps_what_was_typed(client: Client, desk: Desk) -> None:
    request = add_request(desk.library)
    answer = post(client, request, "close", reason="other", note="")
    assert "علت دیگر را در یادداشت بنویسید" in text_of(answer)
    answer = post(client, request, "call", outcome="nonsense", said="این را نگه دار")
    assert "این را نگه دار" in text_of(answer)
    request.refresh_from_db()
    assert request.state == "waiting"


def test_a_step_that_came_too_late_says_how_things_stand(client: Client, desk: Desk) -> None:
    request = ready(desk)
    seen = last_step(request)
    post(client, request, "let_go")
    answer = post(client, request, "hand_over", after=seen)
    assert "در این میان تغییر کرده است" in text_of(answer)
    form_was_whole = post(client, request, "hand_over", after=seen, ticked=list(HANDING_OVER))
    assert "گام «رها کردن نسخه»" in text_of(form_was_whole)
    assert "hand_over" not in answer.context["forms"]
    assert not Loan.objects.exists()


def test_a_form_without_its_mark_is_refused(client: Client, desk: Desk) -> None:
    request = add_request(desk.library)
    url = reverse("request-step", args=(request.pk, "close"))
    assert "صفحه را تازه کنید" in text_of(client.post(url, {"reason": "withdrawn"}))
    assert client.post(reverse("request-step", args=(request.pk, "route"))).status_code == 404


def test_the_page_says_at_once_that_the_kept_copy_is_gone(client: Client, desk: Desk) -> None:
    request = add_request(desk.library)
    find(desk, request, desk.copies[0])()
    desk.copies[0].status = "missing"
    desk.copies[0].save()
    told = text_of(client.get(page(request)))
    assert "نسخهٔ کنارگذاشته دیگر آمادهٔ تحویل نیست" in told
    assert "مفقود" in told
    assert "گام بعد: یافتن نسخه" in told


def test_copies_that_cannot_be_chosen_say_why(client: Client, desk: Desk) -> None:
    other, request = add_request(desk.library), add_request(desk.library)
    find(desk, other, desk.copies[0])()
    told = client.get(page(request), {"q": "کتاب نمونهٔ"})
    assert f"برای درخواست {other.pk}".translate(
        str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    ) in text_of(told)
    choices = [one.taken for title in told.context["titles"] for one in title.choices]
    assert len([taken for taken in choices if not taken]) == 2


def test_what_is_not_here_is_offered_from_elsewhere(client: Client, desk: Desk) -> None:
    add_copies(desk.neighbour, ["100/001 الف1"], first=77)
    request = add_request(desk.library, wanted="کتاب نمونهٔ 77")
    told = client.get(page(request))
    assert desk.neighbour.name in text_of(told)
    told = client.get(page(request), {"offer": desk.neighbour.pk})
    assert told.context["offer_preview"].parts <= 3
    assert desk.neighbour.pk == told.context["offer_form"].initial["library_id"]
    post(client, request, "offer", library_id=desk.neighbour.pk, tell="on")
    assert "گام بعد: پاسخ عضو به پیشنهاد" in text_of(client.get(page(request)))
    answer = post(client, request, "take_offer", note="پذیرفت")
    assert "درخواست به کتابخانهٔ دیگر سپرده شد" in text_of(answer)
    assert client.get(page(request)).status_code == 404
    there = Client()
    there.force_login(desk.neighbours_librarian)
    assert f"از {desk.library.name} به {desk.neighbour.name}" in text_of(
        there.get(page(request))
    ).translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))


def test_the_preview_counts_the_parts(client: Client, desk: Desk) -> None:
    request = add_request(desk.library)
    url = reverse("request-preview", args=(request.pk, "close"))
    told = text_of(client.post(url, {"reason": "all_out", "after": "0"}))
    assert "همهٔ نسخه‌ها در امانت است" in told
    assert "در یک پیامک" in told
    assert "متن پیامک اینجا دیده می‌شود" in text_of(client.post(url, {}))


def test_a_number_that_takes_no_texts_is_said_and_not_asked(client: Client, desk: Desk) -> None:
    request = add_request(desk.library, mobile="981000450")
    told = client.get(page(request))
    assert "به این شماره پیامک نمی‌رسد" in text_of(told)
    assert "tell" not in told.context["forms"]["close"].fields


def test_many_calls_in_vain_suggest_closing(client: Client, desk: Desk) -> None:
    request = add_request(desk.library)
    for _ in range(3):
        post(client, request, "call", outcome="no_answer")
    told = client.get(page(request))
    assert "چند تماس بی‌پاسخ مانده است" in text_of(told)
    assert told.context["forms"]["close"].initial["reason"] == "unreached"


def test_a_book_not_collected_is_closed_with_one_click(client: Client, desk: Desk) -> None:
    request = ready(desk)
    past = timezone.now() - timedelta(hours=1)
    Request.objects.filter(pk=request.pk).update(collect_until=past)
    told = client.get(page(request))
    assert "زمان گرفتن کتاب گذشته است" in text_of(told)
    form = told.context["forms"]["close"]
    assert form.initial["reason"] == "not_collected"
    post(client, request, "close", **form.initial)
    request.refresh_from_db()
    assert (request.state, request.copy) == ("closed", None)


def test_the_provinces_own_health_list_is_asked(client: Client, desk: Desk) -> None:
    SmsLine.objects.create(
        number="100045040", province=desk.library.county.province, preparing_list="یک\nدو"
    )
    request = add_request(desk.library)
    find(desk, request, desk.copies[0])()
    answer = post(client, request, "prepare", ticked=["یک"])
    assert "همهٔ موردهای فهرست بهداشتی باید تیک بخورد" in text_of(answer)
    post(client, request, "prepare", ticked=["یک", "دو"])
    request.refresh_from_db()
    assert request.prepared_at is not None


# --- the person -----------------------------------------------------------------------


def test_personal_data_is_masked_and_opened_by_a_post_with_a_line_in_the_audit(
    client: Client, desk: Desk
) -> None:
    request = add_request(desk.library)
    shown = client.get(page(request)).content.decode()
    assert MOBILE not in shown
    assert NATIONAL_ID not in shown
    opened = client.post(reverse("request-sender", args=(request.pk,)))
    assert f"tel:{MOBILE}" in opened.content.decode()
    assert NATIONAL_ID in opened.content.decode()
    assert opened.headers["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="request_open_sender")
    assert entry.data == {}
    assert client.get(reverse("request-sender", args=(request.pk,))).status_code == 405


@pytest.mark.parametrize(
    ("mobile", "said"),
    [
        (MOBILE, "از شمارهٔ ثبت‌شدهٔ عضو"),
        ("09120000002", "شمارهٔ فرستنده با شمارهٔ عضو یکی نیست"),
        ("", "شمارهٔ تلفنی از این عضو ثبت نشده است"),
    ],
)
def test_the_senders_number_is_held_against_the_members(
    client: Client, desk: Desk, mobile: str, said: str
) -> None:
    desk.member.mobile = mobile
    desk.member.save()
    assert said in text_of(client.get(page(add_request(desk.library))))


def test_corrections_are_kept_and_look_the_member_up_again(client: Client, desk: Desk) -> None:
    request = add_request(desk.library, national_id="", wanted="کتب نمونه")
    assert "کسی با این کد ملی" in text_of(client.get(page(request)))
    url = reverse("request-correct", args=(request.pk,))
    bad = client.post(url, {"wanted": "این", "national_id": "۱۲۳۴۵۶۷۸۹۰"})
    assert "رقم پایانی کد ملی" in text_of(bad)
    client.post(url, {"wanted": "کتاب نمونهٔ 2", "national_id": NATIONAL_ID})
    request.refresh_from_db()
    assert (request.wanted, request.member) == ("کتاب نمونهٔ 2", desk.member)
    step = request.steps.get(move="corrected")
    assert NATIONAL_ID not in step.note
    client.post(url, {"wanted": "کتاب نمونهٔ 2", "national_id": ""})
    assert request.steps.filter(move="corrected").count() == 1


def test_who_is_a_member_elsewhere_is_entered_with_the_handing_over(
    client: Client, desk: Desk
) -> None:
    home = add_member(desk.neighbour, OTHER_ID, "09120000007")
    request = ready(desk, national_id=OTHER_ID, member=home)
    told = client.get(page(request))
    assert "این شخص عضو کتابخانهٔ شما نیست" in text_of(told)
    form = told.context["forms"]["hand_over"]
    assert "full_name" not in form.fields
    ticks = [c for c, _ in form.fields["ticked"].choices]
    answer = post(client, request, "hand_over", ticked=ticks, due_on="")
    assert "ثبت عضویت او را هم تیک بزنید" in text_of(answer)
    post(client, request, "hand_over", ticked=ticks, due_on="", enters="on")
    request.refresh_from_db()
    assert request.member.library == desk.library
    assert request.member.full_name == home.full_name
    assert request.member.mobile == home.mobile
    assert AuditEntry.objects.filter(action="member_add", library=desk.library).count() == 1


def test_who_may_not_borrow_is_told_before_anything_is_prepared(client: Client, desk: Desk) -> None:
    request = add_request(desk.library, member=desk.member)
    assert "دیرکرده دارد" not in text_of(client.get(page(request)))
    today = timezone.localdate()
    loan = loan_lend(
        copy_id=desk.copies[2].pk, member_id=desk.member.pk, actor=desk.actor,
        now=timezone.now(), today=today,
    )  # fmt: skip
    Loan.objects.filter(pk=loan.pk).update(due_on=today - timedelta(days=3))
    shown = text_of(client.get(page(request)))
    assert "۱ کتاب دیرکرده دارد" in shown and NATIONAL_ID not in shown


def test_an_application_of_the_same_person_is_the_next_step(client: Client, desk: Desk) -> None:
    kept = add_request(desk.library, state="no_member", national_id=OTHER_ID)
    assert "عضو شده است؛ ادامه" in text_of(client.get(page(kept)))
    elsewhere = add_request(desk.neighbour, kind="membership", wanted="", national_id=OTHER_ID)
    assert "عضو شده است؛ ادامه" in text_of(client.get(page(kept))), elsewhere
    applies = add_request(desk.library, kind="membership", wanted="", national_id=OTHER_ID)
    shown = client.get(page(kept))
    assert reverse("membership-request", args=(applies.pk,)) in shown.content.decode()
    assert "عضو شده است؛ ادامه" not in text_of(shown)


def test_a_texts_numbers_are_hidden_until_they_are_opened(client: Client, desk: Desk) -> None:
    request = add_request(desk.library)
    request.message.text = f"کتاب نمونه، کد ملی {NATIONAL_ID}"
    request.message.save()
    assert NATIONAL_ID not in client.get(page(request)).content.decode()
    opened = client.post(reverse("request-sender", args=(request.pk,)))
    assert f"کد ملی {NATIONAL_ID}" in opened.content.decode()


# --- the first page ---------------------------------------------------------------------


def test_the_desk_has_a_card_a_step(desk: Desk) -> None:
    now = timezone.now()
    assert library_cards(desk.actor, now) == []
    old = add_request(desk.library, since=now - timedelta(days=5))
    to_call, to_announce = add_request(desk.library), add_request(desk.library)
    find(desk, to_call, desk.copies[0])()
    find(desk, to_announce, desk.copies[1])()
    prepare(desk, to_announce)()
    past = ready(desk, desk.copies[2])
    Request.objects.filter(pk=past.pk).update(collect_until=now - timedelta(hours=1))
    add_request(desk.library, kind="membership", wanted="")
    cards = {card.action: card for card in library_cards(desk.actor, now)}
    assert {action: card.count for action, card in cards.items()} == {
        "یافتن نسخه": 1, "تماس": 1, "آماده‌سازی": 1, "رسیدگی": 1,
    }  # fmt: skip
    assert cards["یافتن نسخه"].late
    assert not cards["تماس"].late
    assert cards["رسیدگی"].late
    assert cards["یافتن نسخه"].url == page(old)
    assert library_cards(desk.neighbours_librarian, now) == []


def test_announcing_anew_is_there_when_the_time_is_over(client: Client, desk: Desk) -> None:
    request = ready(desk)
    Request.objects.filter(pk=request.pk).update(collect_until=timezone.now() - timedelta(hours=1))
    announce(desk, request)()
    assert "گام بعد: تحویل" in text_of(client.get(page(request)))
