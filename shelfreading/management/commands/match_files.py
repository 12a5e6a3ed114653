"""`python manage.py match_files COPIES SCANS`: two files matched, no database needed."""

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from libraries.domain.persian import to_persian_digits
from libraries.files.limits import Unreadable
from libraries.files.write import write_workbook
from shelfreading.domain.findings import LABELS
from shelfreading.match_files import FileMatch, match_paths
from shelfreading.match_files_sheets import sheets, sums


class Command(BaseCommand):
    """Match a copies list with a reader's memory (spec S3.5c).

    Exit status 0; 1 with one line on standard error when a file can't be read as what it should
    be or the result can't be written. With --json nothing but the object goes to standard output.
    """

    help = "Match a copies list with the memory of a barcode reader; no database is needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The two files, and what is wanted of the result."""
        parser.add_argument("copies", type=Path, help="the copies list: xlsx, xls, csv")
        parser.add_argument("scans", type=Path, help="the reader's memory: txt, csv, xlsx")
        parser.add_argument("--out", type=Path, help="write the result to this Excel file")
        parser.add_argument("--json", action="store_true", help="print the result as one object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Match, write, print."""
        # Whatever a reader's inside has to log: standard error holds one line or none.
        logging.disable(logging.CRITICAL)
        try:
            found = match_paths(
                _file(options["copies"]), _file(options["scans"]), today=timezone.localdate()
            )
            if options["out"]:
                _write(options["out"], found)
        except Unreadable as error:
            self.stderr.write(" ".join(str(error).split()))
            raise SystemExit(1) from None
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False))
        else:
            self.stdout.write(_summary(found))


def _file(path: Path) -> Path:
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise Unreadable(
            f"فایل «{path}» باز نمی‌شود ({error.strerror})؛ نشانی و دسترسی آن را بررسی کنید."
        ) from error


def _write(path: Path, found: FileMatch) -> None:
    """Write the Excel file whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, suffix=".xlsx")
        try:
            with os.fdopen(handle, "wb") as file:
                write_workbook(file, sheets(found))
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise Unreadable(
            f"نتیجه در «{path}» نوشته نمی‌شود ({error.strerror})؛ "
            "پوشه و جای خالی دیسک را بررسی کنید."
        ) from error


def _summary(found: FileMatch) -> str:
    lines = [*sums(found)]
    lines += [
        f"{LABELS[finding]} ({finding.value}): {to_persian_digits(count)}"
        for finding, count in found.match.counts().items()
        if count
    ]
    moved = sum(len(move.items) for move in found.match.moves)
    if moved:
        times = to_persian_digits(len(found.match.moves))
        lines.append(f"جابه‌جایی: {times} بار، {to_persian_digits(moved)} نسخه")
    return "\n".join([*lines, *found.notices])
