"""A country's reports: the page of its figures, its Excel file, report 3 of the largest province.

    python benchmarks/bench_country.py

31 provinces, 450 counties, 3,415 libraries, each with its report of a round and of the round
before (`manage.py country`). Seconds are the middle of three runs, each with its queries; the
last line is the bare sum in SQL that the country's page can't do without.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from common import database_name, median_seconds, on_each_database, seconds, show

YEAR = 1405
KIND = "institutional"
BARE = """
    SELECT r.province_id, r.round_id, sum(c.register), sum(c.missing), sum(c.new_missing)
    FROM reports_revisionclass c
    JOIN reports_revision v ON v.id = c.revision_id
    JOIN reports_report r ON r.id = v.report_id AND r.revision = v.number
    WHERE r.level = 'library' AND r.state <> 'returned'
    GROUP BY r.province_id, r.round_id
"""


def main() -> None:
    """Make the country, then ask for its pages as those who use them do."""
    from django.conf import settings
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.utils import timezone

    from libraries.models import Library, Province, User
    from libraries.roles import Role
    from reports.demo.country import Size, country_make

    # Files gathered under hashed names are no part of what is measured.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    took = seconds(lambda: country_make(year=YEAR, size=Size(), now=timezone.now()))
    connection.cursor().execute("ANALYZE")
    largest = (
        Library.objects.filter(kind=KIND)
        .order_by()
        .values_list("county__province")
        .annotate(count=Count("pk"))
        .order_by("-count")
        .first()
    )
    province = Province.objects.get(pk=largest[0])
    director = User.objects.create(username="bench", role=Role.DIRECTOR_GENERAL, province=province)
    print(
        f"\n{database_name()}: made in {took:.0f} s; the largest province has "
        f"{largest[1]} {KIND} libraries"
    )
    office = User.objects.get(role=Role.RESOURCES_OFFICE)

    def page(who: User, url: str) -> Callable[[], Any]:
        client = Client(headers={"host": "localhost", "X-Forwarded-Proto": "https"})
        client.force_login(who)

        def get() -> None:
            answer = client.get(url, secure=True)
            assert answer.status_code == 200, (url, answer.status_code)
            answer.getvalue()

        return get

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE)
            cursor.fetchall()

    works = {
        "the country's page": page(office, f"/figures/{YEAR}/"),
        "  all libraries, by missing rate": page(
            office, f"/figures/{YEAR}/?by=library&sort=missing-rate"
        ),
        "  a province's page": page(office, f"/figures/{YEAR}/?province={province.pk}"),
        "  a province's Excel file": page(director, f"/figures/{YEAR}.xlsx"),
        "the country's Excel file": lambda: _excel(office),
        "report 3, page": page(director, f"/rounds/{YEAR}/gathered/{KIND}/"),
        "report 3, PDF": lambda: _pdf(province),
        "bare SQL sum": bare,
    }
    rows = [
        (name, f"{median_seconds(work, 3):.2f}", str(_queries(work)))
        for name, work in works.items()
    ]
    show(("what", "seconds", "queries"), rows)


def _pdf(province: Any) -> None:
    """What the worker does for a draft of report 3."""
    from reports.forms import report_3
    from reports.pdf import to_pdf
    from reports.selectors_gathered import gathering_of
    from shelfreading.models import Round

    found = gathering_of(Round.objects.get(year=YEAR), KIND, province)
    to_pdf(report_3.render_html(found.form))


def _excel(office: Any) -> None:
    """What the worker does for the figures of the whole country."""
    from io import BytesIO

    from reports.aggregates import scope_of
    from reports.figures_export import figures_xlsx
    from shelfreading.models import Round

    figures_xlsx(BytesIO(), scope_of(office, Round.objects.get(year=YEAR)))


def _queries(work: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


if __name__ == "__main__":
    on_each_database(main)
