"""The forms as PDFs: pages, heads, rows in one piece, signatures together, tags, no network."""

import re
from datetime import date
from pathlib import Path

import pytest

from reports.forms import annex, minutes_5, minutes_6, report_1, report_2, report_3
from reports.forms.common import CopyRow
from reports.pdf import PdfError, to_pdf
from tests.reports.form_samples import HEADER, copies, info, letters, objects, pages, structure

pytestmark = pytest.mark.pdf
NUMBERS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")


def minutes_6_pdf(rows: tuple[CopyRow, ...]) -> bytes:
    return to_pdf(minutes_6.render_html(minutes_6.Minutes6(HEADER, rows, date(2026, 5, 30))))


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(lambda: minutes_5.render_html(minutes_5.blank()), id="minutes-5"),
        pytest.param(lambda: minutes_6.render_html(minutes_6.blank()), id="minutes-6"),
        pytest.param(lambda: report_1.render_html(report_1.blank()), id="report-1"),
        pytest.param(lambda: report_2.render_html(report_2.blank()), id="report-2"),
        pytest.param(lambda: report_3.render_html(report_3.blank()), id="report-3"),
        pytest.param(lambda: annex.render_html(annex.blank("worn")), id="worn"),
        pytest.param(lambda: annex.render_html(annex.blank("binding")), id="binding"),
    ],
)
def test_a_blank_form_is_one_tagged_a4_page_in_persian(html, tmp_path: Path) -> None:
    pdf = to_pdf(html())
    facts = info(pdf)
    assert facts["Pages"] == "1"
    assert facts["Page size"].endswith("(A4)")
    assert facts["Tagged"] == "yes"
    assert facts["Title"] and facts["Title"] in html()
    catalog = objects(pdf)
    assert re.search(rb"/Lang ?\(fa\)", catalog)
    assert b"/MarkInfo" in catalog and b"/StructTreeRoot" in catalog
    target = tmp_path / "form.pdf"
    target.write_bytes(pdf)
    tree = structure(target)
    assert "Table" in tree and "TH" in tree and "H1" in tree


def test_the_same_form_gives_the_same_bytes() -> None:
    assert minutes_6_pdf(copies(4)) == minutes_6_pdf(copies(4))


def test_sixty_rows_have_heads_page_numbers_and_all_their_values() -> None:
    rows = tuple(
        CopyRow(f"کتاب {at}", "نویسنده", 1380, f"{70000 + at}", date(2026, 5, 30), 1, 1, "8فا3")
        for at in range(60)
    )
    texts = pages(minutes_6_pdf(rows))
    assert len(texts) > 1
    for number, text in enumerate(texts, start=1):
        assert "ردیف" in text and letters("مؤلّف") in text
        digits = text.translate(NUMBERS)
        assert re.search(rf"صفحه\s*{number}\s*از\s*{len(texts)}\b", digits)
    everything = " ".join(texts).translate(NUMBERS)
    for at in range(60):
        assert everything.count(f"{70000 + at}") == 1
    assert everything.count("1405/03/09") == 62  # each row, the header and the declaration


def test_a_row_is_never_parted_by_a_page() -> None:
    filler = " ".join(["واژه"] * 30)
    rows = tuple(CopyRow(f"A{at}A {filler} Z{at}Z", "نویسنده") for at in range(24))
    texts = pages(minutes_6_pdf(rows))
    assert len(texts) >= 3
    for at in range(24):
        (page,) = [text for text in texts if f"A{at}A" in text]
        assert f"Z{at}Z" in page


@pytest.mark.parametrize("count", range(20, 31))
def test_signatures_stay_together_under_a_row_of_the_table(count: int) -> None:
    """Some of these counts fill the first page just so far that the signatures don't fit."""
    rows = tuple(CopyRow(f"B{at}B", "نویسنده") for at in range(count))
    texts = pages(minutes_6_pdf(rows))
    ends = [at for at, text in enumerate(texts) if letters("بررسی و اعلام نظر شد") in text]
    assert ends == [len(texts) - 1]
    last = texts[-1]
    assert f"B{count - 1}B" in last
    assert last.count("امضا") == 3 and letters("مفقودی اعلام شد") in last


@pytest.mark.parametrize("colleagues", [0, 3, 7, 24, 60])
def test_report_1_signs_on_the_page_of_its_counts(colleagues: int) -> None:
    names = tuple(f"C{at}C" for at in range(colleagues))
    form = report_1.Report1(colleagues=names, counts=report_1.Counts(1, 2, 3, 4, 5, 6, 7))
    texts = pages(to_pdf(report_1.render_html(form)))
    assert "امضا" in texts[-1] and "محتوایی" in texts[-1]
    everything = " ".join(texts)
    assert all(everything.count(name) == 1 for name in names)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.png",
        "file:///etc/hostname",
        "data:image/png;base64,AAAA",
        "static:../manage.py",
        "static:reports/absent.svg",
        "font:../package.json",
        "font:Absent.ttf",
    ],
)
def test_nothing_but_the_project_s_own_files_is_read(address: str) -> None:
    with pytest.raises(PdfError, match="not a file that a printed form may use"):
        to_pdf(f'<!DOCTYPE html><html lang="fa"><img alt="x" src="{address}"></html>')
