import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libraries.domain.columns import find_header, guess_mapping
from libraries.domain.copies_list import check_rows
from libraries.files.read_table import read_table
from libraries.files.write import Sheet, rejected_workbook, write_workbook

DANGEROUS = ["=1+1", "+98", "-5", "@SUM(A1)", "\t=1", "\r=1", "#N/A", '=HYPERLINK("http://x")', "="]


def written(*sheets: Sheet) -> openpyxl.Workbook:
    content = io.BytesIO()
    write_workbook(content, sheets)
    return openpyxl.load_workbook(io.BytesIO(content.getvalue()))


def parts(*sheets: Sheet) -> dict[str, str]:
    content = io.BytesIO()
    write_workbook(content, sheets)
    with zipfile.ZipFile(content) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_values_keep_their_kind():
    rows = [["0012", 3, 2.5, None, ""], ["x", 0, -1, "۱۲", "ب"]]
    sheet = written(Sheet("فهرست", ["بارکد", "تعداد", "الف", "ب", "پ"], rows)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert cells == [["0012", 3, 2.5, None, None], ["x", 0, -1, "۱۲", "ب"]]
    assert [cell.data_type for cell in sheet[2]][:3] == ["s", "n", "n"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_looks_like_a_formula_leaves_as_text(text):
    sheet = Sheet("=1", [text, "x"], [["الف", text]], notes=[text])
    workbook = written(sheet)
    # Spreadsheets and XML both take a return for a newline.
    expected = text.replace("\r", "\n")
    for cell in (workbook.active["A1"], workbook.active["A2"], workbook.active["B3"]):
        assert cell.data_type == "s" and str(cell.value).replace("\r", "\n") == expected
    assert workbook.active["B3"].quotePrefix and not workbook.active["A3"].quotePrefix
    assert "<f>" not in parts(sheet)["xl/worksheets/sheet1.xml"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.lists(st.one_of(st.sampled_from(DANGEROUS), st.text()), min_size=2, max_size=2),
        max_size=5,
    )
)
def test_any_text_is_written_and_no_formula_ever(rows):
    sheet = Sheet("x", ["a", "b"], rows)
    workbook = written(sheet)
    assert "<f>" not in parts(sheet)["xl/worksheets/sheet1.xml"]
    assert all(cell.data_type in "sn" for row in workbook.active for cell in row)


def test_control_characters_go_and_the_longest_text_is_cut():
    sheet = written(Sheet("x", ["a", "b"], [["a\x00b\x1f\ud800\uffff\n", "پ" * 40_000]])).active
    assert sheet["A2"].value == "ab\n"
    assert sheet["B2"].value == "پ" * 32_767


def test_a_sheet_opens_right_to_left_and_prints_well():
    narrow = Sheet("باریک", ["بارکد"], [["1"]])
    wide = Sheet("پهن", ["عنوان"] * 4, [["کتاب" * 20] * 4], notes=["کتابخانهٔ نمونه", "۱۴۰۵/۰۹/۰۱"])
    workbook = written(narrow, wide)
    first, second = workbook.worksheets
    assert first.sheet_view.rightToLeft and second.sheet_view.rightToLeft
    assert (first.freeze_panes, second.freeze_panes) == ("A2", "A4")
    assert (first.print_title_rows, second.print_title_rows) == ("$1:$1", "$3:$3")
    assert first.page_setup.paperSize == 9 and first.sheet_properties.pageSetUpPr.fitToPage
    assert (first.page_setup.fitToWidth, first.page_setup.fitToHeight) == (1, 0)
    assert first.page_setup.orientation == "portrait"
    assert second.page_setup.orientation == "landscape"
    assert first["A1"].font.bold and second["A3"].font.bold and not second["A1"].font.bold
    assert second["A1"].value == "کتابخانهٔ نمونه"
    assert "&P" in first.oddFooter.center.text and "&N" in first.oddFooter.center.text


def test_widths_follow_the_values_or_the_caller():
    sheet = Sheet("x", ["a", "عنوان کتاب", "c"], [["1", "ب" * 200, "ج" * 20]])
    widths = [written(sheet).active.column_dimensions[letter].width for letter in "ABC"]
    assert widths == [6, 60, 23]
    given_widths = Sheet("x", ["a", "b"], [], widths=[5, 50])
    dimensions = written(given_widths).active.column_dimensions
    assert (dimensions["A"].width, dimensions["B"].width) == (5, 50)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("کتاب‌های مفقود", "کتاب‌های مفقود"),
        ("a/b\\c[d]:*?", "a b c d"),
        ("'x'", "x"),
        ("", "برگه"),
        ("///", "برگه"),
        ("ب" * 40, "ب" * 28),
    ],
)
def test_sheet_titles(title, expected):
    assert written(Sheet(title, ["a"], [])).sheetnames == [expected]


def test_equal_titles_are_told_apart_and_stay_short():
    names = written(*[Sheet("ب" * 40, ["a"], [])] * 3, Sheet("A", ["a"], []), Sheet("a", ["a"], []))
    folded = {name.casefold() for name in names.sheetnames}
    assert len(folded) == 5 and all(len(name) <= 31 for name in names.sheetnames)


def test_rows_may_come_one_by_one(tmp_path: Path):
    target = tmp_path / "out.xlsx"
    write_workbook(target, [Sheet("x", ["شماره"], ([str(n)] for n in range(1000)))])
    assert read_table(target).rows == [["شماره"], *[[str(n)] for n in range(1000)]]


def test_rejected_rows_come_back_with_the_reason_and_can_be_sent_in_again(tmp_path: Path):
    header = ["ردیف", "عنوان", "شماره ثبت", "وضعیت"]
    rows = [header, ["1", "=الف", "1", "موجود"], ["2", "", "1", "پوسیده"], ["3", "ب", "", ""]]
    checked = check_rows(rows, 0, guess_mapping(header))
    target = tmp_path / "rejected.xlsx"
    rejected_workbook(target, header, checked.rejected)
    back = read_table(target).rows
    assert back[0] == ["ردیف در فایل", "دلیل پذیرفته نشدن", *header]
    assert [row[0] for row in back[1:]] == ["3", "4"]
    assert [row[2:] for row in back[1:]] == rows[2:]
    assert all(reason in back[1][1] for reason in checked.rejected[0].reasons)
    again = find_header(back)
    assert again == 0 and guess_mapping(back[0]) == {
        "row": 2, "title": 3, "registration_number": 4, "status": 5,
    }  # fmt: skip
