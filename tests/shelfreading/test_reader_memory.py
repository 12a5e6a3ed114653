import datetime
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.files.limits import Unreadable
from shelfreading.domain.reader_memory import clean_code, read_memory
from shelfreading.domain.scan_times import is_moment, is_packed, moment, month_first, plain
from shelfreading.files import read_scan_file

SHARED = Path(os.environ.get("RAFKHAN_SHARED") or Path(__file__).parents[3] / "shared") / "data"
CODES = [f"12000{number * 7919 % 100_000:05}" for number in range(1, 31)]
AT = datetime.datetime(2026, 8, 2, 8, 0, 4)


def codes(rows: list[list[str]]) -> list[str]:
    return [scan.code for scan in read_memory(rows).scans]


def lines(text: list[str]) -> list[list[str]]:
    return [[line] for line in text]


def test_plain_codes_keep_order_lines_and_repeats():
    memory = read_memory(lines(["", CODES[1], "", CODES[0], CODES[1] + " "]))
    assert [(scan.line, scan.code) for scan in memory.scans] == [
        (2, CODES[1]),
        (4, CODES[0]),
        (5, CODES[1]),
    ]
    assert memory.scans[2].raw == CODES[1] + " " and memory.scans[0].at is None
    assert memory.skipped == [] and memory.notices == []


@pytest.mark.parametrize(
    "head",
    [
        ["MEMORY DUMP OPN-2001 v1.3", ""],
        ["barcode"],
        ["بارکد"],
        ["Opticon OPN 2006", "S/N: 00123456", "2026-08-02", "08:00:04", "-----"],
        ["#START", "COUNT=30", "v2.10"],
        ["[data]", "Date 02/08/2026"],
        ["شروع", "تاریخ: ۱۴۰۵/۰۵/۱۱"],
    ],
)
@pytest.mark.parametrize(
    "foot",
    [
        [],
        ["END 30 RECORDS"],
        ["END", ""],
        ["EOF"],
        ["CRC=3F2A", "=====", "TOTAL:30"],
        ["پایان", "تعداد: ۳۰"],
    ],
)
def test_the_readers_own_lines_are_left_out_and_listed(head, foot):
    memory = read_memory(lines([*head, *CODES, *foot]))
    assert [scan.code for scan in memory.scans] == CODES
    assert [text for _, text in memory.skipped] == [text for text in [*head, *foot] if text]
    assert [line for line, _ in memory.skipped] == sorted(line for line, _ in memory.skipped)
    assert any("کنار گذاشته شد" in notice for notice in memory.notices)


@pytest.mark.parametrize(
    "odd",
    [
        *("9", "X-7731", "ABC", "ISBN9789641234567", "LIB/۱۲", "a.b_c", "12 34", "%$1", "END-12"),
        *("978-964-12", "7" * 10_000, "ک۱۲", "http://x.ir/12", "0"),
    ],
)
@pytest.mark.parametrize("place", [0, 15, 30])
def test_what_could_be_a_code_is_a_scan_wherever_it_stands(odd, place):
    rows = [*CODES[:place], odd, *CODES[place:]]
    assert codes(lines(rows)) == [*CODES[:place], clean_code(odd), *CODES[place:]]


def test_in_the_middle_only_what_can_be_no_code_is_left_out():
    middle = ["END", "2026-08-02", "MEMORY DUMP OPN-2001 v1.3", "barcode", "----", CODES[0]]
    memory = read_memory(lines([*CODES[:15], *middle, *CODES[15:]]))
    assert [text for _, text in memory.skipped] == middle[2:5]
    assert [scan.raw for scan in memory.scans][15:18] == ["END", "2026-08-02", CODES[0]]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("۱۲۰۰۰۰۶۹۳۱", "1200006931"),
        ("*1200006931*", "1200006931"),
        ("]C11200006931", "1200006931"),
        ("\x021200006931\x03", "1200006931"),
        ("1200006931\x00\t", "1200006931"),
    ],
)
def test_codes_are_cleaned_and_the_raw_text_is_kept(raw, code):
    scan = read_memory(lines([*CODES, raw])).scans[-1]
    assert (scan.raw, scan.code) == (raw, code)


