"""The expert's part: opinions on the missing, decisions on weedings, and the end of the review."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from reports.models import Opinion, Report
from reports.printing import printed_form
from reports.services.deciding import report_move
from reports.services.sending import report_submit
from shelfreading.models import ReadingSession, WeedingProposal
from tests.cast import Cast
from tests.pages import queries_of, text_of
from tests.sent_reports import read_and_apply

pytestmark = pytest.mark.django_db


def accepted(cast: Cast, **reading: Any) -> Report:
    session = read_and_apply(cast.librarian, **reading)
    report = report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())
    return report_move(
        report_id=report.pk, move="accept", actor=cast.county, now=timezone.now(), revision=1
    )


@pytest.fixture
def report(cast: Cast) -> Report:
    return accepted(cast)


def url_of(report: Report, what: str) -> str:
    return reverse("report-copies", args=[report.pk, report.revision, what])


def missing_of(report: Report) -> list[Copy]:
    lines = report.revisions.get(number=report.revision).lines.filter(what="missing")
    return [line.copy for line in lines]


def test_opinions_one_by_one_then_on_all_that_are_left(
    cast: Cast, client: Client, report: Report
) -> None:
    client.force_login(cast.expert)
    first, second = missing_of(report)
    url = url_of(report, "missing")
    said = {"key": [first.pk], "verdict": "seek", "note": "شاید در بخش کودک"}
    answer = client.post(f"{url}?left=1", said)
    assert answer.headers["Location"] == f"{url}?left=1#main"
    assert Opinion.objects.get().copy == first
    page = text_of(client.get(url))
    assert "جست‌وجوی دوباره: شاید در بخش کودک" in page and "۱ نسخه بی‌نظر" in page
    client.post(url, {"everything": "1", "verdict": "withdraw", "note": ""})
    assert {o.copy: o.verdict for o in Opinion.objects.all()} == {
        first: "seek", second: "withdraw"
    }  # fmt: skip
    assert "چیزی نمانده است" in text_of(client.get(f"{url}?left=1"))


def test_all_of_the_page_can_be_picked_without_a_script(
    cast: Cast, client: Client, report: Report
) -> None:
    client.force_login(cast.expert)
    keys = [copy.pk for copy in missing_of(report)]
    sent = {"page_all": "1", "page_key": keys, "verdict": "charge"}
    client.post(url_of(report, "missing"), sent)
    assert Opinion.objects.filter(verdict="charge").count() == 2


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"verdict": "seek"}, "نخست یک یا چند نسخه را برگزینید"),
        ({"verdict": "", "key": "own"}, "نظر را از فهرست برگزینید"),
        ({"verdict": "burn", "key": "own"}, "برگزینید"),
        ({"verdict": "seek", "key": "other"}, "در مفقودی‌های این گزارش نیست"),
        ({"verdict": "seek", "key": "own", "note": "ن" * 301}, "بیش از ۳۰۰ نویسه نمی‌گنجد"),
    ],
)
def test_bad_input_gets_its_sentence_and_keeps_what_was_typed(
    cast: Cast, client: Client, report: Report, sent: dict[str, Any], sentence: str
) -> None:
    client.force_login(cast.expert)
    own = missing_of(report)[0].pk
    other = Copy.objects.filter(status=CopyStatus.AVAILABLE).first()
    keys = {"own": own, "other": other.pk if other else 0}
    data = {"note": "یادداشت من"} | sent
    if "key" in data:
        data["key"] = keys[data["key"]]
    answer = client.post(url_of(report, "missing"), data)
    assert answer.status_code == 200 and sentence in text_of(answer)
    assert data["note"] in answer.content.decode()
    if data.get("key") == own:
        assert f'value="{own}" checked' in answer.content.decode()
    assert not Opinion.objects.exists()


def test_a_refusal_stands_by_the_form_where_the_address_leads(
    cast: Cast, client: Client, report: Report
) -> None:
    client.force_login(cast.expert)
    for url, anchor, sent in (
        (url_of(report, "missing"), "say", {"verdict": "seek", "note": ""}),
        (
            reverse("report", args=[report.pk]), "decide",
            {"move": "return", "comment": "", "revision": report.revision},
        ),
    ):  # fmt: skip
        page = client.post(url, sent).content.decode()
        assert f'#{anchor}"' in page
        assert page.index(f'id="{anchor}"') < page.index("alert-danger")


def test_a_list_on_which_nobody_may_say_a_word_yet_says_why(cast: Cast, client: Client) -> None:
    session = read_and_apply(cast.librarian)
    report = report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())
    client.force_login(cast.expert)
    assert "پس از پذیرش رئیس" in text_of(client.get(url_of(report, "missing")))
    assert "پس از پذیرش" not in text_of(client.get(url_of(report, "binding")))
    move = {"report_id": report.pk, "revision": 1, "actor": cast.county, "now": timezone.now()}
    report_move(move="accept", **move)
    assert "alert-info" not in client.get(url_of(report, "missing")).content.decode()
    client.force_login(cast.head)
    assert "منتظر نظر کارشناس" in text_of(client.get(url_of(report, "worn")))


def test_weedings_are_decided_and_what_cannot_be_is_named(
    cast: Cast, client: Client, report: Report
) -> None:
    client.force_login(cast.expert)
    url = url_of(report, "worn")
    one, two = (p.copy for p in WeedingProposal.objects.order_by("pk"))
    answer = client.post(url, {"key": [one.pk], "decision": "refuse", "reason": ""})
    assert "دلیل رد را بنویسید" in text_of(answer)
    client.post(url, {"key": [one.pk], "decision": "refuse", "reason": "هنوز خوانده می‌شود"})
    Loan.objects.create(copy=two, lent_at=timezone.now())
    answer = client.post(url, {"everything": "1", "decision": "accept", "reason": ""})
    assert "نظری ثبت نشد" in text_of(answer)
    Loan.objects.update(returned_at=timezone.now())
    done = client.post(url, {"everything": "1", "decision": "accept", "reason": ""}, follow=True)
    assert "تصمیم شما دربارهٔ ۱ نسخه ثبت شد" in text_of(done)
    two.refresh_from_db()
    assert two.status == CopyStatus.WEEDED
    assert "مخالفت شد: هنوز خوانده می‌شود" in text_of(done)


def test_the_review_ends_only_when_nothing_is_left_and_the_prints_carry_the_words(
    cast: Cast, client: Client, report: Report
) -> None:
    client.force_login(cast.expert)
    page = client.get(reverse("report", args=[report.pk]))
    assert "نظر دربارهٔ ۲ نسخهٔ مفقود" in text_of(page)
    assert 'value="review"' not in page.content.decode()
    end = {"move": "review", "revision": 1, "comment": ""}
    refused = text_of(client.post(reverse("report", args=[report.pk]), end))
    assert "۲ نسخهٔ مفقود بی‌نظر و ۲ پیشنهاد وجین بی‌تصمیم" in refused
    client.post(url_of(report, "missing"), {"everything": "1", "verdict": "withdraw"})
    assert "تصمیم دربارهٔ ۲ پیشنهاد وجین" in text_of(client.get(reverse("report", args=[report.pk])))
    client.post(url_of(report, "worn"), {"everything": "1", "decision": "accept"})
    page = client.get(reverse("report", args=[report.pk]))
    assert 'value="review"' in page.content.decode()
    client.post(reverse("report", args=[report.pk]), end)
    report.refresh_from_db()
    assert report.state == "reviewed"
    minutes = printed_form(report.revisions.get(), "minutes-6")
    assert [row.opinion for row in minutes.rows] == ["خروج از موجودی"] * 2
    assert minutes.expert == cast.expert.full_name
    assert minutes.county_head == cast.county.full_name


def test_others_look_and_do_not_speak(cast: Cast, client: Client, report: Report) -> None:
    url = url_of(report, "missing")
    for user in (cast.librarian, cast.head, cast.county, cast.director, cast.office):
        client.force_login(user)
        page = client.get(url)
        assert page.status_code == 200 and "<select" not in page.content.decode()
        assert client.post(url, {"everything": "1", "verdict": "seek"}).status_code == 403
    assert not Opinion.objects.exists()


def test_before_it_is_accepted_and_after_it_went_back_nothing_is_said(
    cast: Cast, client: Client, report: Report
) -> None:
    report_move(
        report_id=report.pk, move="return", actor=cast.expert, now=timezone.now(),
        comment="دوباره", revision=1,
    )  # fmt: skip
    client.force_login(cast.expert)
    answer = client.post(url_of(report, "missing"), {"everything": "1", "verdict": "seek"})
    assert "منتظر نظر کارشناس نیست" in text_of(answer)
    assert not Opinion.objects.exists()


def test_a_report_sent_anew_keeps_the_opinions_that_still_concern_it(
    cast: Cast, client: Client, report: Report
) -> None:
    client.force_login(cast.expert)
    client.post(url_of(report, "missing"), {"everything": "1", "verdict": "seek"})
    report_move(
        report_id=report.pk, move="return", actor=cast.expert, now=timezone.now(),
        comment="دوباره", revision=1,
    )  # fmt: skip
    assert report.session_id
    report_submit(session_id=report.session_id, actor=cast.head, now=timezone.now())
    report.refresh_from_db()
    rows = printed_form(report.revisions.get(number=2), "minutes-6").rows
    assert [row.opinion for row in rows] == ["جست‌وجوی دوباره"] * 2


def test_the_list_takes_as_many_queries_for_sixty_as_for_three(cast: Cast, client: Client) -> None:
    few = accepted(cast, copies=40, missing=(5, 6, 7), weed=(1,))
    client.force_login(cast.expert)
    count = queries_of(client, url_of(few, "missing"))
    ReadingSession.objects.filter(pk=few.session_id).update(state="closed")
    revision = few.revisions.get()
    lines = list(revision.lines.filter(what="missing"))
    spare = Copy.objects.exclude(pk__in=[line.copy_id for line in lines])[:30]
    revision.lines.bulk_create(
        type(lines[0])(revision=revision, what="missing", copy=copy, position=100 + place)
        for place, copy in enumerate(spare)
    )
    assert len(client.get(url_of(few, "missing")).context["lines"]) == 33
    assert queries_of(client, url_of(few, "missing")) == count


@pytest.mark.parametrize("path", ["revisions/1/copies/nothing/", "revisions/9/copies/missing/"])
def test_a_list_that_is_none_is_404(cast: Cast, client: Client, report: Report, path: str) -> None:
    client.force_login(cast.expert)
    assert client.get(f"/reports/{report.pk}/{path}").status_code == 404
