"""The page of an application for membership: who it is, who looks alike, what is decided (R6)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from libraries.domain.persian import stored_form, to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.services.members import next_membership_number
from sms_requests.domain.masked import masked_text
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import Move, moves_of
from sms_requests.forms.joining import ApplicantForm, ApproveForm, EndForm, LinkForm, RefuseForm
from sms_requests.forms.library import CallForm, NoteForm, SendBackForm
from sms_requests.models import Request, RequestCall
from sms_requests.selectors.joining import elsewhere, look_alikes
from sms_requests.selectors.library_page import step_lines
from sms_requests.services.joining import (
    LONGEST_REASON,
    Joined,
    approved_say,
    membership_approve,
    membership_link,
    membership_refuse,
    refused_say,
)
from sms_requests.services.library import (
    request_call,
    request_close,
    request_correct,
    request_open_sender,
    request_reopen,
    request_send_back,
)
from sms_requests.services.library_texts import Preview, preview_of, takes_texts
from sms_requests.services.moves import by_of

TELLING = {"approve", "link", "refuse"}


@requires(Right.VIEW_REQUESTS)
@require_safe
def membership_request(request: StaffRequest, request_id: int) -> HttpResponse:
    """The application, masked; at its library with the look-alikes and the steps."""
    return _page(request, _found(request, request_id))


@requires(Right.OPEN_SENDERS)
@require_POST
def membership_open(request: StaffRequest, request_id: int) -> HttpResponse:
    """The same page with number, national ID and text whole, this once; the audit tells of it."""
    found = _found(request, request_id)
    request_open_sender(request_id=found.pk, actor=request.user, now=timezone.now())
    response = _page(request, found, is_opened=True)
    response.headers["Cache-Control"] = "no-store"
    return response


@requires(Right.HANDLE_REQUESTS)
@require_POST
def membership_step(request: StaffRequest, request_id: int, do: str) -> HttpResponse:
    """Make one step, named in the address; a refusal keeps what was typed."""
    found = _found(request, request_id)
    if do not in STEPS:
        raise Http404
    form = _form(do, found, request.POST)
    if not form.is_valid():
        return _page(request, found, posted={do: form})
    given = dict(form.cleaned_data)
    try:
        sentence = STEPS[do](found, request, given)
    except Refused as refusal:
        found = _found(request, request_id)  # as it stands now
        return _page(request, found, posted={do: form}, refusal=refusal.reason)
    messages.success(request, sentence)
    if Request.objects.for_user(request.user).filter(pk=found.pk).exists():
        return redirect("membership-request", found.pk)
    return redirect("desk")


@requires(Right.HANDLE_REQUESTS)
@require_POST
def membership_preview(request: StaffRequest, request_id: int) -> HttpResponse:
    """The text of a refusal with the reason as it is typed."""
    found = _found(request, request_id)
    context = {"preview": _refused(found, request.POST.get("reason", "")), "told": True}
    return render(request, "sms_requests/joining_text.html", context)


def _refused(found: Request, reason: str) -> Preview | None:
    words = stored_form(reason)[:LONGEST_REASON]
    return preview_of(refused_say(found, words)) if words and found.library else None


def _found(request: StaffRequest, request_id: int) -> Request:
    applications = Request.objects.for_user(request.user).filter(kind=Kind.MEMBERSHIP)
    found: Request = get_object_or_404(
        applications.select_related("library__county", "member", "message"), pk=request_id
    )
    return found


# What each step does; each says in a sentence what came of it.


def _approve(found: Request, request: StaffRequest, given: dict[str, Any]) -> str:
    joined = membership_approve(
        request_id=found.pk, actor=request.user, now=timezone.now(),
        **{"tell": False} | given,
    )  # fmt: skip
    number = to_persian_digits(joined.member.membership_number)
    return f"{joined.member} با شمارهٔ عضویت {number} عضو شد.{_went_on(joined)}"


def _link(found: Request, request: StaffRequest, given: dict[str, Any]) -> str:
    joined = membership_link(
        request_id=found.pk, actor=request.user, now=timezone.now(),
        **{"tell": False} | given,
    )  # fmt: skip
    return f"درخواست به عضویت {joined.member} پیوست.{_went_on(joined)}"


def _went_on(joined: Joined) -> str:
    count = len(joined.admitted)
    return f" {to_persian_digits(count)} درخواست نگه‌داشتهٔ او به راه افتاد." if count else ""


def _refuse(found: Request, request: StaffRequest, given: dict[str, Any]) -> str:
    membership_refuse(
        request_id=found.pk, actor=request.user, now=timezone.now(),
        **{"tell": False} | given,
    )  # fmt: skip
    return "درخواست عضویت رد شد."


def _call(found: Request, request: StaffRequest, given: dict[str, Any]) -> str:
    request_call(request_id=found.pk, actor=request.user, now=timezone.now(), **given)
    return "تماس ثبت شد."


def _close(found: Request, request: StaffRequest, given: dict[str, Any]) -> str:
    request_close(request_id=found.pk, actor=request.user, now=timezone.now(), **given)
    return "درخواست بسته شد."


def _reopen(found: Request, request: StaffRequest, given: dict[str, Any]) -> str:
    request_reopen(request_id=found.pk, actor=request.user, now=timezone.now(), **given)
    return "درخواست دوباره باز شد."


def _back(found: Request, request: StaffRequest, given: dict[str, Any]) -> str:
    request_send_back(request_id=found.pk, actor=request.user, now=timezone.now(), **given)
    return "درخواست به کارشناس استان بازگشت."


def _correct(found: Request, request: StaffRequest, given: dict[str, Any]) -> str:
    request_correct(
        request_id=found.pk, wanted=found.wanted, actor=request.user, now=timezone.now(), **given
    )
    return "نام و کد ملی درخواست‌دهنده ثبت شد."


STEPS: dict[str, Callable[[Request, StaffRequest, dict[str, Any]], str]] = {
    "approve": _approve, "link": _link, "refuse": _refuse, "call": _call, "close": _close,
    "reopen": _reopen, "back": _back, "correct": _correct,
}  # fmt: skip
FORMS: dict[str, type[forms.Form]] = {
    "approve": ApproveForm, "link": LinkForm, "refuse": RefuseForm, "call": CallForm,
    "close": EndForm, "reopen": NoteForm, "back": SendBackForm, "correct": ApplicantForm,
}  # fmt: skip
MOVE_OF_FORM = {
    "approve": Move.APPROVE, "link": Move.APPROVE, "refuse": Move.REFUSE, "call": Move.CALL,
    "close": Move.CLOSE, "reopen": Move.REOPEN, "back": Move.SEND_BACK, "correct": Move.APPROVE,
}  # fmt: skip


def _form(do: str, found: Request, data: Any = None, *, is_opened: bool = False) -> forms.Form:
    options: dict[str, Any] = {"auto_id": f"{do}_%s"}
    if do in TELLING:
        options |= {"takes_texts": takes_texts(found), "initial": {"tell": True}}
    if do == "correct":
        known = {"full_name": found.full_name}
        if is_opened:
            known["national_id"] = found.national_id
        options |= {"is_known": bool(found.national_id), "initial": known}
    return FORMS[do](data, **options)


def _page(
    request: StaffRequest,
    found: Request,
    *,
    posted: dict[str, forms.Form] | None = None,
    refusal: str = "",
    is_opened: bool = False,
) -> HttpResponse:
    user, now = request.user, timezone.now()
    by = by_of(user, found) if user.has_right(Right.HANDLE_REQUESTS) else None
    moves = set(moves_of(found.kind, found.state, by)) if by else set()
    shown = {
        do: _form(do, found, is_opened=is_opened)
        for do, move in MOVE_OF_FORM.items()
        if move in moves
    }
    steps = step_lines(found, now)
    context: dict[str, Any] = {
        "found": found,
        "text": found.message.text if is_opened else masked_text(found.message.text),
        "forms": shown | {do: form for do, form in (posted or {}).items() if do in shown},
        "refusal": refusal,
        "is_opened": is_opened,
        "can_open": user.has_right(Right.OPEN_SENDERS) and not is_opened,
        "can_be_told": takes_texts(found),
        "is_own": by is not None,
        "steps": steps,
        "after": steps[0].step.pk if steps else 0,
        "calls": found.calls.select_related("by").order_by("-at", "-pk"),
        "outcomes": RequestCall.Outcome.choices,
        "is_whole": bool(found.full_name and found.national_id),
    }
    if Move.APPROVE in moves:
        assert found.library is not None
        alike = look_alikes(found)
        context |= {
            "alike": alike,
            "seen": ",".join(str(one.member.pk) for one in alike),
            "is_member": any("national_id" in one.why for one in alike),
            "elsewhere": elsewhere(found),
            "next_number": next_membership_number(found.library),
            "approved": preview_of(approved_say(found)),
            "refused": _refused(found, (posted or {})["refuse"].data.get("reason", ""))
            if posted and "refuse" in posted
            else None,
        }
    return render(request, "sms_requests/joining.html", context)
