"""How much of an uploaded file is read, and the one error that reading raises."""

from dataclasses import dataclass

from libraries.domain.persian import to_persian_digits

_MEGABYTE = 1_000_000


class Unreadable(ValueError):
    """A file can't be read as a table.

    ``str()`` is one Persian sentence for the user: what is wrong, where, and what to do.
    """


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one uploaded file.

    ``max_rows`` counts rows of data: a few title and header lines come on top of it.
    ``max_unpacked_bytes`` and ``max_ratio`` bound what a zipped workbook may grow to.
    ``max_memory_bytes`` and ``max_seconds`` bound the process that opens a workbook.
    """

    max_bytes: int = 200 * _MEGABYTE
    max_rows: int = 1_000_000
    max_columns: int = 200
    max_unpacked_bytes: int = 1_500 * _MEGABYTE
    max_ratio: int = 150
    max_memory_bytes: int = 4_000 * _MEGABYTE
    max_seconds: int = 300


DEFAULT_LIMITS = Limits()

HEADER_ALLOWANCE = 50
"""Title and header lines that a list may have above its ``max_rows`` rows of data."""


def persian_number(number: int) -> str:
    """Return a whole number in Persian digits with its thousands set apart."""
    return to_persian_digits(f"{number:,}").replace(",", "٬")


def megabytes(size: int) -> str:
    """Return a size in bytes as whole megabytes, in Persian digits."""
    return persian_number(max(1, round(size / _MEGABYTE)))
