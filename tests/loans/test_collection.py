"""The collection by class, section and year (spec S1)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from loans.domain.collection import Year, growth, parts, published_year
from loans.models import Loan
from loans.selectors.collection import collection_of
from tests.cast import Cast, add_copies, numbered_calls


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1392", 1392),
        ("۱۳۹۲", 1392),
        ("چاپ سوم، ۱۳۹۲", 1392),
        ("١٣٩٢", 1392),
        ("c1998", 1377),
        ("[1998؟]", 1377),
        ("2021", 1400),
        ("۱۳۸۰-۱۳۸۵", 1385),
        ("1405", 1405),
        ("1406", 1406),
        ("1407", None),
        ("2060", None),
        ("92", None),
        ("13920", None),
        ("بی‌تا", None),
        ("", None),
    ],
)
def test_the_year_of_publication_as_it_was_typed(text: str, year: int | None) -> None:
    assert published_year(text, 1405) == year


def test_shares_use_and_age() -> None:
    first, second = parts(
        {"000": "کلیات", "100": "فلسفه", "800": "ادبیات"},
        copies={"000": 30, "800": 10},
        titles={"000": 25, "800": 9},
        loans={"800": 15, "000": 5},
        never={"000": 20},
        years={"800": [(1400, 1), (1390, 3)]},
        this_year=1405,
    )
    assert (first.key, first.copies_share, first.loans_share, first.use) == ("000", 0.75, 0.25, 0.3)
    assert (first.never, first.age) == (20, None)
    assert (second.use, second.age, second.never) == (3.0, 12, 0)  # (5 + 3 × 15) / 4 = 12.5
    assert (second.copies_percent, second.loans_percent) == (25, 75)


def test_nothing_lent_is_no_division_by_zero() -> None:
    (only,) = parts(
        {"000": "کلیات"}, copies={"000": 3}, titles={"000": 3}, loans={}, never={"000": 3},
        years={}, this_year=1405,
    )  # fmt: skip
    assert (only.use, only.loans_share) == (0, 0)


def test_growth_runs_up_to_today_and_counts_what_has_no_date() -> None:
    lines = growth({1380: 10, 1403: 2, 1405: 1}, 7, last=1405, years=3)
    assert lines == [Year(1403, 2, 19), Year(1404, 0, 19), Year(1405, 1, 20)]


@pytest.mark.django_db
def test_figures_of_a_library(cast: Cast) -> None:
    copies = add_copies(cast.library, numbered_calls(6))
    add_copies(cast.other_library, numbered_calls(3))
    Copy.objects.filter(pk=copies[0].pk).update(status=CopyStatus.WEEDED, weeding_cause="worn")
    Copy.objects.filter(pk=copies[1].pk).update(registered_on=date(2026, 4, 1), main_class="813")
    now = timezone.now()
    for copy, days in ((copies[1], 10), (copies[1], 30), (copies[2], 500), (copies[0], 5)):
        lent = now - timedelta(days=days)
        Loan.objects.create(copy=copy, lent_at=lent, returned_at=lent + timedelta(days=1))
    found = collection_of(cast.library, now, date(2026, 11, 22))
    assert (found.copies, found.weeded, found.loans, found.never) == (5, 1, 2, 3)
    literature = next(part for part in found.by_class if part.key == "800")
    assert (literature.loans, literature.loans_share) == (2, 1)
    assert sum(part.copies for part in found.by_section) == 5
    assert found.growth[-1].total == 5
    assert next(year for year in found.growth if year.year == 1405).added == 1
    assert [count for _, _, count in found.most_borrowed] == [2]
    assert found.known_since == (now - timedelta(days=500)).date()


@pytest.mark.django_db
def test_the_page_its_scope_and_its_queries(client: Client, cast: Cast) -> None:
    url = reverse("collection", args=[cast.library.pk])
    client.force_login(cast.librarian)
    assert "هنوز نسخه‌ای در سامانه نیست" in client.get(url).content.decode()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    add_copies(cast.library, numbered_calls(3))
    few = queries()
    add_copies(cast.library, numbered_calls(60), first=1000)
    assert queries() == few
    html = client.get(url).content.decode()
    assert "رده‌های اصلی" in html and "<svg" in html and "style=" not in html
    client.force_login(cast.expert)
    assert client.get(url).status_code == 200
    client.force_login(cast.outsider)
    assert client.get(url).status_code == 404
    client.force_login(cast.admin)
    assert client.get(url).status_code == 403
