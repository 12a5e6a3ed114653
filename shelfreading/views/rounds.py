"""Opening and extending rounds, and a library's reason for not reading (directive 7-7)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from libraries.domain.jalali import format_jalali, jalali_year
from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms_rounds import ExtensionForm, ReasonForm, RoundForm
from shelfreading.models import Round, RoundLibrary
from shelfreading.selectors.rounds import sessions_in
from shelfreading.services.rounds import (
    reason_give,
    reason_take_back,
    round_extend,
    round_open,
    round_take_in,
)


@requires(Right.OPEN_ROUNDS)
@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: StaffRequest) -> HttpResponse:
    """Open the year's round."""
    sent = request.POST if request.method == "POST" else None
    year = to_persian_digits(jalali_year(timezone.localdate()))
    form = RoundForm(sent, initial={"year": year})
    if form.is_valid():
        try:
            opened = round_open(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            asked = to_persian_digits(opened.libraries.count())
            messages.success(
                request,
                f"دورهٔ {to_persian_digits(opened.year)} برای {asked} کتابخانه گشوده شد.",
            )
            return redirect("round", opened.year)
    return render(request, "shelfreading/round_new.html", {"form": form})


@requires(Right.OPEN_ROUNDS)
@require_http_methods(["GET", "HEAD", "POST"])
def round_extension(request: StaffRequest, year: int) -> HttpResponse:
    """Put off the end of a round's window."""
    found = get_object_or_404(Round, year=year)
    form = ExtensionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            round_extend(
                round_id=found.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            day = format_jalali(form.cleaned_data["closes_on"], long=True)
            messages.success(request, f"مهلت دوره تا {day} تمدید شد.")
            return redirect("round", found.year)
    return render(request, "shelfreading/round_extend.html", {"round": found, "form": form})


@requires(Right.OPEN_ROUNDS)
@require_POST
def round_taking_in(request: StaffRequest, year: int) -> HttpResponse:
    """Ask the libraries that were added since."""
    found = get_object_or_404(Round, year=year)
    try:
        taken = round_take_in(round_id=found.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"{to_persian_digits(taken)} کتابخانه به دوره افزوده شد.")
    return redirect("round", found.year)


@requires(Right.GIVE_REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def round_reason(request: StaffRequest, place_id: int) -> HttpResponse:
    """Say why a library won't read in a round."""
    place = _place(request, place_id)
    sent = request.POST if request.method == "POST" else None
    form = ReasonForm(sent, initial={"reason": place.reason})
    if form.is_valid():
        try:
            reason_give(
                place_id=place.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "علت انجام نشدن رف‌خوانی ثبت شد.")
            return redirect("round", place.round.year)
    context = {"place": place, "form": form, "has_reading": sessions_in(place).exists()}
    return render(request, "shelfreading/round_reason.html", context)


@requires(Right.GIVE_REASON)
@require_POST
def round_reason_back(request: StaffRequest, place_id: int) -> HttpResponse:
    """Take the reason back."""
    place = _place(request, place_id)
    try:
        reason_take_back(place_id=place.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "علت پس گرفته شد؛ کتابخانه دوباره در شمار آغازنشده‌هاست.")
    return redirect("round", place.round.year)


def _place(request: StaffRequest, place_id: int) -> RoundLibrary:
    places = RoundLibrary.objects.for_user(request.user).select_related("library", "round")
    found: RoundLibrary = get_object_or_404(places, pk=place_id)
    return found
