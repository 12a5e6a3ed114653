"""What a reading found, class by class, and what people decide of it."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from libraries.domain.persian import to_persian_digits
from libraries.jobs import job_start
from libraries.models import User
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.findings_exports import findings_xlsx
from shelfreading.forms_findings import (
    DONE,
    FOUND,
    SOUGHT,
    TAKE_BACK,
    UNDONE,
    DecideForm,
    FindingsFilter,
    actions_for,
)
from shelfreading.models import ReadingSession
from shelfreading.moves_pdf import MOST_AT_ONCE, moves_print, moves_sheet
from shelfreading.selectors.findings import (
    ALL,
    CONSEQUENCE_OF,
    LABEL_OF,
    ORDER,
    OUT_OF_ORDER,
    class_counts,
    doubtful_places,
    finding_lines,
    findings_of,
    first_class,
    looked,
    sums,
)
from shelfreading.selectors.late import late_count
from shelfreading.selectors.moves import move_lines, stray_lines, work_at_shelf
from shelfreading.services.decisions import fate_set, put_right_set, second_look_set
from shelfreading.services.findings import findings_compute
from shelfreading.views.steps import session_steps

PAGE = 50
MOVES_PAGE = 50
State = ReadingSession.State


def session_fresh(request: StaffRequest, session_id: int) -> ReadingSession:
    """The session, its findings brought up to date where the user may do so; else 404."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    if request.user.has_right(Right.READ_SHELVES):
        library = session.library
        session = findings_compute(session_id=session.pk, actor=request.user, now=timezone.now())
        session.library = library
    return session


@requires(Right.VIEW_SESSIONS)
@require_safe
def findings(request: StaffRequest, session_id: int) -> HttpResponse:
    """The rows of one class, with all classes and their counts above."""
    return _findings_page(request, session_fresh(request, session_id))


def _findings_page(
    request: HttpRequest, session: ReadingSession, picked: Collection[str] = (), status: int = 200
) -> HttpResponse:
    counts = class_counts(session)
    chosen, form, rows = _asked(request, session, counts)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    applied = session.state == State.APPLIED
    can_settle = _may(request.user, Right.SETTLE_FINDINGS)
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    context = {
        "session": session,
        "steps": session_steps(session, here="findings"),
        "computed": bool(session.computed_at),
        "chips": _chips(request, counts, chosen),
        "chosen": chosen,
        "label": LABEL_OF[chosen],
        "consequence": CONSEQUENCE_OF[chosen],
        "sums": sums(session),
        "doubtful": doubtful_places(session),
        "moves": session.summary.get("moves", 0),
        "moved": counts[OUT_OF_ORDER],
        "strays": counts["misplaced"],
        "missing": counts["missing"],
        **looked(session),
        "can_look": can_settle and not applied,
        "looks": counts["missing"] and not applied,
        "form": form,
        "active": len(asked),
        "carried": {"finding": chosen},
        "reset_url": f"?finding={chosen}",
        "page_obj": page,
        "lines": finding_lines(session, list(page.object_list), timezone.localdate()),
        "picked": picked,
        "actions": actions_for(chosen, applied=applied) if can_settle else [],
        "query": request.GET.urlencode(),
        "sees_loans": _may(request.user, Right.VIEW_LOANS),
        "is_open": session.state == State.READING,
        "late": late_count(session),
        "can_apply": can_settle and session.state == State.CLOSED,
        "can_close": can_settle and session.state == State.READING,
    }
    return render(request, "shelfreading/findings.html", context, status=status)


def _may(user: Any, right: Right) -> bool:
    return isinstance(user, User) and user.has_right(right)


def _asked(
    request: HttpRequest, session: ReadingSession, counts: dict[str, int]
) -> tuple[str, FindingsFilter, Any]:
    """The class asked for, the filter form, and the rows."""
    chosen = request.GET.get("finding", "")
    if chosen not in LABEL_OF:
        chosen = ALL if request.GET.get("q") else first_class(counts)
    form = FindingsFilter(request.GET, library=session.library)
    form.is_valid()
    section = form.cleaned_data.get("section")
    rows = findings_of(
        session,
        finding=chosen,
        hundreds=form.cleaned_data.get("hundreds", ""),
        section_id=section.pk if section else None,
        words=form.cleaned_data.get("q", ""),
    )
    return chosen, form, rows


