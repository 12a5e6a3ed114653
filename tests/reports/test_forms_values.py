"""What forms do with values: digits, dates, letters, blanks, boxes."""

import re
from datetime import date

import pytest

from libraries.domain.printed import printed
from reports.forms import annex, minutes_5, minutes_6, report_1
from reports.forms.common import CopyRow, Fill, LibraryHeader, plain_text
from tests.reports.form_samples import HEADER, copies

PRINTED = [
    (None, ""),
    ("", ""),
    ("  ", ""),
    (0, "۰"),
    (20134, "۲۰۱۳۴"),
    ("00451", "۰۰۴۵۱"),
    ("٠١٢", "۰۱۲"),
    (date(2026, 5, 30), "۱۴۰۵/۰۳/۰۹"),
    (date(2025, 3, 20), "۱۴۰۳/۱۲/۳۰"),  # the last day of a leap year
    ("8فا3", "۸فا۳"),
    ("\u200e955/07\u200f", "۹۵۵/۰۷"),
    ("كتاب علي", "کتاب علی"),
    ("کتاب‌ها", "کتاب‌ها"),
    ("سطر یک\nسطر\tدو", "سطر یک سطر دو"),
    ("a\x00b\x1f", "ab"),
    ("BP136", "BP136"),
    ("آموزش C++20 در 21 روز", "آموزش C++20 در ۲۱ روز"),
    ("=1+1", "=۱+۱"),
]


@pytest.mark.parametrize(("value", "expected"), PRINTED)
def test_printed(value: object, expected: str) -> None:
    assert printed(value) == expected


def test_a_blank_for_a_date_is_three_blanks_and_no_century() -> None:
    assert re.sub(r"[. ]", "", plain_text(("در تاریخ", Fill(None, "date")))) == "درتاریخ//"
    text = minutes_5.render_html(minutes_5.blank())
    assert "13" not in text and "۱۴" not in text.replace("<td>۱۴</td>", "")
    assert text.count('class="date-blank"') == 2


def test_the_blank_form_has_numbered_rows_and_the_empty_one_says_so() -> None:
    blank = minutes_6.blank().layout()
    assert [row[0] for row in blank.cells()] == [printed(n) for n in range(1, 20)]
    assert all(cell == "" for row in blank.cells() for cell in row[1:])
    nothing = minutes_6.render_html(minutes_6.Minutes6(HEADER, ()))
    assert "موردی یافت نشد." in nothing
    assert '<bdi class="value">۰</bdi> نسخه کتاب' in nothing


def test_a_row_s_cells_stand_under_their_heads() -> None:
    row = CopyRow("عنوان۱", "مؤلف۱", 1385, "77", date(2026, 5, 30), 2, 3, "8فا3", "تأیید")
    layout = minutes_6.Minutes6(HEADER, (row,)).layout()
    heads = [layout.row_number_label, *(column.label for column in layout.columns)]
    assert dict(zip(heads, layout.cells()[0], strict=True)) == {
        "ردیف": "۱",
        "عنوان": "عنوان۱",
        "مؤلّف": "مؤلف۱",
        "سال نشر": "۱۳۸۵",
        "شماره‌ی ثبت": "۷۷",
        "تاریخ ثبت": "۱۴۰۵/۰۳/۰۹",
        "شماره جلد": "۲",
        "شماره نسخه": "۳",
        "رده اصلی": "۸فا۳",
        "نظر کارشناس منابع": "تأیید",
    }
    assert len(layout.widths) == len(heads)
    assert sum(layout.widths) == pytest.approx(100, abs=0.1)


def test_header_values_and_names_are_printed_where_they_belong() -> None:
    form = minutes_5.Minutes5(HEADER, copies(2), date(2026, 5, 30), "مریم احمدی", None)
    text = minutes_5.render_html(form)
    assert 'کتابخانه عمومی: <bdi class="value">شهید بهشتی</bdi>' in text
    assert 'شهر/ روستا: <bdi class="value">سامن</bdi>' in text
    assert '<p class="sign">مریم احمدی</p>' in text
    assert 'در تاریخ <bdi class="value">۱۴۰۵/۰۳/۰۹</bdi> تعداد <bdi class="value">۲</bdi>' in text
    assert 'class="blank' not in text


