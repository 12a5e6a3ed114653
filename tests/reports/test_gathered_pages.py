"""Reports 2 and 3 as pages: as they stand, sent, answered with corrections, closed."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Library, User
from libraries.roles import Role
from reports.domain.awaited import Awaited
from reports.domain.workflow import Level, Move, State
from reports.gathered_cards import gathered_cards
from reports.gathering import below_county, below_province
from reports.models import Correction, Report, ReportStep
from reports.selectors_corrections import correction_cards
from reports.services.deciding import opinions_give, report_move
from reports.services.gathering import gathered_submit, office_answer
from reports.services.sending import report_submit
from shelfreading.models import Round, RoundLibrary, WeedingProposal
from shelfreading.services.weeding import proposals_decide
from tests.cast import Cast, make_library, make_user
from tests.pages import queries_of, text_of
from tests.sent_reports import make_round, read_and_apply

pytestmark = pytest.mark.django_db
KIND = Library.Kind.INSTITUTIONAL.value
DAY = timedelta(days=1)


@dataclass
class Climb:
    """A province whose one county has a library that reported and one that hasn't said a word."""

    cast: Cast
    round: Round
    silent: RoundLibrary
    first: Report

    @property
    def page(self) -> str:
        return reverse("gathered", args=[self.round.year, KIND])


@pytest.fixture
def climb(cast: Cast) -> Climb:
    silent = make_library("L7", "استان نمونه", "شهرستان نمونه")
    round_ = make_round(cast.office, [cast.library, silent])
    session = read_and_apply(cast.head, round_=round_)
    report = report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())
    return Climb(cast, round_, round_.libraries.get(library=silent), report)


def log_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def move(report: Report, move: Move, actor: User, comment: str = "") -> None:
    report.refresh_from_db()
    report_move(
        report_id=report.pk, move=move, actor=actor, now=timezone.now(), comment=comment,
        revision=report.revision,
    )  # fmt: skip


def settle(climb: Climb) -> None:
    """The county has all it needs."""
    move(climb.first, Move.ACCEPT, climb.cast.county)
    RoundLibrary.objects.filter(pk=climb.silent.pk).update(
        reason="جابه‌جایی ساختمان", reason_by=climb.cast.county, reason_at=timezone.now()
    )


def review(report: Report, expert: User) -> None:
    now = timezone.now()
    missing = report.revisions.get(number=report.revision).lines.filter(what="missing")
    opinions_give(
        report_id=report.pk, copy_ids=set(missing.values_list("copy_id", flat=True)),
        verdict="withdraw", note="", actor=expert, now=now,
    )  # fmt: skip
    proposals = WeedingProposal.objects.filter(session=report.session)
    ids = list(proposals.values_list("pk", flat=True))
    proposals_decide(proposal_ids=ids, accept=True, reason="", actor=expert, now=now)
    move(report, Move.REVIEW, expert)


def climbed(climb: Climb) -> Report:
    """Report 3, sent."""
    settle(climb)
    cast, now = climb.cast, timezone.now()
    second = gathered_submit(round_id=climb.round.pk, library_kind=KIND, actor=cast.county, now=now)
    review(climb.first, cast.expert)
    move(second, Move.ACCEPT, cast.director)
    return gathered_submit(
        round_id=climb.round.pk, library_kind=KIND, actor=cast.director, now=timezone.now()
    )


# --- report 2 -----------------------------------------------------------------------


def test_the_county_head_sees_what_is_waited_for_and_where_to_go(
    climb: Climb, client: Client
) -> None:
    page = log_in(client, climb.cast.county).get(climb.page)
    text, html = text_of(page), page.content.decode()
    assert "هنوز پذیرفته نشده است" in text
    assert "نه علت عدم انجام گفته‌اند" in text
    assert reverse("report", args=[climb.first.pk]) in html
    assert reverse("round-reason", args=[climb.silent.pk]) in html
    assert "۱۴ روز مانده" in text
    assert "فرستادن گزارش شمارهٔ دو" not in text  # nothing to press before all is there


def test_a_post_too_early_is_refused_and_loses_nothing(climb: Climb, client: Client) -> None:
    page = log_in(client, climb.cast.county).post(climb.page, {"comment": "آنچه نوشته بودم"})
    assert page.status_code == 200
    assert "هنوز پذیرفته نشده است: کتابخانهٔ نمونهٔ L۱." in text_of(page)
    assert "آنچه نوشته بودم" in page.content.decode()
    assert not Report.objects.filter(level=Level.COUNTY).exists()


