"""What was sent stays sent: SQL that goes past the application is refused by the database, and
what comes a second time meets a sentence."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import User
from libraries.refusal import Refused
from libraries.roles import Role
from reports.domain.workflow import Level, Move, State
from reports.final import TABLES
from reports.models import Correction, Report, ReportStep, Revision
from reports.services.deciding import report_move
from reports.services.gathering import correction_close, gathered_submit, office_answer
from reports.services.sending import report_submit
from tests.broken import everything
from tests.cast import Cast
from tests.sent_reports import make_round, read_and_apply

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast: Cast) -> Report:
    session = read_and_apply(cast.librarian)
    return report_submit(session_id=session.pk, actor=cast.head, now=timezone.now())


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id", "DELETE FROM {0}"])
def test_the_database_keeps_every_row_that_was_sent(
    report: Report, table: str, statement: str
) -> None:
    before = everything()
    assert before[table], "a table without rows refuses nothing"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert everything() == before


def test_a_report_is_not_deleted_from_under_its_revisions(report: Report) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_report WHERE id = %s", [report.pk])
        cursor.execute("DELETE FROM reports_revision WHERE report_id = %s", [report.pk])
    assert Report.objects.get() == report and Revision.objects.count() == 1


def test_a_double_click_sends_once_and_says_so(cast: Cast, client: Client) -> None:
    session = read_and_apply(cast.librarian)
    client.force_login(cast.head)
    url = reverse("report-send", args=[session.pk])
    first, second = client.post(url, {"comment": ""}), client.post(url, {"comment": ""})
    assert (first.status_code, second.status_code) != (500, 500) and second.status_code < 500
    counts = Report.objects.count(), Revision.objects.count(), ReportStep.objects.count()
    assert counts == (1, 1, 1)


def gathered(cast: Cast, level: Level, state: State) -> Report:
    """A report 2 or 3 that stands so, as far as sending it is concerned; no library below it."""
    county = cast.library.county
    return Report.objects.create(
        level=level, round=make_round(cast.office, []), library_kind="institutional",
        county=county if level == Level.COUNTY else None, province=county.province,
        state=state, since=timezone.now(), revision=1,
    )  # fmt: skip


SENDERS = {Level.COUNTY: "county", Level.PROVINCE: "director"}


@pytest.mark.parametrize("level", SENDERS)
@pytest.mark.parametrize("state", [each for each in State if each != State.DRAFT])
def test_sending_reports_2_and_3_goes_by_the_table(cast: Cast, level: Level, state: State) -> None:
    """By each role from each state: all are refused, the sender of a returned one only because
    the round asks no library; nothing is written."""
    report = gathered(cast, level, state)
    people = ("librarian", "head", "county", "expert", "director", "office", "admin", "outsider")
    for name in people:
        actor: User = getattr(cast, name)
        with pytest.raises(Refused) as refusal:
            gathered_submit(
                round_id=report.round_id, library_kind="institutional", actor=actor,
                now=timezone.now(),
            )  # fmt: skip
        by_table = SENDERS[level] == name and state == State.RETURNED
        if SENDERS[level] == name:
            assert ("هیچ کتابخانه‌ای" in str(refusal.value)) is by_table, (name, state)
    report.refresh_from_db()
    assert (report.state, report.revision, Report.objects.count()) == (state, 1, 1)


@pytest.mark.parametrize(
    ("level", "field", "role"),
    [
        (Level.COUNTY, "province", Role.DIRECTOR_GENERAL),
        (Level.PROVINCE, "", Role.RESOURCES_OFFICE),
    ],
)
def test_who_sent_report_2_or_3_does_not_accept_it_in_another_role(
    cast: Cast, level: Level, field: str, role: Role
) -> None:
    report = gathered(cast, level, State.SUBMITTED)
    sender = cast.county if level == Level.COUNTY else cast.director
    Revision.objects.create(
        report=report, number=1, content={}, digest="0" * 64, submitted_by=sender,
        submitted_at=timezone.now(),
    )  # fmt: skip
    sender.role, sender.library, sender.county, sender.province = role, None, None, None
    if field:
        setattr(sender, field, report.province)
    sender.save()
    with pytest.raises(Refused, match="خودتان فرستاده‌اید"):
        report_move(
            report_id=report.pk, move=Move.ACCEPT, actor=sender, now=timezone.now(), revision=1
        )
    report.refresh_from_db()
    assert report.state == State.SUBMITTED


def test_corrections_may_come_twice_and_each_is_dealt_with_once(cast: Cast) -> None:
    report = gathered(cast, Level.PROVINCE, State.SUBMITTED)
    now = timezone.now()
    ask = [(Role.DIRECTOR_GENERAL.value, "سال را بازبینید.")]
    for time in (1, 2):
        office_answer(
            report_id=report.pk, revision=1, tasks=ask, comment="", actor=cast.office, now=now
        )
        with pytest.raises(Refused):  # the same answer sent twice
            office_answer(
                report_id=report.pk, revision=1, tasks=ask, comment="", actor=cast.office, now=now
            )
        assert Correction.objects.count() == time
        task = Correction.objects.get(done_at__isnull=True)
        correction_close(correction_id=task.pk, answer="شد.", actor=cast.director, now=now)
        with pytest.raises(Refused, match="پیش‌تر انجام شده"):
            correction_close(correction_id=task.pk, answer="باز", actor=cast.director, now=now)
        Report.objects.update(state=State.SUBMITTED)  # sent anew
    assert list(Correction.objects.values_list("answer", flat=True)) == ["شد.", "شد."]
