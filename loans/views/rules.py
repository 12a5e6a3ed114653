"""By which rules the library lends."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.forms import RulesForm
from loans.models import LoanRules
from loans.services import rules_set


@requires(Right.SET_LOAN_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def loan_rules(request: StaffRequest) -> HttpResponse:
    """The library's rules of lending, set by its head."""
    assert request.user.library is not None
    rules = LoanRules.of(request.user.library)
    form = RulesForm(request.POST if request.method == "POST" else None, instance=rules)
    if form.is_valid():
        try:
            rules_set(values=form.cleaned_data, actor=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "آیین امانت ذخیره شد و از همین اکنون برقرار است.")
            return redirect("loan-rules")
    return render(request, "loans/rules.html", {"form": form})