def test_the_county_head_sends_report_2_and_prints_what_was_sent(
    climb: Climb, client: Client
) -> None:
    settle(climb)
    log_in(client, climb.cast.county)
    assert "فرستادن گزارش شمارهٔ دو" in text_of(client.get(climb.page))
    answer = client.post(climb.page, {"comment": ""}, follow=True)
    report = Report.objects.get(level=Level.COUNTY)
    assert answer.redirect_chain[0][0] == reverse("report", args=[report.pk])
    text = text_of(answer)
    assert "گزارش شمارهٔ دو فرستاده شد." in text
    assert "جابه‌جایی ساختمان" in text  # the frozen table stands on the report's page
    assert client.get(climb.page).status_code == 302  # what is sent has its own page
    url = reverse("report-form", args=[report.pk, 1, "report-2", "xlsx"])
    assert client.get(url).content[:2] == b"PK"


@pytest.mark.pdf
def test_a_draft_prints_without_a_code_and_what_was_sent_with_one(
    climb: Climb, client: Client, tmp_path
) -> None:
    import subprocess

    def words(url: str) -> str:
        path = tmp_path / "print.pdf"
        path.write_bytes(client.get(url).content)
        return subprocess.run(
            ["pdftotext", path, "-"], capture_output=True, text=True, check=True
        ).stdout

    settle(climb)
    log_in(client, climb.cast.county)
    draft = words(reverse("gathered-draft", args=[climb.round.year, KIND, "pdf"]))
    assert "صحت" not in draft
    client.post(climb.page)
    report = Report.objects.get(level=Level.COUNTY)
    assert "صحت" in words(reverse("report-form", args=[report.pk, 1, "report-2", "pdf"]))


def test_the_expert_sees_report_3_and_does_not_send_it(climb: Climb, client: Client) -> None:
    log_in(client, climb.cast.expert)
    page = client.get(climb.page)
    assert "گزارش شمارهٔ سه" in text_of(page)
    assert "کارشناس هنوز بررسی" in text_of(page)
    assert "را رئیس ادارهٔ شهرستان و شمارهٔ سه را مدیر کل استان" not in text_of(page)
    refused = client.post(climb.page)
    assert refused.status_code == 200
    assert "مدیر کل استان می‌فرستد" in text_of(refused)


def test_a_kind_that_is_not_there_says_so(climb: Climb, client: Client) -> None:
    log_in(client, climb.cast.county)
    none = reverse("gathered", args=[climb.round.year, "participatory"])
    assert "چنین کتابخانه‌ای در این دوره نیست" in text_of(client.get(none))
    assert "هیچ کتابخانه‌ای از این نوع" in text_of(client.post(none))
    for kind in ("independent", "other"):
        assert client.get(reverse("gathered", args=[climb.round.year, kind])).status_code == 404
    assert client.get(reverse("gathered", args=[1399, KIND])).status_code == 404


def test_a_round_that_asks_no_library_has_nothing_to_send(cast: Cast, client: Client) -> None:
    empty = make_round(cast.office, [])
    log_in(client, cast.director)
    page = client.post(reverse("gathered", args=[empty.year, KIND]))
    assert "هیچ کتابخانه‌ای از این نوع در این دوره نیست." in text_of(page)


def test_the_next_countys_head_sees_neither_report_nor_libraries(
    climb: Climb, client: Client
) -> None:
    settle(climb)
    second = gathered_submit(
        round_id=climb.round.pk, library_kind=KIND, actor=climb.cast.county, now=timezone.now()
    )
    other = make_library("L8", "استان نمونه", "شهرستان سوم")
    log_in(client, make_user("county-9", Role.COUNTY_HEAD, county=other.county))
    assert "چنین کتابخانه‌ای" in text_of(client.get(climb.page))  # his own, and empty
    for url in (
        reverse("report", args=[second.pk]),
        reverse("report-form", args=[second.pk, 1, "report-2", "xlsx"]),
    ):
        assert client.get(url).status_code == 404
    assert client.post(reverse("report", args=[second.pk]), {"move": "accept"}).status_code == 404


def test_a_report_below_that_went_back_keeps_report_2_waiting(climb: Climb) -> None:
    settle(climb)
    move(climb.first, Move.RETURN, climb.cast.expert, "شمارهٔ ثبت‌ها را ببینید.")
    found = below_county(climb.round, KIND, climb.cast.county.county)
    assert [wait.what for wait in found.waits] == [Awaited.ACCEPTANCE]


