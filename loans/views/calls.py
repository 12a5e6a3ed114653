"""Calling members for their late books: whom, and what came of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.forms import CallForm, CallsFilter
from loans.models import Member
from loans.selectors.calls import call_lines, late_lines_of, members_to_call
from loans.selectors.loans import FILTER_LABELS, OVERDUE
from loans.selectors.members import calls_of_member
from loans.services import follow_up_member, member_open
from loans.views.moments import moment_on

PAGE = 50
CALLS_SHOWN = 10


@requires(Right.VIEW_LOANS)
def calls(request: StaffRequest) -> HttpResponse:
    """Members with late books, each once; the latest first."""
    today = timezone.localdate()
    form = CallsFilter(request.GET)
    chosen = form.chosen()
    found = members_to_call(
        request.user,
        today,
        which=chosen.get("which", OVERDUE),
        late=chosen.get("late", ""),
        words=chosen.get("q", ""),
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    excel = {name: chosen[name] for name in ("q", "late") if name in chosen}
    context = {
        "form": form,
        "active": form.active,
        "is_filtered": bool(chosen),
        "page_obj": page,
        "lines": call_lines(list(page), today),
        "can_write": request.user.has_right(Right.WRITE_LOANS),
        "excel_query": urlencode(
            excel | {"which": chosen.get("which", OVERDUE), "order": "member"}
        ),
        "which_labels": FILTER_LABELS,
    }
    return render(request, "loans/calls.html", context)


@requires(Right.WRITE_LOANS)
@require_http_methods(["GET", "HEAD", "POST"])
def member_call(request: StaffRequest, member_id: int) -> HttpResponse:
    """One call to a member: one click a result, written for each late book."""
    member = get_object_or_404(Member.objects.for_user(request.user), pk=member_id)
    if request.method != "POST":
        return _page(request, member, _form(), is_opened=False)
    form, now = CallForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            written = follow_up_member(
                member_id=member.pk,
                channel=form.cleaned_data["channel"],
                said=form.cleaned_data["said"],
                at=moment_on(form.cleaned_data["on"], now),
                actor=request.user,
                now=now,
                today=timezone.localdate(now),
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            number = to_persian_digits(len(written))
            messages.success(request, f"تماس با {member} برای {number} کتاب ثبت شد.")
            return redirect("loan-calls")
    return _page(request, member, form, is_opened=False)


@requires(Right.OPEN_PERSONAL_DATA)
@require_POST
def member_call_phone(request: StaffRequest, member_id: int) -> HttpResponse:
    """The same page with the phone number whole, this once; the audit tells of it."""
    member = get_object_or_404(Member.objects.for_user(request.user), pk=member_id)
    member = member_open(member_id=member.pk, actor=request.user, now=timezone.now())
    response = _page(request, member, _form(), is_opened=True)
    response.headers["Cache-Control"] = "no-store"
    return response


def _form() -> CallForm:
    return CallForm(initial={"on": timezone.localdate()})


def _page(
    request: StaffRequest, member: Member, form: CallForm, *, is_opened: bool
) -> HttpResponse:
    context = {
        "member": member,
        "lines": late_lines_of(member, request.user, timezone.localdate()),
        "calls": calls_of_member(member, CALLS_SHOWN),
        "form": form,
        "results": CallForm.RESULTS,
        "is_opened": is_opened,
    }
    return render(request, "loans/call.html", context)
