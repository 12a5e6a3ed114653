"""What the desks above do with a report: accept, send back, end the review (spec "A report's
way")."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from libraries import audit
from libraries.domain.persian import to_persian_digits
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from reports.domain.workflow import LEVEL_LABELS, Level, Move, Need, State, step
from reports.models import Opinion, Report, RevisionLine
from reports.services.sending import moved, step_keep
from shelfreading.models import ReadingSession, WeedingProposal

LONGEST_NOTE = 300


@transaction.atomic
def report_move(
    *, report_id: int, move: str, actor: User, now: datetime, comment: str = "", revision: int
) -> Report:
    """Accept a report, send it back with a comment, or end its review.

    `revision` is the one that the person looked at: what was sent anew meanwhile isn't decided
    unseen. Raises Refused where the desk may not, where someone else was first, or where
    something is still to be said.
    """
    report = _held_report(report_id, actor)
    if report.revision != revision:
        raise Refused("ویراست تازه‌ای از این گزارش رسیده است؛ نخست آن را ببینید.")
    before = report.state
    if move == Move.SUBMIT:
        raise Refused("گزارش از اینجا فرستاده نمی‌شود.")
    becomes = moved(report.level, before, move, actor)
    if move != Move.RETURN:
        _refuse_own(report, actor)
    needs = step(report.level, before, move, actor.role).needs
    if Need.COMMENT in needs and not comment.strip():
        raise Refused("برای بازگرداندن گزارش بنویسید چه چیزی باید درست شود.")
    if Need.EACH_REVIEWED in needs:
        left = unsaid(report)
        if any(left):
            missing, weeding = (to_persian_digits(count) for count in left)
            raise Refused(
                f"{missing} نسخهٔ مفقود بی‌نظر و {weeding} پیشنهاد وجین بی‌تصمیم مانده است؛ "
                "نخست برای هر یک نظر بدهید."
            )
    if becomes == State.RETURNED:
        _let_go(report)
    report.state = becomes
    report.since = now
    report.save(update_fields=["state", "since"])
    step_keep(report, Move(move), actor, now, comment)
    audit.record(
        f"report_{move}", actor=actor, library=report.library, subject=report, now=now,
        revision=report.revision,
    )  # fmt: skip
    return report


def _held_report(report_id: int, actor: User) -> Report:
    """The report under lock, after the reading that it tells of, as sending it does."""
    scope = Report.objects.for_user(actor)
    session_id = scope.filter(pk=report_id).values_list("session", flat=True).first()
    if session_id is not None:
        locked(ReadingSession.objects.all(), pk=session_id)
    return locked(scope, pk=report_id)


def _refuse_own(report: Report, actor: User) -> None:
    """Who sent it may hold another role by now; that doesn't make them someone else."""
    if report.revisions.filter(number=report.revision, submitted_by=actor).exists():
        raise Refused("این گزارش را خودتان فرستاده‌اید؛ همکار دیگری باید آن را بپذیرد.")


def _let_go(report: Report) -> None:
    """What a report that goes back must be free of, and what it frees."""
    parent = report.parent
    if parent is not None and parent.state != State.RETURNED:
        raise Refused(
            f"این گزارش در «{LEVEL_LABELS[Level(parent.level)]}» آمده است؛ نخست آن گزارش باید "
            "بازگردانده شود."
        )
    if report.session is not None:
        report.session.is_reported = False
        report.session.save(update_fields=["is_reported"])


def unsaid(report: Report) -> tuple[int, int]:
    """How many missing copies of a library's report have no opinion yet, and how many of its
    proposed weedings no decision."""
    said = Opinion.objects.filter(report=report).values("copy")
    missing = RevisionLine.objects.filter(
        revision__report=report,
        revision__number=report.revision,
        what=RevisionLine.What.MISSING,
    ).exclude(copy__in=said)
    weeding = WeedingProposal.objects.filter(
        session=report.session, state=WeedingProposal.State.PROPOSED
    )
    return missing.count(), weeding.count()


@transaction.atomic
def opinions_give(
    *,
    report_id: int,
    copy_ids: Collection[int],
    verdict: str,
    note: str,
    actor: User,
    now: datetime,
) -> int:
    """The expert's word on missing copies, one or many at once (directive 6-2); said again, the
    new word stands. Returns on how many.

    Raises Refused unless the report waits for the expert and the copies are missing in it.
    """
    report = locked(Report.objects.for_user(actor), pk=report_id)
    step_allowed = report.level == Level.LIBRARY and report.state == State.ACCEPTED
    if not step_allowed:
        raise Refused("این گزارش اکنون منتظر نظر کارشناس نیست؛ صفحه را تازه کنید.")
    if verdict not in Opinion.Verdict.values:
        raise Refused("نظر را از فهرست برگزینید.")
    wanted = set(copy_ids)
    lines = RevisionLine.objects.filter(
        revision__report=report,
        revision__number=report.revision,
        what=RevisionLine.What.MISSING,
        copy__in=wanted,
    )
    known = set(lines.values_list("copy_id", flat=True))
    if not known or known != wanted:
        raise Refused("نسخه‌ای که برگزیده‌اید در مفقودی‌های این گزارش نیست؛ صفحه را تازه کنید.")
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Refused(
            f"توضیح {to_persian_digits(len(note))} نویسه است؛ بیش از "
            f"{to_persian_digits(LONGEST_NOTE)} نویسه نمی‌گنجد، کوتاهش کنید."
        )
    Opinion.objects.bulk_create(
        (
            Opinion(report=report, copy_id=copy_id, verdict=verdict, note=note, by=actor, at=now)
            for copy_id in sorted(known)
        ),
        update_conflicts=True,
        unique_fields=["report", "copy"],
        update_fields=["verdict", "note", "by", "at"],
    )
    audit.record(
        "opinions_give", actor=actor, library=report.library, subject=report, now=now,
        copies=len(known), verdict=verdict,
    )  # fmt: skip
    return len(known)