def test_one_unknown_value_is_a_blank_among_known_ones() -> None:
    text = minutes_5.render_html(minutes_5.Minutes5(LibraryHeader("ابن‌سینا"), copies(1)))
    assert text.count('class="blank text"') == 4  # province, county, place, degree
    assert text.count('class="date-blank"') == 2


def test_markup_in_a_value_is_text() -> None:
    row = CopyRow("<img src='http://example.org/x.png'> & {{ 7 }}")
    text = minutes_5.render_html(minutes_5.Minutes5(HEADER, (row,)))
    assert "<img" not in text
    assert "&lt;img" in text and "&amp; {{ ۷ }}" in text


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("بوف کور", "<td>بوف کور</td>"),
        ("John Smith, Jr.", '<td><bdi dir="ltr">John Smith, Jr.</bdi></td>'),
        ("C#", '<td><bdi dir="ltr">C#</bdi></td>'),
        ("آموزش C++", "<td>آموزش C++\u200e</td>"),
        ("C++20 و C# تا ۳+۱", "<td>C++20 و C#\u200e تا ۳+۱</td>"),
    ],
)
def test_latin_in_a_cell_keeps_its_direction(title: str, cell: str) -> None:
    assert cell in minutes_5.render_html(minutes_5.Minutes5(HEADER, (CopyRow(title),)))


def boxes(form: report_1.Report1) -> dict[str, bool]:
    """Each box's words and whether it is drawn ticked."""
    found = re.findall(
        r'box-(open|ticked)\.svg" alt="[^"]*"> ([^<]*)</span>', report_1.render_html(form)
    )
    return {label: state == "ticked" for state, label in found}


@pytest.mark.parametrize(
    ("method", "label"),
    [
        ("cards", "رف‌برگه‌دان"),
        ("list", "فهرست نسخ نرم‌افزار مدیریّت"),
        ("barcode", "بارکدخوان"),
    ],
)
def test_the_method_s_box_alone_is_ticked(method: report_1.Method, label: str) -> None:
    drawn = boxes(report_1.Report1(method=method))
    assert [name for name, ticked in drawn.items() if ticked] == [label]
    assert len(drawn) == 10


def test_the_annexes_boxes_are_ticked_one_by_one() -> None:
    labels = {key: label for line in report_1.ANNEXES for key, label in line.items()}
    assert len(labels) == 7
    for key, label in labels.items():
        drawn = boxes(report_1.Report1(annexes=frozenset({key})))
        assert [name for name, ticked in drawn.items() if ticked] == [label]


@pytest.mark.parametrize(("names", "lines"), [((), 3), (("الف",), 3), (tuple("ابپتث"), 5)])
def test_colleagues_are_at_least_three_numbered_lines(names: tuple[str, ...], lines: int) -> None:
    layout = report_1.Report1(colleagues=names).layout()
    assert len(layout.colleagues) == lines
    assert [plain_text(each).partition(" ")[0] for each in layout.colleagues] == [
        f"{printed(number)}-" for number in range(1, lines + 1)
    ]
    assert [each[1].text for each in layout.colleagues if isinstance(each[1], Fill)] == [
        *names,
        *[""] * (lines - len(names)),
    ]


def test_the_counts_stand_in_the_directive_s_order_and_zero_is_no_blank() -> None:
    counts = report_1.Counts(12, 3, 140, 0, None, 15, 22)
    text = report_1.render_html(report_1.Report1(counts=counts))
    row = text[text.index("<tbody>") : text.index("</tbody>")]
    assert re.findall(r"<td>([^<]*)</td>", row) == ["۱۲", "۳", "۱۴۰", "۰", "", "۱۵", "۲۲"]


def test_a_wrong_kind_of_list_is_refused() -> None:
    with pytest.raises(KeyError):
        annex.AnnexList("missing").layout()  # type: ignore[arg-type]