STAMPED = [
    # header, a row's cells for a code; the moment is AT in each
    (["date", "time", "symbology", "barcode"], ["2026-08-02", "08:00:04", "CODE128", "{}"]),
    (None, ["2026-08-02", "08:00:04", "Code 39", "{}"]),
    (None, ["{}", "EAN-13", "08:00:04", "02/08/2026"]),
    (None, ["{}", "]C1", "02.08.26", "8:00:04 AM"]),
    (["Barcode", "Timestamp"], ["{}", "2026-08-02T08:00:04Z"]),
    (["بارکد", "تاریخ", "ساعت"], ["{}", "۱۴۰۵/۰۵/۱۱", "۰۸:۰۰:۰۴"]),
    (["ردیف", "کد", "تاریخ و ساعت"], ["{n}", "{}", "1405/05/11 08:00:04"]),
    (None, ["{n}", "{}", "1", "11/05/1405 08:00:04"]),
    (["code", "qty", "date", "time"], ["{}", "1", "20260802", "080004"]),
    (["No", "Device", "Data", "Time", "Date"], ["{n}", "OPN2001", "{}", "08:00:04", "2026/8/2"]),
    (None, ["{}", "2026-08-02 08:00:04", "2026-08-02 09:30:00"]),
    (None, ["{} 02/08/2026 08:00:04"]),
    (None, ["20260802080004", "{}"]),
    (None, ["{}", "20260802080004", "1"]),
    (None, ["{n}", "{}", "14050511080004"]),
    (None, ["{n} {} 20260802080004"]),
    (["Barcode Date Time"], ["{} 2026-08-02 08:00:04"]),
]


@pytest.mark.parametrize(("header", "cells"), STAMPED)
@pytest.mark.parametrize("above", [[], [["MEMORY DUMP OPN-2001 v1.3"], []]])
def test_columns_and_moments_are_found(header, cells, above):
    body = [
        [cell.replace("{n}", str(n)).replace("{}", code) for cell in cells]
        for n, code in enumerate(CODES, start=1)
    ]
    rows = [*above, *([header] if header else []), *body]
    width = max(map(len, rows))
    memory = read_memory([row + [""] * (width - len(row)) for row in rows])
    assert [scan.code for scan in memory.scans] == CODES
    assert {scan.at for scan in memory.scans} == {AT}
    assert len(memory.skipped) == bool(above) + bool(header)


def test_rows_beside_the_column_are_listed_and_odd_codes_stay():
    rows = [
        ["date", "time", "barcode"],
        ["2026-08-02", "08:00:04", CODES[0]],
        ["2026-08-02", "", "WEIRD*"],
        ["2026-08-02", "08:00:04", ""],
        ["date", "time", "barcode"],
        ["END", "3", ""],
    ]
    memory = read_memory(rows)
    assert [scan.code for scan in memory.scans] == [CODES[0], "WEIRD*"]
    assert memory.scans[1].at == datetime.datetime(2026, 8, 2)
    assert [line for line, _ in memory.skipped] == [1, 4, 5, 6]


def test_a_moment_as_a_spreadsheet_counts_days_is_no_code():
    rows = [[f"46000.33{number:03}", code] for number, code in enumerate(CODES)]
    assert codes(rows) == CODES


def test_codes_that_look_like_days_are_still_codes():
    days = [f"200101{number:02}" for number in range(1, 31)]
    assert codes(lines(days)) == days
    assert codes([[day, "1"] for day in days]) == days


def test_words_beside_one_another_at_the_beginning_are_a_header():
    rows = [[code, "1"] for code in CODES]
    for header in (["متن", "تعداد"], ["Raw", "Count"]):
        memory = read_memory([header, *rows])
        assert [scan.code for scan in memory.scans] == CODES
        assert memory.skipped == [(1, " ".join(header))]
    # What stands alone, or carries a digit or a symbology, may be a code.
    for first in (["ABC", ""], ["ABC1", "x"], ["ABC", "CODABAR"]):
        assert len(codes([first, *rows])) == len(CODES) + 1


def test_a_single_column_of_numbers_that_count_on_is_still_codes():
    numbers = [str(n) for n in range(1, 40)]
    assert codes(lines(numbers)) == numbers
    assert codes([[n, "CODE39"] for n in numbers]) == numbers


