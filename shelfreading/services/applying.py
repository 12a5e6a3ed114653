"""Applying a session's findings in one step, and taking the step back (spec S4.5, B10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from libraries import audit
from libraries.bulk import bulk_insert
from libraries.domain.persian import to_persian_digits
from libraries.locking import lock_all, locked
from libraries.models import AuditEntry, Copy, CopyStatus, Library, StatusChange, User
from libraries.refusal import Refused
from loans.models import Forgiveness, Loan
from loans.services import loans_return_forgiven
from shelfreading.domain.effects import HANDLED, Effect, effect_of
from shelfreading.domain.findings import LABELS, SEEN, Finding
from shelfreading.models import (
    WEEDING_OF_FATE,
    Application,
    AppliedChange,
    Decision,
    ReadingSession,
)
from shelfreading.services.findings import findings_compute

CHUNK = 500
FORGIVENESS_CAUSE = "کتاب هنگام رف‌خوانی در قفسه بود (مادّهٔ ۴-۲ دستورالعمل)"


@dataclass(frozen=True, slots=True)
class Change:
    """One copy's proposed change, with what speaks against it."""

    copy_id: int
    finding: Finding
    position: int
    status: str
    weeding_cause: str
    effect: Effect
    loan_id: int | None
    # Why a person has to settle it first; empty where nothing speaks against it.
    conflict: str
    settlement: str
    # Lent after it was seen: only the record of now can win, for the book is not here.
    lent_again: bool

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left for a person to say."""
        by_reading = self.settlement == Decision.Settlement.READING
        return not self.conflict or bool(self.settlement) and not (self.lent_again and by_reading)


def changes_proposed(session: ReadingSession) -> list[Change]:
    """Every change that applying the stored findings would make now, conflicts included.

    A conflict is a record that changed since the list was frozen, or a copy that was lent
    after it was put aside for weeding or binding (spec B10).
    """
    decisions = {
        copy_id: (fate, settlement)
        for copy_id, fate, settlement in session.decisions.filter(copy__isnull=False).values_list(
            "copy_id", "fate", "settlement"
        )
    }
    acting = [
        Finding.UNRETURNED,
        Finding.MISSING,
        Finding.FOUND,
        Finding.BACK_FROM_BINDER,
        Finding.ON_LOAN_ON_SHELF,
        Finding.MISPLACED,
    ]
    # Missing takes two looks (spec B5): what was looked for once stays as the record has it.
    once = Q(finding=Finding.MISSING, was_sought=False)
    acted = session.findings.filter(finding__in=acting, copy__isnull=False).exclude(once)
    rows = dict(_rows(acted))
    decided = sorted(copy_id for copy_id, (fate, _) in decisions.items() if fate)
    for chunk in _chunks(decided):
        rows.update(_rows(session.findings.filter(copy__in=chunk, finding__in=HANDLED)))
    copy_ids = sorted(rows)
    frozen = {
        copy_id: status
        for chunk in _chunks(copy_ids)
        for copy_id, status in session.expected.filter(copy__in=chunk).values_list(
            "copy_id", "status"
        )
    }
    open_loans = {
        copy_id: (pk, lent_at)
        for copy_id, pk, lent_at in Loan.objects.filter(
            copy__library=session.library_id, returned_at__isnull=True
        ).values_list("copy_id", "pk", "lent_at")
    }
    seen_at = _seen_at(
        session, {copy_id: row[2] for copy_id, row in rows.items() if copy_id in open_loans}
    )
    changes = []
    for chunk in _chunks(copy_ids):
        # Copies of other libraries that strayed in are not ours to change.
        for copy_id, status, cause in Copy.objects.filter(
            pk__in=chunk, library=session.library_id
        ).values_list("pk", "status", "weeding_cause"):
            finding, position, _ = rows[copy_id]
            fate, settlement = decisions.get(copy_id, ("", ""))
            if fate == Decision.Fate.LEAVE:
                continue
            effect = effect_of(
                finding,
                status,
                weeding_cause=WEEDING_OF_FATE.get(fate, ""),
                to_binding=fate == Decision.Fate.BINDING,
            )
            if effect is None:
                continue
            open_loan, lent_at = open_loans.get(copy_id, (None, None))
            # A loan made after the copy was seen is none of the reading's business.
            returns = effect.returns_loan and lent_at is not None and lent_at < seen_at[copy_id]
            loan_id = open_loan if returns else None
            if loan_id is None and effect.status == status:
                continue
            lent_again = bool(fate) and open_loan is not None and loan_id is None
            conflict = ""
            if lent_again:
                conflict = "این نسخه پس از خوانده‌شدن امانت داده شده است."
            elif frozen.get(copy_id, status) != status:
                conflict = "وضعیت این نسخه پس از آغاز رف‌خوانی تغییر کرده است."
            changes.append(
                Change(
                    copy_id,
                    finding,
                    position,
                    status,
                    cause,
                    effect,
                    loan_id,
                    conflict,
                    settlement,
                    lent_again,
                )
            )
    changes.sort(key=lambda change: change.position)
    return changes


def _rows(findings: Any) -> Iterable[tuple[int, tuple[Finding, int, UUID | None]]]:
    for copy_id, finding, position, event_id in findings.order_by("position").values_list(
        "copy_id", "finding", "position", "event_id"
    ):
        yield copy_id, (Finding(finding), position, event_id)


def _seen_at(session: ReadingSession, events: Mapping[int, UUID | None]) -> dict[int, datetime]:
    """When each copy was seen; where no clock tells, the session's start, as in the match."""
    times: dict[UUID, datetime | None] = {}
    ids = [event_id for event_id in events.values() if event_id]
    for start in range(0, len(ids), CHUNK):
        for pk, device_at, received_at, upload_id in session.events.filter(
            pk__in=ids[start : start + CHUNK]
        ).values_list("pk", "device_at", "received_at", "upload_id"):
            times[pk] = device_at or (None if upload_id else received_at)
    return {
        copy_id: (times.get(event_id) if event_id else None) or session.started_at
        for copy_id, event_id in events.items()
    }


