"""What the rules propose for weeding, and from what on they do (spec B8)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.domain.weeding_rules import CAUSE_OF, LABELS, Proposal, Rule
from shelfreading.forms_weeding import LimitsForm, picked
from shelfreading.models import WeedingRules
from shelfreading.selectors.weeding_rules import rule_counts, rule_lines, rule_proposals
from shelfreading.services.weeding import Wanted, proposals_make
from shelfreading.services.weeding_rules import weeding_rules_set
from shelfreading.views.weeding import say_outcome

PAGE = 50


@requires(Right.PROPOSE_WEEDING)
@require_http_methods(["GET", "HEAD", "POST"])
def weeding_rules(request: StaffRequest) -> HttpResponse:
    """What the rules would weed. A person reads and picks; posting proposes what was picked."""
    library = request.user.library
    assert library is not None
    everything = rule_proposals(library, timezone.now())
    asked = request.GET.get("rule", "")
    found = [each for each in everything if not asked or each.rule == asked]
    if request.method == "POST":
        return _propose(request, found, asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    counts = rule_counts(everything)
    context = {
        "chips": [
            {"label": "همه", "url": "?", "count": len(everything), "active": not asked},
            *(
                {
                    "label": label,
                    "url": f"?rule={rule}",
                    "count": counts[rule],
                    "active": asked == rule,
                }
                for rule, label in LABELS.items()
            ),
        ],
        "asked": asked if asked in list(Rule) else "",
        "page_obj": page,
        "lines": rule_lines(list(page)),
        "rules": WeedingRules.of(library),
        "can_set": request.user.has_right(Right.SET_WEEDING_RULES),
    }
    return render(request, "shelfreading/weeding_rules.html", context)


def _propose(request: StaffRequest, found: list[Proposal], asked: str) -> HttpResponse:
    chosen = set(picked(request.POST))
    all_of_them = "everything" in request.POST
    wanted = [
        Wanted(each.copy_id, CAUSE_OF[each.rule], each.why, each.rule.value)
        for each in found
        if all_of_them or each.copy_id in chosen
    ]
    try:
        if chosen and not wanted:
            raise Refused("قاعده‌ها دیگر این نسخه‌ها را پیشنهاد نمی‌کنند؛ صفحه را تازه کنید.")
        outcome = proposals_make(wanted=wanted, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        say_outcome(request, outcome, "نسخه به کارشناس استان پیشنهاد شد")
        if gone := 0 if all_of_them else len(chosen) - len(wanted):
            messages.warning(
                request, f"{to_persian_digits(gone)} نسخه را قاعده‌ها دیگر پیشنهاد نمی‌کنند."
            )
    return redirect(f"{reverse('weeding-rules')}?rule={asked if asked in list(Rule) else ''}")


@requires(Right.SET_WEEDING_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def weeding_limits(request: StaffRequest) -> HttpResponse:
    """From what on the library's rules propose, set by its head."""
    assert request.user.library is not None
    rules = WeedingRules.of(request.user.library)
    form = LimitsForm(request.POST if request.method == "POST" else None, instance=rules)
    if form.is_valid():
        try:
            weeding_rules_set(values=form.cleaned_data, actor=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "قاعده‌ها ذخیره شد و از همین اکنون برقرار است.")
            return redirect("weeding-rules")
    return render(request, "shelfreading/weeding_limits.html", {"form": form})
