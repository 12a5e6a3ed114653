"""Reads delimited text, and plain text with one value a line."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from libraries.files.encoding import decode_text
from libraries.files.limits import Limits, persian_number
from libraries.files.rows import PROGRESS_STEP, Progress, RowCollector, Table

DELIMITERS = "\t;,|؛"

_PROBE_CHARACTERS = 64_000
_PROBE_ROWS = 200
# A quote that is never closed swallows the lines that follow into one cell.
_MOST_LINES_IN_A_CELL = 20
_NEWLINE = re.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)


def read_delimited(path: Path, filename: str, limits: Limits, progress: Progress) -> Table:
    """Return the rows of a delimited text ('csv'), or one cell a line where nothing delimits.

    Raises Unreadable for what is no text and for what is beyond the limits.
    """
    content = path.read_bytes()
    text, encoding, lost = decode_text(content, filename)
    text = text.removeprefix("\ufeff")
    delimiter = ""
    hint = _SEPARATOR_LINE.match(text)
    if hint:
        delimiter, text = hint[1], text[hint.end() :]
    else:
        delimiter = find_delimiter(text)
    table = Table(rows=[], sheet="", kind="csv" if delimiter else "txt", encoding=encoding)
    report = _progress_in_bytes(len(text), len(content), progress)
    if not delimiter:
        table.rows = _read_lines(text, filename, limits, report)
    else:
        try:
            table.rows = _read_quoted(text, delimiter, filename, limits, report)
        except csv.Error:
            table.rows = _read_unquoted(text, delimiter, filename, limits, report)
            table.notices.append(
                "گیومه‌های این فایل جفت نیستند؛ هر سطر آن همان‌گونه که نوشته شده خوانده شد."
            )
    if lost:
        table.notices.append(
            f"{persian_number(lost)} نویسهٔ این فایل خوانا نبود و با � نشان داده شده است."
        )
    return table


def find_delimiter(text: str) -> str:
    """Return the delimiter that cuts most rows into the same number of cells, or ''."""
    probe = text[:_PROBE_CHARACTERS]
    if len(text) > _PROBE_CHARACTERS:
        # The last line of the probe is cut short.
        probe = probe[: max(probe.rfind("\n"), probe.rfind("\r")) + 1] or probe
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        if delimiter not in probe:
            continue
        widths = _row_widths(probe, delimiter)
        if not widths:
            continue
        (width, rows), *_ = Counter(widths).most_common(1)
        share = rows / len(widths)
        several = sum(one > 1 for one in widths) / len(widths)
        # Rows may lose their empty cells at the end, so equal width is not asked of all.
        if width > 1 and (share >= 0.6 or several >= 0.8):
            score = share * (width - 1)
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _row_widths(probe: str, delimiter: str) -> list[int]:
    try:
        rows = itertools.islice(
            filter(any, _quoted_rows(io.StringIO(probe, newline=""), delimiter)), _PROBE_ROWS
        )
        return [len(row) for row in rows]
    except csv.Error:
        lines = (line for line, _ in _lines(probe) if line.strip())
        return [line.count(delimiter) + 1 for line in itertools.islice(lines, _PROBE_ROWS)]


def _quoted_rows(stream: io.StringIO, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows; raises csv.Error where a quote is not closed."""
    reader = csv.reader(stream, delimiter=delimiter)
    lines = 0
    for row in reader:
        if reader.line_num - lines > _MOST_LINES_IN_A_CELL:
            raise csv.Error("a quote is not closed")
        lines = reader.line_num
        yield row


def _progress_in_bytes(characters: int, size: int, progress: Progress) -> Callable[[int], None]:
    def report(character: int) -> None:
        progress(size * character // max(1, characters), size)

    return report


def _read_quoted(
    text: str, delimiter: str, filename: str, limits: Limits, report: Callable[[int], None]
) -> list[list[str]]:
    collector = RowCollector(filename, limits)
    stream = io.StringIO(text, newline="")
    for number, row in enumerate(_quoted_rows(stream, delimiter), start=1):
        collector.add(row)
        if number % PROGRESS_STEP == 0:
            report(stream.tell())
    report(len(text))
    return collector.finish()


def _read_unquoted(
    text: str, delimiter: str, filename: str, limits: Limits, report: Callable[[int], None]
) -> list[list[str]]:
    collector = RowCollector(filename, limits)
    for number, (line, end) in enumerate(_lines(text), start=1):
        collector.add([_without_quotes(cell) for cell in line.split(delimiter)])
        if number % PROGRESS_STEP == 0:
            report(end)
    report(len(text))
    return collector.finish()


def _read_lines(
    text: str, filename: str, limits: Limits, report: Callable[[int], None]
) -> list[list[str]]:
    collector = RowCollector(filename, limits)
    for number, (line, end) in enumerate(_lines(text), start=1):
        collector.add([_without_quotes(line)])
        if number % PROGRESS_STEP == 0:
            report(end)
    report(len(text))
    return collector.finish()


def _without_quotes(cell: str) -> str:
    if len(cell) > 1 and cell.startswith('"') and cell.endswith('"'):
        return cell[1:-1].replace('""', '"')
    return cell


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield each line and where it ends; str.splitlines would also cut at control marks."""
    start = 0
    for newline in _NEWLINE.finditer(text):
        yield text[start : newline.start()], newline.end()
        start = newline.end()
    if start < len(text):
        yield text[start:], len(text)