@transaction.atomic
def findings_apply(*, session_id: int, actor: User, now: datetime) -> Application:
    """Put a closed session's findings into the records, all or nothing (directive 4-5).

    Applied already, the standing application is returned and nothing is done twice. Raises
    Refused while the session is being read or a conflict isn't settled.
    """
    session = _locked_session(session_id, actor)
    standing = session.applications.filter(undone_at__isnull=True).first()
    if standing is not None:
        return standing
    if session.state != ReadingSession.State.CLOSED:
        raise Refused("نخست خواندن را پایان دهید، سپس یافته‌ها را اعمال کنید.")
    # Held before anything is computed: whoever lends one of them now comes before or after.
    copies = Copy.objects.filter(library=session.library_id)
    lock_all(copies.filter(pk__in=session.expected.values("copy")))
    session = findings_compute(session_id=session_id, actor=actor, now=now)
    strays = session.findings.filter(finding=Finding.MISPLACED)
    lock_all(copies.filter(pk__in=strays.values("copy")))
    changes = changes_proposed(session)
    unsettled = [change for change in changes if not change.is_settled]
    if unsettled:
        raise Refused(
            f"{to_persian_digits(len(unsettled))} نسخه پس از رف‌خوانی تغییر کرده است؛ "
            "نخست برای هر یک بگویید کدام درست است."
        )
    changes = [
        change
        for change in changes
        if not change.conflict or change.settlement == Decision.Settlement.READING
    ]
    seen = session.findings.filter(finding__in=SEEN)
    application = Application.objects.create(
        session=session, applied_at=now, applied_by=actor, seen_count=seen.count()
    )
    assert session.closed_at is not None
    Copy.objects.filter(pk__in=seen.values("copy"), library=session.library_id).update(
        last_seen_on=timezone.localdate(session.closed_at)
    )
    _write(application, changes, actor, now)
    session.state = ReadingSession.State.APPLIED
    session.save(update_fields=["state"])
    audit.record(
        "findings_apply",
        actor=actor,
        library=session.library,
        subject=session,
        now=now,
        application=application.pk,
        changes=len(changes),
    )
    return application


def _locked_session(session_id: int, actor: User) -> ReadingSession:
    """The session, after its library: one thing at a time is done to a library's many copies."""
    locked(Library.objects.for_user(actor), sessions=session_id)
    return locked(ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id)


def _write(application: Application, changes: Sequence[Change], actor: User, now: datetime) -> None:
    library_id = application.session.library_id
    cause = f"رف‌خوانی «{application.session.name}»"[:200]
    moving = [change for change in changes if change.effect.status != change.status]
    by_target: dict[tuple[str, str], list[int]] = {}
    for change in moving:
        target = (change.effect.status, change.effect.weeding_cause)
        by_target.setdefault(target, []).append(change.copy_id)
    for (status, weeding_cause), copy_ids in by_target.items():
        for chunk in _chunks(copy_ids):
            Copy.objects.filter(pk__in=chunk).update(status=status, weeding_cause=weeding_cause)
    last_before = StatusChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    bulk_insert(
        StatusChange,
        ("copy_id", "from_status", "to_status", "source", "cause", "at", "by_id"),
        (
            (
                change.copy_id,
                change.status,
                change.effect.status,
                StatusChange.Source.READING,
                f"{cause}: {LABELS[change.finding]}",
                now,
                actor.pk,
            )
            for change in moving
        ),
    )
    status_changes = dict(
        StatusChange.objects.filter(
            pk__gt=last_before, copy__library=library_id, at=now, source=StatusChange.Source.READING
        ).values_list("copy_id", "pk")
    )
    forgiven = loans_return_forgiven(
        [change.loan_id for change in changes if change.loan_id],
        cause=FORGIVENESS_CAUSE,
        actor=actor,
        now=now,
        today=timezone.localdate(now),
    )
    bulk_insert(
        AppliedChange,
        (
            "application_id",
            "copy_id",
            "finding",
            "position",
            "from_status",
            "to_status",
            "from_weeding_cause",
            "weeding_cause",
            "status_change_id",
            "returned_loan_id",
            "forgiveness_id",
        ),
        (
            (
                application.pk,
                change.copy_id,
                change.finding.value,
                change.position,
                change.status,
                change.effect.status,
                change.weeding_cause,
                change.effect.weeding_cause,
                status_changes.get(change.copy_id),
                change.loan_id,
                forgiven.get(change.loan_id) if change.loan_id else None,
            )
            for change in changes
        ),
    )
    bulk_insert(
        AuditEntry,
        ("at", "actor_id", "action", "library_id", "object_type", "object_id", "data"),
        (
            (
                now,
                actor.pk,
                "copy_change",
                library_id,
                "libraries.copy",
                str(change.copy_id),
                {
                    "application": application.pk,
                    "finding": change.finding.value,
                    "from": change.status,
                    "to": change.effect.status,
                    "loan_returned": change.loan_id,
                },
            )
            for change in changes
        ),
    )