def test_codes_that_lost_digits_and_a_copies_list_are_told():
    lost = read_memory(lines(["1.2E+09", *CODES]))
    assert len(lost.scans) == 31 and "1.2E+09" in lost.notices[0]
    header = ["عنوان", "شماره ثبت", "بارکد", "وضعیت"]
    swapped = read_memory([header, *[["کتاب", str(n), c, "موجود"] for n, c in enumerate(CODES)]])
    assert len(swapped.scans) == 30 and any("فهرست نسخ" in one for one in swapped.notices)


@pytest.mark.parametrize("rows", [[], [[]], [[""], [" "]], [["MEMORY DUMP"]], [["", "", ""]]])
def test_nothing_to_find(rows):
    assert read_memory(rows).scans == []


@given(st.lists(st.lists(st.one_of(st.sampled_from(CODES), st.text()), max_size=4), max_size=30))
def test_no_row_vanishes(rows):
    memory = read_memory(rows)
    listed = [scan.line for scan in memory.scans] + [line for line, _ in memory.skipped]
    assert len(listed) == len(set(listed))
    told = {n for n, row in enumerate(rows, start=1) if any(map(clean_code, row))}
    assert told <= set(listed)
    assert all(scan.code == clean_code(scan.raw) != "" for scan in memory.scans)


@given(st.lists(st.integers(10**9, 10**10), min_size=1), st.sampled_from(["\n", "\r\n", "\t\n"]))
def test_numbers_one_a_line_all_arrive(numbers, end):
    text = [f"{number}{end}" for number in numbers]
    assert codes(lines(text)) == [str(number) for number in numbers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-08-02 08:00:04", AT),
        ("2026-08-02 08:00:04.250", AT),
        ("۱۴۰۵/۰۵/۱۱ ۰۸:۰۰:۰۴", AT),
        ("08:00:04 2026-08-02", AT),
        ("2/8/2026 8:00:04 am", AT),
        ("2026-08-02 12:30 am", datetime.datetime(2026, 8, 2, 0, 30)),
        ("2026-08-02 1:30 ب.ظ", datetime.datetime(2026, 8, 2, 13, 30)),
        ("2026-08-02", datetime.datetime(2026, 8, 2)),
        ("08:00:04", None),
        ("2026-13-02", None),
        ("2026-08-02 25:00", None),
        ("20260802080004", AT),
        ("202608020800", datetime.datetime(2026, 8, 2, 8)),
        ("1200006931", None),
        ("", None),
    ],
)
def test_moments(text, expected):
    assert moment(plain(text)) == expected
    assert expected is None or is_moment(plain(text)) or is_packed(plain(text))


def test_the_month_comes_first_only_where_nothing_else_can_be():
    assert month_first(["08/02/2026", "08/13/2026"])
    assert not month_first(["08/02/2026", "13/08/2026", "2026/08/13"])
    rows = [[code, "08/02/2026"] for code in CODES] + [["1200099999", "08/13/2026"]]
    assert {scan.at.month for scan in read_memory(rows).scans if scan.at} == {8}


@given(st.text())
def test_no_text_breaks_the_clock(text):
    assert isinstance(is_moment(plain(text)), bool)
    assert moment(plain(text)) is None or is_moment(plain(text)) or text


# Files


def test_a_file_without_codes_is_refused(tmp_path):
    path = tmp_path / "scans.txt"
    for content, words in [(b"", "صفر بایت"), (b"MEMORY DUMP OPN-2001 v1.3\r\n", "هیچ بارکدی")]:
        path.write_bytes(content)
        with pytest.raises(Unreadable) as caught:
            read_scan_file(path, filename="خام.txt")
        assert words in str(caught.value) and "«خام.txt»" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "count", "first_at"),
    [
        ("sample/scans.txt", 1504, None),
        ("sample-spreadsheetml/scans.csv", 722, AT),
    ],
)
def test_shared_samples(name, count, first_at):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared samples are not beside the repository")
    memory = read_scan_file(path)
    assert len(memory.scans) == count and memory.scans[0].at == first_at
    assert len(memory.skipped) == 1
    assert all(len(scan.code) == 10 and scan.code.isdigit() for scan in memory.scans)
