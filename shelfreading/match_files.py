"""Matching a copies list with a reader's memory, two files and no database (directive 3-5 ج).

The same rules as in a session: the list's sections and prefixes are the runs of shelves, its
«امانت» an open loan. What two files can't tell is left open: nobody knows of a follow-up, and
the clock of a reader is not trusted to say what came first.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from operator import is_not
from pathlib import Path
from typing import Any

from libraries.domain.call_numbers import DEFAULT, Rules, natural_key, shelf_key
from libraries.domain.codes import with_zeros
from libraries.domain.columns import find_header, guess_mapping
from libraries.domain.copies_list import CheckedList, CopiesListError, check_rows
from libraries.domain.copy_records import CopyRecord, Rejected
from libraries.domain.persian import search_key, to_persian_digits
from libraries.files.limits import Unreadable
from libraries.files.read_table import read_table
from libraries.files.rows import Progress, Table
from shelfreading.domain.commands import (
    COMMAND_OF,
    MARK,
    NO_BARCODE,
    SCAN,
    UNDO,
    Command,
    interpret,
)
from shelfreading.domain.findings import OF_EXPECTED, Finding
from shelfreading.domain.frozen_list import freeze
from shelfreading.domain.reader_memory import Memory, ReaderScan
from shelfreading.domain.reconcile import ExpectedList, LoanFact, Match, reconcile
from shelfreading.domain.shelf_order import UNREADABLE
from shelfreading.files import read_scan_file

# What the match and its Excel file need of a list; the rest isn't looked at.
_FIELDS = {
    *("title", "author", "registration_number", "barcode", "call_number", "class_number"),
    *("author_mark", "volume", "copy_number", "section", "status", "due_on"),
}
# No scan is ever equal to it: cleaning a code takes control characters out.
_NO_BARCODE = "\0"
_LONG_AGO = datetime(1, 1, 1)


@dataclass(slots=True)
class FileMatch:
    """What matching two files found.

    `records` are the copies in shelf order, as `match` counts them; `scans` the books that the
    reader read, in its order, without commands of the card and what they took back; `marks` what
    commands said of them, by their index. `rejected` are rows of the list that could not be taken,
    under `header`.
    """

    records: list[CopyRecord]
    scans: list[ReaderScan]
    marks: list[tuple[int, Command]]
    match: Match
    header: list[str]
    rejected: list[Rejected]
    notices: list[str]

    def name(self, position: int) -> str:
        """The copy's barcode; «#» and its registration number where it has none."""
        record = self.records[position]
        return record.barcode or f"#{record.registration_number}"

    def positions(self) -> dict[Finding, list[int]]:
        """The positions of the copies in each class of expected copies, in shelf order."""
        found: dict[Finding, list[int]] = {finding: [] for finding in OF_EXPECTED}
        for position, finding in enumerate(self.match.findings):
            found[finding].append(position)
        return found

    def observed(self) -> dict[Finding, list[int]]:
        """The indices of the scans in each class of scans that are no copy's first sighting."""
        return {
            Finding.MISPLACED: self.match.misplaced,
            Finding.UNKNOWN: self.match.unknown,
            Finding.REPEATED: self.match.repeated,
        }

    def as_json(self) -> dict[str, Any]:
        """The result in plain values; every class of the match table is named.

        A copy without a barcode is named by «#» and its registration number. `moves` take each
        block of `barcodes`, in its order, to between `after` and `before`; null is an end. `marks`
        are what the command card said of a book.
        """
        barcodes = {
            finding.value: [self.name(position) for position in positions]
            for finding, positions in self.positions().items()
        } | {
            finding.value: [self.scans[index].code for index in indices]
            for finding, indices in self.observed().items()
        }
        return {
            "expected": len(self.records),
            "scans": len(self.scans),
            "counts": {code: len(codes) for code, codes in barcodes.items()},
            "barcodes": barcodes,
            "marks": [
                {"code": self.scans[index].code, "mark": command.value}
                for index, command in self.marks
            ],
            "moves": [
                {
                    "barcodes": [self.name(position) for position in move.items],
                    "after": None if move.after is None else self.name(move.after),
                    "before": None if move.before is None else self.name(move.before),
                }
                for move in self.match.moves
            ],
        }


