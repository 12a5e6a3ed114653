"""The lists of reports, a report, its revisions and what differs between them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from libraries.domain.persian import stored_form
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.domain.deadlines import days_left
from reports.domain.tie_out import LABELS, total
from reports.domain.workflow import STATE_LABELS, Level, Move, State
from reports.forms_way import STATE_NAMES, MoveForm, ReportsFilter
from reports.gathered_diff import line_changes, sum_changes
from reports.models import Report, Revision
from reports.printing import form_rows, forms_of, gathered_layout
from reports.selectors_review import left_to_say
from reports.selectors_way import (
    WEEDINGS,
    classes_of,
    deadline_of,
    desks_of,
    figure_changes,
    figures_of,
    list_changes,
    moves_now,
    report_lines,
    reports_of,
    revision_of,
    state_counts,
    waiting_for,
)
from reports.services.deciding import report_move, unsaid
from shelfreading.models import ReadingSession

PAGE = 50
TONES = {
    State.SUBMITTED.value: "tone-loan",
    State.RETURNED.value: "tone-call",
    State.ACCEPTED.value: "tone-binder",
    State.REVIEWED.value: "tone-ok",
}
_DONE = {
    Move.ACCEPT.value: "گزارش پذیرفته شد.",
    Move.RETURN.value: "گزارش با توضیح شما بازگردانده شد.",
    Move.REVIEW.value: "بررسی این گزارش پایان یافت.",
}


@requires(Right.VIEW_REPORTS)
@require_safe
def reports(request: StaffRequest) -> HttpResponse:
    """The reports of one's scope; first those that wait for oneself."""
    now = timezone.now()
    form = ReportsFilter(request.GET, user=request.user)
    asked = form.cleaned_data if form.is_valid() else {}
    waiting = waiting_for(request.user, now)
    every = _filtered(reports_of(request.user), asked)
    counts = state_counts(every)
    mine = _filtered(waiting, asked)
    who, state = request.GET.get("who", ""), request.GET.get("state", "")
    rows = mine if who == "me" else every
    if state in STATE_NAMES:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "active": sum(bool(value) for value in asked.values()),
        "chips": _chips(request, counts, mine.count(), who, state),
        "page_obj": page,
        "lines": report_lines(page.object_list, timezone.localdate(now)),
        "tones": TONES,
        "who": who,
        "can_send": request.user.has_right(Right.SUBMIT_REPORTS),
    }
    return render(request, "reports/reports.html", context)


def _filtered(reports: QuerySet[Report], asked: dict[str, Any]) -> QuerySet[Report]:
    for word in stored_form(asked.get("q") or "").split():
        reports = reports.filter(
            Q(library__name__icontains=word)
            | Q(library=None, county__name__icontains=word)
            | Q(library=None, county=None, province__name__icontains=word)
        )
    for name, field in (
        ("level", "level"),
        ("round", "round"),
        ("kind", "library_kind"),
        ("county", "county"),
    ):
        if asked.get(name):
            reports = reports.filter(**{field: asked[name]})
    return reports


def _chips(
    request: StaffRequest, counts: dict[str, int], mine: int, who: str, state: str
) -> list[dict[str, Any]]:
    """«Waits for me», all, and each state, each keeping the filters."""

    def url(**wanted: str) -> str:
        query = request.GET.copy()
        for name in ("who", "state", "page"):
            query.pop(name, None)
        query.update(wanted)
        return f"?{query.urlencode()}"

    return [
        {"label": "منتظر من", "url": url(who="me"), "count": mine, "css": "tone-late",
         "active": who == "me", "symbol": "clock"},
        {"label": "همه", "url": url(), "count": sum(counts.values()), "css": "chip-all",
         "active": not who and state not in counts},
        *(
            {"label": STATE_LABELS[State(name)], "url": url(state=name), "count": count,
             "css": TONES[name], "active": not who and state == name}
            for name, count in counts.items()
        ),
    ]  # fmt: skip


