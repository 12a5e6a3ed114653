"""The printed shelf list: every row once, lent copies in words, values that stay values."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from shelfreading.shelf_list_pdf import ShelfListHeader, ShelfListRow, shelf_list_pdf
from tests.reports.form_samples import info, letters, pages

pytestmark = pytest.mark.pdf
HEADER = ShelfListHeader("فهرست رف", "کتابخانهٔ عمومی ابن‌سینا", "کلیات", date(2026, 5, 30))
ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")


def row(position: int, **values: object) -> ShelfListRow:
    known = {
        "call_number": "955/07 د35ت",
        "title": "کتاب",
        "registration_number": str(position),
        "section": "بخش کودک",
    }
    return ShelfListRow(position, **{**known, **values})  # type: ignore[arg-type]


def printed_pages(tmp_path: Path, rows: Iterator[ShelfListRow] | list[ShelfListRow]) -> list[str]:
    target = tmp_path / "list.pdf"
    shelf_list_pdf(HEADER, rows, target)
    return pages(target)


class Recorder:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str | int] = []

    def step(self, name: str) -> None:
        self.told.append(name)

    def __call__(self, done: int, total: int | None = None) -> None:
        self.told.append(done)


def test_every_row_is_printed_once_under_a_head_with_its_page(tmp_path: Path) -> None:
    rows = (row(at, barcode=f"7000{at:04}") for at in range(1, 101))
    texts = printed_pages(tmp_path, rows)
    assert len(texts) == 3
    for number, text in enumerate(texts, start=1):
        digits = text.translate(ASCII)
        assert re.search(rf"صفحه\s*{number}\s*از\s*3\b", digits)
        for head in ("شمارهٔ راهنما", "حاضر", "ملاحظات", "ابن‌سینا", "بخش کودک"):
            assert letters(head) in text
        assert "1405/03/09" in digits
    everything = " ".join(texts).translate(ASCII)
    assert all(everything.count(f"7000{at:04}") == 1 for at in range(1, 101))


def test_the_file_is_a4_titled_and_the_same_each_time(tmp_path: Path) -> None:
    made = [tmp_path / "one.pdf", tmp_path / "two.pdf"]
    assert [shelf_list_pdf(HEADER, [row(1), row(2)], path) for path in made] == [2, 2]
    one, two = (path.read_bytes() for path in made)
    assert one == two
    facts = info(one)
    assert facts["Page size"].endswith("(A4)")
    assert facts["Title"] == "فهرست رف — کتابخانهٔ عمومی ابن‌سینا"


def test_a_lent_copy_says_so_in_words(tmp_path: Path) -> None:
    (text,) = printed_pages(
        tmp_path,
        [
            row(1, status_label="موجود"),
            row(2, status_label="موجود", on_loan=True, due_on=date(2026, 5, 30)),
            row(3, on_loan=True),
        ],
    )
    assert text.count("امانت") == 2
    assert text.count("موجود") == 1
    assert text.translate(ASCII).count("1405/03/09") == 2  # the head's date and the due date


@pytest.mark.parametrize(
    "title",
    [
        "#read('/etc/hostname')",
        "$x^2$ *bold* _it_ `raw`",
        "@ref <label> // c",
        "[a] {b} \\u{41}",
        '"quoted" \\',
    ],
)
def test_typst_signs_in_a_value_are_only_text(tmp_path: Path, title: str) -> None:
    (text,) = printed_pages(tmp_path, [row(1, title=title), row(2, author=title)])
    marks = re.findall(r"[^\w\s<>()\[\]{}]", title)  # brackets are mirrored in a Persian line
    for mark in set(marks):
        assert text.count(mark) >= title.count(mark), mark
    for word in re.findall(r"[a-z]{3,}", title):
        assert word in text


def test_a_new_section_begins_a_new_page_under_its_name(tmp_path: Path) -> None:
    names = ["مخزن"] * 3 + ["کودک"] * 40
    texts = printed_pages(tmp_path, [row(at, section=name) for at, name in enumerate(names, 1)])
    assert [("مخزن" in text, "کودک" in text) for text in texts] == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_an_empty_list_is_a_page_that_says_so(tmp_path: Path) -> None:
    (text,) = printed_pages(tmp_path, [])
    assert letters("در این فهرست نسخه‌ای نیست.").rstrip(".") in text
    assert re.search(r"صفحه\s*1\s*از\s*1", text.translate(ASCII))


def test_long_values_neither_add_pages_nor_leave_their_row(tmp_path: Path) -> None:
    """Thirty-eight rows fill a page: the longest values must not push one to the next."""
    long = {
        "call_number": "م 8فا3/62 د356ج 1385 ج.12 ن.13 " + "الف" * 12,
        "title": "INTRODUCTION " * 20,
        "author": "نویسنده" * 30,
        "barcode": "IR-2024-" + "9" * 20,
        "registration_number": "1234567890123",
        "status_label": "برنگشته",
    }
    header = ShelfListHeader(*(["نام بسیار بلند " * 20] * 3), date(2026, 5, 30))
    target = tmp_path / "list.pdf"
    shelf_list_pdf(header, [row(at, **long) for at in range(1, 39)], target)
    (text,) = pages(target)
    digits = text.translate(ASCII)
    assert all(re.search(rf"\b{at}\b", digits) for at in range(1, 39))


def test_progress_hears_the_steps_and_the_rows(tmp_path: Path) -> None:
    told = Recorder()
    shelf_list_pdf(HEADER, (row(at) for at in (1, 2, 3)), tmp_path / "list.pdf", told)
    assert told.told == ["خواندن فهرست", 1, 2, 3, "چیدن صفحه‌ها"]


@pytest.mark.slow
def test_running_out_of_memory_is_a_refusal_that_says_what_to_do(tmp_path: Path) -> None:
    target = tmp_path / "list.pdf"
    script = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (400 * 2**20, 400 * 2**20))
from pathlib import Path
from libraries.refusal import Refused
from shelfreading.shelf_list_pdf import ShelfListHeader, ShelfListRow, shelf_list_pdf
if __name__ == "__main__":
    rows = (ShelfListRow(at, "955", "کتاب", "مخزن", "نویسنده", str(at)) for at in range(8000))
    try:
        shelf_list_pdf(ShelfListHeader("فهرست رف", "ابن‌سینا"), rows, Path({str(target)!r}))
    except Refused as refusal:
        print(refusal.reason)
"""
    file = tmp_path / "script.py"
    file.write_text(script, encoding="utf-8")
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, str(file)],
        capture_output=True,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(root),
            "PYTHONUTF8": "1",
        },
        check=True,
    )
    assert "رده به رده چاپ کنید" in done.stdout.decode()
    assert not target.exists()
