"""A reader's memory of 8,000 and 40,000 scans against sessions of 10,000 and 50,000 copies.

Times the way from the file to the stored findings (aim: under 1 s and 5 s, growing with the work
and no faster), then the closing and applying with all its journal and audit rows, and taking
that back. Beside it, on the same database in the same run: the least such a thing can do (read
the lines, look each up in a dict, write as many rows into tables without indexes), and a barcode
at a time with the three statements that existing inventories need for each.

Run: `python benchmarks/bench_reading.py [copies …]`.
"""

import random
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from common import (
    copy_rows,
    database_name,
    fill,
    median_seconds,
    on_each_database,
    seconds,
    show,
    staffed_library,
)

SIZES = (10_000, 50_000)
ROUNDS = 5
# Of a hundred copies: these are lent and away, lent but on the shelf, missing, weeded; and on
# the last shelves nobody was. What is left, and what is scanned twice, makes 80 scans.
AWAY, LENT_ON_SHELF, MISSING, WEEDED, UNREAD = 2, 1, 3, 1, 16
SCANS = 80
# Codes that are taken one by one; the rest would take minutes and tell nothing new.
ONE_BY_ONE = 2_000
CHANGES = LENT_ON_SHELF + MISSING + WEEDED


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one round."""

    read: float
    take: float
    compute: float
    apply: float
    undo: float

    @property
    def findings(self) -> float:
        """From the file to the stored findings."""
        return self.read + self.take + self.compute


@dataclass(frozen=True, slots=True)
class Shelves:
    """A library, and the file with what a walk along its shelves read."""

    library: Any
    librarian: Any
    weeded: list[int]
    memory: Path


def shelves(copies: int, folder: Path, now: datetime) -> Shelves:
    """Make the library, its loans, and a memory with times as readers write it."""
    from django.db import transaction

    from libraries.bulk import bulk_insert
    from libraries.models import Copy
    from loans.models import Loan

    chance = random.Random(copies)
    library, librarian = staffed_library(f"B{copies}")
    fill(library, copy_rows(copies), librarian, now)
    walk = list(
        Copy.objects.filter(library=library)
        .order_by("section__position", "shelf_key", "registration_key")
        .values_list("pk", "barcode")
    )
    read = walk[: len(walk) * (100 - UNREAD) // 100]
    chosen = chance.sample(read, copies * (AWAY + LENT_ON_SHELF + MISSING + WEEDED) // 100)
    away = chosen[: copies * AWAY // 100]
    lent = chosen[: copies * (AWAY + LENT_ON_SHELF) // 100]
    weeded = chosen[-copies * WEEDED // 100 :]
    missing = chosen[len(lent) : -len(weeded)]
    with transaction.atomic():
        bulk_insert(
            Loan,
            (
                *("copy_id", "member_id", "source", "lent_at", "due_on"),
                *("returned_at", "lent_by_id", "returned_by_id"),
            ),
            [
                (pk, None, "list", now - timedelta(days=40), (now - timedelta(days=20)).date())
                + (None, None, None)
                for pk, _ in lent
            ],
        )
    absent = {*away, *missing}
    seen = [copy for copy in read if copy not in absent]
    for _ in range(len(seen) // 100):
        place = chance.randrange(len(seen))
        seen.insert(max(0, place + chance.randrange(-500, 500)), seen.pop(place))
    codes = [barcode for _, barcode in seen]
    while len(codes) < copies * SCANS // 100:
        place = chance.randrange(len(codes))
        codes.insert(place, codes[place] if len(codes) % 10 else f"9{codes[place]}")
    at = now - timedelta(hours=20)
    memory = folder / f"memory-{copies}.csv"
    memory.write_text(
        "".join(
            f"{code},{at + timedelta(seconds=second):%Y-%m-%d,%H:%M:%S}\n"
            for second, code in enumerate(codes)
        )
    )
    return Shelves(library, librarian, [pk for pk, _ in weeded], memory)


def reading(here: Shelves, now: datetime) -> Times:
    """One reading from its start to its application and back, timed where the machine works."""
    from shelfreading.files import read_scan_file
    from shelfreading.models import Application, Decision
    from shelfreading.services.applying import application_undo, findings_apply
    from shelfreading.services.decisions import fate_set, second_look_rest
    from shelfreading.services.events import memory_take
    from shelfreading.services.findings import findings_compute
    from shelfreading.services.sessions import session_close, session_start

    actor = here.librarian
    session = session_start(
        actor=actor, name="", method="barcode", section_ids=[], now=now - timedelta(days=1)
    )
    who: dict[str, Any] = {"session_id": session.pk, "actor": actor}
    memory: Any = None

    def read() -> None:
        nonlocal memory
        memory = read_scan_file(here.memory)

    def take() -> None:
        memory_take(
            filename=here.memory.name, scans=memory.scans, skipped=memory.skipped, now=now, **who
        )

    def compute() -> None:
        findings_compute(now=now, **who)

    def apply() -> None:
        session_close(now=now, **who)
        findings_apply(now=now, **who)

    way = [seconds(step) for step in (read, take, compute)]
    second_look_rest(now=now, **who)
    compute()
    keys = [f"c{pk}" for pk in here.weeded]
    fate_set(keys=keys, fate=Decision.Fate.WEED_WORN, now=now, **who)
    applied = seconds(apply)
    changes = Application.objects.get(session=session).changes.count()
    assert changes == session.expected_count * CHANGES // 100, changes
    undone = seconds(lambda: application_undo(now=now + timedelta(seconds=1), **who))
    return Times(*way, applied, undone)


def bare(here: Shelves) -> None:
    """The least: lines, a dict, and rows into tables that have nothing but their columns."""
    from django.db import connection, transaction

    from libraries.models import Copy

    expected = dict(Copy.objects.filter(library=here.library).values_list("barcode", "pk"))
    codes = [line.split(",")[0] for line in here.memory.read_text().splitlines()]
    seen = set(codes)
    scans = [(number, code, expected.get(code)) for number, code in enumerate(codes)]
    found = [(pk, code, code in seen) for code, pk in expected.items()]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_scan (seq integer, code text, copy_id bigint)")
        cursor.execute("CREATE TABLE bare_finding (copy_id bigint, code text, seen boolean)")
        for table, rows in (("bare_scan", scans), ("bare_finding", found)):
            if connection.vendor == "postgresql":
                _copy_in(cursor, table, rows)
            else:
                cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s, %s)", rows)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare_scan")
        cursor.execute("DROP TABLE bare_finding")


def _copy_in(cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    import io

    lines = "".join(
        ",".join("" if value is None else str(value) for value in row) + "\n" for row in rows
    )
    cursor.cursor.copy_expert(f"COPY {table} FROM STDIN WITH (FORMAT csv)", io.StringIO(lines))


def one_by_one(here: Shelves) -> None:
    """The first codes, each alone: its copy, its loan, a mark on it, in one transaction; undone."""
    from django.db import connection, transaction

    lines = here.memory.read_text().splitlines()[:ONE_BY_ONE]
    codes = [line.split(",")[0] for line in lines]
    with transaction.atomic(), connection.cursor() as cursor:
        for code in codes:
            cursor.execute(
                "SELECT id, status FROM libraries_copy WHERE library_id = %s AND barcode = %s",
                [here.library.pk, code],
            )
            row = cursor.fetchone()
            if row is None:
                continue
            cursor.execute(
                "SELECT id FROM loans_loan WHERE copy_id = %s AND returned_at IS NULL", [row[0]]
            )
            cursor.fetchone()
            cursor.execute(
                "UPDATE libraries_copy SET last_seen_on = %s WHERE id = %s",
                [datetime.now().date(), row[0]],
            )
        transaction.set_rollback(True)


def measure() -> None:
    """Print one database's table."""
    from django.utils import timezone

    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    rows = []
    now = timezone.now()
    whole = []
    with tempfile.TemporaryDirectory(prefix="rafkhan-bench-") as folder:
        for copies in sizes:
            here = shelves(copies, Path(folder), now)
            scans = copies * SCANS // 100
            rounds = [reading(here, now + timedelta(minutes=n)) for n in range(ROUNDS)]
            findings = median(times.findings for times in rounds)
            whole.append((scans, findings))
            least = median_seconds(lambda: bare(here), ROUNDS)  # noqa: B023
            some = median_seconds(lambda: one_by_one(here), 3)  # noqa: B023
            single = some / min(ONE_BY_ONE, scans) * scans
            rows.append(
                (
                    f"{scans:,}",
                    f"{copies:,}",
                    *(
                        f"{median(getattr(times, name) for times in rounds):.2f}"
                        for name in ("read", "take", "compute", "findings", "apply", "undo")
                    ),
                    f"{findings / scans * 1e6:.0f}",
                    f"{least:.2f}",
                    f"{findings / least:.1f}×",
                    f"{single:.2f}",
                    f"{single / findings:.1f}×",
                )
            )
    print(f"\n{database_name()}: seconds, medians of {ROUNDS} readings")
    show(
        (
            *("scans", "copies", "file", "events", "match", "to findings", "apply", "undo"),
            *("µs a scan", "bare", "ratio", "one by one", "slower"),
        ),
        rows,
    )
    (few, short), (many, long) = whole[0], whole[-1]
    if many != few:
        print(f"{many / few:.1f} times the scans took {long / short:.1f} times as long")


if __name__ == "__main__":
    on_each_database(measure)