def test_a_library_that_came_after_report_2_keeps_report_3_waiting(climb: Climb) -> None:
    settle(climb)
    cast = climb.cast
    second = gathered_submit(
        round_id=climb.round.pk, library_kind=KIND, actor=cast.county, now=timezone.now()
    )
    move(second, Move.ACCEPT, cast.director)
    review(climb.first, cast.expert)
    late = climb.silent.library
    head = make_user("head-7", Role.LIBRARY_HEAD, library=late)
    session = read_and_apply(head, round_=climb.round)
    report = report_submit(session_id=session.pk, actor=head, now=timezone.now())
    move(report, Move.ACCEPT, cast.county)
    review(report, cast.expert)
    found = below_province(climb.round, KIND, cast.director.province)
    assert [(wait.what, wait.places[0].report_id) for wait in found.waits] == [
        (Awaited.LEFT_OUT, second.pk)
    ]
    move(second, Move.RETURN, cast.director, "کتابخانهٔ تازه‌ای گزارش داده است.")
    again = gathered_submit(
        round_id=climb.round.pk, library_kind=KIND, actor=cast.county, now=timezone.now()
    )
    move(again, Move.ACCEPT, cast.director)
    found = below_province(climb.round, KIND, cast.director.province)
    assert found.waits == []
    assert len(found.rows) == 2


def test_the_page_costs_the_same_with_many_libraries(climb: Climb, client: Client) -> None:
    def more(first: int, count: int) -> None:
        for number in range(first, first + count):
            library = make_library(f"M{number}", "استان نمونه", "شهرستان نمونه")
            climb.round.libraries.create(library=library)

    urls = [(climb.cast.county, climb.page), (climb.cast.director, climb.page)]
    more(0, 3)
    few = [queries_of(log_in(client, who), url) for who, url in urls]
    more(3, 40)
    assert [queries_of(log_in(client, who), url) for who, url in urls] == few
    assert max(few) < 25


# --- the office's answer ------------------------------------------------------------


def answer(report: Report, answer: str, *tasks: tuple[str, str], comment: str = "") -> dict:
    rows = {
        f"task-{place}-{name}": value
        for place, task in enumerate(tasks)
        for name, value in zip(("desk", "text"), task, strict=True)
    }
    return {
        "revision": report.revision, "answer": answer, "comment": comment,
        "task-TOTAL_FORMS": len(tasks), "task-INITIAL_FORMS": 0, **rows,
    }  # fmt: skip


EXPERT, DIRECTOR = "provincial_expert", "director_general"


def test_the_office_answers_with_tasks_and_the_province_deals_with_them(
    climb: Climb, client: Client
) -> None:
    third, cast = climbed(climb), climb.cast
    url = reverse("report-answer", args=[third.pk])
    log_in(client, cast.office)
    assert (
        reverse("report-answer", args=[third.pk])
        in client.get(reverse("report", args=[third.pk])).content.decode()
    )
    assert client.get(url).status_code == 200
    sent = client.post(
        url,
        answer(third, "correct", (EXPERT, "ردهٔ ۸۰۰ را بازبینید."), (DIRECTOR, "امضا"), ("", "")),
        follow=True,
    )
    assert "۲ اصلاح" in text_of(sent)
    third.refresh_from_db()
    assert third.state == State.RETURNED
    [card] = correction_cards(cast.expert, timezone.now())
    assert (card.count, card.url) == (1, reverse("corrections"))

    log_in(client, cast.director)
    assert "۲ اصلاحِ خواستهٔ" in text_of(client.get(climb.page))
    assert "۲ اصلاحِ خواستهٔ" in text_of(client.post(climb.page))
    tasks = {task.desk: task for task in third.corrections.all()}
    page = reverse("corrections")
    wrong = client.post(page, {"correction": tasks[EXPERT].pk, "answer": "شد"})
    assert "بر عهدهٔ کارشناس منابع استان است" in text_of(wrong)
    assert "بنویسید با این اصلاح چه کرده‌اید" in text_of(
        client.post(page, {"correction": tasks[DIRECTOR].pk, "answer": " "})
    )
    for who, desk in ((cast.director, DIRECTOR), (cast.expert, EXPERT)):
        log_in(client, who).post(page, {"correction": tasks[desk].pk, "answer": "انجام شد."})
    assert not Correction.objects.filter(done_at__isnull=True).exists()
    assert correction_cards(cast.expert, timezone.now()) == []
    again = log_in(client, cast.director).post(climb.page, follow=True)
    assert "گزارش شمارهٔ سه فرستاده شد." in text_of(again)
    third.refresh_from_db()
    assert (third.state, third.revision) == (State.SUBMITTED, 2)
    log_in(client, cast.office).post(url, answer(third, "accept"))
    third.refresh_from_db()
    assert third.state == State.ACCEPTED


