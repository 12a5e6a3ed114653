"""Readings that are ready to be reported, for tests of reports."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from libraries.models import Library, User
from shelfreading.models import Decision, ReadingSession, Round, RoundLibrary
from shelfreading.services.applying import findings_apply
from shelfreading.services.decisions import fate_set, second_look_rest
from shelfreading.services.events import events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import add_copies, numbered_calls
from tests.fresh_readings import scans


def make_round(office: User, libraries: list[Library], year: int = 1405) -> Round:
    """A round of this year that asks these libraries."""
    today = timezone.localdate()
    round_ = Round.objects.create(
        year=year, circular_number="۱۲۳", circular_on=today - timedelta(days=60),
        opens_on=today - timedelta(days=30), closes_on=today + timedelta(days=30),
        kinds=["institutional", "participatory"], opened_by=office, opened_at=timezone.now(),
    )  # fmt: skip
    RoundLibrary.objects.bulk_create(
        RoundLibrary(round=round_, library=library) for library in libraries
    )
    return round_


def read_and_apply(
    actor: User,
    *,
    round_: Round | None = None,
    copies: int = 20,
    missing: tuple[int, ...] = (5, 6),
    weed: tuple[int, ...] = (1, 2),
    binding: tuple[int, ...] = (3,),
    now: datetime | None = None,
) -> ReadingSession:
    """A reading of fresh copies of the actor's library, closed, looked at twice, applied: these
    places are missing, proposed for weeding as worn, and to be bound."""
    now = now or timezone.now()
    made = add_copies(actor.library, numbered_calls(copies))
    session = session_start(actor=actor, name="", method="barcode", section_ids=[], now=now)
    if round_ is not None:
        ReadingSession.objects.filter(pk=session.pk).update(round=round_)
    seen = [copy for place, copy in enumerate(made) if place not in missing]
    events_take(session_id=session.pk, events=scans(seen), actor=actor, now=now)
    session_close(session_id=session.pk, actor=actor, now=now)
    findings_compute(session_id=session.pk, actor=actor, now=now)
    second_look_rest(session_id=session.pk, actor=actor, now=now)
    for fate, places in ((Decision.Fate.WEED_WORN, weed), (Decision.Fate.BINDING, binding)):
        keys = [f"c{made[place].pk}" for place in places]
        if keys:
            fate_set(session_id=session.pk, keys=keys, fate=fate, actor=actor, now=now)
    findings_apply(session_id=session.pk, actor=actor, now=now)
    session.refresh_from_db()
    return session


def day(days: int = 0) -> date:
    """Today and so many days."""
    return timezone.localdate() + timedelta(days=days)
