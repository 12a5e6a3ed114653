"""Return days: announced after a look at what would be told to whom, followed, stopped."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from libraries.domain.jalali import format_jalali
from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from libraries.templatetags.fa import fanum
from sms_requests.domain.return_days import day_in_words, days_in_words
from sms_requests.forms.returning import AnnounceForm, NoticesFilter, ReturnDaysForms
from sms_requests.models import ReturnAnnouncement
from sms_requests.return_days_exports import notices_xlsx
from sms_requests.selectors.returning import (
    OUTCOMES,
    UNTOLD,
    announced_before,
    announcements,
    days_of,
    leaving_span,
    notices,
    outcome_counts,
)
from sms_requests.selectors.returning_plan import return_plan
from sms_requests.services.returning import return_days_announce, return_days_cancel

PAGE = 50
ANNOUNCEMENTS = 10
ALL = "all"


@requires(Right.ANNOUNCE_RETURN_DAYS)
@require_safe
def return_days(request: StaffRequest) -> HttpResponse:
    """The library's announcements, newest first."""
    page = Paginator(announcements(request.user), ANNOUNCEMENTS).get_page(request.GET.get("page"))
    lines = [(one, days_in_words(days_of(one))) for one in page]
    context = {"page_obj": page, "lines": lines, "today": timezone.localdate()}
    return render(request, "sms_requests/return_days.html", context)


@requires(Right.ANNOUNCE_RETURN_DAYS)
@require_http_methods(["GET", "HEAD", "POST"])
def return_days_new(request: StaffRequest) -> HttpResponse:
    """Write the days, see what would be told to whom, confirm: one form in three looks."""
    assert request.user.library is not None
    if request.method != "POST":
        return _written(request, AnnounceForm(), ReturnDaysForms(prefix="days"))
    data, now = request.POST, timezone.now()
    if "more" in data:
        data = ReturnDaysForms.with_another_row(data)
    form, days = AnnounceForm(data), ReturnDaysForms(data, prefix="days")
    is_valid = form.is_valid() & days.is_valid()
    if "more" in data or "edit" in data or not is_valid:
        return _written(request, form, days)
    asked = {
        "days": days.days,
        "concerns": form.cleaned_data["concerns"],
        "note": form.cleaned_data["note"],
        "now": now,
    }
    try:
        if "confirm" in data:
            token = form.cleaned_data["token"]
            made, is_new = return_days_announce(token=token, actor=request.user, **asked)
            return _announced(request, made, is_new)
        plan = return_plan(library=request.user.library, **asked)
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _written(request, form, days)
    context = {
        "form": form,
        "days": days,
        "plan": plan,
        "concerns": ReturnAnnouncement.Concerns(form.cleaned_data["concerns"]).label,
        "before": "، ".join(
            day_in_words(on) for on in announced_before(request.user.library, days.days)
        ),
    }
    return render(request, "sms_requests/return_days_preview.html", context)


def _written(request: StaffRequest, form: AnnounceForm, days: ReturnDaysForms) -> HttpResponse:
    return render(request, "sms_requests/return_days_new.html", {"form": form, "days": days})


def _announced(request: StaffRequest, made: ReturnAnnouncement, is_new: bool) -> HttpResponse:
    if is_new:
        people = fanum(made.notices.exclude(message=None).count())
        messages.success(request, f"پیامک روزهای بازگشت برای {people} نفر در صف فرستادن است.")
    else:
        messages.info(request, "این فرم پیش‌تر تأیید شده بود و دوباره چیزی فرستاده نشد.")
    return redirect("return-days-one", made.pk)


