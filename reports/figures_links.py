"""Where the numbers on the pages of a round's figures lead; the chips and crumbs beside them."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from libraries.domain.call_numbers import HUNDREDS
from libraries.domain.persian import to_persian_digits
from libraries.models import Library
from libraries.rights import StaffRequest
from reports.aggregates import FOUND, ORDERS, TIED, Line, Scope, standing_reports
from reports.domain.tie_out import LABELS
from reports.models import Report, RevisionLine
from shelfreading.models import Round

What = RevisionLine.What
PLACES = {"province": "استان", "county": "شهرستان", "library": "کتابخانه"}
KINDS = {"": "همهٔ نوع‌ها", **dict(Library.Kind.choices)}


def query_of(scope: Scope, **more: Any) -> dict[str, Any]:
    """What an address of these pages carries: the narrowest place, the kind, and more."""
    query: dict[str, Any] = {}
    for name, place in scope.place.items():
        if getattr(scope.user, f"{name}_id") != place.pk:
            query[name] = place.pk
    if scope.kind:
        query["kind"] = scope.kind
    for name, value in more.items():
        if name in PLACES:
            query = {key: old for key, old in query.items() if key not in PLACES}
        query[name] = value
    return {name: value for name, value in query.items() if value}


def figures_url(scope: Scope, **more: Any) -> str:
    """The page of a scope's figures, with more asked for."""
    query = urlencode(query_of(scope, **more))
    return reverse("figures", args=[scope.round.year]) + (f"?{query}" if query else "")


def copies_url(scope: Scope, library_id: int, what: str, **more: str) -> str:
    """The copies that a library's reports list as `what`."""
    address = reverse("figures-copies", args=[scope.round.year, library_id, str(what)])
    query = urlencode(({"kind": scope.kind} if scope.kind else {}) | more)
    return address + (f"?{query}" if query else "")


def line_row(scope: Scope, by: str, line: Line) -> dict[str, Any]:
    """A line with where its numbers lead: to the libraries, and from a library to its copies."""
    here = {by: line.key} if by and line.key else {}

    def libraries(order: str) -> str:
        return "" if by in ("", "library") else figures_url(scope, **here, by="library", sort=order)

    def copies(what: str) -> str:
        if by not in ("", "library"):
            return libraries(FOUND[what])
        return copies_url(scope, line.key, what) if line.key else ""

    return {
        "line": line,
        "url": figures_url(scope, **here) if here else "",
        "unreported": libraries("unreported"),
        "tied": [
            {"value": value, "url": libraries(name)}
            for name, value in zip(TIED, line.now.tied, strict=True)
        ],
        "found": [
            {"value": value, "url": copies(what)}
            for what, value in zip(FOUND, line.now.found, strict=True)
        ],
        "missing_url": copies(What.MISSING),
        "weeding_url": libraries("weeding-rate"),
    }


def class_row(scope: Scope, line: Line) -> dict[str, Any]:
    """A main class; in a library its missing lead to the copies."""
    url = ""
    if scope.library:
        url = copies_url(scope, scope.library.pk, What.MISSING, **{"class": line.key})
    return {"line": line, "label": class_label(line.key), "missing_url": url}


def class_label(name: str) -> str:
    """A main class in words."""
    return HUNDREDS.get(name, "بی‌رده یا ردهٔ کنگره")


def most_of(lines: Any, name: str) -> float:
    """The greatest rate of a name, for the bars beside it."""
    return max((getattr(line, name).now or 0 for line in lines), default=0)


def order_chips(request: StaffRequest, active: str) -> list[dict[str, Any]]:
    """What a list of libraries can be sorted by, the greatest first."""
    labels = {
        "": "نام",
        "missing-rate": "نرخ مفقودی",
        "weeding-rate": "نرخ وجین",
        "unreported": "گزارش نفرستاده",
    }
    if active in ORDERS and active not in labels:
        by_column = {column: str(What(what).label) for what, column in FOUND.items()}
        labels[active] = by_column.get(active) or LABELS[active]
    query = request.GET.copy()
    query.pop("page", None)
    orders = []
    for name, label in labels.items():
        query["sort"] = name
        orders.append(
            {"label": label, "url": f"?{query.urlencode()}", "active": name == active,
             "css": "chip-all"}
        )  # fmt: skip
    return orders


def kind_chips(scope: Scope, by: str) -> list[dict[str, Any]]:
    """The kinds of library, the rest of the page kept."""
    wanted = {"by": by} if by != scope.below else {}
    return [
        {
            "label": label,
            "url": figures_url(scope, kind=kind, **wanted),
            "active": kind == scope.kind,
            "css": "chip-all",
        }
        for kind, label in KINDS.items()
    ]


def round_chips(scope: Scope) -> list[dict[str, Any]]:
    """The newest rounds, at the same place."""
    query = urlencode(query_of(scope))
    return [
        {
            "label": to_persian_digits(year),
            "url": reverse("figures", args=[year]) + (f"?{query}" if query else ""),
            "active": year == scope.round.year,
            "css": "chip-all",
        }
        for year in Round.objects.values_list("year", flat=True)[:6]
    ]


def reports_of_library(scope: Scope) -> list[Report]:
    """A library's reports of the round that count."""
    return list(standing_reports(scope).filter(round=scope.round).order_by("pk"))


def crumbs_of(scope: Scope, *, whole: bool = False) -> list[tuple[str, str]]:
    """The way down, as far up as the person's own scope lets one climb; `whole`: the last one
    is a link too."""
    user = scope.user
    crumbs = [
        (f"آمار دورهٔ {to_persian_digits(scope.round.year)}",
         figures_url(scope, **dict.fromkeys(PLACES, ""))),
    ]  # fmt: skip
    levels = (("province", "استان "), ("county", "شهرستان "), ("library", ""))
    for name, word in levels:
        place = getattr(scope, name)
        own = user.library_id or (user.county_id and name != "library")
        if place and not own and getattr(user, f"{name}_id") != place.pk:
            crumbs.append((f"{word}{place.name}", figures_url(scope, **{name: place.pk})))
    return crumbs if whole else [*crumbs[:-1], (crumbs[-1][0], "")]
