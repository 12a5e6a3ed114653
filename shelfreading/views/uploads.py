"""Taking a reader's memory (directive 3-5 ب)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from libraries.files.limits import Unreadable
from libraries.jobs import job_start
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms import MemoryForm
from shelfreading.memory_files import (
    MOST_BYTES_AT_ONCE,
    MOST_CODES_AT_ONCE,
    drop_file,
    keep_file,
    read_kept,
    said_of,
    take_memory,
)
from shelfreading.models import ReadingSession
from shelfreading.tasks import memory_take_file


@requires(Right.READ_SHELVES)
@require_http_methods(["GET", "HEAD", "POST"])
def memory_upload(request: StaffRequest, session_id: int) -> HttpResponse:
    """Upload a reader's memory: a small one is taken at once, a large one by the worker."""
    session = get_object_or_404(
        ReadingSession.objects.for_user(request.user).select_related("library"), pk=session_id
    )
    files = request.FILES if request.method == "POST" else None
    form = MemoryForm(files, files, most_bytes=settings.MAX_UPLOAD_BYTES)
    if form.is_valid():
        try:
            return _take(request, session, form)
        except (Unreadable, Refused) as no:
            form.add_error("file", str(no))
    context = {
        "session": session,
        "form": form,
        "is_open": session.state == ReadingSession.State.READING,
    }
    return render(request, "shelfreading/upload.html", context)


def _take(request: StaffRequest, session: ReadingSession, form: MemoryForm) -> HttpResponse:
    """Take a small file, or hand a large one to the worker. Raises Unreadable, Refused."""
    file = form.cleaned_data["file"]
    home = reverse("session", args=[session.pk])
    if session.state != ReadingSession.State.READING:
        raise Refused("این رف‌خوانی پایان یافته است؛ برای افزودن به آن، نخست آن را باز کنید.")
    name = keep_file(file)
    for_worker = file.size > MOST_BYTES_AT_ONCE
    try:
        if not for_worker:
            memory = read_kept(name, file.name)
            for_worker = len(memory.scans) >= MOST_CODES_AT_ONCE
        if not for_worker:
            upload = take_memory(
                session_id=session.pk,
                filename=file.name,
                memory=memory,
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, said_of(upload))
            if memory.notices:
                messages.info(request, " ".join(memory.notices))
            return redirect(home)
    finally:
        if not for_worker:
            drop_file(name)
    job = job_start(
        label=f"خواندن حافظهٔ بارکدخوان — {session.name}"[:200],
        owner=request.user,
        library=session.library,
        task=memory_take_file,
        next_url=home,
        session_id=session.pk,
        actor_id=request.user.pk,
        name=name,
        filename=file.name,
    )
    return redirect("job", job.pk)
