"""Two people, two devices, two files at the same moment while shelves are read."""

from collections import Counter
from functools import partial
from itertools import chain

import pytest
from django.utils import timezone

from libraries.models import Copy
from shelfreading.domain.reader_memory import ReaderScan
from shelfreading.models import MemoryUpload, ReadingEvent, ReadingSession
from shelfreading.services.events import events_take, memory_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_reopen, session_start
from tests.at_once import at_once, refusals
from tests.fresh_readings import Reading, make_reading, scans
from tests.promises import assert_records_hold

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES = 8


def take(reading: Reading, events: list, actor: object = None) -> object:
    return partial(
        events_take,
        session_id=reading.session.pk,
        events=events,
        actor=actor or reading.actor,
        now=timezone.now(),
    )


def test_one_batch_delivered_three_times_at_once_counts_once() -> None:
    for _ in range(TRIES):
        reading = make_reading()
        batch = scans(reading.copies)
        told = at_once(*[take(reading, batch) for _ in range(3)])
        assert told == [[event.id for event in batch]] * 3
        kept = reading.session.events.values_list("id", "seq", "code")
        assert sorted(kept) == sorted((event.id, event.seq, event.raw) for event in batch)


def test_two_devices_with_batches_that_overlap_lose_and_double_nothing() -> None:
    for attempt in range(TRIES):
        reading = make_reading()
        lists = {
            "one": scans(reading.copies, "one"),
            "two": scans(reading.copies[::-1], "two"),
        }

        def deliver(events: list, actor: object, step: int, reading: Reading = reading) -> None:
            for start in range(0, len(events), step):  # each batch sends the last one's end again
                take(reading, events[max(0, start - 3) : start + step], actor)()

        at_once(
            partial(deliver, lists["one"], reading.actor, 3),
            partial(deliver, lists["two"], reading.colleague, 4),
            lags=[0.002 * (attempt % 3)],
        )
        events = list(reading.session.events.order_by("device", "seq"))
        assert Counter(event.device for event in events) == {"one": 12, "two": 12}
        assert [event.code for event in events] == [
            event.raw for event in chain(lists["one"], lists["two"])
        ]


def test_one_memory_file_taken_twice_at_once_counts_once() -> None:
    for _ in range(TRIES):
        reading = make_reading()
        memory = [
            ReaderScan(n, copy.barcode, copy.barcode, None) for n, copy in enumerate(reading.copies)
        ]

        def upload(actor: object, reading: Reading = reading, memory: list = memory) -> object:
            return memory_take(
                session_id=reading.session.pk, filename="reader.txt", scans=memory, skipped=[],
                actor=actor, now=timezone.now(),
            )  # fmt: skip

        uploads = at_once(partial(upload, reading.actor), partial(upload, reading.colleague))
        assert sorted(upload.new_codes for upload in uploads) == [0, len(memory)]
        assert ReadingEvent.objects.filter(session=reading.session).count() == len(memory)
        assert MemoryUpload.objects.filter(session=reading.session).count() == 2


def test_scans_against_the_end_of_the_reading_are_kept_whole_or_refused_whole() -> None:
    kept = set()
    for attempt in range(TRIES):
        reading = make_reading()
        take(reading, scans(reading.copies[:2], "early"))()
        batch = scans(reading.copies[2:], "late")
        closing = partial(
            session_close,
            session_id=reading.session.pk,
            actor=reading.colleague,
            now=timezone.now(),
        )
        told, closed = at_once(take(reading, batch), closing, lags=[0.003 * (attempt % 2)])
        assert closed.state == ReadingSession.State.CLOSED
        count = reading.session.events.filter(device="late").count()
        assert count == (0 if refusals([told]) else len(batch))
        kept.add(count)
    assert kept <= {0, 10}


