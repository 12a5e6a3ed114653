"""The binder's copies in a reading: never missing, back when seen, sent by decision (directive
4-3, 4-5)."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from libraries.refusal import Refused
from loans.models import BindingTrip
from loans.services.binding import binding_back, binding_send
from reports.selectors import FORMS, standing_application
from shelfreading.domain.findings import Finding
from shelfreading.models import AppliedChange, ReadingSession
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.decisions import fate_set
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import look_again, read_and_close
from tests.promises import assert_records_hold

pytestmark = pytest.mark.django_db


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def send(cast: Cast, *copies: Copy, days: int = 3) -> list[BindingTrip]:
    return binding_send(
        copy_ids=[copy.pk for copy in copies], sent_on=ago(days), actor=cast.librarian,
        now=timezone.now(), today=ago(days),
    )  # fmt: skip


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(24))


def start(cast: Cast) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )


class Read:
    """A session of the cast's library, read but for some copies, ended and looked at twice."""

    def __init__(self, cast: Cast, session: ReadingSession, seen: list[Copy]) -> None:
        self.session, self.actor = session, cast.librarian
        read_and_close(self, seen)  # type: ignore[arg-type]
        look_again(session, cast.librarian)

    def finding(self, copy: Copy) -> str:
        return self.session.findings.get(copy=copy).finding

    def apply(self) -> dict[int, AppliedChange]:
        application = findings_apply(
            session_id=self.session.pk, actor=self.actor, now=timezone.now()
        )
        return {change.copy_id: change for change in application.changes.all()}

    def undo(self) -> None:
        application_undo(session_id=self.session.pk, actor=self.actor, now=timezone.now())


def status(copy: Copy) -> str:
    return Copy.objects.get(pk=copy.pk).status


def test_a_long_trip_gets_its_status_when_a_reading_starts(cast: Cast, copies: list[Copy]) -> None:
    send(cast, copies[3], days=15)
    send(cast, copies[4], days=14)
    session = start(cast)
    assert [status(copy) for copy in copies[3:5]] == ["binding", "available"]
    assert session.expected.filter(status="binding").count() == 2
    assert_records_hold(cast.library)


def test_unseen_at_the_binder_is_never_missing_and_changes_nothing(
    cast: Cast, copies: list[Copy]
) -> None:
    long, short = send(cast, copies[3], days=20) + send(cast, copies[4], days=2)
    gone = {copies[3], copies[4], copies[5]}
    reading = Read(cast, start(cast), [copy for copy in copies if copy not in gone])
    found = [reading.finding(copy) for copy in copies[3:6]]
    assert found == [Finding.AT_BINDER, Finding.AT_BINDER, Finding.MISSING]
    assert set(reading.apply()) == {copies[5].pk}
    assert [status(copy) for copy in copies[3:6]] == ["binding", "available", "missing"]
    for trip in (long, short):
        trip.refresh_from_db()
        assert trip.back_on is None
    assert_records_hold(cast.library)


def test_sent_while_the_shelves_are_read_it_is_not_missing_either(
    cast: Cast, copies: list[Copy]
) -> None:
    session = start(cast)
    (trip,) = send(cast, copies[4], days=0)
    back = send(cast, copies[5], days=0)[0]
    binding_back(
        trip_id=back.pk, back_on=ago(0), actor=cast.librarian, now=timezone.now(), today=ago(0)
    )
    reading = Read(cast, session, [*copies[:4], *copies[6:]])
    assert [reading.finding(copy) for copy in copies[4:6]] == [Finding.AT_BINDER] * 2
    # Seen and sent after that, it is present and stays on its trip.
    send(cast, copies[9], days=0)
    findings_compute(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    assert reading.finding(copies[9]) == Finding.PRESENT
    assert reading.apply() == {}
    assert BindingTrip.objects.filter(back_on__isnull=True).count() == 2


def test_a_trip_that_is_recorded_makes_findings_anew(cast: Cast, copies: list[Copy]) -> None:
    reading = Read(cast, start(cast), [copy for copy in copies if copy != copies[4]])
    assert reading.finding(copies[4]) == Finding.MISSING
    send(cast, copies[4], days=1)
    findings_compute(session_id=reading.session.pk, actor=cast.librarian, now=timezone.now())
    assert reading.finding(copies[4]) == Finding.AT_BINDER


@pytest.mark.parametrize(("days", "before"), [(20, "binding"), (2, "available")])
def test_seen_it_is_back_and_undo_sends_it_out_again(
    cast: Cast, copies: list[Copy], client: Client, days: int, before: str
) -> None:
    (trip,) = send(cast, copies[4], days=days)
    reading = Read(cast, start(cast), copies)
    assert reading.finding(copies[4]) == Finding.BACK_FROM_BINDER
    client.force_login(cast.librarian)
    url = reverse("session-apply", args=[reading.session.pk])
    assert "۱" in client.get(url).content.decode()
    change = reading.apply()[copies[4].pk]
    page = client.get(url).content.decode()
    assert ("بازگشت آن ثبت می‌شود" in page) == (before == "available")
    assert (change.closed_trip, change.from_status, change.to_status) == (trip, before, "available")
    trip.refresh_from_db()
    assert (trip.back_on, trip.back_by) == (timezone.localdate(), cast.librarian)
    assert status(copies[4]) == CopyStatus.AVAILABLE
    assert "در صحافی پس گرفته می‌شود" in client.get(
        reverse("session-undo", args=[reading.session.pk])
    ).content.decode()  # fmt: skip
    reading.undo()
    trip.refresh_from_db()
    assert (trip.back_on, trip.back_by, status(copies[4])) == (None, None, before)
    assert_records_hold(cast.library)
    assert reading.apply()[copies[4].pk].closed_trip == trip


def test_on_another_shelf_it_is_back_as_well(cast: Cast, copies: list[Copy]) -> None:
    (child,) = add_copies(cast.library, ["ک 200/1 الف1"], section="کودک", first=9001)
    (trip,) = send(cast, child)
    section = copies[0].section
    session = session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[section.pk],
        now=timezone.now(),
    )  # fmt: skip
    reading = Read(cast, session, [*copies[:8], child, *copies[8:]])
    assert reading.finding(child) == Finding.MISPLACED
    assert reading.apply()[child.pk].closed_trip == trip
    trip.refresh_from_db()
    assert trip.back_on is not None


