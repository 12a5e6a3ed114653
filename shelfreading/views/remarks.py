"""The paper work of an applied session: the register book and the card cabinets."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.models import PaperTick, ReadingSession
from shelfreading.selectors.remarks import (
    card_changes,
    card_lines,
    paper_left,
    register_changes,
    remark_lines,
)
from shelfreading.services.remarks import paper_tick

Kind = PaperTick.Kind
PAGE = 100
MOST_ON_PAPER = 5000


@requires(Right.VIEW_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: StaffRequest, session_id: int) -> HttpResponse:
    """Remarks to write and cards to pull, ticked here until all is done."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    asked = request.GET.get("kind")
    kind = Kind.CARD if asked == Kind.CARD else Kind.REGISTER
    may_tick = request.user.has_right(Right.SETTLE_FINDINGS)
    whole = "all" in request.GET
    if request.method == "POST":
        if not may_tick:
            raise PermissionDenied
        return _tick(request, session, kind)
    only_left = "done" not in request.GET
    changes = card_changes if kind == Kind.CARD else register_changes
    found = changes(session, only_left=only_left)
    page = Paginator(found, MOST_ON_PAPER if whole else PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    left = paper_left(session)
    url = reverse("paper", args=[session.pk])
    context = {
        "session": session,
        "kind": kind.value,
        "lines": card_lines(session, rows) if kind == Kind.CARD else remark_lines(rows),
        "page_obj": page,
        "whole": whole,
        "only_left": only_left,
        "is_applied": session.state == ReadingSession.State.APPLIED,
        "can_tick": may_tick,
        "chips": [
            {
                "label": label,
                "url": f"{url}?kind={name.value}",
                "count": left[name.value],
                "active": kind == name,
            }
            for name, label in ((Kind.REGISTER, "دفتر ثبت"), (Kind.CARD, "برگه‌دان‌ها"))
        ],
    }
    return render(request, "shelfreading/paper.html", context)


def _tick(request: StaffRequest, session: ReadingSession, kind: PaperTick.Kind) -> HttpResponse:
    done = request.POST.get("done") != "0"
    keys = request.POST.getlist("page_key" if "page_all" in request.POST else "key")
    chosen = [int(pk) for pk in keys if pk.isascii() and pk.isdigit()]
    try:
        count = paper_tick(
            session_id=session.pk,
            change_ids=[pk for pk in chosen if pk < 2**63],
            kind=kind,
            done=done,
            actor=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        what = "انجام شد" if done else "به «مانده» برگشت"
        messages.success(request, f"{to_persian_digits(count)} ردیف {what}.")
    again = "" if done else "&done=1"
    return redirect(f"{reverse('paper', args=[session.pk])}?kind={kind.value}{again}")
