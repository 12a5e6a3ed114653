"""A session with something of everything, for the tests of the pages of findings."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from libraries.models import Copy, CopyStatus, User
from loans.models import Loan
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import look_again

STRAY = "9990001"


def scan(session: ReadingSession, codes: list[str], actor: object, device: str = "reader") -> None:
    """Read these codes, in this order."""
    events = [
        NewEvent(uuid4(), device, seq, ReadingEvent.Kind.SCAN, raw=code)
        for seq, code in enumerate(codes)
    ]
    events_take(session_id=session.pk, events=events, actor=actor, now=timezone.now())


def read_session(
    cast: Cast, copies: int = 40, *, closed: bool = True, actor: User | None = None
) -> tuple[ReadingSession, list[Copy]]:
    """«مخزن» read whole by the librarian (or `actor`): copy 3 is missing, 5 stands after 9, 7 is
    lent and on the shelf, 11 back from the binder; a copy of «کودک» stands among them; one code
    is unknown. Where it is closed, the missing copy was looked for twice.
    """
    actor = actor or cast.librarian
    library = actor.library
    listed = add_copies(library, numbered_calls(copies))
    child = add_copies(library, ["ک 200/1 الف1"], section="کودک", first=9001)[0]
    now = timezone.now()
    Copy.objects.filter(pk=listed[11].pk).update(status=CopyStatus.BINDING)
    Loan.objects.create(
        copy=listed[7],
        lent_at=now - timedelta(days=60),
        due_on=timezone.localdate(now) - timedelta(days=30),
    )
    session = session_start(
        actor=actor,
        name="مخزن",
        method="barcode",
        section_ids=[library.sections.get(name="مخزن").pk],
        now=now,
    )
    codes = [copy.barcode for place, copy in enumerate(listed) if place not in {3, 5}]
    codes.insert(9, listed[5].barcode)
    codes[20:20] = [child.barcode, STRAY]
    scan(session, codes, actor)
    if closed:
        session_close(session_id=session.pk, actor=actor, now=timezone.now())
        look_again(session, actor)
    session = findings_compute(session_id=session.pk, actor=actor, now=timezone.now())
    return session, listed
