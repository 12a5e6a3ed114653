"""The collection by class, section and year, beside what is borrowed (spec S1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Substr

from libraries.domain.call_numbers import HUNDREDS
from libraries.domain.jalali import jalali_year
from libraries.domain.persian import to_ascii_digits, to_persian_digits
from libraries.models import Copy, CopyStatus, Library
from loans.domain.collection import Part, Year, growth, parts, published_year
from loans.models import Loan

OTHER = "other"
CLASS_LABELS = {
    **{code: f"{to_persian_digits(code)} {name}" for code, name in HUNDREDS.items()},
    OTHER: "کنگره، داستان و خوانده‌نشدنی",
}
A_YEAR = timedelta(days=365)
MOST_BORROWED = 10


@dataclass(frozen=True, slots=True)
class Collection:
    """What the page shows. `known_since` is the day of the first loan on record."""

    copies: int
    titles: int
    loans: int
    never: int
    weeded: int
    by_class: list[Part]
    by_section: list[Part]
    by_decade: list[tuple[str, int]]
    undated: int
    growth: list[Year]
    known_since: date | None
    most_borrowed: list[tuple[str, str, int]]


def collection_of(library: Library, now: datetime, today: date) -> Collection:
    """Figures of one library's holdings, the weeded left out. The number of queries is fixed."""
    this_year = jalali_year(today)
    held = Copy.objects.filter(library=library).exclude(status=CopyStatus.WEEDED)
    held = held.annotate(first=Substr("main_class", 1, 1))
    lately = (
        Loan.objects.filter(copy__library=library, lent_at__gte=now - A_YEAR)
        .exclude(copy__status=CopyStatus.WEEDED)
        .annotate(first=Substr("copy__main_class", 1, 1), section=F("copy__section"))
    )
    unlent = Q(~Exists(Loan.objects.filter(copy=OuterRef("pk"))))
    sections = {str(pk): name for pk, name in library.sections.values_list("pk", "name")}

    def split(field: str, labels: dict[str, str]) -> list[Part]:
        def key(value: object) -> str:
            return _hundreds(str(value)) if field == "first" else str(value)

        counted = held.order_by().values(field)
        rows = counted.annotate(
            n=Count("pk"), names=Count("title", distinct=True), never=Count("pk", filter=unlent)
        ).values_list(field, "n", "names", "never")
        copies, titles, never = ({}, {}, {})  # type: ignore[var-annotated]
        for value, n, names, lone in rows:
            for sums, count in ((copies, n), (titles, names), (never, lone)):
                sums[key(value)] = sums.get(key(value), 0) + count
        loans: dict[str, int] = {}
        for value, n in (
            lately.order_by().values(field).annotate(n=Count("pk")).values_list(field, "n")
        ):
            loans[key(value)] = loans.get(key(value), 0) + n
        years: dict[str, list[tuple[int, int]]] = {}
        for value, text, n in (
            counted.values(field, "title__year")
            .annotate(n=Count("pk"))
            .values_list(field, "title__year", "n")
        ):
            if year := published_year(text, this_year):
                years.setdefault(key(value), []).append((year, n))
        return parts(
            labels,
            copies=copies,
            titles=titles,
            loans=loans,
            never=never,
            years=years,
            this_year=this_year,
        )

    by_class = split("first", CLASS_LABELS)
    decades, undated = _decades(held, this_year)
    added, unknown = _added(held)
    since = Loan.objects.filter(copy__library=library).aggregate(first=Min("lent_at"))["first"]
    return Collection(
        copies=sum(part.copies for part in by_class),
        titles=held.aggregate(n=Count("title", distinct=True))["n"],
        loans=sum(part.loans for part in by_class),
        never=sum(part.never for part in by_class),
        weeded=Copy.objects.filter(library=library, status=CopyStatus.WEEDED).count(),
        by_class=by_class,
        by_section=split("section", sections),
        by_decade=decades,
        undated=undated,
        growth=growth(added, unknown, last=this_year),
        known_since=since.date() if since else None,
        most_borrowed=list(
            lately.order_by()
            .values("copy__title")
            .annotate(n=Count("pk"))
            .order_by("-n", "copy__title__title")
            .values_list("copy__title__title", "copy__title__author", "n")[:MOST_BORROWED]
        ),
    )


def _hundreds(first: str) -> str:
    digit = to_ascii_digits(first)
    return f"{digit}00" if f"{digit}00" in HUNDREDS else OTHER


def _decades(held: Iterable[Copy], this_year: int) -> tuple[list[tuple[str, int]], int]:
    """Copies by decade of publication, oldest first; what is older than fifty years together."""
    rows = held.order_by().values("title__year").annotate(n=Count("pk"))  # type: ignore[attr-defined]
    oldest = this_year // 10 * 10 - 50
    counts: dict[int, int] = {}
    undated = 0
    for text, n in rows.values_list("title__year", "n"):
        year = published_year(text, this_year)
        if year is None:
            undated += n
        else:
            decade = max(year // 10 * 10, oldest)
            counts[decade] = counts.get(decade, 0) + n
    lines = []
    for decade in range(oldest, this_year + 1, 10):
        name = f"دههٔ {to_persian_digits(decade)}"
        if decade == oldest:
            name = f"پیش از {to_persian_digits(decade + 10)}"
        lines.append((name, counts.get(decade, 0)))
    return lines, undated


def _added(held: Iterable[Copy]) -> tuple[dict[int, int], int]:
    """Copies by Jalali year of registration, and those without a date."""
    rows = held.order_by().values("registered_on").annotate(n=Count("pk"))  # type: ignore[attr-defined]
    added: dict[int, int] = {}
    unknown = 0
    for day, n in rows.values_list("registered_on", "n"):
        if day is None:
            unknown += n
        else:
            added[jalali_year(day)] = added.get(jalali_year(day), 0) + n
    return added, unknown
