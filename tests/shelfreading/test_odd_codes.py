"""What a broken reader or a hostile client sends is kept or refused, and breaks nothing."""

from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libraries.domain.codes import clean_code
from shelfreading.domain.reader_memory import ReaderScan
from shelfreading.models import MemoryUpload, ReadingEvent, ReadingSession
from shelfreading.services.events import NewEvent, events_take, memory_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_start
from tests.cast import Cast, add_copies, numbered_calls

pytestmark = pytest.mark.django_db
ODD = [
    "\0", "a\0b", "\ud800", "a\udfffb", "\ufffe", "\n\\.\n", "\\N", '"', "x" * 5000, "۱" * 300,
    "\x1b[A", "\u202e123", "🂡" * 150, "", " ", "\x00" * 50, "=1+1", "]C1", "**", "\u200c\u200f",
]  # fmt: skip


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    add_copies(cast.library, numbered_calls(3))
    return session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )


def event(raw: str, seq: int = 0) -> NewEvent:
    return NewEvent(uuid4(), "d", seq, ReadingEvent.Kind.SCAN, raw=raw)


def test_odd_scans_are_kept_and_classed(cast: Cast, session: ReadingSession) -> None:
    batch = [event(raw, seq) for seq, raw in enumerate(ODD)]
    events_take(session_id=session.pk, events=batch, actor=cast.librarian, now=timezone.now())
    assert session.events.count() == len(ODD)
    summary = findings_compute(
        session_id=session.pk, actor=cast.librarian, now=timezone.now()
    ).summary
    counts = summary["counts"]
    assert counts["unknown"] + counts["repeated"] == summary["scans"] == len(ODD)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.text(st.characters(), max_size=40))
def test_any_text_is_a_scan(cast: Cast, session: ReadingSession, raw: str) -> None:
    before = session.events.count()
    events_take(
        session_id=session.pk, events=[event(raw)], actor=cast.librarian, now=timezone.now()
    )
    assert session.events.count() == before + 1


def test_a_memory_with_odd_lines_is_taken(cast: Cast, session: ReadingSession) -> None:
    memory = [ReaderScan(n, raw, clean_code(raw), None) for n, raw in enumerate(ODD)]
    skipped = list(enumerate(ODD))
    for _ in range(2):
        memory_take(
            session_id=session.pk, filename="a\0b\ud800.txt", scans=memory, skipped=skipped,
            actor=cast.librarian, now=timezone.now(),
        )  # fmt: skip
    assert session.events.count() == len(ODD)
    assert [upload.new_codes for upload in MemoryUpload.objects.order_by("pk")] == [len(ODD), 0]


def test_one_id_twice_in_a_batch_and_one_of_another_session(
    cast: Cast, session: ReadingSession
) -> None:
    add_copies(cast.other_library, numbered_calls(3))
    other = session_start(
        actor=cast.outsider, name="", method="barcode", section_ids=[], now=timezone.now()
    )
    mine = event("1")
    now = timezone.now()
    events_take(session_id=session.pk, events=[mine, mine], actor=cast.librarian, now=now)
    events_take(session_id=other.pk, events=[mine], actor=cast.outsider, now=now)
    assert ReadingEvent.objects.get(pk=mine.id).session == session
    assert ReadingEvent.objects.count() == 1
