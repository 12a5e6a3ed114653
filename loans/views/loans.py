"""Open loans, lending, and what is done about a loan."""

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from libraries.domain.jalali import format_jalali
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.domain.overdue import Standing, days_late
from loans.forms import FollowUpForm, ForgiveForm, LoanForm, LoansFilter
from loans.models import Loan
from loans.selectors import (
    ALL,
    FILTER_LABELS,
    loan_counts,
    loan_is_followed_up,
    loan_line,
    loan_lines,
    open_loans,
)
from loans.services import (
    LOAN_DAYS,
    fee_forgive,
    follow_up_record,
    loan_lend,
    loan_return,
)

PAGE = 50
_TONES = {
    Standing.RUNNING.value: ("tone-loan", "on_loan"),
    Standing.OVERDUE.value: ("tone-call", "clock"),
    Standing.FOLLOW_UP_DUE.value: ("tone-call", "follow_up_due"),
    Standing.UNRETURNED.value: ("tone-late", "unreturned"),
}


@requires(Right.VIEW_LOANS)
def loans(request: StaffRequest) -> HttpResponse:
    """The open loans, the longest overdue first."""
    today = timezone.localdate()
    form = LoansFilter(request.GET)
    words = form.chosen().get("q", "")
    which = request.GET.get("which", ALL)
    which = which if which in FILTER_LABELS else ALL
    counts = loan_counts(request.user, today)
    chips = [
        {
            "label": label,
            "url": "?" + urlencode({"which": code, "q": words}),
            "count": counts[code],
            "active": code == which,
            "css": _TONES[code][0] if code in _TONES else "chip-all",
            "symbol": _TONES[code][1] if code in _TONES else "",
        }
        for code, label in FILTER_LABELS.items()
    ]
    found = open_loans(request.user, today, which=which, words=words)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "words": words,
        "which": which,
        "hidden": {"which": which},
        "chips": chips,
        "any_loans": counts[ALL],
        "page_obj": page,
        "lines": loan_lines(list(page), today),
        "tones": _TONES,
        "can_write": request.user.has_right(Right.WRITE_LOANS),
    }
    return render(request, "loans/loans.html", context)


@requires(Right.WRITE_LOANS)
@require_http_methods(["GET", "HEAD", "POST"])
def loan_new(request: StaffRequest) -> HttpResponse:
    """Lend a copy to a member."""
    now = timezone.now()
    today = timezone.localdate(now)
    initial = {
        "code": request.GET.get("code", ""),
        "member": request.GET.get("member", ""),
        "due_on": today + timedelta(days=LOAN_DAYS),
    }
    form = LoanForm(
        request.POST if request.method == "POST" else None, user=request.user, initial=initial
    )
    if form.is_valid():
        copy, member = form.found_copy, form.found_member
        assert copy is not None and member is not None
        try:
            loan_lend(
                copy_id=copy.pk,
                member_id=member.pk,
                due_on=form.cleaned_data["due_on"],
                actor=request.user,
                now=now,
                today=today,
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            due = format_jalali(form.cleaned_data["due_on"])
            messages.success(
                request, f"«{copy.title}» به {member} امانت داده شد؛ مهلت بازگشت {due} است."
            )
            return redirect("loan-new")
    return render(request, "loans/loan_new.html", {"form": form})


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
        loan_return(loan_id=found.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"بازگشت «{found.copy.title}» ثبت شد.")
    return redirect("loan", found.pk)


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
                at=_moment(form.cleaned_data["on"], now, found),
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
            return redirect("loan", found.pk)
    return _page(request, found, FollowUpForm(initial={"on": timezone.localdate()}), form)


def _found(request: StaffRequest, loan_id: int) -> Loan:
    found: Loan = get_object_or_404(
        Loan.objects.for_user(request.user).select_related(
            "copy__title", "copy__section", "copy__library", "member", "lent_by", "returned_by"
        ),
        pk=loan_id,
    )
    return found


def _moment(day: date, now: datetime, loan: Loan) -> datetime:
    """A time on the day that a person named: now if it is today, else noon, but not before the
    loan of that same day.
    """
    if day == timezone.localdate(now):
        return now
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    return max(noon, loan.lent_at) if day == timezone.localdate(loan.lent_at) else noon


def _page(
    request: StaffRequest, found: Loan, follow_up_form: FollowUpForm, forgive_form: ForgiveForm
) -> HttpResponse:
    today = timezone.localdate()
    back_on = timezone.localdate(found.returned_at) if found.returned_at else today
    late = days_late(found.due_on, back_on)
    forgivenesses = list(found.forgivenesses.select_related("by"))
    can_write = request.user.has_right(Right.WRITE_LOANS)
    is_open = found.returned_at is None
    line = loan_line(found, back_on, followed_up=loan_is_followed_up(found))
    context = {
        "loan": found,
        "line": line,
        "tone": _TONES[line.standing.value],
        "late": late,
        "is_open": is_open,
        "follow_ups": found.follow_ups.select_related("by"),
        "forgivenesses": forgivenesses,
        "can_write": can_write and is_open,
        "can_forgive": can_write and late and not any(f.revoked_at is None for f in forgivenesses),
        "follow_up_form": follow_up_form,
        "forgive_form": forgive_form,
    }
    return render(request, "loans/loan.html", context)
