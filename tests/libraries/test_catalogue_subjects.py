"""Subjects on their way from a copies list to the catalogue."""

import pytest
from django.db import transaction
from django.utils import timezone

from libraries.domain.columns import guess_mapping
from libraries.domain.copies_list import check_rows
from libraries.holdings import Plan, plan_list, write_list
from libraries.models import Copy, Title
from tests.cast import Cast

HEADER = ["عنوان", "پدیدآورنده", "شماره ثبت", "موضوعات", "وضعیت"]
pytestmark = pytest.mark.django_db


def bring(cast: Cast, *rows: str, header: list[str] = HEADER) -> Plan:
    """A list with these rows, written as the worker does."""
    lines = [header, *(row.split("|") for row in rows)]
    checked = check_rows(lines, 0, guess_mapping(header))
    assert not checked.rejected
    with transaction.atomic():
        plan = plan_list(cast.library, checked.records, take_statuses=True)
        write_list(
            cast.library,
            plan,
            actor=cast.librarian,
            now=timezone.now(),
            cause="",
            progress=lambda done, total: None,
        )
    return plan


def subjects() -> dict[str, str]:
    return dict(Title.objects.values_list("title", "subjects"))


@pytest.mark.parametrize("heading", ["موضوع", "موضوعات", "موضوع‌ها", "Subject", "subjects"])
def test_the_column_is_known_by_its_headings(heading: str) -> None:
    assert guess_mapping(["عنوان", heading, "شماره ثبت"])["subjects"] == 1


def test_a_list_tells_subjects_and_the_same_list_changes_nothing(cast: Cast) -> None:
    rows = (
        "کلیدر|محمود دولت‌آبادی|1||موجود",
        "کلیدر|محمود دولت‌آبادی|2|داستان‌های فارسی|موجود",
        "کلیدر|محمود دولت‌آبادی|3|رمان|موجود",
        "گلستان|سعدی|4||موجود",
    )
    bring(cast, *rows)
    assert subjects() == {"کلیدر": "داستان‌های فارسی", "گلستان": ""}
    before = list(Title.objects.order_by("pk").values()), list(Copy.objects.values())
    plan = bring(cast, *rows)
    assert (len(plan.new), len(plan.changed), plan.unchanged) == (0, 0, 4)
    assert before == (list(Title.objects.order_by("pk").values()), list(Copy.objects.values()))


def test_subjects_come_to_titles_that_are_here_and_make_no_second_one(cast: Cast) -> None:
    bring(cast, "کلیدر|محمود دولت‌آبادی|1||موجود")
    copies = list(Copy.objects.values())
    bring(cast, "کلیدر||1|داستان|موجود")  # the author is left out, and stays
    assert subjects() == {"کلیدر": "داستان"}
    assert list(Copy.objects.values()) == copies


def test_a_list_without_subjects_erases_none(cast: Cast) -> None:
    bring(cast, "کلیدر|محمود دولت‌آبادی|1|داستان|موجود")
    bring(cast, "کلیدر|محمود دولت‌آبادی|1||موجود")
    bring(cast, "کلیدر|1", header=["عنوان", "شماره ثبت"])
    assert subjects() == {"کلیدر": "داستان"}


def test_overlong_subjects_are_cut_and_refuse_no_copy(cast: Cast) -> None:
    bring(cast, f"کلیدر|محمود|1|{'داستان ' * 400}|موجود")
    assert 900 < len(subjects()["کلیدر"]) <= 1000
