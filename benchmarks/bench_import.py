"""A copies list's way into the database, against merely reading the file with python-calamine.

Times the worker's three pieces of work (read, check, write) for a new library, and the same file
brought in again, which changes nothing. Aim: all three in at most ten times the mere reading.

Run: `python benchmarks/bench_import.py [rows …]`.
"""

import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from common import copy_rows, database_name, on_each_database, seconds, show, staffed_library

SIZES = (50_000, 200_000)
HEADER = (
    *("ردیف", "عنوان", "پدیدآورنده", "ناشر", "سال نشر", "شماره ثبت", "تاریخ ثبت", "شماره جلد"),
    *("شماره نسخه", "رده اصلی", "شماره راهنما", "بارکد", "بخش", "وضعیت"),
)
STATUSES = ("موجود",) * 46 + ("امانت", "امانت", "صحافی", "مفقود")


def excel(path: Path, rows: int) -> None:
    """A list as the management system exports it: numbers as numbers, codes as texts."""
    from libraries.files.write import Sheet, write_workbook

    chance = random.Random(rows)
    lines = (
        (
            number,
            row["title"],
            row["author"],
            f"نشر {number // 4 % 300}",
            1370 + number // 4 % 33,
            row["registration_number"],
            f"13{80 + number % 19}/{1 + number % 12:02}/{1 + number % 28:02}",
            "",
            1 + number % 4,
            row["call_number"][:3],
            f"{row['call_number']} {1370 + number // 4 % 33} ن.{1 + number % 4}",
            row["barcode"],
            row["section"],
            chance.choice(STATUSES),
        )
        for number, row in enumerate(copy_rows(rows))
    )
    write_workbook(path, [Sheet("نسخه‌ها", HEADER, lines)])


def merely_read(path: Path) -> None:
    """What reading costs by itself."""
    from python_calamine import CalamineWorkbook

    CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def bring_in(path: Path, actor: Any) -> list[float]:
    """Seconds for read, check and write; the person's clicks in between cost nothing."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from libraries.models import CopiesList, Job
    from loans import copies_list as lists
    from loans import tasks

    now = timezone.now()
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    pk = lists.list_upload(actor=actor, upload=upload, now=now).pk
    times = []
    for task in (tasks.list_read, tasks.list_check, tasks.list_write):
        found = CopiesList.objects.get(pk=pk)
        if found.state == CopiesList.State.MAPPING:
            lists.list_map(
                list_id=pk, mapping=found.mapping, take_statuses=True, actor=actor, now=now
            )
        elif found.state == CopiesList.State.CHECKED:
            lists.list_confirm(list_id=pk, actor=actor, now=now)
        job = Job.objects.create(label="", owner=actor, created_at=now)
        times.append(seconds(lambda: task.func(job.pk, pk)))  # noqa: B023 called at once
    counts = CopiesList.objects.get(pk=pk).counts
    assert not counts["rejected"] and not counts["warnings"], counts
    assert 0 in (counts["new"], counts["unchanged"]), counts
    return times


def measure() -> None:
    """Every size, new and again."""
    sizes = [int(argument) for argument in sys.argv[1:]] or SIZES
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            path = Path(folder) / f"list-{rows}.xlsx"
            excel(path, rows)
            read = min(seconds(lambda: merely_read(path)) for _ in range(2))  # noqa: B023
            _, actor = staffed_library(f"I{rows}")
            for which in ("new", "again"):
                times = bring_in(path, actor)
                whole = sum(times)
                lines.append(
                    (f"{rows:,}", which, f"{read:.2f}", *(f"{one:.2f}" for one in times))
                    + (f"{whole:.2f}", f"{whole / read:.1f}")
                )
    print(f"\n{database_name()}, seconds")
    show(("rows", "", "calamine", "read", "check", "write", "whole", "times"), lines)


if __name__ == "__main__":
    on_each_database(measure)
