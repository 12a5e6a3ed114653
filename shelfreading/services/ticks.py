"""Ticks of a page of the shelf list, saved together where no script sends them one by one."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.selectors.events import TICKS, standing_events
from shelfreading.services.events import READING_IS_OVER, NewEvent, events_take


@transaction.atomic
def ticks_save(*, session_id: int, wanted: Mapping[int, str], actor: User, now: datetime) -> int:
    """Bring the ticks of some copies to what is wanted: present, absent, or '' for none.

    Ticks are events: one that goes is undone by another. Saving the same twice changes nothing.
    Copies that aren't in the session's list are passed over. Returns how many copies changed;
    raises Refused when the session is closed.
    """
    session = locked(ReadingSession.objects.for_user(actor), pk=session_id)
    if session.state != ReadingSession.State.READING:
        raise Refused(READING_IS_OVER)
    standing: dict[int | None, list[ReadingEvent]] = {}
    ticks = standing_events([session.pk]).filter(kind__in=TICKS, copy__in=wanted)
    for tick in ticks.order_by("received_at", "seq"):
        standing.setdefault(tick.copy_id, []).append(tick)
    listed = session.expected.filter(copy__in=wanted).values_list("copy_id", flat=True)
    device = f"form-{actor.pk}"
    seq = int(now.timestamp() * 1000)
    events: list[NewEvent] = []
    changed = 0
    for copy_id in listed.order_by("position"):
        before = standing.get(copy_id, [])
        if wanted[copy_id] == (before[-1].kind if before else ""):
            continue
        changed += 1
        for tick in before:
            events.append(NewEvent(uuid4(), device, seq, ReadingEvent.Kind.UNDO, about=tick.pk))
        if wanted[copy_id]:
            events.append(NewEvent(uuid4(), device, seq, wanted[copy_id], copy_id=copy_id))
    events_take(session_id=session.pk, events=events, actor=actor, now=now)
    return changed
