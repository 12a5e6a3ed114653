"""The loans desk in a library of 500,000 copies, with 200,000 loans of 40,000 members.

Times the way from a barcode to the answer, as a browser without JavaScript goes it: the post, and
the page that it leads to (aim: under 50 ms), each with its number of queries. Beside it a
member's card, a part of a name, a member's page, and the lists (aim: under 300 ms).

Run: `python benchmarks/bench_loans.py [copies loans]`.
"""

import random
import sys
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from common import copy_rows, database_name, fill, on_each_database, seconds, show, staffed_library

COPIES, LOANS = 500_000, 200_000
LOANS_A_MEMBER = 5
# Of a hundred loans so many are still out, and of those so many are late.
OPEN, LATE = 20, 25
ROUNDS = 30
BROWSER: dict[str, Any] = {"headers": {"host": "localhost"}, "secure": True}


def people_and_loans(library: Any, librarian: Any, loans: int, now: Any) -> None:
    """Members, and loans of which most came back long ago."""
    from django.db import transaction

    from libraries.bulk import bulk_insert
    from libraries.models import Copy
    from loans.models import FollowUp, Loan, Member

    chance = random.Random(loans)
    members = loans // LOANS_A_MEMBER
    copies = list(Copy.objects.filter(library=library).values_list("pk", flat=True))
    with transaction.atomic():
        bulk_insert(
            Member,
            ("library_id", "full_name", "search_name", "membership_number", "national_id")
            + ("mobile", "is_active"),
            (
                (library.pk, f"عضو نمونهٔ {n}", f"عضونمونه{n}", f"M{n}", "", f"0900{n:07}", True)
                for n in range(members)
            ),
        )
        ids = list(Member.objects.filter(library=library).values_list("pk", flat=True))
        out = set(chance.sample(range(len(copies)), loans * OPEN // 100))
        rows = []
        for place in out:
            late = chance.randrange(100) < LATE
            lent_at = now - timedelta(days=chance.randrange(15, 200) if late else 5)
            due_on = (lent_at + timedelta(days=14)).date()
            rows.append((copies[place], chance.choice(ids), lent_at, due_on, None, None))
        for _ in range(loans - len(rows)):
            lent_at = now - timedelta(days=chance.randrange(300, 3000))
            back = lent_at + timedelta(days=10)
            rows.append(
                (chance.choice(copies), chance.choice(ids), lent_at)
                + ((lent_at + timedelta(days=14)).date(), back, librarian.pk)
            )
        bulk_insert(
            Loan,
            ("copy_id", "member_id", "lent_at", "due_on", "returned_at", "returned_by_id")
            + ("source", "lent_by_id", "fee"),
            ((*row, "desk", librarian.pk, 0) for row in rows),
        )
        late = Loan.objects.filter(returned_at__isnull=True, due_on__lt=now.date())
        bulk_insert(
            FollowUp,
            ("loan_id", "at", "by_id", "channel", "said"),
            [
                (pk, now, librarian.pk, "phone", "تماس")
                for pk in late.values_list("pk", flat=True)[::2]
            ],
        )


def measure() -> None:
    """Fill the library and walk through the desk's pages."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from libraries.models import Copy
    from loans.models import Loan, LoanRules, Member

    # Names of gathered files are no part of what is measured.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    wanted = [int(text) for text in sys.argv[1:3]] or [COPIES, LOANS]
    now = timezone.now()
    library, librarian = staffed_library("D1")
    LoanRules.objects.create(
        library=library, fee_a_day=1000, most_at_once=100, overdue_may_borrow=True
    )
    filling = seconds(lambda: fill(library, copy_rows(wanted[0]), librarian, now))
    filling += seconds(lambda: people_and_loans(library, librarian, wanted[1], now))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(librarian)
    chance = random.Random(1)
    out = Loan.objects.filter(returned_at__isnull=True).values_list("copy", flat=True)
    free = list(
        Copy.objects.filter(library=library, is_reference=False)
        .exclude(pk__in=out)
        .values_list("barcode", flat=True)[: ROUNDS * 200 : 200]
    )
    lent = list(
        Loan.objects.filter(returned_at__isnull=True).values_list("pk", "copy__barcode", "copy")[
            : ROUNDS * 50 : 50
        ]
    )
    members = list(
        Member.objects.order_by("pk").values_list("pk", "membership_number", "full_name")
    )
    pairs = zip(free, members[:: max(1, len(members) // ROUNDS)], strict=False)
    some = [chance.choice(members) for _ in range(ROUNDS)]

    def scan(code: str, **shown: object) -> None:
        answer = client.post("/loans/desk/", {"code": code, **shown}, **BROWSER)
        assert answer.status_code == 302, code
        get(answer.url)

    def get(url: str) -> None:
        assert client.get(url, **BROWSER).status_code == 200, url

    def post(url: str) -> None:
        answer = client.post(url, {"next": "/loans/desk/"}, **BROWSER)
        assert answer.status_code == 302
        get(answer.url)

    def offered(words: str) -> None:
        answer = client.post("/loans/desk/", {"code": words}, **BROWSER)
        assert answer.status_code in {200, 302}

    works: list[tuple[str, list[Callable[[], None]]]] = [
        ("free copy shown", [lambda c=code: scan(c) for code in free]),
        ("lent copy shown", [lambda c=code: scan(c) for _, code, _ in lent]),
        ("member's card", [lambda c=number: scan(c) for _, number, _ in some]),
        ("copy lent", [lambda c=c, m=m[0]: scan(c, member=m) for c, m in pairs]),
        ("copy returned", [lambda p=pk: post(f"/loans/{p}/return/") for pk, _, _ in lent]),
        ("part of a name", [lambda n=name: offered(n[-6:] + "") for *_, name in some]),
        ("unknown code", [lambda n=n: offered(f"404{n:07}") for n in range(ROUNDS)]),
        ("member's page", [lambda p=pk: get(f"/members/{p}/") for pk, *_ in some]),
        ("open loans", [lambda: get("/loans/")] * 5),
        ("overdue list", [lambda: get("/loans/?which=overdue")] * 5),
        ("overdue by member", [lambda: get("/loans/?which=overdue&order=member")] * 5),
        ("long overdue", [lambda: get("/loans/?which=unreturned")] * 5),
        ("call list", [lambda: get("/loans/calls/")] * 5),
    ]  # fmt: skip
    get("/loans/desk/")  # templates are read once
    rows = []
    for name, calls in works:
        times, queries = [], []
        for call in calls:
            with CaptureQueriesContext(connection) as captured:
                times.append(seconds(call))
            queries.append(len(captured))
        rows.append(
            [name, f"{median(times) * 1000:.1f}", f"{max(times) * 1000:.1f}"]
            + [f"{min(queries)}–{max(queries)}"]
        )
    print(
        f"\n{database_name()}: {wanted[0]:,} copies, {wanted[1]:,} loans, filled in {filling:.0f} s"
    )
    show(("post and page", "median ms", "worst ms", "queries"), rows)


if __name__ == "__main__":
    on_each_database(measure)