def test_a_decision_for_the_binder_begins_a_trip_and_undo_ends_it(
    cast: Cast, copies: list[Copy]
) -> None:
    reading = Read(cast, start(cast), copies)
    fate_set(
        session_id=reading.session.pk, keys=[f"c{copy.pk}" for copy in copies[2:4]], fate="binding",
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip
    changes = reading.apply()
    trips = BindingTrip.objects.filter(copy__in=copies[2:4]).order_by("copy")
    assert [trip.pk for trip in trips] == [changes[copy.pk].opened_trip_id for copy in copies[2:4]]
    assert {(trip.sent_on, trip.sent_by, trip.back_on) for trip in trips} == {
        (timezone.localdate(), cast.librarian, None)
    }
    assert [status(copy) for copy in copies[2:4]] == ["binding"] * 2
    reading.undo()
    assert not BindingTrip.objects.exists()
    assert [status(copy) for copy in copies[2:4]] == ["available"] * 2
    assert_records_hold(cast.library)
    assert set(reading.apply()) == {copies[2].pk, copies[3].pk}
    assert BindingTrip.objects.count() == 2


def test_what_is_out_already_begins_no_second_trip(cast: Cast, copies: list[Copy]) -> None:
    (trip,) = send(cast, copies[2])
    Copy.objects.filter(pk=copies[2].pk).update(status=CopyStatus.MISSING)  # as a list may say
    reading = Read(cast, start(cast), copies)
    fate_set(
        session_id=reading.session.pk, keys=[f"c{copies[2].pk}"], fate="binding",
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip
    assert reading.apply()[copies[2].pk].opened_trip is None
    assert BindingTrip.objects.get() == trip and status(copies[2]) == CopyStatus.BINDING


def test_undo_is_refused_once_the_binder_gave_it_back_or_took_it_again(
    cast: Cast, copies: list[Copy]
) -> None:
    send(cast, copies[4])
    reading = Read(cast, start(cast), copies)
    fate_set(
        session_id=reading.session.pk, keys=[f"c{copies[2].pk}"], fate="binding",
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip
    reading.apply()
    (again,) = send(cast, copies[4], days=0)
    with pytest.raises(Refused, match="شمارهٔ ثبت ۵"):
        reading.undo()
    again.delete()
    sent = BindingTrip.objects.get(copy=copies[2])
    binding_back(
        trip_id=sent.pk, back_on=ago(0), actor=cast.librarian, now=timezone.now(), today=ago(0)
    )
    with pytest.raises(Refused, match="شمارهٔ ثبت ۳"):
        reading.undo()
    assert BindingTrip.objects.filter(back_on__isnull=True).count() == 0


def test_report_1_counts_all_at_the_binder_and_its_list_names_them_with_their_day(
    cast: Cast, copies: list[Copy], client: Client
) -> None:
    send(cast, copies[3], days=20)
    send(cast, copies[4], days=2)
    gone = {copies[3], copies[4]}
    reading = Read(cast, start(cast), [copy for copy in copies if copy not in gone])
    fate_set(
        session_id=reading.session.pk, keys=[f"c{copies[7].pk}"], fate="binding",
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip
    reading.apply()
    application = standing_application(reading.session)
    assert application is not None
    report = FORMS["report-1"].build(application)
    assert report.counts.binding == 3 and "binding" in report.annexes
    rows = FORMS["binding"].build(application).rows
    assert [(row.registration_number, row.sent_on) for row in rows] == [
        ("4", ago(20)), ("5", ago(2)), ("8", ago(0)),
    ]  # fmt: skip
    client.force_login(cast.librarian)
    page = client.get(reverse("session-forms", args=[reading.session.pk])).content.decode()
    assert "منابع نیازمند صحّافی" in page
