"""Applying a reading's findings: preview, conflicts, the step itself, and back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.findings_exports import changes_xlsx
from shelfreading.forms_findings import SettlementForm
from shelfreading.models import Application, ReadingSession
from shelfreading.selectors.applying import (
    conflicts_of,
    groups_applied,
    groups_proposed,
    will_happen,
)
from shelfreading.selectors.findings import class_counts, looked
from shelfreading.selectors.remarks import paper_left
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.changes import changes_proposed
from shelfreading.services.decisions import conflict_settle
from shelfreading.views.findings import session_fresh
from shelfreading.views.steps import session_steps

State = ReadingSession.State


@requires(Right.VIEW_SESSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def session_apply(request: StaffRequest, session_id: int) -> HttpResponse:
    """What applying will do, or did. Posting does it, for those who may."""
    session = session_fresh(request, session_id)
    can_settle = request.user.has_right(Right.SETTLE_FINDINGS)
    if request.method == "POST":
        if not can_settle:
            raise PermissionDenied("اعمال یافته‌ها کار کارکنان خود کتابخانه است.")
        return _apply(request, session)
    context: dict[str, Any] = {
        "session": session,
        "steps": session_steps(session, here="session-apply"),
        "can_settle": can_settle,
        "is_open": session.state == State.READING,
    }
    application = _standing(session)
    if application is not None:
        context |= {"application": application, "groups": groups_applied(application)}
        context["total"] = application.changes.count()
        context["proposed"] = application.weeding_proposals.count()
        context["paper_left"] = sum(paper_left(session).values())
        return render(request, "shelfreading/applied.html", context)
    changes = changes_proposed(session)
    context |= {
        "groups": groups_proposed(changes),
        "total": sum(map(will_happen, changes)),
        "conflicts": conflicts_of(session, changes),
        "unsettled": sum(not change.is_settled for change in changes),
        "missing": class_counts(session)["missing"],
        **looked(session),
        "can_look": can_settle,
    }
    return render(request, "shelfreading/apply.html", context)


def _standing(session: ReadingSession) -> Application | None:
    return (
        session.applications.filter(undone_at__isnull=True)
        .select_related("applied_by", "session__library")
        .first()
    )


def _apply(request: StaffRequest, session: ReadingSession) -> HttpResponse:
    try:
        application = findings_apply(session_id=session.pk, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        count = to_persian_digits(application.changes.count())
        messages.success(request, f"یافته‌ها اعمال شد: {count} نسخه تغییر کرد.")
    return redirect("session-apply", session.pk)


@requires(Right.SETTLE_FINDINGS)
@require_POST
def settle(request: StaffRequest, session_id: int) -> HttpResponse:
    """Say which of reading and record wins for copies in conflict."""
    session = get_object_or_404(ReadingSession.objects.for_user(request.user), pk=session_id)
    conflicting = [change.copy_id for change in changes_proposed(session) if change.conflict]
    form = SettlementForm(request.POST, copy_ids=conflicting)
    try:
        if not form.is_valid():
            raise Refused(
                " ".join(str(error) for errors in form.errors.values() for error in errors)
            )
        count = conflict_settle(
            session_id=session.pk,
            copy_ids=form.cleaned_data["copy_id"],
            settlement=form.cleaned_data["settlement"],
            actor=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"برای {to_persian_digits(count)} نسخه ثبت شد.")
    return redirect(f"{reverse('session-apply', args=[session.pk])}#conflicts")


@requires(Right.SETTLE_FINDINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def session_undo(request: StaffRequest, session_id: int) -> HttpResponse:
    """Take the whole step back, after asking once."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    if request.method == "POST":
        try:
            application_undo(session_id=session.pk, actor=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, "اعمال برگردانده شد؛ نسخه‌ها و امانت‌ها مانند پیش از آن شدند.")
        return redirect("session-apply", session.pk)
    application = _standing(session)
    if application is None:
        return redirect("session-apply", session.pk)
    statuses = application.changes.filter(status_change__isnull=False).count()
    loans = application.changes.filter(returned_loan__isnull=False).count()
    proposals = application.weeding_proposals.filter(state="proposed").count()
    effects = [
        f"وضعیت {to_persian_digits(statuses)} نسخه همان می‌شود که بود.",
        f"{to_persian_digits(loans)} امانت دوباره باز می‌شود و بخشودگی آن پس گرفته می‌شود.",
        f"{to_persian_digits(proposals)} پیشنهاد وجین پس گرفته می‌شود.",
    ]
    trips = application.changes.exclude(opened_trip=None, closed_trip=None).count()
    if trips:
        effects.append(f"رفت یا بازگشت {to_persian_digits(trips)} نسخه در صحافی پس گرفته می‌شود.")
    context = {
        "heading": "برگرداندن اعمال",
        "crumbs": [
            ("رف‌خوانی", reverse("sessions")),
            (session.name, reverse("session", args=[session.pk])),
            ("برگرداندن اعمال", ""),
        ],
        "question": f"همهٔ آنچه رف‌خوانی «{session.name}» تغییر داد، به پیش از اعمال برگردد؟",
        "count": application.changes.count(),
        "unit": "نسخه",
        "effects": effects,
        "kept": "یافته‌ها و تصمیم‌ها می‌مانند؛ می‌توانید آن‌ها را درست کنید و دوباره اعمال کنید.",
        "submit": "برگرداندن اعمال",
        "back_url": reverse("session-apply", args=[session.pk]),
    }
    return render(request, "components/confirm_page.html", context)


@requires(Right.VIEW_SESSIONS)
@require_safe
def changes_excel(request: StaffRequest, session_id: int) -> FileResponse:
    """What the standing application changed, to be keyed into the management system."""
    session = get_object_or_404(ReadingSession.objects.for_user(request.user), pk=session_id)
    application = _standing(session)
    if application is None:
        raise Http404("این رف‌خوانی هنوز اعمال نشده است.")
    name = f"تغییرهای {session.name}.xlsx"
    return FileResponse(changes_xlsx(application), as_attachment=True, filename=name)
