"""The line's texts, in and out, and what a person does about single ones."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from loans.views.back import back_to
from sms_requests.domain.masked import masked_text
from sms_requests.forms.lists import TextsInFilter, TextsOutFilter
from sms_requests.forms.routing import ByHandForm
from sms_requests.models import MessageIn, Request
from sms_requests.selectors.line import (
    MessageLine,
    line_state,
    lines_in,
    lines_out,
    texts_in,
    texts_of_day,
    texts_out,
    texts_to_see_to,
)
from sms_requests.selectors.messages import troubles
from sms_requests.services.texts_by_hand import (
    message_again,
    message_set_aside,
    message_to_request,
    text_open,
)

PAGE = 50
TABS = {"in": "رسیده", "out": "فرستاده"}


@requires(Right.ROUTE_REQUESTS)
def texts(request: StaffRequest) -> HttpResponse:
    """The texts of the line in two tabs, the newest first, with the gateway's state above them."""
    now = timezone.now()
    tab = "out" if request.GET.get("tab") == "out" else "in"
    form = TextsOutFilter(request.GET) if tab == "out" else TextsInFilter(request.GET)
    chosen = form.chosen()
    found: QuerySet[Any]
    if tab == "out":
        found = _chosen_out(texts_out(request.user, now), chosen.get("state", ""), now)
    else:
        found = _chosen_in(request, chosen.get("trouble", ""))
    if "day" in chosen:
        found = texts_of_day(found, chosen["day"])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines: list[MessageLine] = (
        lines_out(list(page), request.user) if tab == "out" else lines_in(list(page), request.user)
    )
    context = {
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"?tab={code}", "active": code == tab, "css": "chip-all"}
            for code, label in TABS.items()
        ],
        "form": form,
        "active": form.active,
        "hidden": {"tab": tab},
        "page_obj": page,
        "lines": lines,
        "line": line_state(request.user, now),
        "garbled": texts_to_see_to(request.user).count(),
        "here": request.get_full_path(),
    }
    return render(request, "sms_requests/messages.html", context)


def _chosen_in(request: StaffRequest, trouble: str) -> "QuerySet[MessageIn]":
    if trouble == "any":
        found = texts_to_see_to(request.user)
    else:
        found = texts_in(request.user)
        found = found.filter(trouble=trouble) if trouble else found
    return found.order_by("-received_at", "-pk")


def _chosen_out(found: "QuerySet[Any]", state: str, now: Any) -> "QuerySet[Any]":
    rules = troubles(now)
    if state in rules:
        found = found.filter(rules[state], replaced_by=None)
    elif state:
        found = found.filter(state=state)
    # Not by a join: SQLite would index every text anew, for nearly none was sent again.
    return found.prefetch_related("replaced_by").order_by("-created_at", "-pk")


@requires(Right.ROUTE_REQUESTS)
@require_POST
def text_again(request: StaffRequest, message_id: int) -> HttpResponse:
    """Send a text again; the person who asks for it has decided so."""
    get_object_or_404(texts_out(request.user), pk=message_id)
    try:
        message_again(message_id=message_id, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "پیامک دوباره در صف فرستادن گذاشته شد.")
    return back_to(request, "messages")


@requires(Right.ROUTE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def text_request(request: StaffRequest, message_id: int) -> HttpResponse:
    """Make a request of a garbled text by hand, or say that it asks for nothing."""
    message = get_object_or_404(texts_in(request.user), pk=message_id)
    if request.method != "POST":
        return _text_page(request, message, ByHandForm())
    form, now = ByHandForm(request.POST), timezone.now()
    try:
        if request.POST.get("act") == "aside":
            message_set_aside(message_id=message.pk, actor=request.user, now=now)
            messages.success(request, "پیامک کنار گذاشته شد.")
            return redirect("messages")
        if form.is_valid():
            made = message_to_request(
                message_id=message.pk, actor=request.user, now=now, **form.cleaned_data
            )
            messages.success(request, f"درخواست {to_persian_digits(made.pk)} ساخته شد.")
            return redirect("request-route", made.pk)
    except Refused as refusal:
        form.is_valid()
        form.add_error(None, refusal.reason)
    return _text_page(request, message, form)


# The page is the expert's; that its reader may open senders, the service makes sure of.
@requires(Right.ROUTE_REQUESTS)
@require_POST
def text_open_page(request: StaffRequest, message_id: int) -> HttpResponse:
    """The same page with the text and its sender whole, this once; the audit tells of it."""
    message = get_object_or_404(texts_in(request.user), pk=message_id)
    text_open(message_id=message.pk, actor=request.user, now=timezone.now())
    response = _text_page(request, message, ByHandForm(), is_opened=True)
    response.headers["Cache-Control"] = "no-store"
    return response


def _text_page(
    request: StaffRequest, message: MessageIn, form: ByHandForm, *, is_opened: bool = False
) -> HttpResponse:
    made = Request.objects.for_user(request.user).filter(message=message).first()
    if message.sender:
        del form.fields["mobile"]
    context = {
        "message_in": message,
        "text": message.text if is_opened else masked_text(message.text),
        "raw": message.raw if is_opened else "",
        "made": made,
        "may_make": made is None and bool(message.trouble),
        "form": form,
        "is_opened": is_opened,
        "can_open": request.user.has_right(Right.OPEN_SENDERS) and not is_opened,
    }
    return render(request, "sms_requests/message.html", context)
