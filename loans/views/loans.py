"""Open loans as a list, on the screen, on paper and as Excel; a loan with a due date of its own."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from libraries.domain.jalali import format_jalali
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.domain.overdue import Standing
from loans.forms import BY_MEMBER, LoanForm, LoansFilter
from loans.loans_exports import loans_xlsx as loans_workbook
from loans.models import Loan, LoanRules
from loans.selectors import ALL, FILTER_LABELS, loan_counts, loan_lines, open_loans
from loans.services import loan_lend

PAGE = 50
TONES = {
    Standing.RUNNING.value: ("tone-loan", "on_loan"),
    Standing.OVERDUE.value: ("tone-call", "clock"),
    Standing.FOLLOW_UP_DUE.value: ("tone-call", "follow_up_due"),
    Standing.UNRETURNED.value: ("tone-late", "unreturned"),
}


@requires(Right.VIEW_LOANS)
def loans(request: StaffRequest) -> HttpResponse:
    """The open loans, the longest overdue first or by their members."""
    today = timezone.localdate()
    form = LoansFilter(request.GET)
    chosen, which = form.chosen(), _which(request)
    counts = loan_counts(request.user, today)
    chips = [
        {
            "label": label,
            "url": "?" + urlencode(_kept(chosen) | {"which": code}),
            "count": counts[code],
            "active": code == which,
            "css": TONES[code][0] if code in TONES else "chip-all",
            "symbol": TONES[code][1] if code in TONES else "",
        }
        for code, label in FILTER_LABELS.items()
    ]
    found = _asked(request, chosen, today)
    paginator = Paginator(found, PAGE)
    if not chosen.keys() & {"q", "late"}:
        paginator.count = counts[which]  # counted already, for the chip
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "active": form.active,
        "words": chosen.get("q", ""),
        "is_filtered": bool(chosen) or which != ALL,
        "hidden": {"which": which},
        "chips": chips,
        "any_loans": counts[ALL],
        "page_obj": page,
        "lines": loan_lines(list(page), today),
        "excel_query": urlencode(_kept(chosen) | {"which": which}),
        "print_note": FILTER_LABELS[which],
        "can_write": request.user.has_right(Right.WRITE_LOANS),
        "can_set_rules": request.user.has_right(Right.SET_LOAN_RULES),
    }
    return render(request, "loans/loans.html", context)


@requires(Right.VIEW_LOANS)
def loans_xlsx(request: StaffRequest) -> FileResponse:
    """The same list whole, as Excel; personal data is masked in it too."""
    today = timezone.localdate()
    which = _which(request)
    chosen = LoansFilter(request.GET).chosen()
    lines = loan_lines(list(_asked(request, chosen, today)), today)
    note = f"{FILTER_LABELS[which]}، {request.user.scope_label}، {format_jalali(today)}"
    name = f"امانت‌ها - {FILTER_LABELS[which]} - {format_jalali(today).replace('/', '-')}.xlsx"
    response = FileResponse(loans_workbook(lines, note), as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _which(request: StaffRequest) -> str:
    which = request.GET.get("which", ALL)
    return which if which in FILTER_LABELS else ALL


def _kept(chosen: dict[str, Any]) -> dict[str, str]:
    return {name: chosen[name] for name in ("q", "late", "order") if name in chosen}


def _asked(request: StaffRequest, chosen: dict[str, Any], today: date) -> QuerySet[Loan]:
    return open_loans(
        request.user,
        today,
        which=_which(request),
        late=chosen.get("late", ""),
        words=chosen.get("q", ""),
        by_member=chosen.get("order") == BY_MEMBER,
    )


@requires(Right.WRITE_LOANS)
@require_http_methods(["GET", "HEAD", "POST"])
def loan_new(request: StaffRequest) -> HttpResponse:
    """Lend a copy until a day that is not the rules' own."""
    assert request.user.library is not None
    now = timezone.now()
    today = timezone.localdate(now)
    rules = LoanRules.of(request.user.library)
    initial = {
        "code": request.GET.get("code", ""),
        "member": request.GET.get("member", ""),
        "due_on": today + timedelta(days=rules.loan_days),
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
