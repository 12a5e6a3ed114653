"""A round in figures, from the country down to a library and to the copies behind a number."""

from io import BytesIO
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from libraries.domain.persian import to_persian_digits
from libraries.jobs import job_start
from libraries.models import County, Library, Province, User
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.aggregates import (
    FOUND,
    TIED,
    Scope,
    copies_behind,
    lines_by_class,
    lines_by_place,
    scope_of,
    sorted_lines,
    total,
)
from reports.domain.tie_out import LABELS
from reports.figures_export import figures_xlsx
from reports.figures_links import (
    PLACES,
    class_label,
    class_row,
    crumbs_of,
    figures_url,
    kind_chips,
    line_row,
    most_of,
    order_chips,
    query_of,
    reports_of_library,
    round_chips,
)
from reports.models import Report, RevisionLine
from reports.tasks import figures_file
from shelfreading.models import Round

PAGE = 50
COPIES_PAGE = 100
What = RevisionLine.What


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
        "rows": [line_row(scope, by, line) for line in page.object_list],
        "sum_row": line_row(scope, by, whole),
        "classes": [class_row(scope, line) for line in classes],
        "tied_labels": [LABELS[name] for name in TIED],
        "found_labels": [str(What(what).label) for what in FOUND],
        "most_missing": most_of(page.object_list, "missing_rate"),
        "most_weeding": most_of(page.object_list, "weeding_rate"),
        "most_missing_class": most_of(classes, "missing_rate"),
        "most_weeding_class": most_of(classes, "weeding_rate"),
        "orders": order_chips(request, order) if by == "library" else [],
        "libraries_url": "" if by in ("", "library") else figures_url(scope, by="library"),
        "reports": reports_of_library(scope) if scope.library else [],
        "kinds": kind_chips(scope, by),
        "rounds": round_chips(scope),
        "crumbs": crumbs_of(scope),
        "query": urlencode(query_of(scope)),
        "by_worker": _is_large(scope),
    }
    return render(request, "reports/round_figures.html", context)


@requires(Right.VIEW_REPORTS)
@require_safe
def figures_excel(request: StaffRequest, year: int) -> HttpResponseBase:
    """All that one may see at this level, as Excel."""
    scope = _scope(request, year)
    if _is_large(scope):
        return redirect(figures_url(scope))  # the page has the button that lets the worker do it
    target = BytesIO()
    figures_xlsx(target, scope)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"figures-{year}.xlsx")


@requires(Right.VIEW_REPORTS)
@require_POST
def figures_job(request: StaffRequest, year: int) -> HttpResponse:
    """Have the worker write the figures of one's whole scope."""
    scope = _scope(request, year)
    job = job_start(
        label=f"آمار دورهٔ {to_persian_digits(year)}",
        owner=request.user,
        library=request.user.library,
        task=figures_file,
        next_url=figures_url(scope),
        user_id=request.user.pk,
        round_id=scope.round.pk,
        kind=scope.kind,
    )
    return redirect("job", job.pk)


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
        "class_label": class_label(main_class) if main_class else "",
        "page_obj": page,
        "crumbs": [*crumbs_of(scope, whole=True), (str(What(what).label), "")],
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


def _is_large(scope: Scope) -> bool:
    """Whether writing the figures takes longer than a request should."""
    return scope.below == "province"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _listed_by(request: StaffRequest, scope: Scope) -> str:
    """Places right below, or all libraries where they are asked for."""
    if scope.below and request.GET.get("by") == "library":
        return "library"
    return scope.below
