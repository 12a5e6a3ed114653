"""`manage.py match_files` whole against LibreOffice's MATCH on the same two files.

Ours is timed from the start of the process to its end, with all classes, the moves and the Excel
of the result. LibreOffice opens a workbook of the same two tables in which each copy has
=MATCH(its barcode; the scans; 0) and each scan =MATCH(its code; the barcodes; 0), reckons and
saves it (aim: 20 times its speed or better). Where `soffice` is not installed, only ours is timed.

Run: `python benchmarks/bench_match_files.py [copies …]`.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common import HOME, copy_rows, median_seconds, seconds, settings_in, show

SIZES = (10_000, 50_000)
ROUNDS = 5
HEADERS = {
    "registration_number": "شماره ثبت",
    "barcode": "بارکد",
    "title": "عنوان",
    "author": "پدیدآورنده",
    "call_number": "شماره راهنما",
    "section": "بخش",
}
BARCODE = list(HEADERS).index("barcode")


def walk(rows: Sequence[dict[str, str]]) -> list[str]:
    """The codes of a walk along the shelves: 80 in 100 copies, one in 100 of them out of place."""
    from libraries.domain.call_numbers import DEFAULT, natural_key, shelf_key

    chance = random.Random(len(rows))
    shelves = sorted(
        rows,
        key=lambda row: (
            row["section"],
            shelf_key(row["call_number"], DEFAULT),
            natural_key(row["registration_number"]),
        ),
    )
    codes = [row["barcode"] for row in shelves if chance.random() < 0.8]
    for _ in range(len(codes) // 100):
        place = chance.randrange(len(codes))
        codes.insert(max(0, place + chance.randrange(-500, 500)), codes.pop(place))
    return codes


def two_files(folder: Path, rows: Sequence[dict[str, str]], codes: Sequence[str]) -> list[Path]:
    """The copies list as Excel, and the reader's memory as text."""
    from libraries.files.write import Sheet, write_workbook

    copies, scans = folder / "copies.xlsx", folder / "scans.txt"
    lines = [[row[field] for field in HEADERS] for row in rows]
    write_workbook(copies, [Sheet("نسخه‌ها", list(HEADERS.values()), lines)])
    scans.write_text("\n".join(codes))
    return [copies, scans]


def with_formulas(path: Path, rows: Sequence[dict[str, str]], codes: Sequence[str]) -> None:
    """Both tables as sheets of one workbook, with a MATCH in each row."""
    from openpyxl import Workbook

    letter = "ABCDEF"[BARCODE]
    book = Workbook(write_only=True)
    copies, scans = book.create_sheet("copies"), book.create_sheet("scans")
    for number, row in enumerate(rows, start=1):
        among = f"scans!$A$1:$A${len(codes)}"
        copies.append([*(row[field] for field in HEADERS), f"=MATCH({letter}{number},{among},0)"])
    for number, code in enumerate(codes, start=1):
        among = f"copies!${letter}$1:${letter}${len(rows)}"
        scans.append([code, f"=MATCH(A{number},{among},0)"])
    book.save(path)


def match_files(files: Sequence[Path], folder: Path) -> dict[str, Any]:
    """Run the command as a person does."""
    found = subprocess.run(
        [sys.executable, HOME / "manage.py", "match_files", *files]
        + ["--out", folder / "result.xlsx", "--json"],
        env={**os.environ, **settings_in(str(folder))},
        stdout=subprocess.PIPE,
        check=True,
    )
    result: dict[str, Any] = json.loads(found.stdout)
    return result


def recalculate(book: Path, folder: Path) -> Path:
    """Have LibreOffice open, reckon and save a workbook, with a profile of its own."""
    target = folder / "reckoned"
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        + ["--convert-to", "xlsx", "--outdir", str(target), str(book)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return target / book.name


def matched(book: Path) -> int:
    """How many copies a reckoned workbook found among the scans."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("copies")
    return sum(isinstance(row[-1], float) for row in sheet.to_python())


def compare(copies: int) -> tuple[str, ...]:
    """One size's line of the table."""
    with tempfile.TemporaryDirectory(prefix="rafkhan-bench-") as name:
        folder = Path(name)
        rows = copy_rows(copies)
        codes = walk(rows)
        files = two_files(folder, rows, codes)
        result = match_files(files, folder)
        assert result["counts"]["present"] == len(codes), result["counts"]
        ours = median_seconds(lambda: match_files(files, folder), ROUNDS)
        line = (f"{copies:,}", f"{len(codes):,}", f"{len(result['moves']):,}", f"{ours:.2f}")
        if shutil.which("soffice") is None:
            return (*line, "", "")
        book = folder / "formulas.xlsx"
        with_formulas(book, rows[:1], codes[:1])
        recalculate(book, folder)  # the first start makes the profile
        with_formulas(book, rows, codes)
        theirs = seconds(lambda: recalculate(book, folder))
        assert matched(folder / "reckoned" / book.name) == len(codes)
        return (*line, f"{theirs:.1f}", f"{theirs / ours:.0f}×")


def main() -> None:
    """Print the table."""
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    print(f"\nmatch_files from start to exit, seconds, medians of {ROUNDS} runs")
    show(
        ("copies", "scans", "moves", "match_files", "LibreOffice", "ratio"),
        [compare(copies) for copies in sizes],
    )
    if shutil.which("soffice") is None:
        print("LibreOffice (Debian: libreoffice-calc) is not installed here: nothing to compare.")


if __name__ == "__main__":
    main()