def match_paths(
    copies: Path,
    scans: Path,
    *,
    today: date,
    copies_name: str = "",
    scans_name: str = "",
    rules: Rules = DEFAULT,
    progress: Progress | None = None,
) -> FileMatch:
    """Read both files and match them; raises Unreadable where one isn't what it should be.

    The names are those the user knows the files by.
    """
    table = read_table(copies, filename=copies_name, progress=progress)
    memory = read_scan_file(scans, filename=scans_name, progress=progress)
    if memory.looks_like_copies_list:
        raise Unreadable(
            f"فایل «{scans_name or scans.name}» فهرست نسخ است، نه بارکدهای خوانده‌شده؛ "
            "به جای آن فایل حافظهٔ بارکدخوان را بدهید."
        )
    return match_tables(
        table, memory, today=today, rules=rules, filename=copies_name or copies.name
    )


def match_tables(
    copies: Table,
    scans: Memory,
    *,
    today: date,
    rules: Rules = DEFAULT,
    filename: str = "",
) -> FileMatch:
    """Match a copies list with a reader's scans (spec S3.5c).

    Sections stand in the order of their size. Raises Unreadable where the table is no copies
    list with barcodes.
    """
    checked, header = _check(copies, filename)
    records = _in_shelf_order(checked.records, rules)
    places = list(freeze([(section, key) for section, key, _ in records], rules))
    ordered = [record for _, _, record in records]
    books, marks = books_read(scans.scans)
    codes = with_zeros((scan.code for scan in books), {r.barcode for r in ordered if r.barcode})
    match = reconcile(
        ExpectedList(
            codes=[
                record.barcode or _NO_BARCODE + record.registration_number for record in ordered
            ],
            statuses=["available" if r.status == "on_loan" else r.status for r in ordered],
            ranks=[rank for rank, _ in places],
            shelf_runs=[run for _, run in places],
        ),
        codes,
        today=today,
        loans={
            position: [LoanFact(_LONG_AGO, None, record.due_on, followed_up=False)]
            for position, record in enumerate(ordered)
            if record.status == "on_loan"
        },
    )
    unreadable = sum(rank == UNREADABLE for rank, _ in places)
    named = [
        scan if scan.code == code else replace(scan, code=code)
        for scan, code in zip(books, codes, strict=True)
    ]
    notices = _notices(copies, checked, scans, match, unreadable)
    if mended := sum(map(is_not, named, books)):
        notices.append(
            f"{to_persian_digits(mended)} کد در یکی از دو فایل صفرهای آغازش را نداشت (اکسل آن‌ها را "
            "می‌اندازد) و بدون آن صفرها سنجیده شد."
        )
    return FileMatch(
        records=ordered,
        scans=named,
        marks=marks,
        match=match,
        header=header,
        rejected=checked.rejected,
        notices=notices,
    )


def books_read(
    scans: Sequence[ReaderScan],
) -> tuple[list[ReaderScan], list[tuple[int, Command]]]:
    """The books among a reader's codes, and the marks on them: (index of the book, command).

    Codes of the command card are read as the page at the shelf reads them (spec B9): what was
    taken back is gone, and a book without a barcode is one that no record is known to have.
    """
    actions = interpret([scan.code for scan in scans])
    undone = {action.about for action in actions if action.kind == UNDO}
    books: list[ReaderScan] = []
    place: dict[int, int] = {}
    for index, (scan, action) in enumerate(zip(scans, actions, strict=True)):
        if index not in undone and action.kind in (SCAN, NO_BARCODE):
            place[index] = len(books)
            bare = action.kind == NO_BARCODE
            books.append(replace(scan, code=f"بی‌بارکد، سطر {scan.line}") if bare else scan)
    marks = {
        place[action.about]: COMMAND_OF[scans[index].code]
        for index, action in enumerate(actions)
        if action.kind == MARK and index not in undone and action.about in place
    }
    return books, sorted(marks.items())


