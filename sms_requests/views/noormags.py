"""The Noormags pool: imported from Excel, handed out, the password shown once (spec R7)."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from libraries.domain.jalali import format_jalali
from libraries.domain.national_id import clean_national_id
from libraries.files.limits import Unreadable
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from sms_requests.domain.noormags import SKIPPED_LABELS
from sms_requests.forms.noormags import AccountsFileForm, GrantsFilter, HandOutForm
from sms_requests.models import NoormagsGrant
from sms_requests.selectors.noormags import grants_of, grants_xlsx, pool_counts
from sms_requests.services.noormags import (
    AlreadyGiven,
    Imported,
    account_hand_out,
    accounts_import,
    password_show,
)

PAGE = 50
MOST_ROWS_SHOWN = 200
NO_STORE = "private, no-store"


@requires(Right.HAND_OUT_ACCOUNTS)
@require_safe
def noormags(request: StaffRequest) -> HttpResponse:
    """How many accounts are left, and who was given one."""
    form = GrantsFilter(request.GET)
    words = form.chosen().get("q", "")
    page = Paginator(grants_of(request.user, words), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "words": words,
        "counts": pool_counts(request.user),
        "page_obj": page,
        "grants": page.object_list,
    }
    return render(request, "sms_requests/noormags.html", context)


@requires(Right.HAND_OUT_ACCOUNTS)
@require_safe
def noormags_xlsx(request: StaffRequest) -> FileResponse:
    """The same list whole, as Excel, with no password."""
    words = GrantsFilter(request.GET).chosen().get("q", "")
    today = format_jalali(timezone.localdate())
    workbook = grants_xlsx(grants_of(request.user, words), f"{request.user.scope_label}، {today}")
    name = f"واگذاری حساب نورمگز - {today.replace('/', '-')}.xlsx"
    response = FileResponse(workbook, as_attachment=True, filename=name)
    response.headers["Cache-Control"] = NO_STORE
    return response


@requires(Right.HAND_OUT_ACCOUNTS)
@require_http_methods(["GET", "HEAD", "POST"])
def noormags_import(request: StaffRequest) -> HttpResponse:
    """Take a file of accounts, and say what was taken and what not."""
    posted = request.method == "POST"
    form = AccountsFileForm(request.POST, request.FILES) if posted else AccountsFileForm()
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            imported = _take(form.cleaned_data["file"], request)
        except (Refused, Unreadable) as refusal:
            form.add_error("file", str(refusal))
        else:
            context["form"] = AccountsFileForm()
            context |= _report(imported)
    context["counts"] = pool_counts(request.user)
    return render(request, "sms_requests/noormags_import.html", context)


def _take(upload: UploadedFile, request: StaffRequest) -> Imported:
    """Import an uploaded file, which lies on the disk only while it is read."""
    with tempfile.NamedTemporaryFile(prefix="noormags-") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        return accounts_import(
            path=Path(copy.name), filename=upload.name or "", actor=request.user,
            now=timezone.now(),
        )  # fmt: skip


def _report(imported: Imported) -> dict[str, Any]:
    checked = imported.checked
    return {
        "taken": len(checked.accounts),
        "skipped": [
            (number, SKIPPED_LABELS[why])
            for number, why in list(checked.skipped.items())[:MOST_ROWS_SHOWN]
        ],
        "skipped_counts": [(SKIPPED_LABELS[why], n) for why, n in checked.counts.items()],
        "skipped_count": len(checked.skipped),
        "digits_only": checked.digits_only,
        "notices": imported.notices,
    }


@requires(Right.HAND_OUT_ACCOUNTS)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def noormags_new(request: StaffRequest) -> HttpResponse:
    """Hand an account out; who has one already is shown, and given another with a reason only."""
    posted = request.method == "POST"
    offers_again = "offers_again" in request.POST
    form = HandOutForm(request.POST if posted else None, offers_again=offers_again)
    if form.is_valid():
        try:
            grant = account_hand_out(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except AlreadyGiven as refusal:
            offers_again = True
            form = HandOutForm(request.POST, offers_again=True)
            form.add_error(None, str(refusal))
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("noormags-grant", grant.pk)
    context = {
        "form": form,
        "offers_again": offers_again,
        "had": _had(request, form) if offers_again else [],
        "counts": pool_counts(request.user),
    }
    return render(request, "sms_requests/noormags_new.html", context)


def _had(request: StaffRequest, form: HandOutForm) -> list[NoormagsGrant]:
    """What the person of the form was given before."""
    given = form.cleaned_data.get("national_id", "")
    try:
        national_id = clean_national_id(given)
    except ValueError:
        return []
    return list(grants_of(request.user).filter(national_id=national_id))


@requires(Right.HAND_OUT_ACCOUNTS)
@require_safe
def noormags_grant(request: StaffRequest, grant_id: int) -> HttpResponse:
    """One grant: to whom; the password is behind a button, once."""
    return _page(request, grant_id)


@requires(Right.HAND_OUT_ACCOUNTS)
@require_POST
@sensitive_variables("text")
def noormags_show(request: StaffRequest, grant_id: int) -> HttpResponse:
    """The account as a text to copy, this once; the audit tells of it.

    Neither the browser nor anything between keeps the page, so that going back or loading it
    again shows no password; the form sent again is refused.
    """
    get_object_or_404(NoormagsGrant.objects.for_user(request.user), pk=grant_id)
    try:
        text = password_show(grant_id=grant_id, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("noormags-grant", grant_id)
    response = _page(request, grant_id, text=text)
    response.headers["Cache-Control"] = NO_STORE
    return response


def _page(request: StaffRequest, grant_id: int, *, text: str = "") -> HttpResponse:
    grant = get_object_or_404(grants_of(request.user), pk=grant_id)
    context = {"grant": grant, "text": text}
    return render(request, "sms_requests/noormags_grant.html", context)
