"""The provincial expert's desk: what waits for routing, and one request of it (spec R2)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from sms_requests.domain.masked import masked_text
from sms_requests.domain.parse import Kind
from sms_requests.domain.suggest import matching_libraries
from sms_requests.domain.way import Move, State
from sms_requests.forms.routing import CloseForm, CorrectForm, LibraryForm, UnroutedCallForm
from sms_requests.models import KIND_LABELS, Request
from sms_requests.selectors.line import texts_to_see_to
from sms_requests.selectors.offered import libraries_offered
from sms_requests.selectors.routing import (
    ALL,
    SENT_BACK,
    history,
    library_choices,
    likely_choices,
    missing_of,
    sent_back,
    texts_of_sender,
    to_route_lines,
    unrouted,
)
from sms_requests.services.library import request_open_sender
from sms_requests.services.routing import (
    request_call_unrouted,
    request_close_unrouted,
    request_correct,
    request_reopen_unrouted,
    request_route,
    requests_route,
)

PAGE = 20


@requires(Right.ROUTE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def to_route(request: StaffRequest) -> HttpResponse:
    """What waits for routing, the oldest first; several can go to one library together."""
    choices = library_choices(request.user)
    form = LibraryForm(request.POST, choices=choices) if request.method == "POST" else None
    picked = {int(i) for i in request.POST.getlist("request") if i.isascii() and i.isdigit()}
    problem = ""
    if form is not None:
        problem = _problem_of_many(request, form, picked)
        if not problem:
            return redirect("requests-to-route")
    which = request.GET.get("which", ALL)
    found = _of_which(request, which)
    page = Paginator(found.select_related("message"), PAGE).get_page(request.GET.get("page"))
    context = {
        "which": which,
        "chips": _chips(request, which),
        "page_obj": page,
        "lines": to_route_lines(
            list(page), choices, libraries_offered(request.user.province_id), timezone.localdate()
        ),
        "choices": choices,
        "picked": picked,
        "problem": problem,
        "typed": request.POST.get("typed", ""),
        "garbled": texts_to_see_to(request.user).count(),
    }
    return render(request, "sms_requests/to_route.html", context)


def _problem_of_many(request: StaffRequest, form: LibraryForm, picked: set[int]) -> str:
    """Route the picked ones; the sentence where nothing could be tried."""
    if not picked:
        return "درخواستی برگزیده نشده است؛ کنار درخواست‌ها علامت بزنید."
    if not form.is_valid():
        return " ".join(str(error) for error in form.non_field_errors())
    done = requests_route(
        request_ids=picked,
        library_id=form.cleaned_data["library"],
        actor=request.user,
        now=timezone.now(),
        tell=form.cleaned_data["tell"],
    )
    if done.count:
        messages.success(request, f"{to_persian_digits(done.count)} درخواست ارجاع شد.")
    for request_id, reason in done.refused:
        messages.error(request, f"درخواست {to_persian_digits(request_id)} ارجاع نشد: {reason}")
    return ""


def _of_which(request: StaffRequest, which: str) -> Any:
    if which == SENT_BACK:
        return sent_back(request.user)
    found = unrouted(request.user)
    return found.filter(kind=which) if which in set(Kind) else found


def _chips(request: StaffRequest, which: str) -> list[dict[str, Any]]:
    labels = {ALL: "همه", SENT_BACK: "بازگشته از کتابخانه"} | {
        k.value: KIND_LABELS[k] for k in Kind
    }
    return [
        {
            "label": label,
            "url": f"?which={code}",
            "count": _of_which(request, code).count(),
            "active": code == which,
            "css": "chip-all",
        }
        for code, label in labels.items()
    ]


@requires(Right.ROUTE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: StaffRequest, request_id: int) -> HttpResponse:
    """One request for the expert: put right, routed, closed, called about, reopened."""
    found = get_object_or_404(_requests(request), pk=request_id)
    if request.method != "POST":
        return _page(request, found)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        messages.error(request, "کاری برگزیده نشده است؛ یکی از دکمه‌های صفحه را بزنید.")
        return redirect("request-route", found.pk)
    return act(request, found)


# The page is the expert's; that its reader may open senders, the service makes sure of.
@requires(Right.ROUTE_REQUESTS)
@require_POST
def request_open(request: StaffRequest, request_id: int) -> HttpResponse:
    """The same page with the sender's number and ID whole, this once; the audit tells of it."""
    found = get_object_or_404(_requests(request), pk=request_id)
    request_open_sender(request_id=found.pk, actor=request.user, now=timezone.now())
    response = _page(request, found, is_opened=True)
    response.headers["Cache-Control"] = "no-store"
    return response


@requires(Right.ROUTE_REQUESTS)
def libraries_matching(request: StaffRequest) -> HttpResponse:
    """The choice of libraries for what was typed so far, the likest first (for htmx)."""
    choices = library_choices(request.user)
    typed = request.GET.get("typed", "")[:200]
    matching = matching_libraries(typed, choices)
    context = {"others": choices, "matching": matching, "is_typed": bool(typed.strip())}
    return render(request, "sms_requests/library_choice.html", context)


