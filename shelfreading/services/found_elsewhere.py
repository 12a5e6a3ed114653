"""Setting a copy available that another library's reading saw. Only a person does it (spec B5)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.locking import locked
from libraries.models import Copy, CopyStatus, StatusChange, User
from libraries.refusal import Refused
from loans.models import Loan
from loans.services import loans_return_forgiven
from shelfreading.models import ReadingEvent
from shelfreading.selectors.found_elsewhere import copies_seen_elsewhere


@transaction.atomic
def copy_is_back(*, copy_id: int, actor: User, now: datetime) -> Copy:
    """Say that a missing or unreturned copy which another library saw is back: it is available.

    An open loan of it is returned and its late fee forgiven, as for any copy found on a shelf
    (directive 4-2). Raises Refused when the copy isn't the actor's library's, and when nothing
    stands any more: the scan was undone, or its status was changed.
    """
    copy = locked(Copy.objects.for_user(actor).select_related("library"), pk=copy_id)
    if copy.library_id != actor.library_id:
        raise Refused("بازگشت نسخه را کارکنان کتابخانهٔ خودش ثبت می‌کنند.")
    seen = copies_seen_elsewhere(Copy.objects.filter(pk=copy.pk)).first()
    if seen is None:
        raise Refused(
            "دیگر چیزی نیست که ثبت شود: یا آن خواندن برگردانده شده یا وضعیت نسخه تغییر کرده است."
        )
    event = ReadingEvent.objects.select_related("session__library").get(pk=seen.seen_event)
    session = event.session
    cause = f"در رف‌خوانی «{session.name}»، {session.library.name}، دیده شد و بازگشت."
    before = copy.status
    copy.status = CopyStatus.AVAILABLE
    copy.save(update_fields=["status"])
    StatusChange.objects.create(
        copy=copy,
        from_status=before,
        to_status=CopyStatus.AVAILABLE,
        source=StatusChange.Source.READING,
        cause=cause[:300],
        at=now,
        by=actor,
    )
    loans = Loan.objects.filter(copy=copy, returned_at__isnull=True).values_list("pk", flat=True)
    returned = list(loans)
    loans_return_forgiven(
        returned, cause=f"{cause} (مادّهٔ ۴-۲ دستورالعمل)", actor=actor, now=now,
        today=timezone.localdate(now),
    )  # fmt: skip
    audit.record(
        "copy_is_back", actor=actor, library=copy.library, subject=copy, now=now,
        was=before, seen_event=str(event.pk), loans_returned=returned,
    )  # fmt: skip
    return copy
