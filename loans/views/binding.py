"""To the binder and back."""

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
from loans.forms.binding import BindingBackForm, BindingFilter, BindingSendForm
from loans.models import BindingTrip
from loans.selectors.binding import BACK, OUT, binding_lines, trips_of, unmarked_long
from loans.services.binding import binding_back, binding_send, long_bindings_mark

PAGE = 50


@requires(Right.VIEW_LOANS)
@require_http_methods(["GET", "HEAD", "POST"])
def bindings(request: StaffRequest) -> HttpResponse:
    """What is out and for how long; with the right to write, more can be sent."""
    now = timezone.now()
    today = timezone.localdate(now)
    may_write = request.user.has_right(Right.WRITE_LOANS)
    sent = request.POST if request.method == "POST" and may_write else None
    form = BindingSendForm(sent, user=request.user, initial={"sent_on": today})
    if form.is_valid():
        try:
            trips = binding_send(
                copy_ids=[copy.pk for copy in form.copies],
                binder=form.cleaned_data["binder"],
                sent_on=form.cleaned_data["sent_on"],
                expected_on=form.cleaned_data["expected_on"],
                actor=request.user,
                now=now,
                today=today,
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{to_persian_digits(len(trips))} نسخه به صحافی رفت.")
            return redirect("bindings")
    filters = BindingFilter(request.GET)
    words = filters.chosen().get("q", "")
    which = BACK if request.GET.get("which") == BACK else OUT
    page = Paginator(trips_of(request.user, which=which, words=words), PAGE).get_page(
        request.GET.get("page")
    )
    counts = {name: trips_of(request.user, which=name).count() for name in (OUT, BACK)}
    context = {
        "form": form,
        "filters": filters,
        "words": words,
        "which": which,
        "chips": [
            {
                "label": label,
                "url": f"?which={name}",
                "count": counts[name],
                "active": which == name,
            }
            for name, label in ((OUT, "بیرون از کتابخانه"), (BACK, "بازگشته"))
        ],
        "page_obj": page,
        "lines": binding_lines(list(page), today),
        "unmarked": unmarked_long(request.user, today) if may_write else 0,
        "can_write": may_write,
        "today": today,
    }
    return render(request, "loans/bindings.html", context)


@requires(Right.WRITE_LOANS)
@require_POST
def binding_return(request: StaffRequest, trip_id: int) -> HttpResponse:
    """Take a copy back from the binder."""
    get_object_or_404(BindingTrip.objects.for_user(request.user), pk=trip_id)
    now = timezone.now()
    today = timezone.localdate(now)
    form = BindingBackForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(" ".join(str(error) for error in form.errors.get("back_on", [])))
        trip = binding_back(
            trip_id=trip_id,
            back_on=form.cleaned_data["back_on"] or today,
            actor=request.user,
            now=now,
            today=today,
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"«{trip.copy.title.title}» از صحافی بازگشت.")
    return redirect("bindings")


@requires(Right.WRITE_LOANS)
@require_POST
def bindings_mark(request: StaffRequest) -> HttpResponse:
    """Give those that are out for more than two weeks their status."""
    now = timezone.now()
    try:
        if request.user.library_id is None:
            raise Refused("وضعیت نسخه‌ها را کارکنان خود کتابخانه تغییر می‌دهند.")
        count = long_bindings_mark(
            library_id=request.user.library_id,
            actor=request.user,
            now=now,
            today=timezone.localdate(now),
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"وضعیت {to_persian_digits(count)} نسخه «صحافی» شد.")
    return redirect("bindings")
