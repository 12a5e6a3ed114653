"""A round in figures, from the country down to a library and to the copies behind a number."""

from io import BytesIO
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from libraries.domain.call_numbers import HUNDREDS
from libraries.domain.persian import to_persian_digits
from libraries.models import County, Library, Province, User
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.aggregates import (
    FOUND,
    ORDERS,
    TIED,
    Line,
    Scope,
    copies_behind,
    lines_by_class,
    lines_by_place,
    scope_of,
    sorted_lines,
    standing_reports,
    total,
)
from reports.domain.tie_out import LABELS
from reports.figures_export import figures_xlsx
from reports.models import Report, RevisionLine
from shelfreading.models import Round

PAGE = 50
COPIES_PAGE = 100
What = RevisionLine.What
PLACES = {"province": "استان", "county": "شهرستان", "library": "کتابخانه"}
KINDS = {"": "همهٔ نوع‌ها", **dict(Library.Kind.choices)}


@requires(Right.VIEW_REPORTS)
@require_safe
def figures_newest(request: StaffRequest) -> HttpResponse:
    """The figures of the newest round; the empty page where there is none yet."""
    newest = Round.objects.first()
    if newest is not None:
        return redirect("figures", newest.year)
    return render(request, "reports/figures_none.html")


@requires(Right.VIEW_REPORTS)
@require_safe
def figures(request: StaffRequest, year: int) -> HttpResponse:
    """The figures of a round at one level, beside those of the round before."""
    scope = _scope(request, year)
    by = _listed_by(request, scope)
    lines = lines_by_place(scope, by or "library")
    order = request.GET.get("sort", "")
    page = Paginator(sorted_lines(lines, order), PAGE).get_page(request.GET.get("page"))
    classes = lines_by_class(scope)
    whole = total(lines)
    context = {
        "scope": scope,
        "by": by,
        "by_label": PLACES[by or "library"],
        "page_obj": page,
        "whole": whole,
        "rows": [_row(scope, by, line) for line in page.object_list],
        "sum_row": _row(scope, by, whole),
        "classes": [_class_row(scope, line) for line in classes],
        "tied_labels": [LABELS[name] for name in TIED],
        "found_labels": [str(What(what).label) for what in FOUND],
        "most_missing": _most(page.object_list, "missing_rate"),
        "most_weeding": _most(page.object_list, "weeding_rate"),
        "most_missing_class": _most(classes, "missing_rate"),
        "most_weeding_class": _most(classes, "weeding_rate"),
        "orders": _orders(request, order) if by == "library" else [],
        "libraries_url": "" if by in ("", "library") else _url(scope, by="library"),
        "reports": _reports(scope) if scope.library else [],
        "kinds": _kinds(scope, by),
        "rounds": _rounds(scope),
        "crumbs": _crumbs(scope),
        "query": urlencode(_query(scope)),
    }
    return render(request, "reports/round_figures.html", context)


@requires(Right.VIEW_REPORTS)
@require_safe
def figures_excel(request: StaffRequest, year: int) -> FileResponse:
    """All that one may see at this level, as Excel."""
    scope = _scope(request, year)
    target = BytesIO()
    figures_xlsx(target, scope)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"figures-{year}.xlsx")


@requires(Right.VIEW_REPORTS)
@require_safe
def figures_copies(request: StaffRequest, year: int, library_id: int, what: str) -> HttpResponse:
    """The copies that a library's reports of the round list under one figure."""
    scope = _scope(request, year, library=str(library_id))
    if what not in FOUND:
        raise Http404("چنین فهرستی در گزارش‌ها نیست.")
    main_class = request.GET.get("class", "")
    found = copies_behind(scope, what, main_class)
    page = Paginator(found, COPIES_PAGE).get_page(request.GET.get("page"))
    context = {
        "scope": scope,
        "what": What(what),
        "class_label": _class_label(main_class) if main_class else "",
        "page_obj": page,
        "crumbs": [*_crumbs(scope, whole=True), (str(What(what).label), "")],
    }
    return render(request, "reports/figures_copies.html", context)


def _scope(request: StaffRequest, year: int, library: str = "") -> Scope:
    """What the address asks for; 404 for a place outside the person's own."""
    user, asked = request.user, get_object_or_404(Round, year=year)
    kind = request.GET.get("kind", "")
    places: dict[str, Any] = {}
    if number := library or request.GET.get("library", ""):
        found = get_object_or_404(_libraries_of(user), pk=_number(number))
        places = {"library": found, "county": found.county, "province": found.county.province}
    elif number := request.GET.get("county", ""):
        county = get_object_or_404(_counties_of(user), pk=_number(number))
        places = {"county": county, "province": county.province}
    elif number := request.GET.get("province", ""):
        places = {"province": get_object_or_404(_provinces_of(user), pk=_number(number))}
    return scope_of(user, asked, kind=kind if kind in Library.Kind.values else "", **places)


