"""Reports 2 and 3: lines, sums, counts of libraries, kinds, blanks."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.forms import report_2, report_3
from reports.forms.gathered import FIGURES, Kind, LibraryRow, UnreadRow
from reports.forms.report_1 import Counts, Method
from tests.reports.gathered_samples import libraries, unread

ROWS = (
    LibraryRow(
        "شهید بهشتی", "ملایر", 1, ("list", "barcode"), date(2026, 5, 22), date(2026, 5, 30),
        20_134, Counts(12, 3, 140, 0, 37, 15, 22),
    ),
    LibraryRow("سامن", "ملایر", 3, ("cards",), None, None, 900, Counts(1, 0, 2, 4, 0, 5, 0)),
)  # fmt: skip
CLOSED = UnreadRow("جوکار", "ملایر", 4, "تعمیر ساختمان")
FILLED = report_2.Report2(
    "institutional", "همدان", "ملایر", 1405, frozenset({"worn"}), ROWS, (CLOSED,), "مریم احمدی"
)


def table(document: str) -> list[list[str]]:
    """The texts of each row below the table's head."""
    body = document[document.index("</thead>") : document.index("</table>")]
    return [
        [html.unescape(re.sub("<[^>]*>", "", cell)) for cell in re.findall(r"<t[dh].*?</t[dh]>", r)]
        for r in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def text(document: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", document)).split())


def test_the_lines_and_their_sums_as_printed() -> None:
    assert table(report_2.render_html(FILLED)) == [
        ["۱", "شهید بهشتی", "۱", "فهرست نسخ، بارکدخوان", "۱۴۰۵/۰۳/۰۱ تا ۱۴۰۵/۰۳/۰۹",
         "۲۰۱۳۴", "۱۲", "۳", "۱۴۰", "۰", "۳۷", "۱۵", "۲۲"],
        ["۲", "سامن", "۳", "رف‌برگه‌دان", "", "۹۰۰", "۱", "۰", "۲", "۴", "۰", "۵", "۰"],
        ["۳", "جوکار", "۴", "علت عدم انجام رف‌خوانی: تعمیر ساختمان"],
        ["جمع", "۲۱۰۳۴", "۱۳", "۳", "۱۴۲", "۴", "۳۷", "۲۰", "۲۲"],
    ]  # fmt: skip


def test_the_letter_names_the_place_the_year_and_both_counts_of_libraries() -> None:
    said = text(report_2.render_html(FILLED))
    assert "عمومی استان همدان با سلام" in said
    assert "رف‌خوانی ۲ باب کتابخانه‌های عمومی شهرستان ملایر سال ۱۴۰۵ به شرح ذیل" in said
    assert "لازم به توضیح است در ۱ باب از کتابخانه‌های عمومی این شهرستان" in said
    assert "مریم احمدی" in said and "رونوشت" not in said
    province = report_3.Report3("participatory", "همدان", 1405, rows=ROWS, unread=(CLOSED,) * 3)
    said = text(report_3.render_html(province))
    assert "رف‌خوانی سال ۱۴۰۵ کتابخانه‌های عمومی استان همدان به شرح ذیل" in said
    assert "لازم به توضیح است ۳ باب از کتابخانه‌های عمومی این استان" in said
    assert said.endswith("رونوشت: اداره کل امور کتابخانه‌ها")


@pytest.mark.parametrize(
    ("kind", "named", "not_named"),
    [("institutional", "نهادی", "مشارکتی"), ("participatory", "مشارکتی", "نهادی")],
)
def test_a_filled_report_names_its_own_kind_alone(kind: Kind, named: str, not_named: str) -> None:
    for document in (
        report_2.render_html(replace(FILLED, kind=kind)),
        report_3.render_html(report_3.Report3(kind, "همدان", 1405, rows=ROWS)),
    ):
        assert f"کتابخانه‌های {named} " in document
        assert not_named not in document


def test_report_3_keeps_counties_together_in_their_order_and_numbers_through() -> None:
    rows = (
        LibraryRow("الف", "ملایر"),
        LibraryRow("ب", "همدان"),
        LibraryRow("پ", "ملایر"),
    )
    closed = (UnreadRow("ت", "رزن"), UnreadRow("ث", "ملایر"))
    form = report_3.Report3(rows=rows, unread=closed)
    found = [row[:3] for row in table(report_3.render_html(form))]
    assert found == [
        ["۱", "الف", "ملایر"],
        ["۲", "پ", "ملایر"],
        ["۳", "ث", "ملایر"],
        ["۴", "ب", "همدان"],
        ["۵", "ت", "رزن"],
        ["جمع", "", ""],
    ]
    assert report_3.render_html(form).count("<tbody>") == 3


@pytest.mark.parametrize(
    ("started", "ended", "period"),
    [
        (date(2026, 5, 22), date(2026, 5, 30), "۱۴۰۵/۰۳/۰۱ تا ۱۴۰۵/۰۳/۰۹"),
        (date(2026, 5, 22), date(2026, 5, 22), "۱۴۰۵/۰۳/۰۱"),
        (date(2026, 5, 22), None, "۱۴۰۵/۰۳/۰۱"),
        (None, None, ""),
    ],
)
def test_a_period(started: date | None, ended: date | None, period: str) -> None:
    assert LibraryRow(started_on=started, ended_on=ended).period == period


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        ((), ""),
        (("cards",), "رف‌برگه‌دان"),
        (("cards", "list", "barcode"), "رف‌برگه‌دان، فهرست نسخ، بارکدخوان"),
    ],
)
def test_methods_are_joined(methods: tuple[Method, ...], words: str) -> None:
    form = report_2.Report2(rows=(LibraryRow(methods=methods),))
    assert table(report_2.render_html(form))[0][3] == words


