"""Reads the file that a barcode reader's memory was saved to."""

from pathlib import Path

from libraries.files.limits import DEFAULT_LIMITS, Limits, Unreadable
from libraries.files.read_table import read_table
from libraries.files.rows import Progress
from shelfreading.domain.reader_memory import Memory, read_memory


def read_scan_file(
    path: Path,
    *,
    filename: str = "",
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> Memory:
    """Return the scans in a reader's memory file: txt, csv, xlsx or what else read_table reads.

    Raises Unreadable where the file can't be read or holds no code.
    """
    table = read_table(path, filename=filename, limits=limits, progress=progress)
    memory = read_memory(table.rows)
    if not memory.scans:
        raise Unreadable(
            f"در فایل «{filename or path.name}» هیچ بارکدی پیدا نشد؛ "
            "حافظهٔ بارکدخوان را دوباره خروجی بگیرید و همان فایل را بفرستید."
        )
    memory.notices = table.notices + memory.notices
    return memory
