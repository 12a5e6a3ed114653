"""The forms as Excel: right to left, A4, heads repeated, texts that stay texts."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from reports.forms import annex, minutes_5, minutes_6, report_1, report_2, report_3
from reports.forms.common import CopyRow
from reports.forms.gathered import UnreadRow
from tests.reports.form_samples import HEADER, copies
from tests.reports.gathered_samples import NAMES, libraries, unread


def opened(data: bytes) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(data)).active


def find(sheet: Worksheet, text: str) -> tuple[int, int]:
    """Row and column of the cell that holds `text`."""
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == text]
    return cell.row, cell.column


@pytest.mark.parametrize(
    "data",
    [
        minutes_5.to_xlsx(minutes_5.blank()),
        minutes_6.to_xlsx(minutes_6.Minutes6(HEADER, copies(60))),
        report_1.to_xlsx(report_1.blank()),
        annex.to_xlsx(annex.blank("binding")),
    ],
    ids=["minutes-5", "minutes-6", "report-1", "binding"],
)
def test_a_form_is_one_right_to_left_a4_sheet(data: bytes) -> None:
    sheet = opened(data)
    assert sheet.sheet_view.rightToLeft
    assert sheet.page_setup.paperSize == 9 and sheet.page_setup.orientation == "portrait"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.oddFooter.center.text == "صفحهٔ &P از &N"
    places = [str(each) for each in sheet.merged_cells.ranges]
    cells = [cell for place in places for row in sheet[place] for cell in row]
    assert len(cells) == len({cell.coordinate for cell in cells}), "merged cells overlap"


def test_the_head_is_repeated_and_the_rows_stand_under_it() -> None:
    sheet = opened(minutes_6.to_xlsx(minutes_6.Minutes6(HEADER, copies(60), date(2026, 5, 30))))
    head, first = find(sheet, "ردیف")
    assert sheet.print_title_rows == f"${head}:${head}"
    assert sheet.freeze_panes == f"A{head + 1}"
    assert first == 1 and sheet.max_column == 10
    assert [cell.value for cell in sheet[head + 1]] == [
        *(1, "بوف کور", "صادق هدایت", 1315, "۱۲۰۳۴", "۱۳۸۲/۰۱/۱۶", None, 1, "۸فا۳", None)
    ]
    assert sheet.cell(head + 1, 4).number_format == "[$-3000429]0"  # shown in Persian digits
    assert sheet.cell(head + 60, 1).value == 60
    assert sheet.cell(head + 1, 2).border.top.style == "thin"
    assert any("تعداد ۶۰ نسخه کتاب" in str(row[0].value) for row in sheet.iter_rows(head + 61))


@pytest.mark.parametrize("title", ["=1+1", "+989121234567", "-2", "@SUM(A1)", "=HYPERLINK(1)"])
def test_a_text_that_looks_like_a_formula_stays_text(title: str) -> None:
    row = CopyRow(title, opinion=title)
    sheet = opened(minutes_6.to_xlsx(minutes_6.Minutes6(HEADER, (row,))))
    head, _ = find(sheet, "ردیف")
    for column in (2, 10):
        cell = sheet.cell(head + 1, column)
        assert cell.data_type == "s" and cell.quotePrefix
        assert cell.value[0] == title[0]


def test_control_characters_do_not_stop_the_file() -> None:
    sheet = opened(minutes_5.to_xlsx(minutes_5.Minutes5(HEADER, (CopyRow("a\x00b\x0bc"),))))
    head, _ = find(sheet, "ردیف")
    assert sheet.cell(head + 1, 2).value in {"abc", "ab c"}


def test_report_1_counts_are_numbers_and_boxes_are_ticked() -> None:
    form = report_1.Report1(
        method="list",
        annexes=frozenset({"missing"}),
        counts=report_1.Counts(12, 3, 140, 0, 37, 15, None),
    )
    sheet = opened(report_1.to_xlsx(form))
    head, _ = find(sheet, "محتوایی")
    assert [cell.value for cell in sheet[head + 1]] == [12, 3, 140, 0, 37, 15, None]
    texts = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert texts.count("☑") == 2 and texts.count("☐") == 8
    assert "☑ فهرست نسخ نرم‌افزار مدیریّت" in texts and "☑ مفقودی" in texts


def test_a_province_s_figures_are_numbers_with_their_sums_on_a_sheet_lying_down() -> None:
    form = report_3.Report3(
        "institutional", "همدان", 1405, rows=libraries(105, 5), unread=unread(10, 5)
    )
    sheet = opened(report_3.to_xlsx(form))
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    head, first = find(sheet, "ردیف")
    assert sheet.freeze_panes == f"A{head + 2}"  # the head has two rows
    assert first == 1 and sheet.max_column == 14
    assert sheet.print_title_rows == f"${head}:${head + 1}"
    rows = [[cell.value for cell in sheet[head + 2 + at]] for at in range(116)]
    assert rows[0] == [
        *(1, f"{NAMES[0]} L0L", "همدان", "۱", "بارکدخوان", "۱۴۰۵/۰۲/۱۱"),
        *(10_000, 0, 0, 3, 0, 5, 0, 11),
    ]
    assert [row[0] for row in rows[:-1]] == list(range(1, 116))
    closed = [row for row in rows if "علت" in str(row[4])]
    assert len(closed) == 10
    assert {row[4] for row in closed} == {
        "علت عدم انجام رف‌خوانی: تعمیر ساختمان",
        "علت عدم انجام رف‌خوانی",
    }
    read = [row for row in rows[:-1] if row not in closed]
    assert rows[-1][0] == "جمع"
    assert rows[-1][6:] == [sum(row[at] for row in read) for at in range(6, 14)]
    places = [str(each) for each in sheet.merged_cells.ranges]
    cells = [cell.coordinate for place in places for row in sheet[place] for cell in row]
    assert len(cells) == len(set(cells)), "merged cells overlap"


def test_a_reason_that_looks_like_a_formula_stays_text() -> None:
    form = report_2.Report2(rows=(), unread=(UnreadRow("=1+1", reason="=1+1"),))
    sheet = opened(report_2.to_xlsx(form))
    row, column = find(sheet, "=۱+۱")
    assert sheet.cell(row, column).data_type == "s"
