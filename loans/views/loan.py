"""One loan: how it stands, and each thing that can be done about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from libraries.domain.jalali import format_jalali
from libraries.models import CopyStatus
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.desk_steps import returned
from loans.domain.lending import rials
from loans.domain.overdue import Standing, unreturned_from
from loans.forms import FollowUpForm, ForgiveForm
from loans.models import Loan
from loans.selectors import loan_is_followed_up, loan_line
from loans.selectors.loans import late_and_fee
from loans.services import (
    fee_forgive,
    fee_pay,
    follow_up_record,
    loan_give_up,
    loan_renew,
    loan_return,
)
from loans.views.back import back_to
from loans.views.moments import moment_on


@requires(Right.VIEW_LOANS)
def loan(request: StaffRequest, loan_id: int) -> HttpResponse:
    """One loan: how it stands, what was done about it, what can be done."""
    found = _found(request, loan_id)
    return _page(request, found, FollowUpForm(initial={"on": timezone.localdate()}), ForgiveForm())


@requires(Right.WRITE_LOANS)
@require_POST
def loan_back(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Take a lent copy back."""
    found = _found(request, loan_id)
    try:
        loan = loan_return(loan_id=found.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, returned(loan))
    return back_to(request, "loan", found.pk)


@requires(Right.WRITE_LOANS)
@require_POST
def loan_longer(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Renew a loan."""
    found = _found(request, loan_id)
    now = timezone.now()
    try:
        renewal = loan_renew(
            loan_id=found.pk, actor=request.user, now=now, today=timezone.localdate(now)
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        until = format_jalali(renewal.to_due)
        messages.success(request, f"«{found.copy.title}» تمدید شد؛ مهلت تازه {until}.")
    return back_to(request, "loan", found.pk)


@requires(Right.WRITE_LOANS)
@require_POST
def loan_fee(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Put on record that the late fee was taken."""
    found = _found(request, loan_id)
    try:
        loan = fee_pay(loan_id=found.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"دریافت {rials(loan.fee)} جریمه ثبت شد.")
    return back_to(request, "loan", found.pk)


@requires(Right.WRITE_LOANS)
@require_POST
def loan_unreturned(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Give the copy the status «برنگشته»."""
    found = _found(request, loan_id)
    now = timezone.now()
    try:
        loan_give_up(loan_id=found.pk, actor=request.user, now=now, today=timezone.localdate(now))
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(
            request,
            f"وضعیت «{found.copy.title}» «برنگشته» شد؛ امانت باز می‌ماند و با بازگشت کتاب "
            "بسته می‌شود.",
        )
    return back_to(request, "loan", found.pk)


@requires(Right.WRITE_LOANS)
@require_POST
def loan_follow_up(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Put a follow-up on record."""
    found = _found(request, loan_id)
    form = FollowUpForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        try:
            follow_up_record(
                loan_id=found.pk,
                channel=form.cleaned_data["channel"],
                said=form.cleaned_data["said"],
                at=moment_on(form.cleaned_data["on"], now, not_before=found.lent_at),
                actor=request.user,
                now=now,
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, "پیگیری ثبت شد.")
            return redirect("loan", found.pk)
    return _page(request, found, form, ForgiveForm())


@requires(Right.WRITE_LOANS)
@require_POST
def loan_forgive(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Forgive the late fee of a loan."""
    found = _found(request, loan_id)
    form = ForgiveForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        try:
            fee_forgive(
                loan_id=found.pk,
                cause=form.cleaned_data["cause"],
                actor=request.user,
                now=now,
                today=timezone.localdate(now),
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, "بخشودگی دیرکرد ثبت شد.")
            return back_to(request, "loan", found.pk)
    return _page(request, found, FollowUpForm(initial={"on": timezone.localdate()}), form)


def _found(request: StaffRequest, loan_id: int) -> Loan:
    found: Loan = get_object_or_404(
        Loan.objects.for_user(request.user).select_related(
            "copy__title", "copy__section", "copy__library", "member", "lent_by", "returned_by"
        ),
        pk=loan_id,
    )
    return found


def _page(
    request: StaffRequest, found: Loan, follow_up_form: FollowUpForm, forgive_form: ForgiveForm
) -> HttpResponse:
    today = timezone.localdate()
    can_write = request.user.has_right(Right.WRITE_LOANS)
    is_open = found.returned_at is None
    line = loan_line(
        found,
        today if is_open else timezone.localdate(found.returned_at),
        followed_up=loan_is_followed_up(found),
    )
    gives_up = line.standing is Standing.UNRETURNED and found.copy.status == CopyStatus.AVAILABLE
    context = {
        "loan": found,
        "line": line,
        "late": line.days_late,
        "is_open": is_open,
        "back": None if is_open else late_and_fee(found),
        "renewals": found.renewals.select_related("by"),
        "follow_ups": found.follow_ups.select_related("by"),
        "forgivenesses": found.forgivenesses.select_related("by"),
        "can_write": can_write and is_open,
        "can_settle": can_write and not is_open,
        "can_give_up": can_write and is_open and gives_up,
        "unreturned_from": unreturned_from(found.due_on) if found.due_on and is_open else None,
        "follow_up_form": follow_up_form,
        "forgive_form": forgive_form,
    }
    return render(request, "loans/loan.html", context)
