"""The backs of the cards, printed: of a whole reading by the worker, of one title at once."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from libraries.jobs import job_start
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.card_backs_pdf import card_backs_pdf
from shelfreading.models import ReadingSession
from shelfreading.selectors.card_backs import card_backs
from shelfreading.services.findings import findings_compute
from shelfreading.tasks import session_card_backs_print


@requires(Right.VIEW_SESSIONS)
@require_POST
def card_backs_print(request: StaffRequest, session_id: int) -> HttpResponse:
    """Have the cards of all titles of a reading laid out for paper."""
    session = _session(request, session_id)
    job = job_start(
        label=f"پشت رف‌برگه‌ها — {session.name}"[:200],
        owner=request.user,
        library=session.library,
        task=session_card_backs_print,
        next_url=reverse("session", args=[session.pk]),
        session_id=session.pk,
        actor_id=request.user.pk,
    )
    return redirect("job", job.pk)


@requires(Right.VIEW_SESSIONS)
@require_safe
def card_back(request: StaffRequest, session_id: int, title_id: int) -> HttpResponse:
    """The back of one title's card as PDF."""
    session = _session(request, session_id)
    get_object_or_404(session.library.titles, pk=title_id)
    findings_compute(session_id=session.pk, actor=request.user, now=timezone.now())
    with TemporaryDirectory(prefix="card-back-") as folder:
        target = Path(folder) / "card.pdf"
        try:
            card_backs_pdf(card_backs(session, title_id), target)
        except Refused as refusal:
            messages.error(request, refusal.reason)
            return redirect("session", session.pk)
        name = f'inline; filename="card-{title_id}.pdf"'
        return HttpResponse(
            target.read_bytes(),
            content_type="application/pdf",
            headers={"Content-Disposition": name},
        )


def _session(request: StaffRequest, session_id: int) -> ReadingSession:
    sessions = ReadingSession.objects.for_user(request.user).select_related("library")
    return get_object_or_404(sessions, pk=session_id)
