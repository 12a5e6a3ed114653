"""The line's texts in the expert's view: who sees which, what is sent again, what is made of
garbled ones."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.models import AuditEntry
from libraries.refusal import Refused
from sms_requests.models import MessageOut, Request, SmsLine
from sms_requests.selectors.line import line_state, texts_in, texts_out
from sms_requests.selectors.messages import messages_in_trouble
from sms_requests.services.texts_by_hand import (
    message_again,
    message_set_aside,
    message_to_request,
    text_open,
)
from tests.pages import queries_of, text_of
from tests.sms_requests.unrouted import (
    MOBILE,
    NATIONAL_ID,
    Province,
    add_out,
    add_text,
    add_unrouted,
    make_province,
)

pytestmark = pytest.mark.django_db
TEXTS = "/messages/"


@pytest.fixture
def province() -> Province:
    return make_province()


@pytest.fixture
def expert(province: Province, client: Client) -> Client:
    client.force_login(province.expert)
    return client


def said_to(request: Request, **values: Any) -> MessageOut:
    """A text that left for a request."""
    message = add_out(**values)
    request.steps.create(
        move="route", becomes=request.state, at=timezone.now(), message_out=message
    )
    return message


def test_texts_belong_to_their_lines_province_and_strays_to_every_expert(
    province: Province,
) -> None:
    SmsLine.objects.create(number="200", province=province.elsewhere.county.province)
    ours, far = add_text("ما", to="+98100045040"), add_text("آن‌ها", to="200")
    stray, lost = add_text("بی‌خط", to="300"), add_text("بی‌نشان", to="")
    assert set(texts_in(province.expert)) == {ours, stray, lost}
    assert set(texts_in(province.stranger)) == {far, stray, lost}
    assert not texts_in(province.librarian).exists()
    add_unrouted(province)  # leads its own text to the province
    request = Request.objects.create(
        message=stray, kind="loan", state="unrouted", since=timezone.now(),
        created_at=timezone.now(), province=province.expert.province,
    )  # fmt: skip
    assert stray not in texts_in(province.stranger)
    mine, nobodys = said_to(request), add_out()
    assert set(texts_out(province.expert)) == {mine, nobodys}
    assert set(texts_out(province.stranger)) == {nobodys}
    assert not texts_out(province.librarian).exists()


def test_a_text_that_failed_goes_again_once_and_its_request_knows(
    province: Province, expert: Client
) -> None:
    request = add_unrouted(province)
    old = said_to(request, error="پیامک به گوشی نرسید.")
    before = messages_in_trouble(timezone.now())
    assert before["failed"] == 1
    for _ in range(2):  # the button twice
        answer = expert.post(f"{TEXTS}{old.pk}/again/", {"next": f"{TEXTS}?tab=out"})
        assert answer.headers["Location"] == f"{TEXTS}?tab=out"
    new = MessageOut.objects.get(replaces=old)
    assert (new.to, new.text, new.state) == (old.to, old.text, "queued")
    assert messages_in_trouble(timezone.now())["failed"] == 0
    step = request.steps.get(move="sent_again")
    assert (step.by, step.message_out) == (province.expert, new)
    assert AuditEntry.objects.filter(action="request_sent_again").count() == 1
    said = text_of(expert.get(f"{TEXTS}?tab=out"))
    assert "دوباره فرستاده شد" in said and "به جای پیامکی که نرسید" in said


def test_only_what_failed_or_is_silent_goes_again(province: Province) -> None:
    now = timezone.now()
    for values in (
        {"state": "queued"}, {"state": "delivered"}, {"state": "accepted"},
        {"state": "sending", "last_try_at": now},
    ):  # fmt: skip
        message = add_out(**values)
        with pytest.raises(Refused, match="دوباره فرستاده نمی‌شود"):
            message_again(message_id=message.pk, actor=province.expert, now=now)
    silent = add_out("sending", last_try_at=now - timedelta(hours=1))
    assert message_again(message_id=silent.pk, actor=province.expert, now=now).replaces == silent
    assert AuditEntry.objects.filter(action="message_again").count() == 1
    request = add_unrouted(province)
    theirs = said_to(request)
    for actor in (province.stranger, province.librarian):
        with pytest.raises(Refused):
            message_again(message_id=theirs.pk, actor=actor, now=now)
    assert not MessageOut.objects.filter(replaces=theirs).exists()


def test_a_garbled_text_becomes_a_request_by_hand(province: Province, expert: Client) -> None:
    text = add_text(f"\ufffd کتاب {NATIONAL_ID}", trouble="charset")
    page = f"{TEXTS}{text.pk}/"
    assert NATIONAL_ID not in expert.get(page).content.decode()
    assert NATIONAL_ID in expert.post(f"{page}open/").content.decode()
    assert AuditEntry.objects.filter(action="message_open").count() == 1
    asked = {"kind": "loan", "wanted": "بوف کور", "national_id": "12", "full_name": ""}
    wrong = expert.post(page, asked)
    assert "کد ملی" in text_of(wrong) and 'value="بوف کور"' in wrong.content.decode()
    for _ in range(2):
        answer = expert.post(page, asked | {"national_id": "۰۰۰۰۰۰۰۰۱۹"})
    request = Request.objects.get(message=text)
    assert answer.headers["Location"] == f"/requests/{request.pk}/route/"
    assert (request.state, request.mobile, request.national_id, request.province) == (
        "unrouted", MOBILE, NATIONAL_ID, province.expert.province,
    )  # fmt: skip
    assert request.steps.get().by == province.expert


def test_a_text_without_a_sender_needs_one(province: Province) -> None:
    text = add_text(sender="", trouble="incomplete", handled_at=None)
    given: dict[str, Any] = {
        "message_id": text.pk, "kind": "loan", "full_name": "", "national_id": "",
        "wanted": "x", "actor": province.expert, "now": timezone.now(),
    }  # fmt: skip
    with pytest.raises(Refused, match="شمارهٔ همراه"):
        message_to_request(mobile="", **given)
    assert message_to_request(mobile="۰۹۱۲۰۰۰۰۰۰۷", **given).mobile == "09120000007"
    text.refresh_from_db()
    assert text.handled_at is not None  # the worker has nothing left to do with it


def test_a_garbled_text_that_asks_nothing_is_set_aside(province: Province, expert: Client) -> None:
    text = add_text("\ufffd", trouble="charset")
    assert "ناخوانا" in text_of(expert.get("/requests/route/"))
    for _ in range(2):
        expert.post(f"{TEXTS}{text.pk}/", {"act": "aside"})
    request = Request.objects.get(message=text)
    assert (request.state, request.reason) == ("closed", "no_request")
    assert MessageOut.objects.count() == 0
    assert expert.get(f"{TEXTS}?trouble=any").context["lines"] == []


def test_a_text_that_was_read_makes_no_second_request(province: Province) -> None:
    read = add_text("وضعیت")
    now = timezone.now()
    with pytest.raises(Refused, match="خوانده شده"):
        message_set_aside(message_id=read.pk, actor=province.expert, now=now)
    for actor in (province.stranger, province.librarian):
        with pytest.raises(Refused):
            text_open(message_id=read.pk, actor=actor, now=now)
    assert Request.objects.count() == 0


def test_the_line_says_how_its_gateway_does(
    province: Province, expert: Client, settings: Any
) -> None:
    assert "درگاه پیامک تعیین نشده است" in text_of(expert.get(TEXTS))
    settings.SMS_GATEWAY = "kannel"
    now = timezone.now()
    assert not line_state(province.expert, now).is_down
    add_out("queued", tries=2, last_try_at=now, next_try_at=now, error="درگاه پاسخ نداد.")
    state = line_state(province.expert, now)
    assert (state.is_down, state.waiting, state.in_trouble["retrying"]) == (True, 1, 1)
    said = text_of(expert.get(TEXTS))
    assert "درگاه پیامک پاسخ نمی‌دهد" in said and "تلاش بعدی" in said
    assert "۲ تلاش" in text_of(expert.get(f"{TEXTS}?tab=out&state=retrying"))
    assert any("درگاه پیامک" in card.sentence for card in expert.get("/").context["cards"])
    add_out("sent", gateway="kannel", last_try_at=now, sent_at=now + timedelta(seconds=1))
    assert not line_state(province.expert, now).is_down


def test_lists_are_filtered_and_bad_filters_filter_nothing(
    province: Province, expert: Client
) -> None:
    now = timezone.now()
    add_text("امروز")
    add_text("پریروز", now - timedelta(days=2))
    garbled = add_text("\ufffd", trouble="charset")
    add_out("delivered")
    failed = add_out()

    def found(query: str) -> list[Any]:
        return [line.message for line in expert.get(TEXTS + query).context["lines"]]

    assert len(found("")) == 3 and len(found("?day=x&trouble=y")) == 3
    assert len(found("?day=" + format_jalali(timezone.localdate()))) == 2
    assert found("?trouble=charset") == [garbled]
    assert found("?tab=out&state=failed") == [failed]
    assert len(found("?tab=out&state=nothing")) == 2
    assert len(found("?page=99")) == 3
    few = [queries_of(expert, TEXTS + tab) for tab in ("", "?tab=out")]
    for _ in range(8):
        add_text()
        said_to(add_unrouted(province))
    many = [queries_of(expert, TEXTS + tab) for tab in ("", "?tab=out")]
    assert [b - a for a, b in zip(few, many, strict=True)] <= [0, 1]
