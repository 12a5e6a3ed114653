"""The provincial expert's desk: what waits for a word, and giving it (directive 7-4)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from libraries.domain.persian import to_persian_digits
from libraries.models import WeedingCause
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms_weeding import ReasonForm, WeedingFilter, picked
from shelfreading.models import WeedingProposal
from shelfreading.selectors.weeding import (
    for_decision,
    proposals_of,
    weeding_lines,
    with_what_is_shown,
)
from shelfreading.services.weeding import proposals_decide
from shelfreading.views.weeding import chips, say_outcome

PAGE = 50
ACCEPT, REFUSE = "accept", "refuse"
_DONE = {True: "پیشنهاد پذیرفته و نسخه‌اش وجین شد", False: "پیشنهاد رد شد"}


@requires(Right.DECIDE_WEEDING)
@require_http_methods(["GET", "HEAD", "POST"])
def weeding_decide(request: StaffRequest) -> HttpResponse:
    """The undecided proposals of the province by library and cause; posting decides the picked.

    What was picked and written stays where the word couldn't be given.
    """
    form = WeedingFilter(request.GET, user=request.user)
    wanted = form.wanted() | {"state": WeedingProposal.State.PROPOSED}
    chosen: list[int] = []
    if request.method == "POST":
        chosen = picked(request.POST)
        accept = request.POST.get("act", ACCEPT) != REFUSE
        one = request.POST.get("one", "")
        try:
            outcome = proposals_decide(
                proposal_ids=[int(one)] if one.isdecimal() and len(one) < 19 else chosen,
                accept=accept,
                reason=request.POST.get("reason", ""),
                actor=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            say_outcome(request, outcome, _DONE[accept])
            return redirect(f"{reverse('weeding-decide')}?{request.GET.urlencode()}")
    proposals = with_what_is_shown(for_decision(proposals_of(request.user, **wanted)))
    page = Paginator(proposals, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "active": form.active,
        "hidden": {"cause": wanted["cause"]} if "cause" in wanted else {},
        "is_filtered": len(wanted) > 1,
        "cause_chips": chips(request, request.user, wanted, "cause", WeedingCause.choices),
        "page_obj": page,
        "lines": weeding_lines(page),
        "chosen": chosen,
        "reason": request.POST.get("reason", ""),
        "query": request.GET.urlencode(),
    }
    return render(request, "shelfreading/weeding_decide.html", context)


@requires(Right.DECIDE_WEEDING)
@require_http_methods(["GET", "HEAD", "POST"])
def weeding_decide_all(request: StaffRequest) -> HttpResponse:
    """Decide on all that a filter shows, after asking once.

    What was proposed after the question was asked isn't in the answer.
    """
    wanted = WeedingFilter(request.GET, user=request.user).wanted()
    proposals = proposals_of(request.user, **wanted | {"state": WeedingProposal.State.PROPOSED})
    accept = request.GET.get("act") != REFUSE
    last = request.GET.get("last", "")
    if last.isdecimal() and len(last) < 19:
        proposals = proposals.filter(pk__lte=int(last))
    else:
        query = request.GET.copy()
        query["last"] = str(proposals.aggregate(last=Max("pk"))["last"] or 0)
        return redirect(f"{request.path}?{query.urlencode()}")
    form = None if accept else ReasonForm(request.POST if request.method == "POST" else None)
    back = request.GET.copy()
    for name in ("last", "act", "page"):
        back.pop(name, None)
    back_url = f"{reverse('weeding-decide')}?{back.urlencode()}"
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            outcome = proposals_decide(
                proposal_ids=list(proposals.values_list("pk", flat=True)),
                accept=accept,
                reason=form.cleaned_data["reason"] if form else "",
                actor=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            say_outcome(request, outcome, _DONE[accept])
        return redirect(back_url)
    return _ask(request, proposals.count(), accept, form, back_url)


def _ask(
    request: StaffRequest, count: int, accept: bool, form: ReasonForm | None, back_url: str
) -> HttpResponse:
    number = to_persian_digits(count)
    context = {
        "heading": "پذیرفتن همه" if accept else "رد همه",
        "crumbs": [
            ("وجین", reverse("weeding")),
            ("نظر کارشناس", back_url),
            ("پذیرفتن همه" if accept else "رد همه", ""),
        ],
        "question": "همهٔ پیشنهادهای این فهرست پذیرفته شود؟"
        if accept
        else "همهٔ پیشنهادهای این فهرست رد شود؟",
        "count": count,
        "unit": "نسخه",
        "effects": ["وضعیت هر نسخه «وجین» می‌شود؛ نسخهٔ در امانت یا تغییرکرده همان که هست می‌ماند."]
        if accept
        else ["نسخه‌ها موجود می‌مانند و دلیل رد به کتابخانه نشان داده می‌شود."],
        "form": form,
        "danger": accept,
        "submit": f"پذیرفتن {number} پیشنهاد" if accept else f"رد {number} پیشنهاد",
        "back_url": back_url,
    }
    return render(request, "components/confirm_page.html", context)
