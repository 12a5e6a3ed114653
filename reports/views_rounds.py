"""A round seen from above: the country, a province, a county, their libraries (directive 7-7)."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from libraries.domain.persian import to_persian_digits
from libraries.models import County, Province, User
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.domain.round_stages import COLUMNS, LABELS, LATE, LATE_LABEL, Stage, window_words
from reports.domain.workflow import LEVEL_LABELS, Level
from reports.forms.gathered import KINDS
from reports.forms_rounds import RoundFilter
from reports.round_overview import (
    COUNTY,
    PROVINCE,
    Placed,
    Tally,
    at_stage,
    place_lines,
    placed,
    rounds_of,
    tallied,
    whole,
)
from reports.rounds_export import round_xlsx
from shelfreading.models import Round, RoundLibrary
from shelfreading.selectors.rounds import libraries_left_out

PAGE = 50
ROUNDS = 5
TONES: dict[str, str] = {
    Stage.NOT_BEGUN: "tone-quiet",
    Stage.WONT_READ: "tone-gone",
    Stage.READING: "tone-loan",
    Stage.CLOSED: "tone-call",
    Stage.APPLIED: "tone-call",
    Stage.RETURNED: "tone-odd",
    Stage.SUBMITTED: "tone-move",
    Stage.ACCEPTED: "tone-ok",
    Stage.REVIEWED: "tone-ok",
    LATE: "tone-late",
}
SYMBOLS: dict[str, str] = {
    Stage.NOT_BEGUN: "minus",
    Stage.WONT_READ: "cross",
    Stage.READING: "play",
    Stage.CLOSED: "clock",
    Stage.APPLIED: "checklist",
    Stage.RETURNED: "undo",
    Stage.SUBMITTED: "report",
    Stage.ACCEPTED: "check",
    Stage.REVIEWED: "success",
    LATE: "unreturned",
}
WORDS: dict[str, str] = {stage.value: label for stage, label in LABELS.items()}
WORDS[LATE] = LATE_LABEL


@requires(Right.VIEW_ROUNDS)
@require_safe
def rounds(request: StaffRequest) -> HttpResponse:
    """All rounds, the newest first, each with how far one's libraries are."""
    today = timezone.localdate()
    page = Paginator(Round.objects.all(), ROUNDS).get_page(request.GET.get("page"))
    lines = [
        {
            "round": asked,
            "tally": tally,
            "window": window_words(asked.opens_on, asked.closes_on, today),
        }
        for asked, tally in rounds_of(request.user, list(page.object_list), today)
    ]
    context = {
        "page_obj": page,
        "lines": lines,
        "can_open": request.user.has_right(Right.OPEN_ROUNDS),
    }
    return render(request, "reports/rounds.html", context)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a round a person looks at: where, which libraries, at which stage."""

    round: Round
    province: Province | None
    county: County | None
    stage: str
    form: RoundFilter
    today: date
    places: list[Placed]

    @property
    def lists_libraries(self) -> bool:
        """Whether libraries are listed one by one, and not counted by what lies above them."""
        return bool(self.county or self.stage or self.form.chosen().get("q"))


def _asked(request: StaffRequest, year: int) -> Asked:
    """What the address asks for; 404 for a place with no library of one's own in the round."""
    user, today = request.user, timezone.localdate()
    asked = get_object_or_404(Round, year=year)
    form = RoundFilter(request.GET)
    chosen = form.chosen()
    mine = RoundLibrary.objects.for_user(user).filter(round=asked)
    county = user.library.county if user.library else user.county
    if county is None and (number := request.GET.get("county")):
        counties = County.objects.filter(pk__in=mine.values(COUNTY)).select_related("province")
        county = get_object_or_404(counties, pk=number if number.isdecimal() else 0)
    province = county.province if county else user.province
    if province is None and (number := request.GET.get("province")):
        provinces = Province.objects.filter(pk__in=mine.values(PROVINCE))
        province = get_object_or_404(provinces, pk=number if number.isdecimal() else 0)
    stage = request.GET.get("stage", "")
    places = placed(
        user,
        [asked],
        today,
        province=province,
        county=county,
        kind=chosen.get("kind", ""),
        words=chosen.get("q", ""),
    )
    return Asked(asked, province, county, stage if stage in WORDS else "", form, today, places)