def test_a_sum_with_an_unknown_part_is_unknown_and_zero_is_not() -> None:
    rows = (ROWS[0], replace(ROWS[1], copies=None, counts=Counts(content=0)))
    sums = report_2.Report2(rows=rows).layout().sums()
    assert sums is not None
    assert sums.figures == (None, 12, None, None, None, None, None, None)


_FIGURES = st.integers(0, 10**6)
_ROWS = st.builds(
    LibraryRow,
    county=st.sampled_from(["الف", "ب", "پ"]),
    copies=_FIGURES,
    counts=st.builds(Counts, *[_FIGURES] * 7),
)


@given(st.lists(_ROWS, max_size=12), st.integers(0, 3))
def test_the_sums_are_those_of_the_lines(rows: list[LibraryRow], closed: int) -> None:
    layout = report_3.Report3(rows=tuple(rows), unread=unread(closed)).layout()
    lines = [line for group in layout.groups() for line in group]
    assert [line.number for line in lines] == list(range(1, len(rows) + closed + 1))
    sums = layout.sums()
    if not lines:
        assert sums is None
        return
    assert sums is not None
    read = [line.figures for line in lines if not line.unread]
    assert sums.figures == tuple(sum(figures[at] for figures in read) for at in range(FIGURES))


def test_the_blank_has_numbered_lines_and_no_sum_and_the_empty_one_says_so() -> None:
    blank = table(report_2.render_html(report_2.blank()))
    assert [row[0] for row in blank] == list("۱۲۳۴۵۶۷۸۹")
    assert {len(row) for row in blank} == {13, 4}
    assert not any(cell for row in blank[:6] for cell in row[1:])
    document = report_3.render_html(report_3.Report3("institutional", rows=()))
    assert table(document) == [["موردی یافت نشد."]]
    assert '<bdi class="value">۰</bdi> باب' in document


def test_no_library_read_and_some_did_not() -> None:
    found = table(report_2.render_html(report_2.Report2(rows=(), unread=(CLOSED,))))
    assert found[0][-1] == "علت عدم انجام رف‌خوانی: تعمیر ساختمان"
    assert found[1] == ["جمع", *"۰" * FIGURES]


def test_an_unread_library_without_a_reason_leaves_room_for_it() -> None:
    row = table(report_3.render_html(report_3.Report3(rows=(), unread=unread(2))))[1]
    assert row == ["۲", "بسته U1U", "همدان", "۲", "علت عدم انجام رف‌خوانی"]


def test_markup_in_a_value_is_text() -> None:
    closed = replace(CLOSED, name="<b>الف", reason="<img src='x'> & {{ 7 }}")
    document = report_2.render_html(replace(FILLED, county='"><i>', unread=(closed,)))
    assert "<img src='x" not in document and "<b>" not in document and "<i>" not in document


@pytest.mark.parametrize("module", [report_2, report_3])
def test_every_line_is_as_wide_as_the_head(module: object) -> None:
    form = report_3.Report3 if module is report_3 else report_2.Report2
    layout = form(rows=libraries(3), unread=unread(2)).layout()
    columns = len(layout.widths)
    assert sum(layout.widths) == pytest.approx(100, abs=0.1)
    for group in layout.groups():
        for line in group:
            spans = layout.reason_span if line.unread else len(line.reading + line.figures)
            assert 1 + len(line.library) + spans == columns
