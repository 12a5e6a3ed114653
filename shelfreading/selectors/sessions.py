"""What the list of readings and the home of one reading show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from libraries.domain.persian import stored_form
from libraries.models import Library, Section, User
from shelfreading.domain.findings import SEEN
from shelfreading.models import MemoryUpload, ReadingSession
from shelfreading.selectors.devices import DeviceLine
from shelfreading.selectors.events import TICKS, WALKED, read_counts, standing_events


def sessions_of(user: User, *, state: str = "", words: str = "") -> QuerySet[ReadingSession]:
    """The readings in the user's scope, newest first; of one state, or with words in the name
    of the reading or of its library.
    """
    sessions = ReadingSession.objects.for_user(user).select_related("library__county")
    if state:
        sessions = sessions.filter(state=state)
    for word in stored_form(words).split():
        sessions = sessions.filter(Q(name__icontains=word) | Q(library__name__icontains=word))
    return sessions


def state_counts(sessions: QuerySet[ReadingSession]) -> dict[str, int]:
    """How many of the readings are in each state; every state is named."""
    counts = dict(sessions.order_by().values_list("state").annotate(Count("pk")))
    return {state: counts.get(state, 0) for state in ReadingSession.State.values}


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A reading in the list. `read` is how many of its copies were read, None once it ended;
    `seen` how many stood on the shelf, None while it is read or as long as nothing is computed.
    """

    session: ReadingSession
    read: int | None
    seen: int | None


def session_lines(sessions: Sequence[ReadingSession]) -> list[SessionLine]:
    """The readings with how far they are; one query for all of them."""
    reading = [s.pk for s in sessions if s.state == ReadingSession.State.READING]
    counts = read_counts(reading)
    return [
        SessionLine(
            session,
            counts.get(session.pk),
            None if session.pk in counts else seen_in_summary(session),
        )
        for session in sessions
    ]


def seen_in_summary(session: ReadingSession) -> int | None:
    """How many expected copies the stored findings saw; None where there are none yet."""
    counts = session.summary.get("counts")
    return sum(counts[finding] for finding in SEEN) if counts else None


@dataclass(frozen=True, slots=True)
class EventSource:
    """What one person sent from one device: how many codes and ticks, and when last. `line` is
    what the device says of itself; forms and files have nobody who speaks for them.
    """

    person: str
    number: int
    scans: int
    ticks: int
    last_at: datetime
    line: DeviceLine | None


def event_sources(session: ReadingSession, devices: Sequence[DeviceLine]) -> list[EventSource]:
    """Who sent what into a session, the last one first, each device with the number it has in
    `devices`; files of readers left out. A device that only told of itself is there too.
    """
    rows = (
        standing_events([session.pk])
        .filter(upload__isnull=True)
        .values("device", "by", "by__first_name", "by__last_name", "by__username")
        .annotate(
            scans=Count("pk", filter=Q(kind__in=WALKED)),
            ticks=Count("pk", filter=Q(kind__in=TICKS)),
            last_at=Max("received_at"),
        )
        .order_by("-last_at")
    )
    line_of = {line.device: line for line in devices}
    numbers = {line.device: line.number for line in devices}
    sources = []
    for row in rows:
        number = numbers.setdefault(row["device"], len(numbers) + 1)
        sources.append(
            EventSource(
                person=f"{row['by__first_name']} {row['by__last_name']}".strip()
                or row["by__username"],
                number=number,
                scans=row["scans"],
                ticks=row["ticks"],
                last_at=row["last_at"],
                line=line_of.pop(row["device"], None),
            )
        )
    silent = (
        EventSource(line.person, line.number, 0, 0, line.last_at, line) for line in line_of.values()
    )
    return [*sources, *silent]


@dataclass(frozen=True, slots=True)
class UploadLine:
    """A reader's memory as it was taken; `repeated` codes had come before."""

    upload: MemoryUpload
    repeated: int


def upload_lines(session: ReadingSession) -> list[UploadLine]:
    """The files of a session, newest first."""
    return [
        UploadLine(upload, upload.codes - upload.new_codes)
        for upload in session.uploads.select_related("uploaded_by")
    ]


def sections_with_counts(library: Library) -> QuerySet[Section]:
    """A library's sections, each with `copies_count`."""
    return library.sections.annotate(copies_count=Count("copies")).order_by("position", "pk")


def staff_of(library: Library) -> QuerySet[User]:
    """Who can take part in a library's reading."""
    return User.objects.filter(library=library, is_active=True).order_by("last_name", "username")
