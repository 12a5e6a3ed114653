"""Fresh libraries with a reading, for tests that need one after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from django.utils import timezone

from libraries.models import Copy, Library, User
from libraries.roles import Role
from loans.models import Member
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.decisions import second_look_rest
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import add_copies, make_library, make_user, numbered_calls

_numbers = count(1)
LONG_AGO = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reading:
    """A library of its own with two librarians, its copies in shelf order, a member, a session."""

    library: Library
    actor: User
    colleague: User
    copies: list[Copy]
    member: Member
    session: ReadingSession

    @property
    def at(self) -> datetime:
        """When the session began."""
        return self.session.started_at


def make_reading(copies: int = 12) -> Reading:
    """A reading that has begun; nothing is read yet."""
    number = next(_numbers)
    library = make_library(f"R{number}", "استان رقابت", "شهرستان رقابت")
    actor = make_user(f"reader-{number}", Role.LIBRARIAN, library=library)
    colleague = make_user(f"colleague-{number}", Role.LIBRARIAN, library=library)
    made = add_copies(library, numbered_calls(copies))
    member = Member.objects.create(library=library, full_name="عضو نمونه", search_name="عضو نمونه")
    session = session_start(
        actor=actor, name="", method="barcode", section_ids=[], now=timezone.now()
    )
    return Reading(library, actor, colleague, made, member, session)


def scans(copies: Sequence[Copy], device: str = "reader", first: int = 0) -> list[NewEvent]:
    """A scan of each copy's barcode, in this order."""
    return [
        NewEvent(uuid4(), device, seq, ReadingEvent.Kind.SCAN, raw=copy.barcode)
        for seq, copy in enumerate(copies, start=first)
    ]


def read_and_close(reading: Reading, seen: Sequence[Copy]) -> None:
    """Scan these copies, end the reading and compute what it found."""
    now = timezone.now()
    pk, actor = reading.session.pk, reading.actor
    events_take(session_id=pk, events=scans(seen), actor=actor, now=now)
    session_close(session_id=pk, actor=actor, now=now)
    findings_compute(session_id=pk, actor=actor, now=now)


def look_again(session: ReadingSession, actor: User) -> None:
    """Seek every missing copy a second time, in vain, and count anew."""
    who = {"session_id": session.pk, "actor": actor, "now": timezone.now()}
    if findings_compute(**who).summary["counts"]["missing"]:
        second_look_rest(**who)
        findings_compute(**who)
