"""The code on a print: its words, its place on the paper, and that a reader reads it."""

import base64
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from reports.forms import annex, minutes_5, minutes_6, report_1, report_2, report_3
from reports.pdf import to_pdf
from tests.reports.form_samples import HEADER, copies, letters, objects, pages, structure
from tests.reports.gathered_samples import SEAL, libraries
from tests.reports.test_forms_excel import opened

ZXING = Path(__file__).resolve().parents[2] / "node_modules" / "zxing-wasm" / "dist"
SEALED: dict[str, tuple[Any, Any]] = {
    "minutes-5": (minutes_5, minutes_5.Minutes5(HEADER, copies(3), date(2026, 5, 30))),
    "minutes-6": (minutes_6, minutes_6.Minutes6(HEADER, copies(40), date(2026, 5, 30))),
    "worn": (annex, annex.AnnexList("worn", HEADER, copies(3), date(2026, 5, 30))),
    "report-1": (report_1, report_1.Report1(colleagues=tuple("ابپتث"))),
    "report-2": (report_2, report_2.Report2("institutional", "همدان", rows=libraries(3))),
    "report-3": (report_3, report_3.Report3("institutional", "همدان", rows=libraries(3))),
}
READ = """async ([wasm, picture]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  ZXingWASM.prepareZXingModule({ overrides: { wasmBinary: bytes(wasm).buffer } });
  const found = await ZXingWASM.readBarcodes(new Blob([bytes(picture)]), { formats: ["QRCode"] });
  return found.map(({ text, ecLevel }) => [text, ecLevel]);
}"""


@pytest.mark.parametrize(
    ("hash_", "printed"),
    [
        ("9f2c04ab77e15d30" + "f" * 48, "9f2c 04ab 77e1 5d30"),
        ("0123456789012345", "0123 4567 8901 2345"),
        ("abc", "abc"),
    ],
)
def test_the_hash_is_sixteen_letters_in_fours(hash_: str, printed: str) -> None:
    assert replace(SEAL, hash=hash_).short_hash == printed


@pytest.mark.parametrize("form", SEALED)
def test_a_seal_is_printed_only_where_it_is_given(form: str) -> None:
    module, filled = SEALED[form]
    sealed = module.render_html(filled, SEAL)
    for words in (
        'شمارهٔ گزارش: <bdi class="value">۱۲۳۴</bdi>',
        'ویراست: <bdi class="value">۲</bdi>',
        'وضعیت هنگام چاپ: <bdi class="value">پذیرفته‌شده</bdi>',
        'کد صحت‌سنجی: <bdi class="value" dir="ltr">9f2c 04ab 77e1 5d30</bdi>',
        '<bdi dir="ltr">https://rafkhan.example/reports/1234/</bdi>',
        "<title>کد دوبعدی نشانی گزارش ۱۲۳۴</title>",
    ):
        assert words in sealed
    bare = module.render_html(filled)
    assert "<svg" not in bare and "seal" not in bare and "صحت‌سنجی" not in bare


@pytest.mark.parametrize("form", SEALED)
def test_excel_says_the_same_at_its_foot(form: str) -> None:
    module, filled = SEALED[form]
    sheet = opened(module.to_xlsx(filled, SEAL))
    assert sheet.cell(sheet.max_row, 1).value == (
        "شمارهٔ گزارش: ۱۲۳۴، ویراست: ۲، وضعیت هنگام چاپ: پذیرفته‌شده، "
        "کد صحت‌سنجی: \u200e9f2c 04ab 77e1 5d30\u200e. "
        "برای سنجش این برگ با نسخهٔ ثبت‌شده، کد را بخوانید یا این نشانی را باز کنید: "
        "\u200ehttps://rafkhan.example/reports/1234/\u200e"
    )
    bare = opened(module.to_xlsx(filled))
    texts = [str(cell.value) for row in bare.iter_rows() for cell in row]
    assert not any("صحت‌سنجی" in text for text in texts)


def test_markup_in_a_seal_is_text() -> None:
    seal = replace(SEAL, report="<b>1", state='"><i>', url="https://rafkhan.example/?a=1&b=<i>")
    document = minutes_5.render_html(minutes_5.blank(), seal)
    assert "<b>" not in document and "<i>" not in document


@pytest.mark.pdf
def test_every_page_carries_the_hash_and_the_first_the_code(tmp_path: Path) -> None:
    module, filled = SEALED["minutes-6"]
    pdf = to_pdf(module.render_html(filled, SEAL))
    texts = pages(pdf)
    assert len(texts) > 1
    assert all("9f2c 04ab 77e1 5d30" in text for text in texts)
    assert ["https" in text for text in texts] == [True, *[False] * (len(texts) - 1)]
    target = tmp_path / "form.pdf"
    target.write_bytes(pdf)
    assert structure(target).count("Figure") == 1
    title = "کد دوبعدی نشانی گزارش ۱۲۳۴".encode("utf-16-be")
    alternative = re.escape(b"/Alt") + rb"\s*(<feff" + title.hex().encode() + rb">)"
    assert re.search(alternative, objects(pdf))


@pytest.mark.pdf
def test_a_blank_with_no_seal_keeps_its_whole_page() -> None:
    text = pages(to_pdf(minutes_5.render_html(minutes_5.blank())))
    assert len(text) == 1 and letters("صحت‌سنجی") not in text[0]


@pytest.fixture
def read_code(page: Page) -> Callable[[Path], list[list[str]]]:
    """A barcode reader: texts and error levels of the QR codes in a picture."""
    page.add_script_tag(path=ZXING / "iife" / "reader" / "index.js")
    wasm = base64.b64encode((ZXING / "reader" / "zxing_reader.wasm").read_bytes()).decode()

    def read(picture: Path) -> list[list[str]]:
        return page.evaluate(READ, [wasm, base64.b64encode(picture.read_bytes()).decode()])

    return read


@pytest.mark.browser
@pytest.mark.pdf
def test_a_reader_reads_the_code_off_the_first_page_alone(
    read_code: Callable[[Path], list[list[str]]], tmp_path: Path
) -> None:
    for form, (module, filled) in SEALED.items():
        target = tmp_path / f"{form}.pdf"
        target.write_bytes(to_pdf(module.render_html(filled, SEAL)))
        # As coarse as a poor scanner: 150 dots an inch.
        subprocess.run(
            ["pdftoppm", "-r", "150", "-png", target, target.with_suffix("")], check=True
        )
        pictures = sorted(tmp_path.glob(f"{form}-*.png"))
        found = [read_code(picture) for picture in pictures]
        assert found[0] == [[SEAL.url, "M"]]
        assert not any(found[1:])
