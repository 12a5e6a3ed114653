"""The Excel file that matching two files gives (spec S3.5c)."""

from collections.abc import Iterable, Iterator, Sequence

from libraries.domain.copy_records import CopyRecord
from libraries.domain.jalali import format_jalali
from libraries.domain.list_values import STATUS_WORDS
from libraries.domain.persian import to_persian_digits
from libraries.files.limits import persian_number
from libraries.files.write import Cell, Sheet
from shelfreading.domain.findings import CONSEQUENCES, LABELS, OF_EXPECTED, SEEN, Finding
from shelfreading.match_files import FileMatch

_COPY_HEADERS = (
    *("ردیف", "عنوان", "پدیدآورنده", "شمارهٔ راهنما", "شمارهٔ ثبت", "بارکد", "بخش"),
    *("وضعیت در فهرست", "نوبت خواندن"),
)
_DUE_HEADER = "مهلت بازگشت"
_SCAN_HEADERS = ("ردیف", "کد", "سطر در فایل بارکدخوان", "نوبت خواندن", "زمان", "عنوان")
_LENT = {Finding.ON_LOAN, Finding.FOLLOW_UP_DUE, Finding.UNRETURNED, Finding.ON_LOAN_ON_SHELF}


def sheets(found: FileMatch) -> list[Sheet]:
    """A summary, the moves, what the command card said, one sheet for each class that has rows,
    and the rejected rows.
    """
    by_class: list[Sheet] = [
        _copies_sheet(found, finding, positions)
        for finding, positions in found.positions().items()
        if positions
    ] + [
        _scans_sheet(found, finding, indices)
        for finding, indices in found.observed().items()
        if indices
    ]
    moves = [_moves(found)] if found.match.moves else []
    result = [_summary(found), *moves, *([_marks(found)] if found.marks else []), *by_class]
    if found.rejected:
        headers = ["ردیف در فایل", "دلیل پذیرفته نشدن", *found.header]
        rows: list[list[Cell]] = [
            [one.row_number, " ".join(one.reasons), *one.cells] for one in found.rejected
        ]
        result.append(Sheet("پذیرفته‌نشده", headers, rows))
    return result


def sums(found: FileMatch) -> tuple[str, str]:
    """The two sums as lines that close: of the expected copies, and of the scans."""
    counts = found.match.counts()
    seen = sum(counts[finding] for finding in SEEN)
    expected = " + ".join(
        f"{persian_number(counts[finding])} {LABELS[finding]}"
        for finding in OF_EXPECTED
        if counts[finding]
    )
    observed = " + ".join(
        f"{persian_number(count)} {name}"
        for count, name in (
            (seen, "نسخهٔ دیده‌شده"),
            (counts[Finding.MISPLACED], LABELS[Finding.MISPLACED]),
            (counts[Finding.UNKNOWN], LABELS[Finding.UNKNOWN]),
            (counts[Finding.REPEATED], LABELS[Finding.REPEATED]),
        )
        if count
    )
    return (
        f"{persian_number(len(found.records))} نسخهٔ فهرست = {expected}",
        f"{persian_number(len(found.scans))} بار خواندن = {observed}",
    )


def _summary(found: FileMatch) -> Sheet:
    counts = found.match.counts()
    rows: list[Sequence[Cell]] = [
        [LABELS[finding], finding.value, count, CONSEQUENCES[finding]]
        for finding, count in counts.items()
    ]
    moved = sum(len(move.items) for move in found.match.moves)
    rows.append(["بیرون از ترتیب", "out_of_order", moved, "به جای خود برده شود (برگهٔ جابه‌جایی)."])
    return Sheet(
        "خلاصه",
        ["یافته", "کد", "شمار", "کاری که باید کرد"],
        rows,
        widths=(26, 20, 10, 70),
        notes=(*sums(found), *found.notices),
    )


def _moves(found: FileMatch) -> Sheet:
    def rows() -> Iterator[Sequence[Cell]]:
        for number, move in enumerate(found.match.moves, start=1):
            after, before = (
                "" if place is None else _place(found, place) for place in (move.after, move.before)
            )
            for position in move.items:
                record = found.records[position]
                yield [number, *_names(record), found.name(position), record.section, after, before]

    headers = ["جابه‌جایی", *_COPY_HEADERS[1:4], "شمارهٔ ثبت", "بارکد", "بخش", "پس از", "پیش از"]
    return Sheet("جابه‌جایی", headers, rows())


def _marks(found: FileMatch) -> Sheet:
    """What commands of the card said of books, in reading order (spec B9)."""
    records = {record.barcode: record for record in found.records if record.barcode}

    def rows() -> Iterator[Sequence[Cell]]:
        for number, (index, command) in enumerate(found.marks, start=1):
            scan = found.scans[index]
            record = records.get(scan.code)
            names = _names(record) if record else ("", "", "", "")
            yield [number, command.label, *names, scan.code, scan.line]

    headers = ["ردیف", "فرمان", *_COPY_HEADERS[1:5], "کد", "سطر در فایل بارکدخوان"]
    return Sheet("فرمان‌ها", headers, rows())


def _place(found: FileMatch, position: int) -> str:
    record = found.records[position]
    return f"{record.title} | {record.call_number} | {found.name(position)}"


def _names(record: CopyRecord) -> tuple[str, str, str, str]:
    return record.title, record.author, record.call_number, record.registration_number


def _copies_sheet(found: FileMatch, finding: Finding, positions: Iterable[int]) -> Sheet:
    lent = finding in _LENT

    def rows() -> Iterator[Sequence[Cell]]:
        for number, position in enumerate(positions, start=1):
            record = found.records[position]
            seen = found.match.first_seen[position]
            row = [
                number,
                *_names(record),
                record.barcode,
                record.section,
                STATUS_WORDS[record.status][0],
                seen + 1 if seen >= 0 else None,
            ]
            yield [*row, format_jalali(record.due_on) if record.due_on else ""] if lent else row

    headers = [*_COPY_HEADERS, _DUE_HEADER] if lent else _COPY_HEADERS
    return Sheet(LABELS[finding], headers, rows(), notes=(CONSEQUENCES[finding],))


def _scans_sheet(found: FileMatch, finding: Finding, indices: Iterable[int]) -> Sheet:
    title_of = {}
    if finding is Finding.REPEATED:
        title_of = {record.barcode: record.title for record in found.records}

    def rows() -> Iterator[Sequence[Cell]]:
        for number, index in enumerate(indices, start=1):
            scan = found.scans[index]
            at = (
                f"{format_jalali(scan.at)} {to_persian_digits(f'{scan.at:%H:%M:%S}')}"
                if scan.at
                else ""
            )
            yield [number, scan.code, scan.line, index + 1, at, title_of.get(scan.code, "")]

    return Sheet(LABELS[finding], _SCAN_HEADERS, rows(), notes=(CONSEQUENCES[finding],))
