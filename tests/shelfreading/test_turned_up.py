"""What turned up in another reading clears itself, and comes back when that scan goes (B5)."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy
from shelfreading.domain.reader_memory import ReaderScan
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.events import NewEvent, events_take, memory_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import Reading, make_reading, read_and_close, scans
from tests.pages import text_of

pytestmark = pytest.mark.django_db
Kind = ReadingEvent.Kind
LOST = 3


@pytest.fixture
def reading() -> Reading:
    """Closed; the fourth copy is missing."""
    reading = make_reading()
    read_and_close(reading, [one for one in reading.copies if one != reading.copies[LOST]])
    assert state(reading) == "missing"
    return reading


def state(reading: Reading) -> str:
    """What the findings of now say of the fourth copy."""
    session = findings_compute(
        session_id=reading.session.pk, actor=reading.actor, now=timezone.now()
    )
    row = session.findings.get(copy=reading.copies[LOST], position__lt=session.expected_count)
    return row.finding


def elsewhere(reading: Reading, *, own: bool) -> Reading:
    """Another reading: of another section of the same library, or of another library."""
    if not own:
        return make_reading(3)
    child = add_copies(reading.library, ["ک 200/1 الف1"], section="کودک", first=800)
    session = session_start(
        actor=reading.colleague, name="کودک", method="barcode",
        section_ids=[reading.library.sections.get(name="کودک").pk], now=timezone.now(),
    )  # fmt: skip
    return Reading(
        reading.library, reading.colleague, reading.actor, child, reading.member, session
    )


def send(reading: Reading, *events: NewEvent) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        events_take(
            session_id=reading.session.pk, events=events, actor=reading.actor, now=timezone.now()
        )


def event(kind: str, **given: Any) -> NewEvent:
    return NewEvent(uuid4(), "elsewhere", given.pop("seq", 1), kind, **given)


@pytest.mark.parametrize("own", [True, False])
def test_a_scan_anywhere_finds_it_and_its_undoing_loses_it_again(reading: Reading, own: bool):
    other = elsewhere(reading, own=own)
    scan = event(Kind.SCAN, raw=reading.copies[LOST].barcode)
    send(other, scan)
    assert state(reading) == "present"
    send(other, event(Kind.UNDO, about=scan.id, seq=2))
    assert state(reading) == "missing"
    send(other, event(Kind.SCAN, raw=reading.copies[LOST].barcode, seq=3))
    assert state(reading) == "present"


@pytest.mark.parametrize("own", [True, False])
def test_a_memory_finds_it_too(reading: Reading, own: bool):
    other = elsewhere(reading, own=own)
    code = reading.copies[LOST].barcode
    with TestCase.captureOnCommitCallbacks(execute=True):
        memory_take(
            session_id=other.session.pk, filename="m.txt",
            scans=[ReaderScan(1, code, code, None)],
            skipped=[], actor=other.actor, now=timezone.now(),
        )  # fmt: skip
    assert state(reading) == "present"


def test_what_was_scanned_before_the_reading_began_says_nothing():
    other = make_reading(3)
    code = f"{other.library.pk + 1}{0:09}"
    send(other, event(Kind.SCAN, raw=code))
    reading = make_reading()
    Copy.objects.filter(pk=reading.copies[LOST].pk).update(barcode=code)
    reading.session.expected.filter(copy=reading.copies[LOST]).update(code=code)
    read_and_close(reading, [one for one in reading.copies if one != reading.copies[LOST]])
    assert state(reading) == "missing"


def test_what_came_in_after_the_other_reading_ended_is_not_counted(reading: Reading):
    other = elsewhere(reading, own=False)
    send(other, *scans(other.copies))
    session_close(session_id=other.session.pk, actor=other.actor, now=timezone.now())
    send(other, event(Kind.SCAN, raw=reading.copies[LOST].barcode, seq=9))
    assert state(reading) == "missing"


def test_another_librarys_own_copy_with_the_same_barcode_is_not_ours(reading: Reading):
    other = elsewhere(reading, own=False)
    code = reading.copies[LOST].barcode
    Copy.objects.filter(pk=other.copies[0].pk).update(barcode=code)
    send(other, event(Kind.SCAN, raw=code))
    assert state(reading) == "missing"


@pytest.mark.parametrize("barcode", ["", "kept"])
def test_a_book_named_by_its_number_in_a_reading_of_the_same_library(barcode: str):
    """With a barcode that can't be read, or without any."""
    reading = make_reading()
    lost = reading.copies[LOST]
    if not barcode:
        Copy.objects.filter(pk=lost.pk).update(barcode="")
        reading.session.expected.filter(copy=lost).update(code=f"#{lost.pk}")
    read_and_close(reading, [one for one in reading.copies if one != lost])
    other = elsewhere(reading, own=True)
    assert state(reading) == "missing"
    named = event(Kind.NO_BARCODE, raw=lost.registration_number)
    send(other, named)
    assert state(reading) == "present"
    send(other, event(Kind.UNDO, about=named.id, seq=2))
    assert state(reading) == "missing"


