import datetime
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libraries.files.limits import Limits, Unreadable
from libraries.files.read_table import read_table
from libraries.files.rows import Table
from tests.libraries.binary_xls import compound_file, workbook_stream

SHARED = Path(os.environ.get("RAFKHAN_SHARED") or Path(__file__).parents[3] / "shared") / "data"
HEADER = ["عنوان", "شماره ثبت", "بارکد"]
ROWS = [HEADER, ["بوف کور", "۱۲", "100000007"], ["سووشون، رمان", "13", "100000008"]]


def read(tmp_path: Path, content: bytes, name: str = "list.xlsx", **options) -> Table:
    path = tmp_path / "upload"
    path.write_bytes(content)
    return read_table(path, filename=name, **options)


def refusal(tmp_path: Path, content: bytes, name: str = "list.xlsx", **options) -> str:
    with pytest.raises(Unreadable) as caught:
        read(tmp_path, content, name, **options)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "؛" in sentence and "\n" not in sentence
    return sentence


def xlsx(*sheets: list[list[object]], hidden: tuple[int, ...] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = workbook.create_sheet(f"برگ {number}")
        for row in rows:
            sheet.append(row)
        if number in hidden:
            sheet.sheet_state = "hidden"
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def repacked(content: bytes, replace: dict[str, bytes]) -> bytes:
    """The same archive with some parts replaced."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, replace.get(name) or source.read(name))
    return packed.getvalue()


def sheet_xml(cells: str) -> dict[str, bytes]:
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )
    return {"xl/worksheets/sheet1.xml": xml.encode()}


def spreadsheetml(body: str, start: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{start}\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{body}</Workbook>'
    ).encode()


# Workbooks


def test_cells_of_a_workbook_become_texts(tmp_path):
    values = [
        100000007.0,
        1e15,
        955.07,
        0.1 + 0.2,
        True,
        datetime.date(2016, 1, 28),
        datetime.datetime(2026, 8, 2, 8, 0, 4),
        datetime.time(8, 5),
        None,
        "۱۲ ",
    ]
    table = read(tmp_path, xlsx([values]))
    assert table.rows == [
        [
            *("100000007", "1000000000000000", "955.07", "0.3", "TRUE", "2016-01-28"),
            *("2026-08-02 08:00:04", "08:05:00", "", "۱۲ "),
        ]
    ]
    assert (table.kind, table.notices) == ("xlsx", [])


def test_blank_rows_keep_the_row_numbers_and_empty_ends_are_cut(tmp_path):
    rows = [[], [None, "فهرست نسخ"], [], [None, *HEADER, "", ""], [None, "الف", "1"], [], []]
    assert read(tmp_path, xlsx(rows)).rows == [
        ["", "", "", ""],
        ["", "فهرست نسخ", "", ""],
        ["", "", "", ""],
        ["", *HEADER],
        ["", "الف", "1", ""],
    ]


def test_the_fullest_visible_sheet_is_taken_and_named(tmp_path):
    few, more, most = [["x"]], ROWS, [["راز"]] * 9
    table = read(tmp_path, xlsx(few, more, most, hidden=(3,)))
    assert table.sheet == "برگ 2" and table.rows == ROWS
    assert (
        len(table.notices) == 1 and "«برگ 2»" in table.notices[0] and "۳ برگه" in table.notices[0]
    )


def test_formulas_give_their_stored_value_and_lost_ones_are_counted(tmp_path):
    content = repacked(
        xlsx([["x"]]),
        sheet_xml(
            '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>NOW()</f><v></v></c>'
            '<c r="C1" t="str"><f>A1</f><v>متن</v></c></row>'
            '<row r="2"><c r="A2"><v>7</v></c><c r="B2"><f>A1*2</f></c></row>'
        ),
    )
    table = read(tmp_path, content)
    assert table.rows == [["2", "", "متن"], ["7", "", ""]]
    assert len(table.notices) == 1 and table.notices[0].startswith("۲ خانه")


def test_progress_reaches_the_end_and_its_own_errors_pass_through(tmp_path):
    calls: list[tuple[int, int | None]] = []
    for content in (xlsx(ROWS), "\n".join("abc").encode(), spreadsheetml("<Worksheet/>") + b" "):
        calls.clear()
        try:
            read(tmp_path, content, progress=lambda done, total: calls.append((done, total)))
        except Unreadable:
            assert content.endswith(b" ")
        assert calls and calls[-1][0] == calls[-1][1]

    def stop(done: int, total: int | None) -> None:
        raise KeyError("stopped")

    with pytest.raises(KeyError):
        read(tmp_path, xlsx(ROWS), progress=stop)


def test_binary_xls(tmp_path):
    content = compound_file(workbook_stream([["عنوان", "بارکد"], ["کتاب", 100000007.0]]))
    table = read(tmp_path, content, "a.xls")
    assert table.kind == "xls" and table.rows == [["عنوان", "بارکد"], ["کتاب", "100000007"]]


def test_binary_xls_whose_sectors_turn_in_a_circle_ends(tmp_path):
    content = compound_file(workbook_stream([["کتاب"]]), cycle=True)
    assert read(tmp_path, content, limits=Limits(max_seconds=5)).rows == [["کتاب"]]


def test_ods(tmp_path):
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in ROWS
    )
    office = "urn:oasis:names:tc:opendocument:xmlns"
    document = (
        f'<office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="برگ">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", document)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0"/>',
        )
    table = read(tmp_path, content.getvalue(), "list.ods")
    assert table.kind == "ods" and table.rows == ROWS


@pytest.mark.parametrize("name", ["list.xls", "list.csv", "list.txt", "list", "list.xlsb"])
def test_the_content_tells_the_format_and_not_the_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(xlsx(ROWS))
    assert read_table(path).rows == ROWS
    path.write_bytes(compound_file(workbook_stream([["کتاب", 1.0]])))
    assert read_table(path).rows == [["کتاب", "1"]]
    path.write_bytes(b"a,b\n1,2")
    assert read_table(path).rows == [["a", "b"], ["1", "2"]]


# SpreadsheetML


def test_spreadsheetml_with_gaps_merges_types_and_comments(tmp_path):
    body = """
      <Worksheet ss:Name="تهی"><Table/></Worksheet>
      <Worksheet ss:Name="فهرست"><Table>
        <Row ss:Index="2">
          <Cell ss:Index="2"><Data ss:Type="String">عنوان &amp; نام</Data></Cell></Row>
        <Row><Cell ss:MergeAcross="1"><Data ss:Type="Number">1.00000007E8</Data>
          <Comment><ss:Data>یادداشت</ss:Data></Comment></Cell>
          <Cell><Data ss:Type="DateTime">2016-01-28T00:00:00.000</Data></Cell></Row>
        <Row ss:Index="5"><Cell ss:Formula="=A1"><Data ss:Type="Error">#REF!</Data></Cell>
          <Cell><Data ss:Type="Boolean">1</Data></Cell>
          <Cell><ss:Data ss:Type="String"><B>پر</B>رنگ</ss:Data></Cell></Row>
      </Table></Worksheet>"""
    table = read(tmp_path, spreadsheetml(body), "export.xls")
    assert table.rows == [
        ["", "", ""],
        ["", "عنوان & نام", ""],
        ["100000007", "", "2016-01-28"],
        ["", "", ""],
        ["", "TRUE", "پررنگ"],
    ]
    assert (table.kind, table.sheet) == ("spreadsheetml", "فهرست")
    assert len(table.notices) == 1 and table.notices[0].startswith("۱ خانه")


def test_spreadsheetml_takes_the_fullest_sheet(tmp_path):
    row = '<Row><Cell><Data ss:Type="String">x</Data></Cell></Row>'
    sheet = '<Worksheet ss:Name="{}"><Table>{}</Table></Worksheet>'
    table = read(tmp_path, spreadsheetml(sheet.format("یک", row) + sheet.format("دو", row * 3)))
    assert table.sheet == "دو" and len(table.rows) == 3 and "«دو»" in table.notices[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (spreadsheetml("", '<!DOCTYPE x [<!ENTITY a "aaaa">]>'), ["DOCTYPE", "xlsx"]),
        (spreadsheetml("<Worksheet><Table><Row>")[:-11], ["سطر ۲", "ناقص"]),
        (spreadsheetml(""), ["هیچ برگه‌ای نیست"]),
        (
            spreadsheetml(
                '<Worksheet><Table><Row><Cell ss:Index="999"><Data>x</Data></Cell></Row>'
            ),
            ["۹۹۹ ستون"],
        ),
        (
            spreadsheetml(
                '<Worksheet><Table><Row ss:Index="99999999"><Cell><Data>x</Data></Cell></Row>'
            ),
            ["۱٬۰۰۰٬۰۰۰ سطر"],
        ),
    ],
)
def test_spreadsheetml_that_is_refused(tmp_path, content, words):
    sentence = refusal(tmp_path, content, "export.xls")
    assert all(word in sentence for word in [*words, "«export.xls»"])


# Text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1256"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_delimited_text(tmp_path, encoding, delimiter, newline):
    rows = [
        ["نام کتاب", "سال", "بارکد"],
        [f'با {delimiter} و "گیومه"', "1385", "12"],
        ["x", "", "13"],
    ]
    lines = [
        delimiter.join(
            '"' + cell.replace('"', '""') + '"' if delimiter in cell else cell for cell in row
        )
        for row in rows
    ]
    text = newline.join(["فهرست نسخ", "", *lines, ""])
    if encoding == "windows-1256":
        text = text.replace("ی", "ي")
        rows = [[cell.replace("ی", "ي") for cell in row] for row in rows]
    table = read(tmp_path, text.encode(encoding), "list.csv")
    assert table.rows[2:] == rows
    assert table.rows[0][0] == "فهرست نسخ" and table.rows[1] == ["", "", ""]
    assert (table.kind, table.encoding, table.notices) == ("csv", encoding, [])


def test_quoted_cells_may_hold_newlines(tmp_path):
    table = read(tmp_path, 'a,b\n"یک\nدو",3\n"x ""y""",4\n'.encode())
    assert table.rows == [["a", "b"], ["یک\nدو", "3"], ['x "y"', "4"]]


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(tmp_path):
    lines = ["عنوان\tبارکد", '"زن زیادی\t1'] + [f"کتاب\t{n}" for n in range(2, 60)]
    table = read(tmp_path, "\n".join(lines).encode())
    assert len(table.rows) == 60 and table.rows[1] == ['"زن زیادی', "1"]
    assert "گیومه" in table.notices[0]


def test_a_first_line_that_names_the_separator(tmp_path):
    assert read(tmp_path, b"sep=;\r\na,b;c\r\n1,2;3\r\n").rows == [["a,b", "c"], ["1,2", "3"]]


@pytest.mark.parametrize("text", ["1200006931\r\n1200006932\r\n\r\n", "1200006931\n1200006932"])
def test_one_value_a_line(tmp_path, text):
    table = read(tmp_path, text.encode(), "scans.txt")
    assert table.kind == "txt" and table.rows == [["1200006931"], ["1200006932"]]


def test_control_marks_end_no_line_and_long_codes_stay_whole(tmp_path):
    long = "7" * 200_000
    rows = read(tmp_path, f"12\x1d34\x0c\u2028x\n{long}\n".encode()).rows
    assert rows == [["12\x1d34\x0c\u2028x"], [long]]


def test_a_text_cut_within_a_letter_is_read_with_a_notice(tmp_path):
    table = read(tmp_path, ("کتاب " * 20 + "ن").encode()[:-1])
    assert table.encoding == "utf-8" and table.notices[0].startswith("۱ نویسه")


def test_a_web_page_called_xls(tmp_path):
    page = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8">
      <style>td {color: red}</style></head><body><table><tr><td>سر</td></tr></table>
      <table><TR><th>عنوان</th><th colspan="2">بارکد &amp; ثبت</th><th>بخش</th></TR>
      <tr><td><b>بوف</b>&nbsp;کور<td>12</td><td></td><td>مخزن</td></tr></table></body></html>"""
    table = read(tmp_path, page.encode(), "export.xls")
    assert table.kind == "html"
    assert table.rows == [["عنوان", "بارکد & ثبت", "", "بخش"], ["بوف کور", "12", "", "مخزن"]]


# Refusals


def bomb(size: int, declared: int | None = None) -> bytes:
    """An xlsx whose sheet unpacks to ``size`` bytes, and declares ``declared``."""
    content = repacked(xlsx([["x"]]), {"xl/worksheets/sheet1.xml": b" " * size})
    if declared is not None:
        true, false = struct.pack("<I", size), struct.pack("<I", declared)
        assert content.count(true) == 2
        content = content.replace(true, false)
    return content


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "scans.txt", ["خالی", "صفر بایت"]),
        (xlsx(ROWS)[:-500], "list.xlsx", ["آسیب دیده"]),
        (xlsx(ROWS)[:900], "list.xlsx", ["آسیب دیده"]),
        (bomb(60_000_000), "list.xlsx", ["برای ایمنی"]),
        (bomb(60_000_000, declared=1000), "list.xlsx", ["برای ایمنی"]),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "list.xlsx", ["تصویر PNG"]),
        (b"\xff\xd8\xff\xe0" + b"\0" * 99, "list.xlsx", ["تصویر JPEG"]),
        (b"%PDF-1.7\n", "list.xlsx", ["PDF"]),
        (b"PK\x05\x06" + b"\0" * 18, "list.xlsx", ["zip"]),
        (compound_file(b"", name="WordDocument"), "list.xls", ["Word"]),
        (compound_file(b"", name="EncryptedPackage"), "list.xlsx", ["رمز"]),
        (compound_file(workbook_stream([["x"]], password=True)), "list.xls", ["رمز"]),
        (compound_file(b"nonsense"), "list.xls", ["آسیب دیده"]),
        (bytes(range(256)) * 40, "list.csv", ["متن خوانا نیست"]),
        (os.urandom(50_000).replace(b"\0", b"\1"), "list.csv", ["متن خوانا نیست"]),
        ("عنوان,بارکد\n".encode().decode("cp1252", "replace").encode(), "list.csv", ["حروف"]),
        ("عنوان,بارکد\n".encode().decode("cp1256", "replace").encode(), "list.csv", ["حروف"]),
        (b"?????,?????\n" * 20, "list.csv", ["حروف فارسی"]),
        (b'<?xml version="1.0"?><note/>', "list.xls", ["XML"]),
        (b"<html><body>x</body></html>", "list.xls", ["جدولی"]),
        (xlsx([[]]), "list.xlsx", ["هیچ خانهٔ پری نیست"]),
        (b" \n", "list.txt", ["هیچ خانهٔ پری نیست"]),
    ],
)
def test_what_can_not_be_read_is_refused_in_one_sentence(tmp_path, content, name, words):
    sentence = refusal(tmp_path, content, name)
    assert all(word in sentence for word in [*words, f"«{name}»"])


def test_a_document_called_xlsx_is_named(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    assert "سند Word" in refusal(tmp_path, content.getvalue())


def test_a_cell_far_from_the_table_does_not_take_the_memory(tmp_path):
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    )
    sentence = refusal(tmp_path, repacked(xlsx([["x"]]), sheet_xml(cells)))
    assert "بسیار دور" in sentence


@pytest.mark.parametrize("kind", ["xlsx", "csv", "txt"])
def test_too_many_rows_are_refused_with_their_number(tmp_path, kind):
    limits = Limits(max_rows=100)
    rows = [["عنوان", "بارکد"], *[["کتاب", str(number)] for number in range(160)]]
    texts = {"csv": "\n".join(map(",".join, rows)), "txt": "\n".join(row[1] for row in rows)}
    content = xlsx(rows) if kind == "xlsx" else texts[kind].encode()
    sentence = refusal(tmp_path, content, limits=limits)
    assert "۱۰۰ سطر" in sentence
    assert ("۱۶۱ سطر" in sentence) == (kind == "xlsx")
    assert len(read(tmp_path, content, limits=Limits(max_rows=160)).rows) == 161


def test_too_many_columns_are_refused_where_they_stand(tmp_path):
    sentence = refusal(tmp_path, xlsx([["x"], [None] * 300 + ["y"]]))
    assert "سطر ۲" in sentence and "۳۰۱ ستون" in sentence
    assert len(read(tmp_path, xlsx([["x"] * 200 + [""] * 50])).rows[0]) == 200


def test_too_large_a_file_is_refused_before_it_is_opened(tmp_path):
    assert "۲ مگابایت" in refusal(tmp_path, b"x" * 2_000_000, limits=Limits(max_bytes=1_000_000))


# Any bytes

SEEDS = [
    xlsx(ROWS, [["x"]]),
    compound_file(workbook_stream([["عنوان", 1.5]])),
    spreadsheetml("<Worksheet><Table><Row><Cell><Data>x</Data></Cell></Row></Table></Worksheet>"),
    b"<html><table><tr><td>x</td><td>&#1580;</td></tr></table></html>",
    "عنوان,بارکد\nکتاب,12\n".encode("windows-1256"),
    '\ufeff"عنوان"\t"بارکد"\n"کتاب"\t12\n'.encode("utf-16"),
]


def try_to_read(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        table = read_table(path, limits=Limits(max_memory_bytes=1_000_000_000, max_seconds=5))
    except Unreadable as error:
        assert str(error)
        return
    assert table.rows and len({len(row) for row in table.rows}) == 1
    assert all(isinstance(cell, str) for row in table.rows for cell in row)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "upload"


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.sampled_from([b"", *[seed[:40] for seed in SEEDS]]), rest=st.binary(max_size=3000))
def test_any_bytes_give_a_table_or_a_refusal(scratch, start, rest):
    try_to_read(scratch, start + rest)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_broken_files_give_a_table_or_a_refusal(scratch, data):
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    try_to_read(scratch, bytes(content[:end]))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_broken_parts_of_a_sound_archive_give_a_table_or_a_refusal(scratch, data):
    """Flips bits inside the parts, where the checksums of the archive don't catch them."""
    content = SEEDS[0]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    part = parts[data.draw(st.sampled_from(sorted(parts)))]
    for _ in range(data.draw(st.integers(1, 6))):
        part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.integers(0, 255))
    try_to_read(scratch, repacked(content, {name: bytes(text) for name, text in parts.items()}))


def test_a_deflated_part_that_breaks_off_is_refused(tmp_path):
    content = xlsx(ROWS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    broken = bytearray(content)
    middle = sheet.header_offset + 30 + len(sheet.filename) + sheet.compress_size // 2
    broken[middle : middle + 20] = zlib.compress(b"other")[:13].ljust(20, b"\xff")
    assert "آسیب دیده" in refusal(tmp_path, bytes(broken))


# The made-up exports beside the repository


@pytest.mark.parametrize(
    ("name", "kind", "size", "corner"),
    [
        ("sample/copies.xlsx", "xlsx", (3003, 13), "سامانه"),
        ("sample-spreadsheetml/copies.xls", "spreadsheetml", (801, 13), "\u202dوضعيت"),
        ("sample/scans.txt", "txt", (1506, 1), "MEMORY"),
        ("sample-spreadsheetml/scans.csv", "csv", (723, 4), "date"),
    ],
)
def test_shared_samples(name, kind, size, corner):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared samples are not beside the repository")
    table = read_table(path)
    assert (table.kind, len(table.rows), len(table.rows[0])) == (kind, *size)
    assert table.rows[0][0].startswith(corner) and table.notices == []
