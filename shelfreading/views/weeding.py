"""What a library proposes for weeding: the list, by hand, taking back, and Excel."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from libraries.domain.persian import to_persian_digits
from libraries.models import Copy, User, WeedingCause
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms_weeding import CauseForm, ProposalForm, WeedingFilter, picked
from shelfreading.models import ReadingSession, WeedingProposal
from shelfreading.selectors.weeding import (
    counts_by,
    proposals_of,
    weeding_lines,
    with_what_is_shown,
)
from shelfreading.services.weeding import (
    BY_HAND,
    Outcome,
    Wanted,
    proposals_make,
    proposals_withdraw,
)
from shelfreading.weeding_exports import accepted_xlsx, proposals_xlsx

PAGE = 100
State = WeedingProposal.State


@requires(Right.VIEW_COPIES)
@require_safe
def weeding(request: StaffRequest) -> HttpResponse:
    """The proposals by state and cause, with who, when and the expert's word."""
    form = WeedingFilter(request.GET, user=request.user)
    wanted = form.wanted()
    page = Paginator(with_what_is_shown(proposals_of(request.user, **wanted)), PAGE).get_page(
        request.GET.get("page")
    )
    may_propose = request.user.has_right(Right.PROPOSE_WEEDING)
    library = request.user.library_id or wanted.get("library")
    session = ReadingSession.objects.for_user(request.user).filter(pk=wanted.get("session", 0))
    context = {
        "form": form,
        "active": form.active,
        "hidden": {name: wanted[name] for name in ("state", "cause", "session") if name in wanted},
        "is_filtered": bool(wanted),
        "page_obj": page,
        "lines": weeding_lines(page),
        "chips": chips(request, request.user, wanted, "state", State.choices),
        "cause_chips": chips(request, request.user, wanted, "cause", WeedingCause.choices),
        "session": session.first(),
        "shows_library": request.user.library_id is None,
        "can_propose": may_propose,
        "can_decide": request.user.has_right(Right.DECIDE_WEEDING),
        "can_withdraw": may_propose and any(line.state == State.PROPOSED for line in page),
        "prints_of": library,
        "query": request.GET.urlencode(),
    }
    return render(request, "shelfreading/weeding.html", context)


def chips(
    request: HttpRequest, user: User, wanted: dict[str, Any], field: str, choices: Any
) -> list[dict[str, Any]]:
    """The list by `field`, with the numbers that the other filters leave."""
    others = {name: value for name, value in wanted.items() if name != field}
    counts = counts_by(proposals_of(user, **others), field)
    query = request.GET.copy()
    query.pop("page", None)
    made = []
    for value, label in [("", "همه"), *choices]:
        query.pop(field, None)
        if value:
            query[field] = value
        made.append(
            {
                "label": label,
                "url": f"?{query.urlencode()}",
                "count": counts.get(value, 0) if value else sum(counts.values()),
                "active": wanted.get(field, "") == value,
                "css": "" if value else "chip-all",
            }
        )
    return made


@requires(Right.PROPOSE_WEEDING)
@require_http_methods(["GET", "HEAD", "POST"])
def weeding_propose(request: StaffRequest) -> HttpResponse:
    """Propose several copies by their codes, as a reader sends them."""
    form = ProposalForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        try:
            outcome = proposals_make(
                wanted=[_by_hand(copy, form) for copy in form.copies],
                actor=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            say_outcome(request, outcome, "نسخه برای وجین پیشنهاد شد")
            return redirect("weeding")
    return render(request, "shelfreading/weeding_propose.html", {"form": form})


def _by_hand(copy: Copy, form: CauseForm) -> Wanted:
    why = form.cleaned_data["why"]
    return Wanted(copy.pk, form.cleaned_data["cause"], why or BY_HAND)


@requires(Right.PROPOSE_WEEDING)
@require_POST
def copy_weeding(request: StaffRequest, copy_id: int) -> HttpResponse:
    """Propose one copy, from its page."""
    copy = get_object_or_404(Copy.objects.for_user(request.user), pk=copy_id)
    form = CauseForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(
                " ".join(str(error) for errors in form.errors.values() for error in errors)
            )
        proposals_make(wanted=[_by_hand(copy, form)], actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "برای وجین پیشنهاد شد؛ کارشناس استان نظر می‌دهد.")
    return redirect("copy", copy.pk)


@requires(Right.PROPOSE_WEEDING)
@require_POST
def weeding_withdraw(request: StaffRequest) -> HttpResponse:
    """Take the proposals picked back, while they are undecided."""
    try:
        outcome = proposals_withdraw(
            proposal_ids=picked(request.POST), actor=request.user, now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        say_outcome(request, outcome, "پیشنهاد پس گرفته شد")
    return redirect(f"{reverse('weeding')}?{request.GET.urlencode()}")


def say_outcome(request: HttpRequest, outcome: Outcome, done: str) -> None:
    """Tell what went through, and what was left and why."""
    messages.success(request, f"{to_persian_digits(outcome.done)} {done}.")
    if outcome.left:
        count = to_persian_digits(len(outcome.left))
        messages.warning(request, f"{count} مورد همان که بود ماند: {outcome.left_words}")


@requires(Right.VIEW_COPIES)
@require_safe
def weeding_excel(request: StaffRequest) -> FileResponse:
    """What the list shows, all its pages."""
    wanted = WeedingFilter(request.GET, user=request.user).wanted()
    content = proposals_xlsx(proposals_of(request.user, **wanted))
    return FileResponse(content, as_attachment=True, filename="پیشنهادهای وجین.xlsx")


@requires(Right.PROPOSE_WEEDING)
@require_safe
def weeding_accepted_excel(request: StaffRequest) -> FileResponse:
    """What the expert accepted, to be keyed into the management system."""
    library = request.user.library
    assert library is not None
    content = accepted_xlsx(proposals_of(request.user), library.name)
    return FileResponse(content, as_attachment=True, filename="وجین‌شده‌ها.xlsx")