def test_a_number_typed_in_another_library_names_no_copy_of_ours(reading: Reading):
    """Registration numbers begin with 1 everywhere; and one may be another's barcode."""
    lost = reading.copies[LOST]
    Copy.objects.filter(pk=lost.pk).update(barcode="77")
    reading.session.expected.filter(copy=lost).update(code="77")
    other = elsewhere(reading, own=False)
    theirs = other.copies[0]
    Copy.objects.filter(pk=theirs.pk).update(registration_number="77", barcode="")
    send(other, event(Kind.NO_BARCODE, raw="77"))
    send(other, event(Kind.NO_BARCODE, raw=lost.registration_number, seq=2))
    assert state(reading) == "missing"


def test_a_later_reading_of_the_same_shelves_finds_it_by_scan_and_by_tick(reading: Reading):
    for kind in (Kind.SCAN, Kind.PRESENT):
        again = session_start(
            actor=reading.actor, name="بار دوم", method="barcode", section_ids=[],
            now=timezone.now(),
        )  # fmt: skip
        lost = reading.copies[LOST]
        given = {"raw": lost.barcode} if kind == Kind.SCAN else {"copy_id": lost.pk}
        seen = event(kind, **given)
        events_take(session_id=again.pk, events=[seen], actor=reading.actor, now=timezone.now())
        assert state(reading) == "present"
        undo = event(Kind.UNDO, about=seen.id, seq=2)
        events_take(session_id=again.pk, events=[undo], actor=reading.actor, now=timezone.now())
        assert state(reading) == "missing"
        session_close(session_id=again.pk, actor=reading.actor, now=timezone.now())


def test_nothing_is_computed_anew_while_it_stands(reading: Reading):
    other = elsewhere(reading, own=False)
    send(other, event(Kind.SCAN, raw=reading.copies[LOST].barcode))
    assert state(reading) == "present"
    computed = ReadingSession.objects.get(pk=reading.session.pk).computed_at
    send(other, event(Kind.SCAN, raw=other.copies[0].barcode, seq=2))
    assert state(reading) == "present"
    assert ReadingSession.objects.get(pk=reading.session.pk).computed_at == computed


def test_pages_say_where_it_turned_up(reading: Reading, client: Client):
    other = elsewhere(reading, own=False)
    send(other, event(Kind.SCAN, raw=reading.copies[LOST].barcode))
    client.force_login(reading.actor)
    said = f"در رف‌خوانی «{other.session.name}»، {other.library.name}، دیده شد"
    for name, query in (("findings", "?finding=present"), ("second-look", "?look=found")):
        page = text_of(client.get(reverse(name, args=[reading.session.pk]) + query))
        assert said in page, name
    key = f"c{reading.copies[LOST].pk}"
    answer = client.post(
        reverse("second-look", args=[reading.session.pk]), {"one_back": key}, follow=True
    )
    assert "نگاه دومی ثبت نشده" in text_of(answer)


def test_a_copy_seen_here_keeps_its_own_sighting(reading: Reading, client: Client):
    other = elsewhere(reading, own=False)
    send(other, event(Kind.SCAN, raw=reading.copies[0].barcode))
    client.force_login(reading.actor)
    page = client.get(reverse("findings", args=[reading.session.pk]) + "?finding=present")
    assert "دیده شد (" not in text_of(page)


def test_the_outsider_is_told_nothing(cast: Cast, client: Client):
    copies = add_copies(cast.library, numbered_calls(5))
    session = session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )
    events_take(
        session_id=session.pk, events=scans(copies[1:]), actor=cast.librarian, now=timezone.now()
    )
    client.force_login(cast.outsider)
    assert client.get(reverse("second-look", args=[session.pk])).status_code == 404