@requires(Right.VIEW_ROUNDS)
@require_safe
def round_page(request: StaffRequest, year: int) -> HttpResponse:
    """A round: how many libraries are where, place by place, and the libraries themselves."""
    asked = _asked(request, year)
    user, today = request.user, asked.today
    by = COUNTY if asked.province else PROVINCE
    sums = whole(asked.places)
    can_open = user.has_right(Right.OPEN_ROUNDS)
    context: dict[str, Any] = {
        "asked": asked,
        "round": asked.round,
        "kinds": _kinds(asked.round),
        "window": window_words(asked.round.opens_on, asked.round.closes_on, today),
        "extensions": asked.round.extensions.select_related("by"),
        "whole": sums,
        "chips": _chips(request, asked, sums),
        "form": asked.form,
        "active": asked.form.active,
        "hidden": {
            name: value
            for name in ("province", "county", "stage")
            if (value := request.GET.get(name, ""))
        },
        "query": request.GET.urlencode(),
        "crumbs": _crumbs(request, asked),
        "can_open": can_open,
        "left_out": libraries_left_out(asked.round).count() if can_open else 0,
        "can_reason": user.has_right(Right.GIVE_REASON),
        "can_start": user.has_right(Right.READ_SHELVES) and _is_unread(asked),
        "can_send": user.has_right(Right.SUBMIT_REPORTS),
        "gathers": _gathers(user, asked.round),
        "one_library": user.library_id is not None,
    }
    if asked.lists_libraries:
        found = at_stage(asked.places, asked.stage)
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        context["page_obj"] = page
        context["lines"] = [
            {"line": line, **_mark(line.stage)}
            for line in place_lines(list(page.object_list), asked.round)
        ]
    else:
        context["groups"] = [
            _group_row(request, by, group) for group in tallied(asked.places, by=by)
        ]
        context["stages"] = [{"label": COLUMNS[stage]} for stage in Stage]
        context["by_county"] = by == COUNTY
        context["sums"] = [sums.stages[stage] for stage in Stage]
    return render(request, "reports/round.html", context)


@requires(Right.VIEW_ROUNDS)
@require_safe
def round_excel(request: StaffRequest, year: int) -> FileResponse:
    """The libraries that the page shows, as Excel."""
    asked = _asked(request, year)
    found = at_stage(asked.places, asked.stage)
    target = BytesIO()
    round_xlsx(target, asked.round, found, asked.today)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"round-{asked.round.year}.xlsx")


def _is_unread(asked: Asked) -> bool:
    """Whether the round has begun and somebody here has still to begin to read."""
    unread = {Stage.NOT_BEGUN, Stage.WONT_READ}
    began = asked.round.opens_on <= asked.today
    return began and any(place.stage in unread for place in asked.places)


def _gathers(user: User, asked: Round) -> list[tuple[str, str]]:
    """Where a county's or province's office makes its report 2 or 3 of this round."""
    if not user.has_right(Right.GATHER_REPORTS):
        return []
    word = LEVEL_LABELS[Level.COUNTY if user.county_id else Level.PROVINCE]
    return [
        (f"{word}، {label}", reverse("gathered", args=[asked.year, kind]))
        for kind, label in KINDS.items()
        if kind in asked.kinds
    ]


def _mark(stage: Stage) -> dict[str, str]:
    return {"label": LABELS[stage], "css": TONES[stage], "symbol": SYMBOLS[stage]}


def _kinds(asked: Round) -> str:
    labels = dict(RoundFilter.base_fields["kind"].choices)  # type: ignore[attr-defined]
    return "، ".join(str(labels[kind]) for kind in asked.kinds if kind in labels)


def _link(request: StaffRequest, **changed: Any) -> str:
    """This page's query with some of it changed; None takes a name out."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return "?" + query.urlencode()


def _chips(request: StaffRequest, asked: Asked, sums: Tally) -> list[dict[str, Any]]:
    counts: dict[str, int] = {"": sums.asked, LATE: sums.late}
    counts |= {stage.value: sums.stages[stage] for stage in Stage}
    return [
        {
            "label": WORDS.get(name, "همه"),
            "url": _link(request, stage=name or None),
            "count": count,
            "active": name == asked.stage,
            "css": TONES.get(name, "chip-all"),
            "symbol": SYMBOLS.get(name, ""),
        }
        for name, count in counts.items()
    ]


def _group_row(request: StaffRequest, by: str, group: Tally) -> dict[str, Any]:
    key = "county" if by == COUNTY else "province"
    here = {key: group.pk}
    return {
        "tally": group,
        "url": _link(request, **here),
        "late_url": _link(request, stage=LATE, **here),
        "cells": [
            {"count": group.stages[stage], "url": _link(request, stage=stage.value, **here)}
            for stage in Stage
        ],
    }


def _crumbs(request: StaffRequest, asked: Asked) -> list[tuple[str, str]]:
    """The way down, as far as the person's own scope lets one climb back."""
    user = request.user
    crumbs = [("دوره‌ها", reverse("rounds")), (to_persian_digits(str(asked.round)), "?")]
    if asked.province and not (user.province_id or user.county_id or user.library_id):
        crumbs.append((f"استان {asked.province.name}", f"?province={asked.province.pk}"))
    if asked.county and not (user.county_id or user.library_id):
        crumbs.append((f"شهرستان {asked.county.name}", f"?county={asked.county.pk}"))
    return [*crumbs[:-1], (crumbs[-1][0], "")]
