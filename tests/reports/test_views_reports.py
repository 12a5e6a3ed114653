"""The pages of a report on its way: sending, deciding, reading older revisions."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import County, User
from libraries.roles import Role
from reports.models import Report, ReportStep
from reports.services.deciding import report_move
from reports.services.sending import report_submit
from shelfreading.models import ReadingDevice, ReadingSession
from shelfreading.services.applying import application_undo, findings_apply
from tests.cast import Cast, add_copies, make_library, make_user, numbered_calls
from tests.pages import queries_of, text_of
from tests.sent_reports import read_and_apply

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    return read_and_apply(cast.librarian)


@pytest.fixture
def report(cast: Cast, session: ReadingSession) -> Report:
    return report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())


def page(client: Client, user: User, name: str, *args: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(name, args=args))


def decide(client: Client, user: User, report: Report, move: str, **given: Any) -> Any:
    client.force_login(user)
    sent = {"move": move, "revision": report.revision, "comment": ""} | given
    return client.post(reverse("report", args=[report.pk]), sent)


def send_back(report: Report, actor: User, comment: str = "فهرست مفقودی را بازبینی کنید") -> None:
    report_move(
        report_id=report.pk, move="return", actor=actor, now=timezone.now(), comment=comment,
        revision=report.revision,
    )  # fmt: skip


# --- sending --------------------------------------------------------------------------


def test_what_will_be_sent_stands_on_the_page_and_one_button_sends_it(
    cast: Cast, client: Client, session: ReadingSession
) -> None:
    said = text_of(page(client, cast.head, "report-send", session.pk))
    for words in ("نسخهٔ خوانده‌شده ۲۰", "وجین فرسوده ۲", "مفقود ۲", "صحافی ۱", "۱۴ روز مانده"):
        assert words in said
    assert "آنچه باید پیش از فرستادن درست شود" not in said
    answer = client.post(reverse("report-send", args=[session.pk]), {"comment": "با احترام"})
    report = Report.objects.get()
    assert answer.headers["Location"] == reverse("report", args=[report.pk])
    assert report.steps.get().comment == "با احترام"
    assert page(client, cast.head, "report-send", session.pk).status_code == 302


def test_who_may_look_and_who_may_send(cast: Cast, client: Client, session: ReadingSession) -> None:
    url = reverse("report-send", args=[session.pk])
    for user in (cast.librarian, cast.county, cast.expert):
        assert "گزارش را مسئول کتابخانه می‌فرستد" in text_of(
            page(client, user, "report-send", session.pk)
        )
        assert client.post(url).status_code == 403
    client.force_login(cast.outsider)
    assert client.get(url).status_code == client.post(url).status_code == 404
    assert not Report.objects.exists()


def test_unsent_scans_stop_it_and_what_was_typed_stays(
    cast: Cast, client: Client, session: ReadingSession
) -> None:
    ReadingDevice.objects.create(
        session=session, device="phone", by=cast.librarian, first_at=timezone.now(),
        last_at=timezone.now(), unsent=3,
    )  # fmt: skip
    said = text_of(page(client, cast.head, "report-send", session.pk))
    assert "آنچه باید پیش از فرستادن درست شود" in said and "۳" in said
    answer = client.post(reverse("report-send", args=[session.pk]), {"comment": "نوشتهٔ من"})
    assert answer.status_code == 200
    assert "بگذارید بفرستد" in text_of(answer) and "نوشتهٔ من" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_class_that_does_not_close_is_named_with_the_way_to_its_copies(
    cast: Cast, client: Client
) -> None:
    session = read_and_apply(cast.librarian)
    session.findings.filter(finding="missing").update(was_sought=False)
    session.applications.get().changes.filter(to_status="missing").delete()
    answer = page(client, cast.head, "report-send", session.pk)
    said = text_of(answer)
    assert "ردهٔ 100 (۲۰" in said.replace("۱۰۰", "100") and "۲ نسخه بی‌تکلیف" in said
    assert f"/sessions/{session.pk}/findings/?finding=missing&amp;hundreds=100" in (
        answer.content.decode()
    )
    assert "جمع‌ها بسته نمی‌شود" in text_of(client.post(reverse("report-send", args=[session.pk])))
    assert not Report.objects.exists()


# --- deciding -------------------------------------------------------------------------


def test_the_county_head_accepts_or_sends_back_with_a_comment(
    cast: Cast, client: Client, report: Report
) -> None:
    answer = decide(client, cast.county, report, "return")
    assert "بنویسید چه چیزی باید درست شود" in text_of(answer)
    assert decide(client, cast.county, report, "accept").status_code == 302
    report.refresh_from_db()
    assert report.state == "accepted"
    assert "نزد کارشناس منابع استان" in text_of(page(client, cast.head, "report", report.pk))


def test_a_comment_of_a_hundred_thousand_letters_is_refused_and_stays(
    cast: Cast, client: Client, report: Report
) -> None:
    comment = "کتاب " * 20_000
    answer = decide(client, cast.county, report, "return", comment=comment)
    said = text_of(answer)
    assert "نویسه نمی‌گنجد" in said and "۹۹٬۹۹۹" in said or "۹۹۹۹۹" in said
    assert answer.content.decode().count("کتاب ") > 19_000
    assert ReportStep.objects.count() == 1


def test_a_stale_revision_is_not_decided_unseen(cast: Cast, client: Client, report: Report) -> None:
    send_back(report, cast.county)
    report_submit(session_id=report.session_id, actor=cast.head, now=timezone.now())
    answer = decide(client, cast.county, report, "return", comment="هنوز نه")
    assert "ویراست تازه‌ای از این گزارش رسیده است" in text_of(answer)
    assert "هنوز نه" in answer.content.decode()
    report.refresh_from_db()
    assert (report.state, report.revision) == ("submitted", 2)


@pytest.mark.parametrize(
    "sent", [{}, {"move": "submit"}, {"move": "accept"}, {"move": "accept", "revision": "x"}]
)
def test_a_broken_form_changes_nothing_and_is_answered(
    cast: Cast, client: Client, report: Report, sent: dict[str, str]
) -> None:
    client.force_login(cast.county)
    answer = client.post(reverse("report", args=[report.pk]), sent)
    assert answer.status_code == 200
    report.refresh_from_db()
    assert report.state == "submitted"


def test_whose_move_it_is_not_gets_403_and_who_is_outside_404(
    cast: Cast, client: Client, report: Report
) -> None:
    for user in (cast.librarian, cast.head):
        assert decide(client, user, report, "accept").status_code == 403
    next_county = make_user(
        "next", Role.COUNTY_HEAD,
        county=County.objects.create(province=cast.library.county.province, name="همسایه"),
    )  # fmt: skip
    for user in (cast.outsider, next_county):
        assert decide(client, user, report, "accept").status_code == 404
        for name in ("report", "report-revision", "report-copies", "report-form"):
            args = {
                "report": [report.pk],
                "report-revision": [report.pk, 1],
                "report-copies": [report.pk, 1, "missing"],
                "report-form": [report.pk, 1, "report-1", "pdf"],
            }[name]
            assert page(client, user, name, *args).status_code == 404, name
    for user in (cast.expert, cast.director, cast.office):
        assert "نقش شما" in text_of(decide(client, user, report, "accept"))
    report.refresh_from_db()
    assert report.state == "submitted"


def test_nobody_accepts_what_they_sent_in_another_role(
    cast: Cast, client: Client, report: Report
) -> None:
    User.objects.filter(pk=cast.head.pk).update(
        role=Role.COUNTY_HEAD, library=None, county=cast.library.county
    )
    answer = decide(client, User.objects.get(pk=cast.head.pk), report, "accept")
    assert "خودتان فرستاده‌اید" in text_of(answer)


# --- undoing ---------------------------------------------------------------------------


def test_what_was_applied_is_not_undone_while_the_report_is_on_its_way(
    cast: Cast, client: Client, session: ReadingSession, report: Report
) -> None:
    client.force_login(cast.librarian)
    undo = reverse("session-undo", args=[session.pk])
    applied = reverse("session-apply", args=[session.pk])
    assert undo not in client.get(applied).content.decode()
    assert "گزارش این رف‌خوانی فرستاده شده است" in text_of(client.post(undo, follow=True))
    reopened = client.post(reverse("session-reopen", args=[session.pk]), follow=True)
    assert "اعمال شده است" in text_of(reopened)
    send_back(report, cast.county)
    assert undo in client.get(applied).content.decode()
    assert "اعمال برگردانده شد" in text_of(client.post(undo, follow=True))


# --- a library that moved --------------------------------------------------------------


def test_a_report_stays_where_it_was_sent_and_comes_anew_to_the_new_county(
    cast: Cast, client: Client, session: ReadingSession, report: Report
) -> None:
    elsewhere = County.objects.create(province=cast.library.county.province, name="شهرستان تازه")
    new_head = make_user("new-head", Role.COUNTY_HEAD, county=elsewhere)
    cast.library.county = elsewhere
    cast.library.save()
    assert page(client, new_head, "report", report.pk).status_code == 404
    seen = page(client, cast.county, "report", report.pk)
    assert seen.status_code == 200
    assert reverse("session", args=[session.pk]) not in seen.content.decode()
    decide(client, cast.county, report, "return", comment="کتابخانه به شهرستان دیگری رفته است")
    head = User.objects.get(pk=cast.head.pk)
    report_submit(session_id=session.pk, actor=head, now=timezone.now())
    report.refresh_from_db()
    assert (report.county, report.revision) == (elsewhere, 2)
    assert page(client, new_head, "report", report.pk).status_code == 200
    assert page(client, cast.county, "report", report.pk).status_code == 404


# --- revisions ---------------------------------------------------------------------------


def test_an_older_revision_stays_readable_and_the_diff_says_what_came_and_went(
    cast: Cast, client: Client, session: ReadingSession, report: Report
) -> None:
    send_back(report, cast.county)
    application_undo(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    session.decisions.filter(fate="binding").update(fate="weed_content")
    findings_apply(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())
    old = page(client, cast.county, "report-revision", report.pk, 1)
    assert "ویراست تازه‌تری" in text_of(old) and "صحافی ۱" in text_of(old)
    now = text_of(page(client, cast.county, "report", report.pk))
    assert "صحافی ۰" in now and "فهرست مفقودی را بازبینی کنید" in now
    diff = text_of(page(client, cast.county, "report-diff", report.pk, 1, 2))
    assert "وجین محتوایی ۰ ۱" in diff and "صحافی ۱ ۰" in diff
    assert "فهرست «صحافی» ۱ نسخه رفت کتاب نمونهٔ 4" in diff
    assert page(client, cast.county, "report-revision", report.pk, 2).status_code == 302
    for args in ((report.pk, 3), (report.pk, 10**12)):
        assert page(client, cast.county, "report-revision", *args).status_code == 404
    assert page(client, cast.county, "report-diff", report.pk, 1, 9).status_code == 404


# --- lists and the desk ---------------------------------------------------------------------


def test_each_role_sees_what_waits_for_it(cast: Cast, client: Client, report: Report) -> None:
    def waits(user: User) -> bool:
        client.force_login(user)
        desk = f"/reports/{report.pk}/" in client.get("/").content.decode()
        listed = client.get(reverse("reports"), {"who": "me"}).context["lines"]
        assert desk == bool(listed), user
        return desk

    def only(*users: User) -> None:
        everyone = [cast.head, cast.librarian, cast.county, cast.expert, cast.director, cast.office]
        assert [user for user in everyone if waits(user)] == list(users)

    only(cast.county)
    send_back(report, cast.county)
    only(cast.head)
    report_submit(session_id=report.session_id, actor=cast.head, now=timezone.now())
    report.refresh_from_db()
    decide(client, cast.county, report, "accept")
    only(cast.expert)


def test_the_desk_and_the_list_say_how_late_it_is(
    cast: Cast, client: Client, report: Report
) -> None:
    Report.objects.update(since=timezone.now() - timedelta(days=17))
    client.force_login(cast.county)
    desk, listed = client.get("/"), client.get(reverse("reports"), {"who": "me"})
    assert "۳ روز دیر شده" in text_of(desk) and "۳ روز دیر شده" in text_of(listed)
    assert [card.late for card in desk.context["cards"] if card.symbol == "report"] == [True]


def test_a_reading_that_is_applied_and_not_sent_waits_on_the_heads_desk(
    cast: Cast, client: Client, session: ReadingSession
) -> None:
    ReadingSession.objects.update(closed_at=timezone.now() - timedelta(days=15))
    client.force_login(cast.head)
    assert "هنوز فرستاده نشده است" in text_of(client.get("/"))
    assert "۱ روز دیر شده" in text_of(client.get("/"))
    client.force_login(cast.librarian)
    assert reverse("report-send", args=[session.pk]) not in client.get("/").content.decode()


def test_filters_find_and_keep_to_the_scope(cast: Cast, client: Client, report: Report) -> None:
    client.force_login(cast.office)

    def found(**asked: str) -> int:
        return len(client.get(reverse("reports"), asked).context["lines"])

    assert found() == found(state="submitted") == found(level="library") == 1
    assert found(q="L1") == found(kind="institutional") == found(county=str(report.county_id)) == 1
    assert found(state="returned") == found(q="هیچ‌جا") == found(level="county") == 0
    assert found(county="999999") == found(state="x") == found(round="y") == 1
    client.force_login(cast.outsider)
    assert found() == 0


def many_reports(cast: Cast, count: int) -> None:
    by = make_user(f"by-{count}", Role.LIBRARY_HEAD, library=cast.library)
    for number in range(count):
        library = make_library(f"M{count}-{number}", "استان نمونه", "شهرستان نمونه")
        session = ReadingSession.objects.create(
            library=library, name=f"ر{number}", method="list", started_at=timezone.now(),
            started_by=by, state="closed", closed_at=timezone.now(),
        )  # fmt: skip
        Report.objects.create(
            level="library", session=session, library=library, county=library.county,
            province=library.county.province, library_kind=library.kind, state="submitted",
            since=timezone.now(), due_on=timezone.localdate(),
        )  # fmt: skip


def test_lists_take_as_many_queries_for_sixty_as_for_three(cast: Cast, client: Client) -> None:
    many_reports(cast, 3)
    client.force_login(cast.county)
    pages = ("/", reverse("reports"), f"{reverse('reports')}?who=me", reverse("notices"))
    few = [queries_of(client, url) for url in pages]
    many_reports(cast, 60)
    assert [queries_of(client, url) for url in pages] == few
    assert len(client.get(reverse("reports")).context["lines"]) == 50


def test_an_empty_page_says_what_to_do(cast: Cast, client: Client) -> None:
    add_copies(cast.library, numbered_calls(2))
    for user in (cast.head, cast.county):
        assert "هنوز گزارشی فرستاده نشده است" in text_of(page(client, user, "reports"))
        client.force_login(user)
        waiting = text_of(client.get(reverse("reports"), {"who": "me"}))
        assert "گزارشی منتظر شما نیست" in waiting
