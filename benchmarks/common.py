"""What the benchmarks share: a site of their own, a library of made-up copies, times, a table."""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

# Set in the child that measures; its value is nothing but a sign.
INSIDE = "RAFKHAN_BENCHMARK"
COPIES_A_TITLE = 4
SECTIONS = ("مخزن", "کودک", "مرجع")


def on_each_database(measure: Callable[[], None]) -> None:
    """Run `measure` in a process a database: on SQLite, and on PostgreSQL where it is installed.

    `measure` finds Django set up on an empty, migrated database that is gone afterwards.
    """
    if INSIDE in os.environ:
        with _site():
            measure()
        return
    again = [sys.executable, *sys.argv]
    postgres = [sys.executable, str(HOME / "scripts" / "postgres.py")]
    plain = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    environment = {**plain, INSIDE: "1"}
    subprocess.run(again, env=environment, check=True)
    if subprocess.run([*postgres, "--find"], capture_output=True).returncode == 0:
        subprocess.run([*postgres, *again], env=environment, check=True)
    else:
        print("\nPostgreSQL is not installed here, so nothing is measured on it.")


@contextmanager
def _site() -> Iterator[None]:
    """Django on a database of its own, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="rafkhan-bench-") as folder:
        os.environ.update(settings_in(folder))
        import django
        from django.db import connection

        django.setup()
        before = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)


def settings_in(folder: str) -> dict[str, str]:
    """The environment of a site whose data is in `folder`."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "RAFKHAN_DEBUG": "0",
        "RAFKHAN_SECRET_KEY": "for-benchmarks-only-" + "x" * 40,
        "RAFKHAN_ALLOWED_HOSTS": "localhost",
        "RAFKHAN_DATA_DIR": folder,
        "RAFKHAN_LOG_LEVEL": "WARNING",
    }


def database_name() -> str:
    """The database that is measured, with its version."""
    from django.db import connection

    with connection.cursor() as cursor:
        version = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {version}")
        text = str(cursor.fetchone()[0])
    return f"SQLite {text}" if connection.vendor == "sqlite" else " ".join(text.split()[:2])


def staffed_library(code: str) -> tuple[Any, Any]:
    """An empty library and a librarian of it."""
    from libraries.models import County, Library, Province, User
    from libraries.roles import Role

    province, _ = Province.objects.get_or_create(name="استان نمونه")
    county, _ = County.objects.get_or_create(province=province, name="شهرستان نمونه")
    library = Library.objects.create(
        county=county, code=code, name=f"کتابخانهٔ {code}", degree=3, place="شهر نمونه"
    )
    librarian = User.objects.create(username=code, role=Role.LIBRARIAN, library=library)
    return library, librarian


def copy_rows(count: int) -> list[dict[str, str]]:
    """Copies as a list has them: four a title, three sections, barcodes of ten digits."""
    chance = random.Random(count)
    barcodes = chance.sample(range(10**9, 2 * 10**9), count)
    rows = []
    for number, barcode in enumerate(barcodes, start=1):
        title = number // COPIES_A_TITLE
        main = 1 + title * 7919 % 999
        rows.append(
            {
                "barcode": str(barcode),
                "registration_number": str(number),
                "title": f"کتاب نمونهٔ {title}",
                "author": f"نویسندهٔ {title % 5000}",
                "call_number": f"{main:03}/{title % 1000:03} ن{title % 900 + 100}ک",
                "section": SECTIONS[0 if number % 10 < 7 else 1 if number % 10 < 9 else 2],
            }
        )
    return rows


def fill(library: Any, rows: Sequence[dict[str, str]], actor: Any, now: Any) -> None:
    """Write copies into a library as an import does."""
    from django.db import transaction

    from libraries.domain.copies_list import check_rows
    from libraries.holdings import plan_list, write_list

    names = list(rows[0])
    checked = check_rows(
        [names, *(list(row.values()) for row in rows)],
        0,
        {name: column for column, name in enumerate(names)},
    )
    assert not checked.rejected
    with transaction.atomic():
        plan = plan_list(library, checked.records, take_statuses=True)
        write_list(library, plan, actor=actor, now=now, cause="", progress=lambda done, total: None)


def seconds(work: Callable[[], object]) -> float:
    """How long one run of `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_seconds(work: Callable[[], object], rounds: int) -> float:
    """The middle one of some runs: the machine may be shared."""
    return median(seconds(work) for _ in range(rounds))


def show(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a small table, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    for row in (headers, *rows):
        print("  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)))
