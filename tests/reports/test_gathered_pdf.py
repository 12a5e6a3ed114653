"""Reports 2 and 3 as PDFs: heads on every page, whole lines, sums and signature at the end."""

import re
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from reports.forms import minutes_6, report_2, report_3
from reports.forms.common import CopyRow
from reports.forms.gathered import UnreadRow
from reports.pdf import to_pdf
from tests.reports.form_samples import info, letters, pages, words
from tests.reports.gathered_samples import COUNTIES, SEAL, libraries, unread

pytestmark = pytest.mark.pdf
NUMBERS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")


def county_pdf(read: int, closed: int, *, sealed: bool = False) -> bytes:
    form = report_2.Report2(
        "institutional", "همدان", "ملایر", 1405, rows=libraries(read), unread=unread(closed)
    )
    return to_pdf(report_2.render_html(form, SEAL if sealed else None))


@pytest.mark.slow
def test_a_province_of_115_libraries() -> None:
    form = report_3.Report3(
        "institutional", "همدان", 1405, rows=libraries(105, 5), unread=unread(10, 5)
    )
    pdf = to_pdf(report_3.render_html(form, SEAL))
    assert info(pdf)["Tagged"] == "yes"
    texts = pages(pdf)
    for number, text in enumerate(texts, start=1):
        assert "ردیف" in text and letters("فرسوده") in text
        digits = text.translate(NUMBERS)
        assert re.search(rf"صفحه\s*{number}\s*از\s*{len(texts)}\b", digits)
        assert "9f2c 04ab 77e1 5d30" in text
        assert (letters("جمع") in words(text)) is (number == len(texts))
        assert (letters("رونوشت") in words(text)) is (number == len(texts))
    everything = " ".join(texts)
    for name in [f"L{at}L" for at in range(105)] + [f"U{at}U" for at in range(10)]:
        assert len(re.findall(rf"\b{name}\b", everything)) == 1
    last = texts[-1].translate(NUMBERS)
    assert str(sum(10_000 + at for at in range(105))) in last
    places = [everything.index(letters(f"{name}")) for name in ("L0L", "U0U", "L21L", "U2U")]
    assert places == sorted(places), f"{COUNTIES[0]} comes before {COUNTIES[1]}"


@pytest.mark.parametrize("read", range(1, 13))
def test_the_sum_and_the_signature_stand_under_a_line_of_the_table(read: int) -> None:
    """Some of these counts fill the first page just so far that its end doesn't fit."""
    texts = pages(county_pdf(read, 1, sealed=True))
    assert [letters("امضا") in text for text in texts] == [*[False] * (len(texts) - 1), True]
    assert "U0U" in texts[-1] and letters("جمع") in words(texts[-1])
    assert letters("رییس") in words(texts[-1])


def test_a_line_is_never_parted_by_a_page() -> None:
    form = report_2.Report2(
        rows=(), unread=tuple(
            row.__class__(f"A{at}A {'واژه ' * 60} Z{at}Z", None, 1, row.reason)
            for at, row in enumerate(unread(14))
        ),
    )  # fmt: skip
    texts = pages(to_pdf(report_2.render_html(form)))
    assert len(texts) >= 3
    for at in range(14):
        (page,) = [text for text in texts if f"A{at}A" in text]
        assert f"Z{at}Z" in page


def test_the_same_report_gives_the_same_bytes_on_a_page_lying_down() -> None:
    first = county_pdf(3, 1, sealed=True)
    assert first == county_pdf(3, 1, sealed=True)
    width, height = re.findall(r"[\d.]+", info(first)["Page size"])[:2]
    assert float(width) > float(height)
    assert info(first)["Pages"] == "1"


def test_a_text_that_would_fill_a_page_is_cut_on_paper_alone() -> None:
    endless = "واژه " * 4000
    form = report_2.Report2(
        rows=(replace(libraries(1)[0], name=endless),),
        unread=(UnreadRow("بسته", None, 1, endless), UnreadRow("x" * 5000, reason="x" * 5000)),
    )
    document = report_2.render_html(form, SEAL)
    texts = pages(to_pdf(document))
    assert len(texts) <= 3 and letters("…") in " ".join(texts)
    assert letters("رییس") in words(texts[-1])
    minutes = minutes_6.Minutes6(rows=(CopyRow(endless, endless, opinion=endless),) * 2)
    assert len(pages(to_pdf(minutes_6.render_html(minutes)))) <= 2
    sheet = openpyxl.load_workbook(BytesIO(report_2.to_xlsx(form))).active
    kept = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    assert endless.strip() in kept
