"""What whoever closes a reading sees first: stretches that nobody read."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from shelfreading.domain.findings import SEEN
from shelfreading.models import ExpectedCopy, ReadingSession
from shelfreading.selectors.devices import DeviceLine, device_lines
from shelfreading.selectors.shelf_list import LINES_ON_PAGE


@dataclass(frozen=True, slots=True)
class UnreadRun:
    """A run of unseen copies longer than chance explains, with its first and last copy.

    `count` are the copies in it that should stand there; `was_read` is the word a person gave,
    None where nobody said anything.
    """

    first: ExpectedCopy
    last: ExpectedCopy
    count: int
    was_read: bool | None

    @property
    def name(self) -> str:
        """How the page's form names the run."""
        return f"run-{self.first.position}-{self.last.position}"

    @property
    def page(self) -> int:
        """The page of the shelf list on which the run begins."""
        return self.first.position // LINES_ON_PAGE + 1


def open_devices(session: ReadingSession, now: datetime) -> list[DeviceLine]:
    """The devices that hold unsent events or may still be reading."""
    if session.state != ReadingSession.State.READING:
        return []
    return [line for line in device_lines(session, now) if line.is_open]


def unread_runs(session: ReadingSession) -> list[UnreadRun]:
    """The runs in shelf order, as last computed."""
    runs = session.summary.get("unread", [])
    ends = {position for first, last, _ in runs for position in (first, last)}
    places = {
        expected.position: expected
        for expected in session.expected.filter(position__in=ends).select_related(
            "copy__section", "copy__title"
        )
    }
    words = {
        (first, last): was_read
        for first, last, was_read in session.shelves_read.values_list(
            "first_position", "last_position", "was_read"
        )
    }
    return [
        UnreadRun(places[first], places[last], count, words.get((first, last)))
        for first, last, count in runs
    ]


def unseen_sections(session: ReadingSession) -> list[tuple[str, int]]:
    """Sections of the list of which not one copy was seen, with the number of their copies."""
    rows = (
        session.findings.filter(position__lt=session.expected_count, copy__isnull=False)
        .order_by("copy__section__position")
        .values("copy__section__position", "copy__section__name")
        .annotate(copies=Count("pk"), seen=Count("pk", filter=Q(finding__in=SEEN)))
    )
    return [(row["copy__section__name"], row["copies"]) for row in rows if not row["seen"]]
