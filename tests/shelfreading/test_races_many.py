"""What touches many copies at once: two readings applied, a list written, an order renewed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from libraries.locking import lock_all
from libraries.models import Copy, CopyStatus, Library
from libraries.services import shelf_keys_renew
from shelfreading.models import Application, ReadingSession
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.events import events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.at_once import at_once, in_queue, refusals
from tests.bring_in import confirmed_list, write
from tests.fresh_readings import Reading, look_again, make_reading, read_and_close, scans
from tests.promises import assert_records_hold

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES = 6


def apply(session: ReadingSession, actor: Any) -> Callable[[], Any]:
    return partial(findings_apply, session_id=session.pk, actor=actor, now=timezone.now())


def undo(session: ReadingSession, actor: Any) -> Callable[[], Any]:
    return partial(application_undo, session_id=session.pk, actor=actor, now=timezone.now())


def two_readings_that_hold_each_others_copies() -> tuple[Reading, list[ReadingSession]]:
    """Of two sections; the last three of each, missing in the records, stand in the other."""
    reading = make_reading(20)
    ReadingSession.objects.all().delete()
    child = reading.library.sections.get(name="کودک")
    ours, theirs = reading.copies[:10], reading.copies[10:]
    Copy.objects.filter(pk__in=[copy.pk for copy in theirs]).update(section=child)
    strayed = [*ours[-3:], *theirs[-3:]]
    Copy.objects.filter(pk__in=[copy.pk for copy in strayed]).update(status=CopyStatus.MISSING)
    sessions = []
    for section, seen in (
        (ours[0].section, [*ours[:7], *theirs[:6:-1]]),
        (child, [*theirs[:7], *ours[:6:-1]]),
    ):
        session = session_start(
            actor=reading.actor, name="", method="barcode", section_ids=[section.pk],
            now=timezone.now(),
        )  # fmt: skip
        now = timezone.now()
        events_take(session_id=session.pk, events=scans(seen), actor=reading.actor, now=now)
        session_close(session_id=session.pk, actor=reading.actor, now=now)
        sessions.append(findings_compute(session_id=session.pk, actor=reading.actor, now=now))
    return reading, sessions


def test_two_readings_that_hold_each_others_copies_are_applied_at_once() -> None:
    for attempt in range(TRIES):
        reading, sessions = two_readings_that_hold_each_others_copies()
        assert [session.summary["counts"]["misplaced"] for session in sessions] == [3, 3]
        works = [apply(sessions[0], reading.actor), apply(sessions[1], reading.colleague)]
        applied = at_once(*works, lags=[0.003 * (attempt % 3)])
        assert all(isinstance(one, Application) for one in applied)
        # Each found the other's three where they stood; whoever came second had nothing to do.
        assert set(Copy.objects.filter(library=reading.library).values_list("status")) == {
            (CopyStatus.AVAILABLE,)
        }
        changed = [change.copy_id for one in applied for change in one.changes.all()]
        assert len(changed) == len(set(changed)) == 6


@pytest.mark.parametrize("first", [0, 1])
def test_they_also_wait_for_each_other_in_line(first: int) -> None:
    reading, sessions = two_readings_that_hold_each_others_copies()
    works = [apply(sessions[0], reading.actor), apply(sessions[1], reading.colleague)]
    strays = Copy.objects.filter(library=reading.library, status=CopyStatus.MISSING)
    applied = in_queue(partial(lock_all, strays), *(works[::-1] if first else works))
    assert all(isinstance(one, Application) for one in applied)


def listed(reading: Reading, **words: str) -> dict[Copy, str]:
    statuses = dict.fromkeys(reading.copies, "موجود")
    return statuses | {reading.copies[int(name[1:])]: word for name, word in words.items()}


def test_a_session_is_applied_while_a_list_writes_statuses() -> None:
    """The list says «صحافی» of the copy that the reading misses, «مفقود» of one it saw."""
    for attempt in range(TRIES):
        reading = make_reading(25)
        read_and_close(reading, [copy for copy in reading.copies if copy != reading.copies[3]])
        look_again(reading.session, reading.actor)
        wanted = confirmed_list(reading.colleague, listed(reading, c3="صحافی", c9="مفقود"))
        applied, told = at_once(
            apply(reading.session, reading.actor),
            partial(write, wanted),
            lags=[0.0, 0.004 * (attempt % 4)],
        )
        assert isinstance(told, str)
        missed, seen = reading.copies[3], reading.copies[9]
        steps = list(missed.status_changes.order_by("pk").values_list("to_status", flat=True))
        if refusals([applied]):  # the list came first: a conflict that a person settles
            assert steps == ["binding"]
            assert "پس از رف‌خوانی تغییر کرده" in str(applied)
        else:
            assert steps == ["missing", "binding"]
        seen.refresh_from_db()
        assert seen.status == CopyStatus.MISSING
        assert_records_hold(reading.library)


def test_an_application_is_taken_back_while_a_list_writes_statuses() -> None:
    for attempt in range(TRIES):
        reading = make_reading(25)
        read_and_close(reading, [copy for copy in reading.copies if copy != reading.copies[3]])
        look_again(reading.session, reading.actor)
        apply(reading.session, reading.actor)()
        wanted = confirmed_list(reading.colleague, listed(reading, c3="وجین"))
        undone, told = at_once(
            undo(reading.session, reading.actor),
            partial(write, wanted),
            lags=[0.0, 0.004 * (attempt % 4)],
        )
        assert isinstance(told, str)
        missed = reading.copies[3]
        steps = list(missed.status_changes.order_by("pk").values_list("to_status", flat=True))
        assert steps == (
            ["missing", "weeded"] if refusals([undone]) else ["missing", "available", "weeded"]
        )
        assert_records_hold(reading.library)


def test_a_shelf_order_renewed_beside_a_list_and_an_application() -> None:
    for _ in range(TRIES):
        reading = make_reading(25)
        read_and_close(reading, reading.copies[:-1])
        wanted = confirmed_list(reading.colleague, listed(reading, c5="وجین"))
        library = Library.objects.get(pk=reading.library.pk)
        _, told, renewed = at_once(
            apply(reading.session, reading.actor),
            partial(write, wanted),
            partial(shelf_keys_renew, library),
        )
        assert isinstance(told, str)
        assert renewed == 25
        assert_records_hold(reading.library)
