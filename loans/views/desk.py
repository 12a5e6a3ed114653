"""The loans desk: one field, and the page knows what to do."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from libraries.models import Copy
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.desk_steps import Step, desk_lend, desk_take
from loans.forms import DeskForm, DeskState, ForgiveForm
from loans.models import Loan, LoanRules, Member
from loans.selectors.desk import Found, desk_copy, desk_find, desk_member
from loans.selectors.loans import late_and_fee


@requires(Right.WRITE_LOANS)
@require_http_methods(["GET", "HEAD", "POST"])
def loans_desk(request: StaffRequest) -> HttpResponse:
    """Take a code and do what it asks for, or show how things stand."""
    if request.method != "POST":
        return _page(request, DeskState(request.GET), DeskForm())
    state, form = DeskState(request.POST), DeskForm(request.POST)
    if not form.is_valid():
        return _page(request, state, form)
    found = desk_find(request.user, form.cleaned_data["code"])
    if not (found.copy or found.member):
        if not (found.copies or found.members):
            form.say_nothing_found(found.elsewhere)
        return _page(request, state, form, found)
    try:
        step = desk_take(
            found,
            member_id=state.member,
            shown=state.copy,
            shown_at=state.shown_at,
            actor=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
        step = Step(member=state.member, copy=found.copy.pk if found.copy else None)
    return _go(request, step)


@requires(Right.WRITE_LOANS)
@require_POST
def loans_desk_lend(request: StaffRequest) -> HttpResponse:
    """Lend the copy that is shown to the member that is chosen."""
    state = DeskState(request.POST)
    copies = Copy.objects.for_user(request.user).select_related("title")
    copy = get_object_or_404(copies, pk=state.copy)
    member = get_object_or_404(Member.objects.for_user(request.user), pk=state.member)
    try:
        step = desk_lend(copy, member_id=member.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
        step = Step(member=member.pk, copy=copy.pk)
    return _go(request, step)


def _go(request: StaffRequest, step: Step) -> HttpResponse:
    if step.sentence:
        messages.success(request, step.sentence)
    return redirect(_address(member=step.member, copy=step.copy, loan=step.loan))


def _address(**ids: int | None) -> str:
    """The desk's address: ids only, so that no name or number of a person stands in it."""
    query = urlencode({name: pk for name, pk in ids.items() if pk})
    return reverse("loans-desk") + (f"?{query}" if query else "")


def _page(
    request: StaffRequest, state: DeskState, form: DeskForm, found: Found | None = None
) -> HttpResponse:
    user, now = request.user, timezone.now()
    today = timezone.localdate(now)
    assert user.library is not None
    rules = LoanRules.of(user.library)
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "state": state,
        "now": now.timestamp(),
        "here": _address(member=state.member, copy=state.copy),
        "without_copy": _address(member=state.member),
        "without_member": _address(copy=state.copy),
        "rules": rules,
        "can_set_rules": user.has_right(Right.SET_LOAN_RULES),
    }
    if state.member:
        member = get_object_or_404(Member.objects.for_user(user), pk=state.member)
        context["person"] = desk_member(member, rules, today)
    if state.copy:
        copies = Copy.objects.for_user(user).select_related("title", "section")
        shown = desk_copy(get_object_or_404(copies, pk=state.copy), rules, today)
        context["book"] = shown
        if shown.on_loan:
            loan = shown.on_loan.loan
            context["after_return"] = _address(member=state.member, loan=loan.pk)
    if state.loan:
        loans = Loan.objects.for_user(user).select_related("copy__title", "member", "fee_paid_by")
        back = get_object_or_404(loans.filter(returned_at__isnull=False), pk=state.loan)
        context |= {"back": late_and_fee(back), "forgive_form": ForgiveForm()}
        context["here"] = _address(member=state.member, loan=back.pk)
    return render(request, "loans/desk.html", context)