def _libraries_of(user: User) -> QuerySet[Library]:
    """Those in scope, and those that reported from there before they moved."""
    sent = Report.objects.for_user(user).filter(library__isnull=False)
    mine = Q(pk__in=Library.objects.for_user(user).values("pk"))
    mine |= Q(pk__in=sent.values("library"))
    return Library.objects.filter(mine).select_related("county__province")


def _counties_of(user: User) -> QuerySet[County]:
    counties = County.objects.select_related("province")
    if user.library_id:
        return counties.none()
    if user.county_id:
        return counties.filter(pk=user.county_id)
    return counties.filter(province=user.province_id) if user.province_id else counties


def _provinces_of(user: User) -> QuerySet[Province]:
    provinces = Province.objects.all()
    if user.library_id or user.county_id:
        return provinces.none()
    return provinces.filter(pk=user.province_id) if user.province_id else provinces


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _listed_by(request: StaffRequest, scope: Scope) -> str:
    """Places right below, or all libraries where they are asked for."""
    if scope.below and request.GET.get("by") == "library":
        return "library"
    return scope.below


def _query(scope: Scope, **more: Any) -> dict[str, Any]:
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


def _url(scope: Scope, **more: Any) -> str:
    query = urlencode(_query(scope, **more))
    return reverse("figures", args=[scope.round.year]) + (f"?{query}" if query else "")


def _copies_url(scope: Scope, library_id: int, what: str, **more: str) -> str:
    address = reverse("figures-copies", args=[scope.round.year, library_id, str(what)])
    query = urlencode(({"kind": scope.kind} if scope.kind else {}) | more)
    return address + (f"?{query}" if query else "")


def _row(scope: Scope, by: str, line: Line) -> dict[str, Any]:
    """A line with where its numbers lead: to the libraries, and from a library to its copies."""
    here = {by: line.key} if by and line.key else {}

    def libraries(order: str) -> str:
        return "" if by in ("", "library") else _url(scope, **here, by="library", sort=order)

    def copies(what: str) -> str:
        if by not in ("", "library"):
            return libraries(FOUND[what])
        return _copies_url(scope, line.key, what) if line.key else ""

    return {
        "line": line,
        "url": _url(scope, **here) if here else "",
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


def _class_row(scope: Scope, line: Line) -> dict[str, Any]:
    """A main class; in a library its missing lead to the copies."""
    url = ""
    if scope.library:
        url = _copies_url(scope, scope.library.pk, What.MISSING, **{"class": line.key})
    return {"line": line, "label": _class_label(line.key), "missing_url": url}


def _class_label(name: str) -> str:
    return HUNDREDS.get(name, "بی‌رده یا ردهٔ کنگره")


def _most(lines: Any, name: str) -> float:
    return max((getattr(line, name).now or 0 for line in lines), default=0)


def _orders(request: StaffRequest, active: str) -> list[dict[str, Any]]:
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


def _kinds(scope: Scope, by: str) -> list[dict[str, Any]]:
    wanted = {"by": by} if by != scope.below else {}
    return [
        {"label": label, "url": _url(scope, kind=kind, **wanted), "active": kind == scope.kind,
         "css": "chip-all"}
        for kind, label in KINDS.items()
    ]  # fmt: skip


def _rounds(scope: Scope) -> list[dict[str, Any]]:
    query = urlencode(_query(scope))
    return [
        {
            "label": to_persian_digits(year),
            "url": reverse("figures", args=[year]) + (f"?{query}" if query else ""),
            "active": year == scope.round.year,
            "css": "chip-all",
        }
        for year in Round.objects.values_list("year", flat=True)[:6]
    ]


def _reports(scope: Scope) -> list[Report]:
    return list(standing_reports(scope).filter(round=scope.round).order_by("pk"))


def _crumbs(scope: Scope, *, whole: bool = False) -> list[tuple[str, str]]:
    """The way down, as far up as the person's own scope lets one climb; `whole`: the last one
    is a link too."""
    user = scope.user
    crumbs = [
        (f"شمارهای دورهٔ {to_persian_digits(scope.round.year)}",
         _url(scope, **dict.fromkeys(PLACES, ""))),
    ]  # fmt: skip
    levels = (("province", "استان "), ("county", "شهرستان "), ("library", ""))
    for name, word in levels:
        place = getattr(scope, name)
        own = user.library_id or (user.county_id and name != "library")
        if place and not own and getattr(user, f"{name}_id") != place.pk:
            crumbs.append((f"{word}{place.name}", _url(scope, **{name: place.pk})))
    return crumbs if whole else [*crumbs[:-1], (crumbs[-1][0], "")]