@requires(Right.VIEW_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: StaffRequest, report_id: int) -> HttpResponse:
    """A report: where it stands, what it says, its way. Posting makes a move, for who may."""
    found = get_object_or_404(reports_of(request.user), pk=report_id)
    form = MoveForm(request.POST) if request.method == "POST" else MoveForm()
    if request.method == "POST" and not request.user.has_right(Right.DECIDE_REPORTS):
        raise PermissionDenied("دربارهٔ گزارش، دفترهای بالاتر تصمیم می‌گیرند.")
    if form.is_valid():
        try:
            report_move(
                report_id=found.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
            found.refresh_from_db()
        else:
            messages.success(request, _DONE[form.cleaned_data["move"]])
            # A name of its own: the browser would keep the form's, and scroll past the message.
            return redirect(reverse("report", args=[found.pk]) + "#main")
    revision = revision_of(found, found.revision)
    assert revision is not None
    return render(request, "reports/report.html", _page(request, found, revision, form))


def _page(
    request: StaffRequest, report: Report, revision: Revision, form: MoveForm
) -> dict[str, Any]:
    user, today = request.user, timezone.localdate()
    moves = {rule.move.value for rule in moves_now(report, user)}
    missing_left, weeding_left = unsaid(report) if report.level == Level.LIBRARY else (0, 0)
    left = missing_left + weeding_left
    form.initial["revision"] = report.revision
    decides = bool({Move.ACCEPT, Move.RETURN, Move.REVIEW} & moves)
    return _content(report, revision) | {
        "form": form,
        "desks": desks_of(report),
        "deadline": deadline_of(report, today),
        "tone": TONES[report.state],
        "steps": report.steps.select_related("by"),
        "revisions": list(report.revisions.select_related("submitted_by").order_by("-number")),
        # The office's answer to report 3 has a page of its own, with corrections.
        "can_accept": Move.ACCEPT in moves and report.level != Level.PROVINCE,
        "can_return": Move.RETURN in moves and report.level != Level.PROVINCE,
        "can_end": Move.REVIEW in moves and not left,
        "can_review": Move.REVIEW in moves,
        "shows_moves": (decides and report.level != Level.PROVINCE)
        or bool(form.data.get("comment")),
        "can_resend": report.level == Level.LIBRARY and Move.SUBMIT in moves,
        "can_regather": report.level != Level.LIBRARY and Move.SUBMIT in moves,
        "can_answer": report.level == Level.PROVINCE and bool({Move.ACCEPT, Move.RETURN} & moves),
        "closes_corrections": user.has_right(Right.CLOSE_CORRECTIONS),
        "corrections": list(report.corrections.select_related("asked_by", "done_by"))
        if report.level == Level.PROVINCE
        else [],
        "left": left,
        "missing_left": missing_left,
        "weeding_left": weeding_left,
        "first_weeding": next(
            (what for what in WEEDINGS if left_to_say(report, what).exists()), WEEDINGS[0]
        )
        if weeding_left
        else "",
        "last_return": report.steps.filter(move=Move.RETURN).last(),
        "waits_for_expert": report.level == Level.LIBRARY and report.state == State.ACCEPTED,
        "sees_session": ReadingSession.objects.for_user(user).filter(reports=report).exists(),
    }


def _content(report: Report, revision: Revision) -> dict[str, Any]:
    """What the pages of a revision show of it."""
    revision.report = report
    classes = classes_of(revision)
    sent_on = timezone.localdate(revision.submitted_at)
    return {
        "report": report,
        "revision": revision,
        "figures": figures_of(revision),
        "classes": classes,
        "total": total(classes),
        "labels": LABELS,
        "layout": gathered_layout(revision),
        "forms": [
            {"form": form, "rows": rows, "by_worker": (rows or 0) > form.most_rows}
            for slug, form in forms_of(revision).items()
            for rows in (form_rows(revision, slug),)
        ],
        "days_over": -days_left(report.due_on, sent_on) if report.due_on else 0,
    }


@requires(Right.VIEW_REPORTS)
@require_safe
def report_revision(request: StaffRequest, report_id: int, number: int) -> HttpResponse:
    """An older revision, as it was sent."""
    found = get_object_or_404(reports_of(request.user), pk=report_id)
    if number == found.revision:
        return redirect("report", found.pk)
    revision = revision_of(found, number)
    if revision is None:
        raise Http404("این گزارش چنین ویراستی ندارد.")
    steps = found.steps.filter(revision=number).select_related("by")
    context = _content(found, revision) | {"steps": steps}
    return render(request, "reports/revision.html", context)


@requires(Right.VIEW_REPORTS)
@require_safe
def report_diff(request: StaffRequest, report_id: int, old: int, new: int) -> HttpResponse:
    """What differs between two revisions: figures, and copies that came or went."""
    found = get_object_or_404(reports_of(request.user), pk=report_id)
    before, after = revision_of(found, old), revision_of(found, new)
    if before is None or after is None:
        raise Http404("این گزارش چنین ویراستی ندارد.")
    before.report = after.report = found
    context = {
        "report": found,
        "before": before,
        "after": after,
        "figures": [*figure_changes(before, after), *sum_changes(before, after)],
        "cells": line_changes(before, after),
        "lists": list_changes(before, after),
        "is_same": before.digest == after.digest,
    }
    return render(request, "reports/diff.html", context)
