"""Reads Excel and LibreOffice workbooks: xlsx, xlsb, ods and the binary xls."""

import marshal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from libraries.files.limits import HEADER_ALLOWANCE, Limits, Unreadable
from libraries.files.rows import (
    Progress,
    RowCollector,
    Table,
    chosen_sheet,
    empty_formulas,
    too_many_rows,
)
from libraries.files.sniff import damaged, password_protected
from libraries.files.unpacking import check_unpacked

_READER = Path(__file__).with_name("calamine_process.py")


def read_workbook(
    path: Path, kind: str, filename: str, limits: Limits, progress: Progress
) -> Table:
    """Return the fullest sheet of a workbook.

    Raises Unreadable where it is damaged, protected, or beyond the limits.
    """
    formulas = 0 if kind == "xls" else check_unpacked(path, filename, limits)
    with tempfile.TemporaryDirectory() as folder:
        # The parser goes by the extension, which is whatever the user made of it.
        link = Path(folder) / f"workbook.{kind}"
        link.symlink_to(path.resolve())
        table = _read_apart(link, kind, filename, limits, progress)
    if formulas:
        table.notices.append(empty_formulas(formulas))
    return table


def _read_apart(path: Path, kind: str, filename: str, limits: Limits, progress: Progress) -> Table:
    command = [sys.executable, "-I", str(_READER), str(path)]
    command += [str(limits.max_memory_bytes), str(limits.max_seconds)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            return _receive(process.stdout, kind, filename, limits, progress)
        finally:
            process.kill()


def _receive(
    stream: IO[bytes], kind: str, filename: str, limits: Limits, progress: Progress
) -> Table:
    collector = RowCollector(filename, limits)
    table = Table(rows=[], sheet="", kind=kind)
    height = done = 0
    while (message := _next_message(stream, filename))[0] != "end":
        if message[0] == "password":
            raise password_protected(filename)
        if message[0] == "sheet":
            _, table.sheet, height, filled, filled_sheets = message
            if filled > limits.max_rows + HEADER_ALLOWANCE:
                raise too_many_rows(filename, filled, limits)
            if filled_sheets > 1:
                table.notices.append(chosen_sheet(table.sheet, filled_sheets, filled))
        elif message[0] == "rows":
            for row in message[1]:
                collector.add(row)
            done += len(message[1])
            progress(done, height)
        else:
            raise damaged(filename)
    table.rows = collector.finish()
    return table


def _next_message(stream: IO[bytes], filename: str) -> tuple[Any, ...]:
    try:
        return marshal.load(stream)
    except (EOFError, ValueError, TypeError) as error:  # the process met its limit and died
        raise Unreadable(
            f"فایل «{filename}» باز نمی‌شود، چون آسیب دیده یا خانه‌ای بسیار دور از جدول در آن پر "
            "شده است؛ جدول را در یک فایل تازه رونوشت کنید و آن را بفرستید."
        ) from error
