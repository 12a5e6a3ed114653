"""Members: found, entered, and their personal data opened with a line in the audit."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.forms import MemberForm, MembersFilter
from loans.models import LoanRules, Member
from loans.selectors import loans_of_member, members_of
from loans.selectors.desk import desk_member
from loans.selectors.members import calls_of_member, forgivenesses_of_member
from loans.services import member_add, member_open, member_set_active

PAGE = 50
CALLS_SHOWN = 20


@requires(Right.VIEW_LOANS)
def members(request: StaffRequest) -> HttpResponse:
    """Search and list members; personal data is masked."""
    form = MembersFilter(request.GET)
    words = form.chosen().get("q", "")
    page = Paginator(members_of(request.user, words), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "words": words, "page_obj": page, "members": page.object_list}
    return render(request, "loans/members.html", context)


@requires(Right.WRITE_LOANS)
@require_http_methods(["GET", "HEAD", "POST"])
def member_new(request: StaffRequest) -> HttpResponse:
    """Enter a member."""
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            member = member_add(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{member} ثبت شد.")
            return redirect("member", member.pk)
    return render(request, "loans/member_new.html", {"form": form})


@requires(Right.VIEW_LOANS)
def member(request: StaffRequest, member_id: int) -> HttpResponse:
    """One member, masked, with the loans."""
    found = get_object_or_404(Member.objects.for_user(request.user), pk=member_id)
    return _page(request, found, is_opened=False)


@requires(Right.OPEN_PERSONAL_DATA)
@require_POST
def member_personal(request: StaffRequest, member_id: int) -> HttpResponse:
    """The same page with personal data whole, this once; the audit tells of it."""
    found = get_object_or_404(Member.objects.for_user(request.user), pk=member_id)
    found = member_open(member_id=found.pk, actor=request.user, now=timezone.now())
    response = _page(request, found, is_opened=True)
    response.headers["Cache-Control"] = "no-store"
    return response


@requires(Right.WRITE_LOANS)
@require_POST
def member_active(request: StaffRequest, member_id: int) -> HttpResponse:
    """Let a membership rest, or wake it again."""
    found = get_object_or_404(Member.objects.for_user(request.user), pk=member_id)
    is_active = request.POST.get("active") == "yes"
    member_set_active(
        member_id=found.pk, is_active=is_active, actor=request.user, now=timezone.now()
    )
    told = "فعال شد" if is_active else "غیرفعال شد؛ تا فعال نشود کتابی به او امانت داده نمی‌شود"
    messages.success(request, f"عضویت {found} {told}.")
    return redirect("member", found.pk)


def _page(request: StaffRequest, found: Member, *, is_opened: bool) -> HttpResponse:
    assert request.user.library is not None
    today = timezone.localdate()
    page = Paginator(loans_of_member(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "member": found,
        "is_opened": is_opened,
        "can_open": request.user.has_right(Right.OPEN_PERSONAL_DATA) and not is_opened,
        "person": desk_member(found, LoanRules.of(request.user.library), today),
        "calls": calls_of_member(found, CALLS_SHOWN),
        "forgivenesses": forgivenesses_of_member(found),
        "page_obj": page,
        "loans": page.object_list,
        "can_lend": request.user.has_right(Right.WRITE_LOANS),
    }
    return render(request, "loans/member.html", context)
