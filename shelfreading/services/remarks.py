"""Ticking the register book and the cabinets."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from libraries import audit
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from shelfreading.models import AppliedChange, PaperTick, ReadingSession

MOST_AT_ONCE = 500


@transaction.atomic
def paper_tick(
    *,
    session_id: int,
    change_ids: Sequence[int],
    kind: str,
    done: bool,
    actor: User,
    now: datetime,
) -> int:
    """Tick lines of a session's paper work, or take the ticks back; returns how many changed.

    Ticking twice changes nothing. Raises Refused for lines that are not of the application that
    stands, or none.
    """
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if kind not in PaperTick.Kind.values:
        raise Refused("بگویید دفتر ثبت است یا برگه‌دان.")
    if not change_ids:
        raise Refused("نخست یک یا چند ردیف را برگزینید.")
    if len(change_ids) > MOST_AT_ONCE:
        raise Refused("این همه ردیف را یک‌جا نمی‌توان علامت زد؛ صفحه به صفحه پیش بروید.")
    changes = set(
        AppliedChange.objects.filter(
            pk__in=change_ids, application__session=session, application__undone_at__isnull=True
        ).values_list("pk", flat=True)
    )
    if changes != set(change_ids):
        raise Refused("یکی از ردیف‌ها دیگر در کار این رف‌خوانی نیست؛ صفحه را تازه کنید.")
    ticks = PaperTick.objects.filter(change__in=changes, kind=kind)
    if done:
        new = changes - set(ticks.values_list("change", flat=True))
        PaperTick.objects.bulk_create(
            PaperTick(change_id=change, kind=kind, by=actor, at=now) for change in sorted(new)
        )
        changed = len(new)
    else:
        changed = ticks.delete()[0]
    if changed:
        audit.record(
            "paper_tick", actor=actor, library=session.library, subject=session, now=now,
            kind=kind, done=done, count=changed,
        )  # fmt: skip
    return changed
