"""Writing an application: the records, the journal that leads back, and what is proposed."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from libraries.bulk import bulk_insert, in_chunks
from libraries.models import AuditEntry, Copy, CopyStatus, StatusChange, User
from loans.services import loans_return_forgiven
from loans.services.binding import bindings_close, bindings_open
from shelfreading.domain.findings import LABELS
from shelfreading.models import Application, AppliedChange, WeedingProposal
from shelfreading.services.changes import Change

FORGIVENESS_CAUSE = "کتاب هنگام رف‌خوانی در قفسه بود (مادّهٔ ۴-۲ دستورالعمل)"


def journal_write(
    application: Application, changes: Sequence[Change], actor: User, now: datetime
) -> None:
    """Write the changes into the records, each with its line in the journal, its step in the
    copy's history and its audit entry; weedings become proposals, and what goes to the binder
    begins its trip."""
    library_id = application.session.library_id
    cause = f"رف‌خوانی «{application.session.name}»"[:200]
    moving = [change for change in changes if change.effect.status != change.status]
    by_target: dict[str, list[int]] = {}
    for change in moving:
        by_target.setdefault(change.effect.status, []).append(change.copy_id)
    for status, copy_ids in by_target.items():
        for chunk in in_chunks(copy_ids):
            Copy.objects.filter(pk__in=chunk).update(status=status, weeding_cause="")
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
    assert application.session.closed_at is not None
    bindings_close(
        [change.trip_id for change in changes if change.trip_id],
        back_on=timezone.localdate(application.session.closed_at),
        actor=actor,
    )
    opened = bindings_open(
        [change.copy_id for change in moving if change.effect.status == CopyStatus.BINDING],
        sent_on=timezone.localdate(now),
        actor=actor,
    )
    proposals = _propose(application, changes, actor, now)
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
            "opened_trip_id",
            "closed_trip_id",
            "proposal_id",
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
                change.effect.proposes,
                status_changes.get(change.copy_id),
                change.loan_id,
                forgiven.get(change.loan_id) if change.loan_id else None,
                opened.get(change.copy_id),
                change.trip_id,
                proposals.get(change.copy_id),
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
                    "binding_over": change.trip_id,
                    "weeding_proposed": change.effect.proposes,
                },
            )
            for change in changes
        ),
    )


def _propose(
    application: Application, changes: Sequence[Change], actor: User, now: datetime
) -> dict[int, int]:
    """Propose for weeding what was put aside for it; the proposals' ids by copy."""
    session = application.session
    rows = [
        WeedingProposal(
            library_id=session.library_id,
            copy_id=change.copy_id,
            cause=change.effect.proposes,
            origin=WeedingProposal.Origin.READING,
            why=f"در رف‌خوانی «{session.name}» کنار گذاشته شد.",
            session=session,
            application=application,
            proposed_by=actor,
            proposed_at=now,
        )
        for change in changes
        if change.effect.proposes
    ]
    WeedingProposal.objects.bulk_create(rows, batch_size=1000)
    return {row.copy_id: row.pk for row in rows}
