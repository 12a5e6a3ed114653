"""Rows and readers of PDFs that the tests of the forms share."""

import re
import subprocess
import unicodedata
import zlib
from datetime import date
from pathlib import Path

from reports.forms.common import CopyRow, LibraryHeader

HEADER = LibraryHeader("شهید بهشتی", "همدان", "ملایر", "سامن", 3, date(2026, 5, 30))

_COPIES = (
    CopyRow("بوف کور", "صادق هدایت", 1315, "12034", date(2003, 4, 5), None, 1, "8فا3"),
    CopyRow("Clean Code: کد تمیز", "Robert C. Martin", None, "00451", None, None, 2, "005"),
    CopyRow(
        "تاریخ ایران باستان، یا تاریخ مفصل ایران قدیم: از آغاز تا انقراض ساسانیان، با نقشه‌ها، "
        "تصویرها و فهرست‌های کامل نام کسان و جای‌ها و کتاب‌ها و قبیله‌ها",
        "پیرنیا، حسن؛ باستانی پاریزی، محمدابراهیم",
        1311,
        "3/11-ب",
        None,
        "2",
        "3",
        "955",
    ),
)


def copies(count: int) -> tuple[CopyRow, ...]:
    """`count` rows: short and long titles, Latin words, unknown years."""
    return tuple(_COPIES[at % len(_COPIES)] for at in range(count))


def letters(text: str) -> str:
    """`text` for comparing what was typed with what a PDF reader gives back.

    Marks, format characters and ZWNJ go (a reader puts them elsewhere or leaves them out), and
    lam-alef counts as alef-lam: poppler turns the two letters of that one glyph round.
    """
    kept = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if unicodedata.category(letter) not in {"Mn", "Cf"}
    )
    return kept.replace("لا", "ال")


def words(text: str) -> list[str]:
    """The words of `text`, in order, without punctuation, blanks and digits."""
    return re.findall(r"[^\W\d_]+", letters(text))


def pages(pdf: bytes | Path) -> list[str]:
    """The text of each page as poppler reads it, through `letters`."""
    source = pdf.read_bytes() if isinstance(pdf, Path) else pdf
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=source, capture_output=True, check=True
    )
    return [letters(page) for page in done.stdout.decode().split("\f")[:-1]]


def info(pdf: bytes) -> dict[str, str]:
    """What `pdfinfo` says of a PDF, by its name."""
    done = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True)
    lines = (line.partition(":") for line in done.stdout.decode().splitlines())
    return {name: value.strip() for name, _, value in lines}


def structure(pdf: Path) -> str:
    """The PDF's structure tree as `pdfinfo` prints it."""
    done = subprocess.run(["pdfinfo", "-struct", str(pdf)], capture_output=True, check=True)
    return done.stdout.decode()


def objects(pdf: bytes) -> bytes:
    """The PDF's objects, those that stand in compressed streams included."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)