def test_findings_computed_by_two_at_once_are_stored_once() -> None:
    for _ in range(TRIES):
        reading = make_reading()
        take(reading, scans(reading.copies[:9]))()

        def compute(actor: object, reading: Reading = reading) -> ReadingSession:
            return findings_compute(session_id=reading.session.pk, actor=actor, now=timezone.now())

        computed = at_once(
            partial(compute, reading.actor),
            partial(compute, reading.colleague),
            take(reading, scans(reading.copies[9:], "other")),
        )
        assert computed[0].summary["expected"] == len(reading.copies)
        session = compute(reading.actor)
        assert session.summary["counts"]["present"] == len(reading.copies)
        assert session.findings.count() == len(reading.copies)


# --- which shelves are read by whom ---------------------------------------------


def start(reading: Reading, actor: object, **shelves: object) -> ReadingSession:
    return session_start(
        actor=actor, name="", method="barcode", section_ids=[], now=timezone.now(), **shelves
    )


def expected_twice(library: object) -> set[int]:
    """Copies that two open sessions of a library expect."""
    times = Counter(
        ReadingSession.objects.filter(library=library, state="reading").values_list(
            "expected__copy", flat=True
        )
    )
    return {copy for copy, number in times.items() if number > 1}


def test_of_two_starts_on_overlapping_shelves_one_is_refused() -> None:
    for _ in range(TRIES):
        reading = make_reading()
        ReadingSession.objects.all().delete()
        outcomes = at_once(
            partial(start, reading, reading.actor),
            partial(start, reading, reading.colleague, class_first="0", class_last="199"),
        )
        assert refusals(outcomes) == 1
        assert ReadingSession.objects.filter(library=reading.library).count() == 1


def test_two_starts_on_different_shelves_both_succeed() -> None:
    for _ in range(TRIES):
        reading = make_reading()
        ReadingSession.objects.all().delete()
        child = reading.library.sections.get(name="کودک")
        main = reading.library.sections.get(name="مخزن")
        Copy.objects.filter(pk__in=[copy.pk for copy in reading.copies[6:]]).update(section=child)
        outcomes = at_once(
            *[
                partial(
                    session_start, actor=actor, name="", method="list", section_ids=[section.pk],
                    now=timezone.now(),
                )
                for actor, section in ((reading.actor, main), (reading.colleague, child))
            ]
        )  # fmt: skip
        assert refusals(outcomes) == 0
        assert [session.expected.count() for session in outcomes] == [6, 6]


def closed_session(reading: Reading) -> ReadingSession:
    events_take(
        session_id=reading.session.pk, events=scans(reading.copies), actor=reading.actor,
        now=timezone.now(),
    )  # fmt: skip
    return session_close(session_id=reading.session.pk, actor=reading.actor, now=timezone.now())


def test_opening_a_reading_again_against_the_start_of_another_on_its_shelves() -> None:
    for _ in range(TRIES):
        reading = make_reading()
        session = closed_session(reading)
        reopen = partial(
            session_reopen, session_id=session.pk, actor=reading.actor, now=timezone.now()
        )
        outcomes = at_once(reopen, partial(start, reading, reading.colleague))
        assert refusals(outcomes) == 1
        assert expected_twice(reading.library) == set()


def test_two_readings_of_the_same_shelves_opened_again_at_once() -> None:
    for _ in range(TRIES):
        reading = make_reading()
        first = closed_session(reading)
        second = start(reading, reading.actor)
        events_take(
            session_id=second.pk, events=scans(reading.copies, "again"), actor=reading.actor,
            now=timezone.now(),
        )  # fmt: skip
        session_close(session_id=second.pk, actor=reading.actor, now=timezone.now())
        outcomes = at_once(
            *[
                partial(session_reopen, session_id=pk, actor=actor, now=timezone.now())
                for pk, actor in ((first.pk, reading.actor), (second.pk, reading.colleague))
            ]
        )
        assert refusals(outcomes) == 1
        assert expected_twice(reading.library) == set()
        assert_records_hold(reading.library)
