"""A reading asks the database as often for many copies as for few, from the file to the undoing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from libraries.models import User
from loans.models import FollowUp, Forgiveness, Loan
from shelfreading.files import read_scan_file
from shelfreading.models import Decision, ReadingSession
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.decisions import fate_set, second_look_rest
from shelfreading.services.events import memory_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import make_reading, read_and_close

pytestmark = pytest.mark.django_db


def queries(step: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        step()
    return len(seen)


def read_apply_undo(reader: User, count: int, folder: Path) -> dict[str, int]:
    """Queries of each step; of ten copies one is missing, lent and away, lent and on the shelf,
    weeded, put elsewhere; one code in ten is unknown."""
    now = timezone.now()
    copies = add_copies(reader.library, numbered_calls(count))
    for place, copy in enumerate(copies):
        if place % 10 in {1, 2}:
            loan = Loan.objects.create(
                copy=copy, lent_at=now - timedelta(days=200), due_on=now.date() - timedelta(180)
            )
            FollowUp.objects.create(loan=loan, at=now - timedelta(days=9), by=reader, said="آمد")
    session = session_start(
        actor=reader, name="", method="barcode", section_ids=[], now=now - timedelta(days=1)
    )
    codes = [copy.barcode for place, copy in enumerate(copies) if place % 10 not in {0, 1}]
    codes += [f"9{copy.barcode}" for copy in copies[::10]]
    codes[5::10], codes[4::10] = codes[4::10], codes[5::10]
    path = folder / f"{count}.txt"
    path.write_text("\n".join(codes))
    memory = read_scan_file(path)
    who = {"session_id": session.pk, "actor": reader}
    steps = {
        "take": lambda: memory_take(
            filename=path.name, scans=memory.scans, skipped=[], now=now, **who
        ),
        "compute": lambda: findings_compute(now=now, **who),
        "decide": lambda: fate_set(
            keys=[f"c{copy.pk}" for copy in copies[3::10]],
            fate=Decision.Fate.WEED_WORN,
            now=now,
            **who,
        ),
        "seek": lambda: second_look_rest(now=now, **who),
        "count": lambda: findings_compute(now=now, **who),
        "close": lambda: session_close(now=now, **who),
        "apply": lambda: findings_apply(now=now, **who),
        "undo": lambda: application_undo(now=now + timedelta(seconds=1), **who),
    }
    counted = {name: queries(step) for name, step in steps.items()}
    session.refresh_from_db()
    found = session.summary["counts"]
    assert session.state == ReadingSession.State.CLOSED
    assert found["missing"] == found["unreturned"] == found["unknown"] == count // 10
    assert found["on_loan_on_shelf"] == Forgiveness.objects.filter(by=reader).count() == count // 10
    assert session.applications.get().changes.count() == count * 4 // 10
    return counted


def test_queries_do_not_grow_with_copies(cast: Cast, tmp_path: Path) -> None:
    # Another library reads at the same time, so that what turned up there is looked for in both.
    elsewhere = make_reading(2)
    read_and_close(elsewhere, elsewhere.copies[:1])
    # Of both enough for COPY: ten rows and fewer go another way (libraries.bulk).
    few = read_apply_undo(cast.librarian, 110, tmp_path)
    many = read_apply_undo(cast.outsider, 330, tmp_path)
    assert few == many