@requires(Right.ANNOUNCE_RETURN_DAYS)
@require_safe
def return_days_one(request: StaffRequest, announcement_id: int) -> HttpResponse:
    """Who was told of the days, who wasn't, and what is still to leave."""
    now = timezone.now()
    announcement: Any = get_object_or_404(announcements(request.user), pk=announcement_id)
    form = NoticesFilter(request.GET)
    words, which = form.chosen().get("q", ""), _which(request)
    counts = outcome_counts(announcement, now)
    found = notices(announcement, now, which=which, words=words)
    text = found.model.objects.filter(announcement=announcement, message__isnull=False)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [(one, OUTCOMES[one.outcome], one.is_late and one.outcome in UNTOLD) for one in page]
    context = {
        "announcement": announcement,
        "days": days_in_words(days_of(announcement)),
        "text": text.values_list("message__text", flat=True).first(),
        "form": form,
        "words": words,
        "which": which,
        "chips": _chips(counts, words, which),
        "counts": counts,
        "span": leaving_span(announcement) if counts["waiting"] else None,
        "page_obj": page,
        "lines": lines,
        "excel_query": urlencode({"which": which, "q": words}),
        "print_note": OUTCOMES[which][0] if which in OUTCOMES else "همه",
    }
    return render(request, "sms_requests/return_days_one.html", context)


def _which(request: StaffRequest) -> str:
    which = request.GET.get("which", ALL)
    return which if which in OUTCOMES else ALL


def _chips(counts: dict[str, int], words: str, which: str) -> list[dict[str, Any]]:
    kept = {"q": words} if words else {}
    every = {
        "label": "همه", "url": "?" + urlencode(kept), "count": sum(counts.values()),
        "active": which == ALL, "css": "chip-all",
    }  # fmt: skip
    return [every] + [
        {
            "label": label,
            "url": "?" + urlencode(kept | {"which": code}),
            "count": counts[code],
            "active": code == which,
            "css": css,
            "symbol": symbol,
        }
        for code, (label, css, symbol) in OUTCOMES.items()
        if counts[code] or code != "cancelled"
    ]


@requires(Right.ANNOUNCE_RETURN_DAYS)
@require_safe
def return_days_xlsx(request: StaffRequest, announcement_id: int) -> FileResponse:
    """The same list whole, as Excel; telephone numbers are masked in it too."""
    now = timezone.now()
    announcement: Any = get_object_or_404(announcements(request.user), pk=announcement_id)
    which = _which(request)
    words = NoticesFilter(request.GET).chosen().get("q", "")
    days = days_in_words(days_of(announcement))
    label = OUTCOMES[which][0] if which in OUTCOMES else "همه"
    note = f"روزهای بازگشت: {days}؛ {label}؛ {format_jalali(timezone.localdate(now))}"
    file = notices_xlsx(notices(announcement, now, which=which, words=words), note)
    name = f"روزهای بازگشت - {format_jalali(announcement.first_on).replace('/', '-')}.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@requires(Right.ANNOUNCE_RETURN_DAYS)
@require_http_methods(["GET", "HEAD", "POST"])
def return_days_stop(request: StaffRequest, announcement_id: int) -> HttpResponse:
    """Ask once, then stop the texts that haven't left."""
    announcement: Any = get_object_or_404(announcements(request.user), pk=announcement_id)
    if request.method == "POST":
        try:
            done = return_days_cancel(
                announcement_id=announcement.pk, actor=request.user, now=timezone.now()
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            late = to_persian_digits(done.too_late)
            told = f"{to_persian_digits(done.stopped)} پیامک لغو شد"
            told += f" و برای {late} پیامک دیر بود." if done.too_late else " و هیچ‌یک نرفته بود."
            messages.success(request, told)
        return redirect("return-days-one", announcement.pk)
    counts = outcome_counts(announcement, timezone.now())
    if not counts["waiting"]:
        messages.info(request, "پیامکی در صف نمانده است که لغو شود.")
        return redirect("return-days-one", announcement.pk)
    left = announcement.people - counts["waiting"] - counts["no_mobile"] - counts["cancelled"]
    context = {
        "heading": "لغو پیامک‌های نرفته",
        "crumbs": [("روزهای بازگشت", reverse("return-days")), ("لغو", "")],
        "question": "پیامک‌هایی که هنوز نرفته‌اند لغو شوند؟",
        "count": counts["waiting"],
        "unit": "نفر خبردار نمی‌شوند",
        "effects": [
            f"برای {fanum(left)} نفر پیامک رفته است و بازگردانده نمی‌شود."
            if left
            else "هنوز پیامکی نرفته است.",
        ],
        "danger": True,
        "back_url": reverse("return-days-one", args=[announcement.pk]),
        "submit": f"لغو پیامک {fanum(counts['waiting'])} نفر",
    }
    return render(request, "components/confirm_page.html", context)