def _check(copies: Table, filename: str) -> tuple[CheckedList, list[str]]:
    """The list's copies, with the row of headings; those that nothing names are rejected."""
    header_row = find_header(copies.rows)
    if header_row is None:
        raise Unreadable(
            f"در فایل «{filename}» سطر عنوان ستون‌ها (مانند «عنوان» و «بارکد») پیدا نشد؛ "
            "فهرست نسخ را با سطر عنوان خروجی بگیرید."
        )
    header = copies.rows[header_row]
    try:
        checked = check_rows(
            copies.rows,
            header_row,
            {field: column for field, column in guess_mapping(header).items() if field in _FIELDS},
            require_barcode=True,
            require_registration=False,
        )
    except CopiesListError as error:
        raise Unreadable(f"فایل «{filename}»: {error}") from error
    for record in checked.records:
        if not record.barcode and not record.registration_number:
            reason = "نه بارکد دارد و نه شمارهٔ ثبت؛ یکی از این دو را بنویسید."
            row = copies.rows[record.row_number - 1]
            checked.rejected.append(Rejected(record.row_number, list(row), (reason,)))
    checked.records = [r for r in checked.records if r.barcode or r.registration_number]
    checked.rejected.sort(key=lambda row: row.row_number)
    if not checked.records and checked.rejected:
        number, _, reasons = checked.rejected[0]
        raise Unreadable(
            f"هیچ سطری از فایل «{filename}» پذیرفته نشد؛ "
            f"سطر {to_persian_digits(number)}: {reasons[0]}"
        )
    if not checked.records:
        raise Unreadable(
            f"در فایل «{filename}» هیچ سطری نیست که بتوان آن را نسخه‌ای شمرد؛ "
            "فایل فهرست نسخ را بدهید."
        )
    return checked, header


def _in_shelf_order(
    records: Sequence[CopyRecord], rules: Rules
) -> list[tuple[int, str, CopyRecord]]:
    """Section, shelf key and record of each copy, as the shelves run."""
    section_key = lru_cache(maxsize=None)(search_key)
    sizes = Counter(section_key(record.section) for record in records)
    places = {section: place for place, (section, _) in enumerate(sizes.most_common())}
    keyed = [
        (
            places[section_key(record.section)],
            shelf_key(record.call_number, rules),
            natural_key(record.registration_number),
            record.row_number,
            record,
        )
        for record in records
    ]
    keyed.sort(key=lambda row: row[:4])
    return [(section, key, record) for section, key, _, _, record in keyed]


def _notices(
    copies: Table, checked: CheckedList, scans: Memory, match: Match, unreadable: int
) -> list[str]:
    notices = [*copies.notices, *checked.notices]
    if checked.rejected:
        notices.append(
            f"{to_persian_digits(len(checked.rejected))} سطر فهرست پذیرفته نشد و در شمارش نیامد؛ "
            "برگهٔ «پذیرفته‌نشده» دلیل هر یک را می‌گوید."
        )
    if unreadable:
        notices.append(
            f"شمارهٔ راهنمای {to_persian_digits(unreadable)} نسخه ناخواناست؛ "
            "در پایان بخش خود آمده‌اند و ترتیبشان سنجیده نشده است."
        )
    if match.doubtful:
        notices.append(
            "در پاره‌ای از قفسه‌ها بیشتر نسخه‌ها بیرون از ترتیب می‌نماید؛ شاید آنجا به ترتیب دیگری "
            "چیده یا خوانده شده باشد."
        )
    return [*notices, *scans.notices]
