"""What breaks half way leaves nothing behind: each write of each service fails in turn."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from libraries.refusal import Refused
from loans.models import Loan
from loans.services import fee_forgive, follow_up_record, loan_lend, loan_return, member_add
from shelfreading.domain.reader_memory import ReaderScan
from shelfreading.models import Application, Decision, ReadingSession
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.decisions import fate_set, second_look_set
from shelfreading.services.events import events_take, memory_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_reopen, session_start, shelf_speak
from tests.bring_in import confirmed_list, write
from tests.broken import everything, failing
from tests.fresh_readings import Reading, look_again, make_reading, read_and_close, scans

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
COPY, LOAN, AUDIT = "libraries_copy", "loans_loan", "libraries_auditentry"
SESSION, EVENT = "shelfreading_readingsession", "shelfreading_readingevent"


def breaks_whole(work: Callable[[], Any], *writes: tuple[str, str]) -> Any:
    """Let each of the writes fail in turn, find everything as it was, and then do the work."""
    before = everything()
    for event, table in writes:
        # Refused: where a service takes every broken constraint for the one it knows.
        with failing(event, table), pytest.raises((DatabaseError, Refused)):
            work()
        assert everything() == before, (event, table)
    return work()


def closed_reading() -> tuple[Reading, dict[str, Any]]:
    """A missing copy, a lent one on the shelf, one to be weeded; and who does what next."""
    reading = make_reading()
    Loan.objects.create(
        copy=reading.copies[7],
        lent_at=reading.at - timedelta(days=30),
        due_on=timezone.localdate() - timedelta(days=10),
    )
    read_and_close(reading, [copy for copy in reading.copies if copy != reading.copies[3]])
    look_again(reading.session, reading.actor)
    who = {"session_id": reading.session.pk, "actor": reading.actor, "now": timezone.now()}
    return reading, who


def test_applying_and_taking_back() -> None:
    reading, who = closed_reading()
    weed = partial(fate_set, keys=[f"c{reading.copies[5].pk}"], fate=Decision.Fate.WEED_WORN, **who)
    breaks_whole(weed, ("INSERT", "shelfreading_decision"), ("INSERT", AUDIT))
    application = breaks_whole(
        partial(findings_apply, **who),
        ("INSERT", "shelfreading_application"),
        ("UPDATE", COPY),
        ("INSERT", "libraries_statuschange"),
        ("UPDATE", LOAN),
        ("INSERT", "loans_forgiveness"),
        ("INSERT", "shelfreading_appliedchange"),
        ("INSERT", AUDIT),
        ("UPDATE", SESSION),
    )
    assert isinstance(application, Application)
    assert application.changes.count() == 3
    breaks_whole(
        partial(application_undo, **who),
        ("UPDATE", COPY),
        ("UPDATE", LOAN),
        ("UPDATE", "loans_forgiveness"),
        ("INSERT", "libraries_statuschange"),
        ("UPDATE", "shelfreading_application"),
        ("UPDATE", SESSION),
        ("INSERT", AUDIT),
    )
    assert set(Copy.objects.values_list("status", flat=True)) == {CopyStatus.AVAILABLE}


def test_reading() -> None:
    reading = make_reading()
    now = timezone.now()
    who = {"session_id": reading.session.pk, "actor": reading.actor, "now": now}
    batch = scans(reading.copies[:6])
    breaks_whole(partial(events_take, events=batch, **who), ("INSERT", EVENT))
    memory = [
        ReaderScan(n, copy.barcode, copy.barcode, None)
        for n, copy in enumerate(reading.copies[6:10])
    ]
    breaks_whole(
        partial(memory_take, filename="a.txt", scans=memory, skipped=[], **who),
        ("INSERT", "shelfreading_memoryupload"),
        ("INSERT", EVENT),
        ("INSERT", AUDIT),
    )
    speak = partial(shelf_speak, first_position=0, last_position=3, was_read=True, **who)
    breaks_whole(speak, ("INSERT", "shelfreading_shelfread"), ("INSERT", AUDIT))
    breaks_whole(partial(session_close, **who), ("UPDATE", SESSION), ("INSERT", AUDIT))
    breaks_whole(
        partial(findings_compute, **who),
        ("INSERT", "shelfreading_sessionfinding"),
        ("UPDATE", SESSION),
    )
    missing = reading.session.findings.filter(finding="missing")[0]
    found = partial(second_look_set, found=True, keys=[f"c{missing.copy_id}"], **who)
    breaks_whole(found, ("INSERT", EVENT), ("INSERT", AUDIT))
    # Computed anew: what was stored goes only together with what takes its place.
    breaks_whole(
        partial(findings_compute, **who),
        ("DELETE", "shelfreading_sessionfinding"),
        ("INSERT", "shelfreading_sessionfinding"),
        ("UPDATE", SESSION),
    )
    breaks_whole(partial(session_reopen, **who), ("UPDATE", SESSION), ("INSERT", AUDIT))


def test_starting() -> None:
    reading = make_reading()
    ReadingSession.objects.all().delete()
    start = partial(
        session_start, actor=reading.actor, name="", method="list", section_ids=[],
        participant_ids=[reading.colleague.pk], now=timezone.now(),
    )  # fmt: skip
    session = breaks_whole(
        start,
        ("INSERT", SESSION),
        ("INSERT", "shelfreading_readingsession_sections"),
        ("INSERT", "shelfreading_readingsession_participants"),
        ("INSERT", "shelfreading_expectedcopy"),
        ("INSERT", AUDIT),
    )
    assert session.expected.count() == len(reading.copies)


def test_the_desk() -> None:
    reading = make_reading()
    now, today = timezone.now(), timezone.localdate()
    who = {"actor": reading.actor, "now": now}
    member = breaks_whole(
        partial(member_add, full_name="نو", **who), ("INSERT", "loans_member"), ("INSERT", AUDIT)
    )
    lend = partial(loan_lend, copy_id=reading.copies[0].pk, member_id=member.pk, today=today, **who)
    loan = breaks_whole(lend, ("INSERT", LOAN), ("INSERT", AUDIT))
    Loan.objects.filter(pk=loan.pk).update(
        lent_at=now - timedelta(days=90), due_on=today - timedelta(days=70)
    )
    Copy.objects.filter(pk=loan.copy_id).update(status=CopyStatus.UNRETURNED)
    call = partial(follow_up_record, loan_id=loan.pk, channel="phone", said="گفت", at=now, **who)
    breaks_whole(call, ("INSERT", "loans_followup"), ("INSERT", AUDIT))
    breaks_whole(
        partial(loan_return, loan_id=loan.pk, **who),
        ("UPDATE", LOAN),
        ("UPDATE", COPY),
        ("INSERT", "libraries_statuschange"),
        ("INSERT", AUDIT),
    )
    forgive = partial(fee_forgive, loan_id=loan.pk, cause="بیماری", today=today, **who)
    breaks_whole(forgive, ("INSERT", "loans_forgiveness"), ("INSERT", AUDIT))


def test_a_copies_list() -> None:
    reading = make_reading()
    one, two, three, four, *_ = reading.copies
    Loan.objects.create(copy=four, source=Loan.Source.LIST, lent_at=timezone.now())
    for copy, words in ((one, {"call_number": "200/1 ب"}), (two, {})):
        Copy.objects.filter(pk=copy.pk).update(**words, volume="۱")
    statuses = {one: "موجود", two: "مفقود", three: "امانت", four: "موجود"}
    wanted = confirmed_list(reading.actor, statuses)
    before = {
        table: rows for table, rows in everything().items() if table != "libraries_copieslist"
    }
    for event, table in (
        ("UPDATE", COPY),
        ("INSERT", "libraries_statuschange"),
        ("INSERT", LOAN),
        ("UPDATE", LOAN),
        ("INSERT", AUDIT),
    ):
        with failing(event, table), pytest.raises(DatabaseError, match="the disk is full"):
            write(wanted)
        now = everything()
        assert {table: now[table] for table in before if table != "libraries_job"} == {
            table: rows for table, rows in before.items() if table != "libraries_job"
        }, (event, table)
        wanted.refresh_from_db()
        assert wanted.state == "checked"
        type(wanted).objects.filter(pk=wanted.pk).update(state="writing")
    assert write(wanted)
    two.refresh_from_db()
    assert two.status == CopyStatus.MISSING


KILLED = """
import django, sys, time
django.setup()
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from libraries.models import User
from shelfreading.services.applying import findings_apply
with transaction.atomic():
    actor = User.objects.get(pk=int(sys.argv[2]))
    application = findings_apply(session_id=int(sys.argv[1]), actor=actor, now=timezone.now())
    print("applied", application.changes.count(), flush=True)
    time.sleep(60)
"""


def test_a_process_killed_before_its_commit_leaves_nothing_and_holds_nobody_up() -> None:
    reading, who = closed_reading()
    before = everything()
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        address = os.environ["DATABASE_URL"].replace("/rafkhan?", f"/{name}?")
    else:
        address = f"sqlite://{name}"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(reading.session.pk), str(reading.actor.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": address,
            "RAFKHAN_DATA_DIR": str(settings.DATA_DIR),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().split() == ["applied", "2"]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert everything() == before
    start = time.monotonic()
    assert findings_apply(**who).changes.count() == 2
    assert time.monotonic() - start < 20
