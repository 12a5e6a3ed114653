"""The pages of the card cabinet: with a script and without, every refusal with its text kept."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, Job, Title
from loans.models import Loan
from reports.selectors import report_1_of
from shelfreading.forms import CARDS_REASON, NO_COPIES_YET
from shelfreading.models import ReadingSession
from shelfreading.services.applying import findings_apply
from shelfreading.services.cards import Card, card_enter
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.pages import queries_of, text_of

NEW = reverse("session-new")


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="برگه‌دان", method="cards", section_ids=[], now=timezone.now()
    )


@pytest.fixture
def reader(client: Client, cast: Cast) -> Client:
    client.force_login(cast.librarian)
    return client


def url(session: ReadingSession, name: str = "cards") -> str:
    return reverse(name, args=[session.pk])


def typed(session: ReadingSession, **fields: Any) -> dict[str, Any]:
    section = session.sections.order_by("position")[0].pk
    return {
        "id": uuid4(), "section": section, "registration_number": "1", "title": "کلیدر",
        "author": "محمود دولت‌آبادی", "call_number": "8فا3/62 د35ک", **fields,
    }  # fmt: skip


def enter(session: ReadingSession, cast: Cast, count: int) -> None:
    section = session.sections.order_by("position")[0].pk
    for number in range(1, count + 1):
        card = Card(uuid4(), section, str(number), f"کتاب {number}", "", f"100/{number} الف1")
        card_enter(session_id=session.pk, card=card, actor=cast.librarian, now=timezone.now())


# --- starting -----------------------------------------------------------------------


def test_a_library_without_copies_begins_with_its_cards(reader: Client) -> None:
    html = reader.get(NEW).content.decode()
    assert re.search(r'value="cards"[^>]* checked', html)
    assert html.count(" disabled") == 2
    assert NO_COPIES_YET in html
    assert "despite_copies" not in html
    answer = reader.post(NEW, {"method": "cards", "reference": "any"})
    session = ReadingSession.objects.get()
    assert answer.url == url(session)
    assert session.method == "cards"


def test_a_list_cannot_be_read_where_there_is_none(reader: Client) -> None:
    answer = reader.post(NEW, {"method": "list", "reference": "any"})
    assert "هیچ نسخه‌ای در سامانه نیست" in text_of(answer)
    assert not ReadingSession.objects.exists()


def test_where_copies_are_here_the_cards_come_last_and_one_may_insist(
    reader: Client, cast: Cast
) -> None:
    add_copies(cast.library, numbered_calls(3))
    html = reader.get(NEW).content.decode()
    assert [html.index(f'value="{name}"') for name in ("barcode", "list", "cards")] == sorted(
        html.index(f'value="{name}"') for name in ("barcode", "list", "cards")
    )
    assert CARDS_REASON in html
    refused = reader.post(NEW, {"method": "cards", "reference": "any", "name": "نام من"})
    assert "برای پافشاری" in text_of(refused)
    assert "نام من" in refused.content.decode()
    assert not ReadingSession.objects.exists()
    reader.post(NEW, {"method": "cards", "reference": "any", "despite_copies": "on"})
    assert ReadingSession.objects.get().expected_count == 3


def test_the_list_of_readings_leads_a_new_library_to_its_cards(reader: Client) -> None:
    assert NEW in reader.get(reverse("sessions")).content.decode()


@pytest.mark.parametrize("name", ["session", "shelf-list", "map", "findings", "session-close"])
def test_a_reading_without_a_card_shows_its_pages(
    reader: Client, session: ReadingSession, name: str
) -> None:
    assert reader.get(url(session, name)).status_code == 200


def test_the_home_and_the_desk_lead_to_the_cards(reader: Client, session: ReadingSession) -> None:
    html = reader.get(url(session, "session")).content.decode()
    assert url(session) in html
    assert url(session, "loan-cards") in html
    assert url(session, "card-backs") in html
    assert url(session) in reader.get(reverse("desk")).content.decode()


# --- cards --------------------------------------------------------------------------


def test_a_card_is_posted_and_the_next_one_begins_where_it_ended(
    reader: Client, session: ReadingSession
) -> None:
    data = typed(session, registration_number="۰۰۹")
    answer = reader.post(url(session), data, follow=True)
    form = answer.context["form"]
    assert form["registration_number"].value() == "۰۱۰"
    assert form["title"].value() == "کلیدر"
    assert str(form["section"].value()) == str(data["section"])
    assert str(form["id"].value()) != str(data["id"])
    assert "کلیدر" in text_of(answer)
    assert Copy.objects.get().registration_number == "009"


def test_the_same_post_twice_is_one_card(reader: Client, session: ReadingSession) -> None:
    data = typed(session)
    for _ in range(2):
        assert reader.post(url(session), data).status_code == 302
    assert Copy.objects.count() == session.events.count() == 1


def as_script(client: Client, address: str, data: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(address, data, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return answer.json()


def test_a_script_gets_the_line_of_its_card(reader: Client, session: ReadingSession) -> None:
    answer = as_script(reader, url(session), typed(session, absent="on", call_number="؟؟؟"))
    assert answer["taken"]
    assert "خط خورد" in answer["line"]
    assert "خوانده نشد" in answer["line"]
    assert session.events.get().kind == "absent"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"registration_number": ""}, "شمارهٔ ثبت خالی است"),
        ({"title": " "}, "عنوان خالی است"),
        ({"title": "ک" * 10_000}, "عنوان بیش از ۱۰۰۰ نویسه دارد"),
        ({"title": "ک" * 30_000}, "عنوان بلندتر از آن است"),
        ({"section": "999999"}, "بخش در این رف‌خوانی نیست"),
        ({"id": "x"}, "نشان کارت خوانده نشد"),
    ],
)
def test_a_bad_card_says_why_and_keeps_its_text(
    reader: Client, session: ReadingSession, fields: dict[str, Any], reason: str
) -> None:
    data = typed(session, author="همین نویسنده", **fields)
    page = reader.post(url(session), data)
    assert reason in text_of(page)
    assert page.context["form"]["author"].value() == "همین نویسنده"
    answer = as_script(reader, url(session), data)
    assert not answer["taken"]
    assert reason in answer["reason"]
    assert not Copy.objects.exists()


def test_a_number_that_exists_offers_its_copy(
    reader: Client, cast: Cast, session: ReadingSession
) -> None:
    enter(session, cast, 1)
    copy = Copy.objects.get()
    page = reader.post(url(session), typed(session))
    assert "از آن «کتاب 1» است" in text_of(page)
    html = page.content.decode()
    assert 'name="same"' in html
    assert reverse("copy", args=[copy.pk]) in html
    assert 'value="محمود دولت‌آبادی"' in html
    answer = as_script(reader, url(session), typed(session))
    assert answer["same"] is True
    assert answer["copy"] == reverse("copy", args=[copy.pk])
    assert as_script(reader, url(session), typed(session, same="1", absent="on"))["taken"]
    assert Copy.objects.count() == 1
    assert session.events.count() == 2


def test_a_closed_reading_says_so_and_keeps_the_card(
    reader: Client, cast: Cast, session: ReadingSession
) -> None:
    enter(session, cast, 1)
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    answer = as_script(reader, url(session), typed(session, registration_number="2"))
    assert "پایان یافته" in answer["reason"]
    assert "پایان یافته" in text_of(reader.get(url(session)))
    assert Copy.objects.count() == 1


def test_titles_complete_themselves(reader: Client, cast: Cast, session: ReadingSession) -> None:
    data = typed(session)
    reader.post(url(session), data)
    ask = url(session, "card-titles")
    found = reader.get(ask, {"q": "كلي"}).json()["titles"]
    assert found == [{"title": "کلیدر", "author": "محمود دولت‌آبادی", "call_number": "8فا3/62 د35ک"}]
    assert reader.get(ask, {"q": "دولت آبادی"}).json()["titles"] == found
    assert reader.get(ask, {"q": "ک"}).json()["titles"] == []
    Title.objects.create(
        library=cast.other_library, title="کلیدر", search_text="کلیدر", identity="x"
    )
    assert len(reader.get(ask, {"q": "کلیدر"}).json()["titles"]) == 1


def test_without_a_script_a_title_is_looked_up_and_taken(
    reader: Client, session: ReadingSession
) -> None:
    reader.post(url(session), typed(session))
    title = Title.objects.get()
    data = typed(session, registration_number="2", title="کلید", author="", call_number="")
    page = reader.post(url(session), {**data, "look": "1"})
    assert f'name="take" value="{title.pk}"' in page.content.decode()
    page = reader.post(url(session), {**data, "take": str(title.pk)})
    form = page.context["form"]
    assert [form[name].value() for name in ("registration_number", "title", "author")] == [
        "2", "کلیدر", "محمود دولت‌آبادی",
    ]  # fmt: skip
    assert Copy.objects.count() == 1
    page = reader.post(url(session), {**data, "title": "هیچ‌کجا", "look": "1"})
    assert "چنین عنوانی هنوز در کتابخانه نیست" in text_of(page)


def test_the_page_asks_no_more_for_more_cards(
    reader: Client, cast: Cast, session: ReadingSession
) -> None:
    enter(session, cast, 3)
    few = queries_of(reader, url(session))
    enter_more = session.sections.order_by("position")[0].pk
    for number in range(4, 30):
        card = Card(uuid4(), enter_more, str(number), f"کتاب {number}", "", "")
        card_enter(session_id=session.pk, card=card, actor=cast.librarian, now=timezone.now())
    assert queries_of(reader, url(session)) == few


def test_cards_of_another_kind_of_reading_are_nowhere(reader: Client, cast: Cast) -> None:
    add_copies(cast.library, numbered_calls(2))
    session = session_start(
        actor=cast.librarian, name="", method="list", section_ids=[], now=timezone.now()
    )
    for name in ("cards", "loan-cards", "card-titles"):
        assert reader.get(url(session, name)).status_code == 404


def test_others_find_no_cards(client: Client, cast: Cast, session: ReadingSession) -> None:
    for name in ("cards", "loan-cards", "card-titles"):
        client.force_login(cast.outsider)
        assert client.get(url(session, name)).status_code == 404
        client.force_login(cast.county)
        assert client.get(url(session, name)).status_code == 403


# --- loan cards ---------------------------------------------------------------------


def test_a_loan_card_becomes_a_loan(reader: Client, cast: Cast, session: ReadingSession) -> None:
    enter(session, cast, 2)
    data = {"registration_number": "۱", "member_name": "زهرا نمونه", "due_on": "۱۴۰۵/۰۹/۱۰"}
    answer = reader.post(url(session, "loan-cards"), data, follow=True)
    assert "زهرا نمونه" in text_of(answer)
    loan = Loan.objects.get()
    assert (loan.source, loan.lent_at < session.started_at) == ("card", True)
    second = as_script(reader, url(session, "loan-cards"), {"registration_number": "2"})
    assert "مهلت نامعلوم" in second["line"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"registration_number": "99"}, "نخست رف‌برگهٔ آن را وارد کنید"),
        ({"due_on": "۱۴۰۵/۱۳/۰۱"}, "در تقویم نیست"),
        ({"due_on": "فردا"}, "خوانده نمی‌شود"),
    ],
)
def test_a_bad_loan_card_says_why_and_keeps_its_text(
    reader: Client, cast: Cast, session: ReadingSession, fields: dict[str, str], reason: str
) -> None:
    enter(session, cast, 1)
    data = {"registration_number": "1", "member_name": "زهرا نمونه", **fields}
    page = reader.post(url(session, "loan-cards"), data)
    assert reason in text_of(page)
    assert 'value="زهرا نمونه"' in page.content.decode()
    assert reason in as_script(reader, url(session, "loan-cards"), data)["reason"]
    assert not Loan.objects.exists()


# --- the backs of the cards, the report ----------------------------------------------


def test_the_backs_are_printed_for_one_title_and_for_all(
    reader: Client, cast: Cast, session: ReadingSession, django_capture_on_commit_callbacks: Any
) -> None:
    enter(session, cast, 2)
    title = Title.objects.first()
    assert title is not None
    answer = reader.get(reverse("card-back", args=[session.pk, title.pk]))
    assert answer.content.startswith(b"%PDF")
    with django_capture_on_commit_callbacks(execute=True):
        reader.post(url(session, "card-backs"))
    job = Job.objects.get()
    assert (job.state, "۲ عنوان" in job.message) == ("done", True)


def test_without_a_card_nothing_is_printed_and_the_reason_is_told(
    reader: Client, session: ReadingSession, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        reader.post(url(session, "card-backs"))
    assert "هنوز رف‌برگه‌ای نیست" in Job.objects.get().message


def test_another_librarys_title_has_no_card_here(
    reader: Client, cast: Cast, session: ReadingSession
) -> None:
    (copy,) = add_copies(cast.other_library, numbered_calls(1))
    address = reverse("card-back", args=[session.pk, copy.title_id])
    assert reader.get(address).status_code == 404


def test_report_1_says_that_cards_were_used(cast: Cast, session: ReadingSession) -> None:
    enter(session, cast, 1)
    done = {"session_id": session.pk, "actor": cast.librarian, "now": timezone.now()}
    session_close(**done)
    findings_compute(**done)
    assert report_1_of(findings_apply(**done)).method == "cards"
