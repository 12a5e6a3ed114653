"""Reads a table out of whatever file a library has, told by its content, not by its name."""

import logging
from pathlib import Path

from libraries.files.delimited import read_delimited
from libraries.files.html_table import read_html_table
from libraries.files.limits import DEFAULT_LIMITS, Limits, Unreadable, megabytes
from libraries.files.rows import Progress, Table
from libraries.files.sniff import damaged, file_kind
from libraries.files.spreadsheetml import read_spreadsheetml
from libraries.files.workbook import read_workbook

__all__ = ["Table", "Unreadable", "read_table"]

logger = logging.getLogger(__name__)


def read_table(
    path: Path,
    *,
    filename: str = "",
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> Table:
    """Return the rows of a file as texts, in the order and with the row numbers of the file.

    Known are xlsx, xlsb, ods, the binary xls, SpreadsheetML 2003, a web page with a table, and
    text that is delimited or has one value a line. Numbers come without exponent and without
    a trailing ".0", dates as YYYY-MM-DD, truth values as TRUE and FALSE, formulas as their
    stored value. Of several sheets the fullest is taken, which the notices say.

    ``filename`` is the name that the user knows the file by; messages use it. ``progress`` is
    called with (done, total), in rows or bytes as the format allows.

    Raises Unreadable, and nothing else, whatever the bytes are; what ``progress`` itself raises
    passes through.
    """
    filename = filename or path.name
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(
            f"فایل «{filename}» خالی است (صفر بایت)؛ "
            "آن را دوباره از برنامه یا دستگاه خروجی بگیرید و بفرستید."
        )
    if size > limits.max_bytes:
        raise Unreadable(
            f"حجم فایل «{filename}» {megabytes(size)} مگابایت است و بیش از "
            f"{megabytes(limits.max_bytes)} مگابایت خوانده نمی‌شود؛ "
            "فهرست را به چند فایل کوچک‌تر بخش کنید."
        )
    raised_by_caller: list[Exception] = []

    def report(done: int, total: int | None) -> None:
        try:
            if progress:
                progress(done, total)
        except Exception as error:
            raised_by_caller.append(error)
            raise

    try:
        table = _read(path, filename, limits, report)
    except Unreadable:
        raise
    except Exception as error:
        if raised_by_caller:
            raise
        # A last resort for bytes that no reader foresaw: the user still gets a sentence.
        logger.exception("no reader foresaw this file")
        raise damaged(filename) from error
    if not table.rows:
        raise Unreadable(
            f"در فایل «{filename}» هیچ خانهٔ پری نیست؛ فایلی را بفرستید که فهرست در آن است."
        )
    return table


def _read(path: Path, filename: str, limits: Limits, progress: Progress) -> Table:
    kind = file_kind(path, filename)
    if kind == "text":
        return read_delimited(path, filename, limits, progress)
    if kind == "html":
        return read_html_table(path, filename, limits, progress)
    if kind == "spreadsheetml":
        return read_spreadsheetml(path, filename, limits, progress)
    return read_workbook(path, kind, filename, limits, progress)
