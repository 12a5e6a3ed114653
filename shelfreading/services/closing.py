"""Ending a reading together with what people say of the stretches that nobody read."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from libraries import audit
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from shelfreading.models import ReadingSession
from shelfreading.selectors.late import late_count, late_events
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, shelf_speak

Words = Mapping[tuple[int, int], bool | None]
"""First and last position of a stretch → it was read, it was not, or None: no word."""


@transaction.atomic
def shelves_speak(*, session_id: int, words: Words, actor: User, now: datetime) -> ReadingSession:
    """Say of several stretches at once whether they were read; the findings follow."""
    for (first, last), was_read in words.items():
        shelf_speak(
            session_id=session_id,
            first_position=first,
            last_position=last,
            was_read=was_read,
            actor=actor,
            now=now,
        )
    return findings_compute(session_id=session_id, actor=actor, now=now)


@transaction.atomic
def session_end(
    *,
    session_id: int,
    words: Words,
    actor: User,
    now: datetime,
    despite: Collection[str] = (),
) -> ReadingSession:
    """Keep the words on the stretches and end the reading, both or neither; `despite` as in
    `session_close`.
    """
    shelves_speak(session_id=session_id, words=words, actor=actor, now=now)
    session_close(session_id=session_id, actor=actor, now=now, despite=despite)
    return findings_compute(session_id=session_id, actor=actor, now=now)


@transaction.atomic
def late_scans_count(*, session_id: int, actor: User, now: datetime) -> int:
    """Count what came in after the reading was ended; the findings follow (spec B2).

    Returns how many events count from now on. Raises Refused where the findings were applied, or
    nothing came in late.
    """
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if session.state == ReadingSession.State.APPLIED:
        raise Refused(
            "یافته‌های این رف‌خوانی اعمال شده است؛ نخست اعمال را برگردانید، سپس خوانده‌های "
            "دیررسیده را به شمار آورید."
        )
    scans = late_count(session)
    counted = late_events(session).update(is_late=False)
    if not counted:
        raise Refused("هیچ خواندهٔ دیررسیده‌ای نمانده است که به شمار آید.")
    audit.record(
        "late_scans_count",
        actor=actor,
        library=session.library,
        subject=session,
        now=now,
        events=counted,
    )
    findings_compute(session_id=session_id, actor=actor, now=now)
    return scans
