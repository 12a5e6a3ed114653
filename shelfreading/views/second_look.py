"""The second look: the missing copies again, in walking order, ticked one by one or together."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from libraries.domain.persian import to_persian_digits
from libraries.jobs import job_start
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms_findings import FindingsFilter
from shelfreading.models import ReadingSession
from shelfreading.second_look_pdf import MOST_AT_ONCE, second_look_print, second_look_sheet
from shelfreading.selectors.second_look import (
    LOOK_LABELS,
    Look,
    look_counts,
    look_lines,
    second_look_rows,
)
from shelfreading.services.decisions import (
    second_look_rest,
    second_look_set,
    second_look_take_back,
)
from shelfreading.views.findings import session_fresh
from shelfreading.views.steps import session_steps

PAGE = 50
State = ReadingSession.State
FOUND, SOUGHT, BACK = "found", "sought", "back"
_BECOMES = {FOUND: Look.FOUND, SOUGHT: Look.VAIN, BACK: Look.OPEN}
# What look_again.js asks for: an answer for the row alone.
SCRIPT = "application/json"
_SAID = {
    FOUND: "{} نسخه پیدا شد و در شمار دیده‌شده‌ها آمد.",
    SOUGHT: "{} نسخه دوباره نبود؛ با «اعمال» مفقود می‌شود.",
    BACK: "نگاه دوم {} نسخه برگردانده شد.",
}


@requires(Right.VIEW_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def second_look(request: StaffRequest, session_id: int) -> HttpResponse:
    """The copies to look for again; posting says of some what the second look showed."""
    if request.method == "POST":
        return _take(request, session_id)
    session = session_fresh(request, session_id)
    form, asked = _asked(request, session)
    rows = second_look_rows(session, **asked)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = look_counts(session)
    can_settle = request.user.has_right(Right.SETTLE_FINDINGS)
    look = asked["look"]
    context = {
        "session": session,
        "steps": session_steps(session),
        "computed": bool(session.computed_at),
        "chips": _chips(request, counts, look),
        "form": form,
        "active": sum(map(bool, form.cleaned_data.values())),
        "carried": {"look": look} if look else {},
        "reset_url": f"?{urlencode({'look': look})}" if look else "?",
        "page_obj": page,
        "lines": look_lines(session, list(page.object_list), timezone.now()),
        "left": counts[Look.OPEN],
        "total": sum(counts.values()),
        "query": request.GET.urlencode(),
        "can_look": can_settle and session.state != State.APPLIED,
        "can_apply": can_settle and session.state == State.CLOSED,
        "is_long": page.paginator.count > MOST_AT_ONCE,
        "is_applied": session.state == State.APPLIED,
    }
    return render(request, "shelfreading/second_look.html", context)


def _asked(request: StaffRequest, session: ReadingSession) -> tuple[FindingsFilter, dict[str, Any]]:
    """The filter form, and what is asked for as `second_look_rows` takes it."""
    look = request.GET.get("look", "")
    form = FindingsFilter(request.GET, library=session.library)
    form.is_valid()
    section = form.cleaned_data.get("section")
    return form, {
        "look": look if look in set(Look) else "",
        "hundreds": form.cleaned_data.get("hundreds", ""),
        "section_id": section.pk if section else None,
        "words": form.cleaned_data.get("q", ""),
    }


def _chips(request: StaffRequest, counts: dict[Look, int], chosen: str) -> list[dict[str, Any]]:
    css = {Look.OPEN: "finding-missing", Look.FOUND: "finding-present", Look.VAIN: "tone-quiet"}
    symbols = {Look.OPEN: "search", Look.FOUND: "check", Look.VAIN: "cross"}
    chips = []
    for look in (None, *Look):
        query = request.GET.copy()
        query.pop("page", None)
        query.pop("look", None)
        if look:
            query["look"] = look.value
        chips.append(
            {
                "label": LOOK_LABELS[look] if look else "همه",
                "url": "?" + query.urlencode(),
                "count": counts[look] if look else sum(counts.values()),
                "active": chosen == (look.value if look else ""),
                "css": css[look] if look else "chip-all",
                "symbol": symbols[look] if look else "",
            }
        )
    return chips


def _take(request: StaffRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(ReadingSession.objects.for_user(request.user), pk=session_id)
    if not request.user.has_right(Right.SETTLE_FINDINGS):
        raise PermissionDenied("نگاه دوم کار کارکنان خود کتابخانه است.")
    action, keys = _said(request)
    who: dict[str, Any] = {
        "session_id": session.pk, "keys": keys, "actor": request.user, "now": timezone.now(),
    }  # fmt: skip
    try:
        if action not in _SAID:
            raise Refused("نخست بگویید نسخه‌های برگزیده پیدا شدند یا نه.")
        if action == BACK:
            count = second_look_take_back(**who)
        else:
            count = second_look_set(**who, found=action == FOUND)
    except Refused as refusal:
        if request.headers.get("Accept") == SCRIPT:
            return JsonResponse({"reason": refusal.reason}, status=422)
        messages.error(request, refusal.reason)
    else:
        if request.headers.get("Accept") == SCRIPT:
            return JsonResponse({"look": _BECOMES[action].value})
        messages.success(request, _SAID[action].format(to_persian_digits(count)))
    return redirect(f"{reverse('second-look', args=[session.pk])}?{request.GET.urlencode()}")


def _said(request: StaffRequest) -> tuple[str, list[str]]:
    """What was said, and of which copies: of one by its own button, else of the ticked ones."""
    for action in _SAID:
        if key := request.POST.get(f"one_{action}"):
            return action, [key]
    name = "page_key" if request.POST.get("page_all") else "key"
    return request.POST.get("action", ""), list(dict.fromkeys(request.POST.getlist(name)))


@requires(Right.SETTLE_FINDINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def second_look_end(request: StaffRequest, session_id: int) -> HttpResponse:
    """All that is left was sought in vain: asked once, with the number."""
    session = session_fresh(request, session_id)
    here = reverse("second-look", args=[session.pk])
    left = look_counts(session)[Look.OPEN]
    if request.method == "POST":
        try:
            if request.POST.get("count") != str(left):
                raise Refused(
                    "از آن هنگام شمار نسخه‌های نجسته تغییر کرده است؛ شمار تازه را ببینید و بگویید."
                )
            count = second_look_rest(session_id=session.pk, actor=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, _SAID[SOUGHT].format(to_persian_digits(count)))
        return redirect(here)
    if not left or session.state == State.APPLIED:
        messages.info(request, "نسخه‌ای نمانده است که دوباره جسته نشده باشد.")
        return redirect(here)
    context = {
        "session": session,
        "left": left,
        "found": look_counts(session)[Look.FOUND],
        "crumbs": [
            ("رف‌خوانی", reverse("sessions")),
            (session.name, reverse("session", args=[session.pk])),
            ("نگاه دوم", here),
            ("بقیه نبودند", ""),
        ],
        "back_url": here,
    }
    return render(request, "shelfreading/second_look_rest.html", context)


@requires(Right.VIEW_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def second_look_pdf(request: StaffRequest, session_id: int) -> HttpResponse:
    """The sheet for the walk, as the page is filtered; what is done already stays off it unless
    asked for. A long one is laid out by the worker."""
    session = session_fresh(request, session_id)
    _, asked = _asked(request, session)
    asked["look"] = asked["look"] or Look.OPEN.value
    if second_look_rows(session, **asked).count() <= MOST_AT_ONCE:
        return HttpResponse(
            second_look_sheet(session, asked, timezone.now()),
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="second-look-{session.pk}.pdf"'},
        )
    if request.method != "POST":
        messages.info(request, "این برگه بلند است؛ با دکمهٔ «ساختن برگه» آن را بسازید.")
        here = reverse("second-look", args=[session.pk])
        return redirect(f"{here}?{request.GET.urlencode()}")
    job = job_start(
        label=f"برگهٔ نگاه دوم — {session.name}"[:200],
        owner=request.user,
        library=session.library,
        task=second_look_print,
        next_url=reverse("second-look", args=[session.pk]),
        session_id=session.pk,
        asked=asked,
    )
    return redirect("job", job.pk)