def test_more_rows_keep_what_was_written(climb: Climb, client: Client) -> None:
    third = climbed(climb)
    log_in(client, climb.cast.office)
    url = reverse("report-answer", args=[third.pk])
    page = client.post(url, answer(third, "more", (EXPERT, "نخستین اصلاح"), comment="توضیح من"))
    html = page.content.decode()
    assert "نخستین اصلاح" in html and "توضیح من" in html
    assert 'name="task-TOTAL_FORMS" value="4"' in html and 'name="task-3-text"' in html
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("kind", "tasks", "sentence"),
    [
        ("accept", [(EXPERT, "ردهٔ ۸۰۰")], "اصلاحی نوشته‌اید"),
        ("correct", [(EXPERT, "  ")], "دست‌کم یک اصلاح بنویسید"),
        ("correct", [(EXPERT, "خوب"), (EXPERT, "ب" * 100_000)], "اصلاح ۲، ۱۰۰۰۰۰ نویسه است"),
        ("correct", [("county_head", "ردهٔ ۸۰۰")], "ردیف‌های اصلاح درست نرسیده است"),
        ("other", [(EXPERT, "خوب")], "یکی از دکمه‌های پاسخ را بزنید"),
    ],
)
def test_a_bad_answer_has_its_sentence_and_loses_nothing(
    climb: Climb, client: Client, kind: str, tasks: list, sentence: str
) -> None:
    third = climbed(climb)
    log_in(client, climb.cast.office)
    url = reverse("report-answer", args=[third.pk])
    page = client.post(url, answer(third, kind, *tasks, comment="توضیح من"))
    assert sentence in text_of(page)
    html = page.content.decode()
    assert all(text.strip() in html for _, text in tasks)
    assert "توضیح من" in html
    third.refresh_from_db()
    assert third.state == State.SUBMITTED
    assert not Correction.objects.exists()


def test_an_answer_to_an_older_revision_is_refused(climb: Climb, client: Client) -> None:
    third, cast = climbed(climb), climb.cast
    stale = answer(third, "accept")
    office_answer(
        report_id=third.pk, revision=1, tasks=[], comment="", actor=cast.office,
        now=timezone.now(),
    )  # fmt: skip
    log_in(client, cast.office)
    url = reverse("report-answer", args=[third.pk])
    assert "از نقش شما برنمی‌آید" in text_of(client.post(url, stale))
    assert ReportStep.objects.filter(report=third, move=Move.ACCEPT).count() == 1
    assert "ویراست تازه‌ای" in text_of(client.post(url, {**stale, "revision": 7}))


def test_a_long_answer_to_a_task_is_refused_whole(climb: Climb, client: Client) -> None:
    third, cast = climbed(climb), climb.cast
    office_answer(
        report_id=third.pk, revision=1, tasks=[(EXPERT, "ببینید.")], comment="",
        actor=cast.office, now=timezone.now(),
    )  # fmt: skip
    log_in(client, cast.expert)
    task = third.corrections.get()
    page = client.post(reverse("corrections"), {"correction": task.pk, "answer": "ا" * 100_000})
    assert "پاسخ ۱۰۰۰۰۰ نویسه است" in text_of(page)
    assert "ا" * 100_000 in page.content.decode()
    stranger = make_library("L9", "استان چهارم", "شهرستان چهارم")
    user = make_user("expert-9", Role.PROVINCIAL_EXPERT, province=stranger.county.province)
    log_in(client, user)
    there = {"correction": task.pk, "answer": "شد"}
    assert client.post(reverse("corrections"), there).status_code == 404
    task.refresh_from_db()
    assert task.done_at is None


# --- the desk -----------------------------------------------------------------------


def test_the_desk_says_that_a_report_is_due(climb: Climb) -> None:
    cast, now = climb.cast, timezone.now()
    [card] = gathered_cards(cast.county, now)
    assert "منتظر ۲ کتابخانه" in card.sentence and not card.late
    assert card.url == climb.page
    [card] = gathered_cards(cast.director, now)
    assert "گزارش شمارهٔ سه" in card.sentence and "منتظر" in card.sentence
    for who in (cast.office, cast.head, cast.expert, cast.admin):
        assert gathered_cards(who, now) == []
    settle(climb)
    [card] = gathered_cards(cast.county, now + 15 * DAY)
    assert "آمادهٔ فرستادن" in card.sentence and card.late and "۱ روز دیر شده" in card.age
    gathered_submit(round_id=climb.round.pk, library_kind=KIND, actor=cast.county, now=now)
    assert gathered_cards(cast.county, now) == []
