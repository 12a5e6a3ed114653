"""What a Persian reader sees of values, and that every icon a template names is drawn."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from libraries.context_processors import ITEMS
from libraries.models import CopyStatus
from libraries.templatetags import fa
from libraries.templatetags.ui import page_numbers
from shelfreading.domain.findings import Finding

ROOT = Path(__file__).resolve().parents[2]
SPRITE = (ROOT / "static/rafkhan/icons/sprite.svg").read_text(encoding="utf-8")
THEME = (ROOT / "static/rafkhan/theme.css").read_text(encoding="utf-8")
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))

TODAY = date(2026, 11, 22)  # 1 Azar 1405, a Sunday
NOW = datetime(2026, 11, 22, 10, 35, tzinfo=UTC)  # 14:05 in Tehran


def shown(source: str, **context: object) -> str:
    """What a template of `source` renders, with both tag libraries loaded."""
    return Template("{% load fa ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", ""),
        (0, "۰"),
        (999, "۹۹۹"),
        (1000, "۱٬۰۰۰"),
        (40_500_000, "۴۰٬۵۰۰٬۰۰۰"),
        (-1250, "-۱٬۲۵۰"),
        ("4212", "۴٬۲۱۲"),
        (Decimal("1234.50"), "۱٬۲۳۴٫۵۰"),
        (0.25, "۰٫۲۵"),
    ],
)
def test_numbers_have_persian_digits_and_separators(value: object, expected: str) -> None:
    assert fa.fanum(value) == expected


@given(st.integers())
def test_no_ascii_digit_is_left_and_the_number_can_be_read_back(number: int) -> None:
    written = fa.fanum(number)
    assert not re.search("[0-9]", written)
    assert int(written.replace("٬", "")) == number


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 10, "۰٪"), (1, 3, "۳۳٪"), (9999, 10000, "۹۹٪"), (5, 5, "۱۰۰٪"), (0, 0, "")],
)
def test_only_the_whole_is_a_hundred_percent(part: int, whole: int, expected: str) -> None:
    assert fa.percent_of(part, whole) == expected


def test_text_keeps_its_letters_and_its_escaping() -> None:
    assert shown("{{ v|fa }}", v="ج.2 ن.10") == "ج.۲ ن.۱۰"
    assert shown("{{ v|fa }}", v="<b>1") == "&lt;b&gt;۱"


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize(
    "name",
    ["fa", "fanum", "jalali", "jalali_long", "jalali_time", "days_left", "ago"]
    + ["masked_id", "masked_mobile"],
)
def test_an_empty_value_shows_the_templates_default(name: str, empty: object) -> None:
    assert shown(f'{{{{ v|{name}|default:"—" }}}}', v=empty) == "—"


def test_dates_are_jalali() -> None:
    assert fa.jalali(TODAY) == "۱۴۰۵/۰۹/۰۱"
    assert fa.jalali_long(TODAY) == "یکشنبه ۱ آذر ۱۴۰۵"
    assert fa.jalali_time(NOW) == "۱۴۰۵/۰۹/۰۱، ساعت ۱۴:۰۵"


def test_the_day_is_that_of_tehran_not_of_greenwich() -> None:
    evening = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)  # past midnight in Tehran
    assert fa.jalali(evening) == "۱۴۰۵/۰۹/۰۱"
    assert fa.days_left(evening, TODAY) == "امروز مهلت تمام می‌شود"
    assert fa.ago(evening, NOW) == "۱۳ ساعت پیش"


@pytest.mark.parametrize(
    ("days", "words", "late"),
    [
        (12, "۱۲ روز مانده", False),
        (1, "۱ روز مانده", False),
        (0, "امروز مهلت تمام می‌شود", False),
        (-1, "۱ روز دیر شده", True),
        (-62, "۶۲ روز دیر شده", True),
    ],
)
def test_a_deadline_says_days_left_or_late(days: int, words: str, late: bool) -> None:
    due = TODAY + timedelta(days)
    assert fa.days_left(due, TODAY) == words
    assert fa.is_late(due, TODAY) is late


def test_without_a_day_given_a_deadline_counts_from_the_servers_day() -> None:
    assert fa.days_left(timezone.localdate() + timedelta(3)) == "۳ روز مانده"
    assert fa.is_late(timezone.localdate() - timedelta(1)) is True
    assert fa.is_late(None) is False


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "همین حالا"),
        (timedelta(minutes=5), "۵ دقیقه پیش"),
        (timedelta(minutes=59, seconds=59), "۵۹ دقیقه پیش"),
        (timedelta(hours=3), "۳ ساعت پیش"),
        (timedelta(hours=20), "دیروز"),
        (timedelta(days=6), "۶ روز پیش"),
        (timedelta(days=31), "۱۴۰۵/۰۷/۳۰"),
        (timedelta(days=-2), "۱۴۰۵/۰۹/۰۳"),
    ],
)
def test_how_long_ago_something_was(before: timedelta, words: str) -> None:
    assert fa.ago(NOW - before, NOW) == words


def test_how_long_ago_a_mere_day_was() -> None:
    assert fa.ago(TODAY, NOW) == "امروز"
    assert fa.ago(TODAY - timedelta(1), NOW) == "دیروز"


def test_personal_numbers_are_masked_and_do_not_turn_round() -> None:
    assert fa.masked_id("3860123561") == "\u2066۳۸۶****۵۶۱\u2069"
    assert fa.masked_mobile("09121234567") == "\u2066۰۹۱۲***۴۵۶۷\u2069"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("8فا3/62 د356ج 1385 ج.2", ["۸فا۳/۶۲", "د۳۵۶ج", "۱۳۸۵", "ج.۲"]),
        ("PIR8224 /د5م9 1385", ["PIR8224", "/د5م9", "1385"]),
        ("Z693 .C43 1994", ["Z693 .C43 1994"]),
        ("955/07", ["۹۵۵/۰۷"]),
        ("", []),
        (None, []),
    ],
)
def test_a_call_number_is_isolated_part_by_part(text: str | None, parts: list[str]) -> None:
    assert fa.call_parts(text) == parts


def test_a_call_number_on_the_page_has_each_part_in_its_own_bdi() -> None:
    page = shown('{% include "components/call_number.html" with value="955/07 د35ت" %}')
    assert "<bdi>۹۵۵/۰۷</bdi> <bdi>د۳۵ت</bdi>" in page


def test_a_table_is_named_by_its_caption() -> None:
    page = shown('{% table caption=c id="t" %}<tbody></tbody>{% endtable %}', c="نسخه‌ها <x>")
    assert 'aria-labelledby="t-caption"' in page
    assert "نسخه‌ها &lt;x&gt;</caption>" in page
    assert "<tbody></tbody>" in page


def test_many_pages_are_offered_with_gaps() -> None:
    pages = Paginator(range(1000), 10)
    assert list(page_numbers(pages.page(50))) == [1, "…", 49, 50, 51, "…", 100]
    assert list(page_numbers(Paginator(range(30), 10).page(1))) == [1, 2, 3]


def named_icons() -> set[tuple[str, str]]:
    """(file, symbol) for every icon that a template names outright."""
    found = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        names = re.findall(r'{% icon "([^"]+)"|symbol="([^"]+)"|symbol\|default:"([^"]+)"', text)
        found |= {(path.name, name) for groups in names for name in groups if name}
    return found


def test_every_icon_that_is_named_is_drawn() -> None:
    icons = named_icons()
    assert len(icons) > 20
    assert {(file, name) for file, name in icons if name not in SYMBOLS} == set()
    assert {icon for _, _, icon, _ in ITEMS} <= SYMBOLS


@pytest.mark.parametrize("code", [*Finding, "out_of_order"])
def test_every_finding_has_a_colour_and_a_shape(code: str) -> None:
    assert re.search(rf"\.finding-{code}\b", THEME)
    assert code in SYMBOLS


@pytest.mark.parametrize("code", CopyStatus.values)
def test_every_status_has_a_colour_and_a_shape(code: str) -> None:
    assert re.search(rf"\.status-{code}\b", THEME)
    assert code in SYMBOLS
