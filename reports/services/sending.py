"""Report 1 leaves the library: frozen, hashed, on its way (directive 7-1, spec B11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.domain.persian import to_persian_digits
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from reports.domain.deadlines import report_1_due
from reports.domain.tie_out import ClassLine, left_open
from reports.domain.workflow import Level, Move, NotAllowed, State, step
from reports.frozen import digest_of, to_plain
from reports.models import Report, ReportStep, Revision
from reports.selectors import standing_application
from reports.services.content import (
    copies_by_number,
    forms_content,
    lines_of,
    revision_fill,
    tie_out_of,
)
from reports.services.notices import notices_send
from reports.services.sample_content import sample_content
from shelfreading.models import ReadingSession
from shelfreading.selectors.devices import device_lines
from shelfreading.selectors.late import late_count

MAX_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What a report can't leave over: devices that hold scans, scans that came late and wait for
    a word, or classes whose sums don't close; said in a sentence."""

    kind: Literal["unsent", "late", "open"]
    sentence: str


@transaction.atomic
def report_submit(*, session_id: int, actor: User, now: datetime, comment: str = "") -> Report:
    """Send report 1 of an applied session to the county head; sent back before, it is a new
    revision. Its numbers no longer follow the data.

    Raises Refused while it isn't applied, a device holds unsent scans, late scans wait for a
    word, or a main class doesn't tie out: then it says where.
    """
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library__county__province"),
        pk=session_id,
    )
    report = Report.objects.filter(session=session).first()
    if report is not None:
        report = locked(Report.objects.for_user(actor), pk=report.pk)
    becomes = moved(Level.LIBRARY, report.state if report else State.DRAFT, Move.SUBMIT, actor)
    application = standing_application(session)
    if application is None:
        raise Refused("نخست یافته‌های این رف‌خوانی را اعمال کنید، سپس گزارش را بفرستید.")
    classes = tie_out_of(application)
    for obstacle in obstacles(session, classes, now):
        raise Refused(obstacle.sentence)
    library = session.library
    if report is None:
        assert session.closed_at is not None
        report = Report(
            level=Level.LIBRARY,
            session=session,
            round=session.round,
            due_on=report_1_due(timezone.localdate(session.closed_at)),
            revision=0,
        )
    # Where the library is now: a report that was sent back may have moved with it.
    report.library = library
    report.county = library.county
    report.province = library.county.province
    report.library_kind = library.kind
    lines = lines_of(application)
    content = {
        "forms": forms_content(application),
        "tie_out": to_plain(tuple(classes)),
        "sample": sample_content(session),
        "copies": copies_by_number(lines),
    }
    revision = revision_add(report, content, becomes, actor, now, comment)
    revision_fill(revision, classes, lines)
    session.is_reported = True
    session.save(update_fields=["is_reported"])
    audit.record(
        "report_submit", actor=actor, library=library, subject=report, now=now,
        revision=report.revision, digest=revision.digest,
    )  # fmt: skip
    return report


def obstacles(
    session: ReadingSession, classes: Sequence[ClassLine], now: datetime
) -> list[Obstacle]:
    """All that stands in a report's way now, in the order in which it is put right (B2, B11)."""
    found: list[Obstacle] = []
    if holding := [line for line in device_lines(session, now) if line.unsent]:
        found.append(
            Obstacle(
                "unsent",
                f"{'؛ '.join(line.words for line in holding)}. بگذارید بفرستد و خوانده‌های "
                "دیررسیده را به شمار آورید، سپس گزارش را بفرستید.",
            )
        )
    if late := late_count(session):
        found.append(
            Obstacle(
                "late",
                f"{to_persian_digits(late)} خوانده پس از پایان خواندن رسیده و در شمار نیامده است؛ "
                "اعمال را برگردانید و تکلیف آن‌ها را روشن کنید، سپس گزارش را بفرستید.",
            )
        )
    if problem := left_open(classes):
        found.append(Obstacle("open", problem))
    return found


def moved(level: str, state: str, move: str, actor: User) -> State:
    """What a move by this person makes of a report. Raises Refused where the table has no such."""
    try:
        return step(level, state, move, actor.role).becomes
    except NotAllowed as refusal:
        raise Refused(str(refusal)) from refusal


def revision_add(
    report: Report, content: Any, becomes: State, actor: User, now: datetime, comment: str
) -> Revision:
    """Freeze a report's content as its next revision, and move it on. The report is locked, or
    new."""
    report.revision += 1
    report.state = becomes
    report.since = now
    report.save()
    revision = Revision.objects.create(
        report=report,
        number=report.revision,
        content=content,
        digest=digest_of(content),
        submitted_by=actor,
        submitted_at=now,
    )
    step_keep(report, Move.SUBMIT, actor, now, comment)
    return revision


def step_keep(report: Report, move: Move, actor: User, now: datetime, comment: str) -> ReportStep:
    """Write down a move that was made, and tell those whom it concerns."""
    comment = comment.strip()
    if len(comment) > MAX_COMMENT:
        raise Refused(
            f"توضیح {to_persian_digits(len(comment))} نویسه است؛ "
            f"بیش از {to_persian_digits(MAX_COMMENT)} نویسه نمی‌گنجد، کوتاهش کنید."
        )
    kept = ReportStep.objects.create(
        report=report, revision=report.revision, move=move, becomes=report.state, by=actor, at=now,
        comment=comment,
    )  # fmt: skip
    notices_send(kept)
    return kept