def _requests(request: StaffRequest) -> Any:
    return Request.objects.for_user(request.user).select_related("message", "library__county")


# --- what can be done -------------------------------------------------------------------


def _route(request: StaffRequest, found: Request) -> HttpResponse:
    form = LibraryForm(request.POST, choices=library_choices(request.user))
    if form.is_valid():
        try:
            done = request_route(
                request_id=found.pk,
                library_id=form.cleaned_data["library"],
                actor=request.user,
                now=timezone.now(),
                tell=form.cleaned_data["tell"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            told = (
                "؛ چون فرستنده عضو آن نیست، تا عضویت نگه داشته می‌شود"
                if done.state == State.NO_MEMBER
                else ""
            )
            messages.success(
                request,
                f"درخواست {to_persian_digits(done.pk)} به {done.library} ارجاع شد{told}.",
            )
            return redirect("requests-to-route")
    return _page(request, _again(request, found), library_form=form)


def _correct(request: StaffRequest, found: Request) -> HttpResponse:
    form = CorrectForm(request.POST)
    if _done(form, lambda: request_correct(
        request_id=found.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
    )):  # fmt: skip
        messages.success(request, "اصلاح شد.")
        return redirect("request-route", found.pk)
    return _page(request, _again(request, found), correct_form=form)


def _close(request: StaffRequest, found: Request) -> HttpResponse:
    form = CloseForm(request.POST)
    if _done(form, lambda: request_close_unrouted(
        request_id=found.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
    )):  # fmt: skip
        messages.success(request, f"درخواست {to_persian_digits(found.pk)} بسته شد.")
        return redirect("requests-to-route")
    return _page(request, _again(request, found), close_form=form)


def _call(request: StaffRequest, found: Request) -> HttpResponse:
    form = UnroutedCallForm(request.POST)
    if _done(form, lambda: request_call_unrouted(
        request_id=found.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
    )):  # fmt: skip
        messages.success(request, "تماس ثبت شد.")
        return redirect("request-route", found.pk)
    return _page(request, _again(request, found), call_form=form)


def _reopen(request: StaffRequest, found: Request) -> HttpResponse:
    try:
        request_reopen_unrouted(request_id=found.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "درخواست بازگشوده شد و در انتظار ارجاع است.")
    return redirect("request-route", found.pk)


ACTS: dict[str, Callable[[StaffRequest, Request], HttpResponse]] = {
    "route": _route,
    "correct": _correct,
    "close": _close,
    "call": _call,
    "reopen": _reopen,
}


def _done(form: forms.Form, work: Callable[[], object]) -> bool:
    """Whether the form is right and its work was done; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        work()
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return False
    return True


def _again(request: StaffRequest, found: Request) -> Request:
    """The request as it is by now: somebody else may have been faster."""
    fresh: Request = get_object_or_404(_requests(request), pk=found.pk)
    return fresh


def _page(
    request: StaffRequest, found: Request, *, is_opened: bool = False, **bound: forms.Form
) -> HttpResponse:
    choices = library_choices(request.user)
    text = found.message.text
    likely = likely_choices(found, choices, libraries_offered(request.user.province_id))
    library_form = bound.get("library_form")
    matching = library_form.found if isinstance(library_form, LibraryForm) else []
    context = {
        "found": found,
        "kind": KIND_LABELS[Kind(found.kind)],
        "text": text if is_opened else masked_text(text),
        "missing": missing_of(found),
        "is_unrouted": found.state == State.UNROUTED,
        "is_closed": found.state == State.CLOSED,
        "likely": likely,
        "others": [choice for choice in choices if choice not in likely],
        "matching": matching,
        "is_typed": bool(matching),
        "chosen": str(found.library_id or (likely[0].id if len(likely) == 1 else "")),
        "library_form": library_form,
        "correct_form": bound.get("correct_form")
        or CorrectForm(
            initial={
                "kind": found.kind, "wanted": found.wanted, "full_name": found.full_name,
            }
        ),
        "close_form": bound.get("close_form") or CloseForm(),
        "call_form": bound.get("call_form") or UnroutedCallForm(),
        # Where the request has moved on meanwhile its forms are gone, but not what they met.
        "refusals": [error for form in bound.values() for error in form.non_field_errors()],
        "open_part": next((name.removesuffix("_form") for name in bound), ""),
        "steps": history(found),
        "calls": found.calls.select_related("by").order_by("-at"),
        "back": found.steps.filter(move=Move.SEND_BACK).select_related("by__library").last(),
        "earlier": texts_of_sender(found, request.user),
        "is_opened": is_opened,
        "can_open": request.user.has_right(Right.OPEN_SENDERS) and not is_opened,
    }  # fmt: skip
    return render(request, "sms_requests/request_route.html", context)