@transaction.atomic
def application_undo(*, session_id: int, actor: User, now: datetime) -> Application:
    """Take an application back as a whole. The session is closed again, its findings as they were.

    Raises Refused when anything later touched one of its copies: then nothing is taken back.
    """
    session = _locked_session(session_id, actor)
    application = session.applications.filter(undone_at__isnull=True).first()
    if application is None:
        raise Refused("این رف‌خوانی اعمال نشده است.")
    lock_all(Copy.objects.filter(pk__in=application.changes.values("copy")))
    changes = list(application.changes.order_by("copy_id"))
    touched = _touched_later(application)
    if touched:
        raise Refused(
            f"{to_persian_digits(len(touched))} نسخه پس از اعمال دوباره تغییر کرده است "
            f"(برای نمونه شمارهٔ ثبت {to_persian_digits(touched[0])})؛ "
            "اعمال را دیگر نمی‌توان یک‌جا برگرداند."
        )
    back: dict[tuple[str, str], list[int]] = {}
    for change in changes:
        if change.status_change_id:
            key = (change.from_status, change.from_weeding_cause)
            back.setdefault(key, []).append(change.copy_id)
    for (status, weeding_cause), copy_ids in back.items():
        for chunk in _chunks(copy_ids):
            Copy.objects.filter(pk__in=chunk).update(status=status, weeding_cause=weeding_cause)
    Loan.objects.filter(pk__in=application.changes.values("returned_loan")).update(
        returned_at=None, returned_by=None, fee=0
    )
    Forgiveness.objects.filter(pk__in=application.changes.values("forgiveness")).update(
        revoked_at=now
    )
    bulk_insert(
        StatusChange,
        ("copy_id", "from_status", "to_status", "source", "cause", "at", "by_id"),
        (
            (
                change.copy_id,
                change.to_status,
                change.from_status,
                StatusChange.Source.UNDO,
                f"برگرداندن اعمال رف‌خوانی «{session.name}»"[:300],
                now,
                actor.pk,
            )
            for change in changes
            if change.status_change_id
        ),
    )
    application.undone_at = now
    application.undone_by = actor
    application.save(update_fields=["undone_at", "undone_by"])
    session.state = ReadingSession.State.CLOSED
    # What was computed then compared with records that are now as they were before; anew.
    session.basis = ""
    session.save(update_fields=["state", "basis"])
    audit.record(
        "application_undo",
        actor=actor,
        library=session.library,
        subject=session,
        now=now,
        application=application.pk,
        changes=len(changes),
    )
    return application


def _touched_later(application: Application) -> list[str]:
    """Registration numbers of copies that anything touched after the application.

    Times alone don't tell: whoever waited for the application took theirs before it. So what was
    written after the application's own lines counts too, and so does a loan that is open on a
    copy which the application left free.
    """
    changes = application.changes
    copies = changes.values("copy")
    own = changes.filter(status_change__isnull=False).values_list("status_change", flat=True)
    after = Q(at__gte=application.applied_at)
    if first := own.order_by("status_change").first():
        after |= Q(pk__gt=first)
    steps = StatusChange.objects.filter(after, copy__in=copies).exclude(pk__in=own)
    returned = changes.filter(returned_loan__isnull=False).values("returned_loan")
    free = changes.filter(to_status=CopyStatus.AVAILABLE).values("copy")
    loans = Loan.objects.filter(
        Q(lent_at__gte=application.applied_at)
        | Q(returned_at__gte=application.applied_at)
        | Q(returned_at__isnull=True, copy__in=free),
        copy__in=copies,
    ).exclude(pk__in=returned)
    otherwise = changes.exclude(copy__status=F("to_status"))
    touched: set[str] = set()
    for lines in (steps, loans, otherwise):
        touched.update(lines.values_list("copy__registration_number", flat=True))
    return sorted(touched)


def _chunks(values: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