def _chips(request: HttpRequest, counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    """Every class as a link that keeps search and filters."""
    total = sum(count for code, count in counts.items() if code != OUT_OF_ORDER)
    chips = []
    for code in (ALL, *ORDER):
        query = request.GET.copy()
        query["finding"] = str(code)
        query.pop("page", None)
        chips.append(
            {
                "label": LABEL_OF[code],
                "url": "?" + query.urlencode(),
                "count": total if code == ALL else counts[code],
                "active": code == chosen,
                "css": "chip-all" if code == ALL else f"finding-{code}",
                "symbol": "" if code == ALL else str(code),
            }
        )
    return chips


@requires(Right.SETTLE_FINDINGS)
def findings_decide(request: StaffRequest, session_id: int) -> HttpResponse:
    """Take what was decided of the ticked rows; what is refused comes back with its ticks."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"{reverse('findings', args=[session.pk])}?{request.GET.urlencode()}"
    if request.method != "POST":
        return redirect(back)
    form = DecideForm(request.POST)
    keys = form.keys()
    try:
        if not form.is_valid():
            raise Refused(" ".join(map(str, form.errors["action"])))
        said = _decide(session, form.cleaned_data["action"], keys, request.user)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        if request.POST.get("next"):
            return redirect(back)
        return _findings_page(request, session, picked=keys, status=422)
    messages.success(request, said)
    return redirect(back)


def _decide(session: ReadingSession, action: str, keys: list[str], actor: User) -> str:
    """Call the one service that the action asks for; the sentence says what was done."""
    who = {"session_id": session.pk, "keys": keys, "actor": actor, "now": timezone.now()}
    if action in {FOUND, SOUGHT}:
        count = second_look_set(**who, found=action == FOUND)  # type: ignore[arg-type]
        said = (
            "{} نسخه پیدا شد و در شمار دیده‌شده‌ها آمد."
            if action == FOUND
            else "{} نسخه در جست‌وجوی دوم هم نبود؛ با «اعمال» مفقود می‌شود."
        )
    elif action in {DONE, UNDONE}:
        count = put_right_set(**who, done=action == DONE)  # type: ignore[arg-type]
        said = "{} ردیف انجام شد." if action == DONE else "{} ردیف به «انجام نشده» برگشت."
    elif action == TAKE_BACK:
        count = fate_set(**who, fate="")  # type: ignore[arg-type]
        said = "تصمیم دربارهٔ {} نسخه پس گرفته شد."
    else:
        count = fate_set(**who, fate=action)  # type: ignore[arg-type]
        said = "تصمیم دربارهٔ {} نسخه ثبت شد؛ با «اعمال» در وضعیت آن‌ها می‌نشیند."
    return said.format(to_persian_digits(count))


@requires(Right.VIEW_SESSIONS)
@require_safe
def findings_excel(request: StaffRequest, session_id: int) -> FileResponse:
    """The rows asked for, or all, as Excel."""
    session = session_fresh(request, session_id)
    if "finding" in request.GET:
        chosen, _, rows = _asked(request, session, class_counts(session))
    else:
        chosen, rows = ALL, findings_of(session, finding=ALL)
    name = f"یافته‌های {session.name} - {LABEL_OF[chosen]}.xlsx"
    return FileResponse(findings_xlsx(session, rows), as_attachment=True, filename=name)


@requires(Right.VIEW_SESSIONS)
@require_safe
def moves(request: StaffRequest, session_id: int) -> HttpResponse:
    """The work list at the shelves: the fewest moves, and the books that belong elsewhere."""
    session = session_fresh(request, session_id)
    total = session.summary.get("moves", 0)
    page = Paginator(range(1, total + 1), MOVES_PAGE).get_page(request.GET.get("page"))
    numbers = list(page.object_list)
    context = {
        "session": session,
        "page_obj": page,
        "moves": move_lines(session, numbers[0], numbers[-1]) if numbers else [],
        "work": work_at_shelf(session),
        "is_long": work_at_shelf(session) > MOST_AT_ONCE,
        "moved": session.summary.get("moved_copies", 0),
        "strays": stray_lines(session),
        "doubtful": doubtful_places(session),
        "can_settle": request.user.has_right(Right.SETTLE_FINDINGS),
        "here": request.get_full_path(),
    }
    return render(request, "shelfreading/moves.html", context)


@requires(Right.VIEW_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def moves_pdf(request: StaffRequest, session_id: int) -> HttpResponse:
    """The work list on paper; a long one is laid out by the worker, which a POST starts."""
    session = session_fresh(request, session_id)
    if work_at_shelf(session) <= MOST_AT_ONCE:
        return HttpResponse(
            moves_sheet(session, timezone.now()),
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="moves-{session.pk}.pdf"'},
        )
    if request.method != "POST":
        messages.info(request, "این برگه بلند است؛ با دکمهٔ «ساختن برگه» آن را بسازید.")
        return redirect("moves", session.pk)
    job = job_start(
        label=f"برگهٔ کار پای قفسه — {session.name}"[:200],
        owner=request.user,
        library=session.library,
        task=moves_print,
        next_url=reverse("moves", args=[session.pk]),
        session_id=session.pk,
    )
    return redirect("job", job.pk)
