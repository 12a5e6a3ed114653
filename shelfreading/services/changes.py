"""What applying a session's findings would change, and what speaks against it (spec B10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from libraries.bulk import in_chunks
from libraries.models import Copy, CopyStatus
from loans.models import BindingTrip, Loan
from shelfreading.domain.effects import HANDLED, Effect, effect_of
from shelfreading.domain.findings import Finding
from shelfreading.models import WEEDING_OF_FATE, Decision, ReadingSession, WeedingProposal

BINDING = CopyStatus.BINDING.value
# Seen on a shelf, whatever the record said: a trip to the binder is over.
_CAME_BACK = frozenset({Finding.BACK_FROM_BINDER, Finding.MISPLACED})


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
    # The trip to the binder that is over, since the copy was seen.
    trip_id: int | None
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
    after it was put aside for weeding or binding (spec B10). What waits for the expert already is
    not proposed for weeding again.
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
    for chunk in in_chunks(decided):
        rows.update(_rows(session.findings.filter(copy__in=chunk, finding__in=HANDLED)))
    copy_ids = sorted(rows)
    frozen = {
        copy_id: status
        for chunk in in_chunks(copy_ids)
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
    open_trips = {
        copy_id: (pk, sent_on)
        for copy_id, pk, sent_on in BindingTrip.objects.filter(
            copy__library=session.library_id, back_on__isnull=True
        ).values_list("copy_id", "pk", "sent_on")
    }
    waiting = set(
        WeedingProposal.objects.filter(
            library=session.library_id, state=WeedingProposal.State.PROPOSED
        ).values_list("copy_id", flat=True)
    )
    seen_at = _seen_at(
        session,
        {
            copy_id: row[2]
            for copy_id, row in rows.items()
            if copy_id in open_loans or copy_id in open_trips
        },
    )
    changes = []
    for chunk in in_chunks(copy_ids):
        # Copies of other libraries that strayed in are not ours to change.
        for copy_id, status, cause in Copy.objects.filter(
            pk__in=chunk, library=session.library_id
        ).values_list("pk", "status", "weeding_cause"):
            finding, position, _ = rows[copy_id]
            fate, settlement = decisions.get(copy_id, ("", ""))
            if fate == Decision.Fate.LEAVE:
                continue
            trip_id, sent_on = open_trips.get(copy_id, (None, None))
            # Out for a short time a copy's record doesn't say so (directive 4-5).
            record = _record(status, trip_id is not None)
            effect = effect_of(
                finding,
                record,
                weeding_cause="" if copy_id in waiting else WEEDING_OF_FATE.get(fate, ""),
                to_binding=fate == Decision.Fate.BINDING,
            )
            if effect is None:
                continue
            trip_id = trip_id if finding in _CAME_BACK and effect.status != BINDING else None
            if trip_id and sent_on and timezone.localdate(seen_at[copy_id]) < sent_on:
                continue  # sent away after it was seen: the record of now stays
            open_loan, lent_at = open_loans.get(copy_id, (None, None))
            # A loan made after the copy was seen is none of the reading's business.
            returns = effect.returns_loan and lent_at is not None and lent_at < seen_at[copy_id]
            loan_id = open_loan if returns else None
            nothing_moves = loan_id is None and trip_id is None and effect.status == status
            if nothing_moves and not effect.proposes:
                continue
            lent_again = bool(fate) and open_loan is not None and loan_id is None
            conflict = ""
            if lent_again:
                conflict = "این نسخه پس از خوانده‌شدن امانت داده شده است."
            elif frozen.get(copy_id, record) != record:
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
                    trip_id,
                    conflict,
                    settlement,
                    lent_again,
                )
            )
    changes.sort(key=lambda change: change.position)
    return changes


def _record(status: str, at_binder: bool) -> str:
    """What is on record of a copy: its status, or that it is out on a short trip to the binder."""
    return BINDING if at_binder and status == CopyStatus.AVAILABLE else status


def _rows(findings: Any) -> Iterable[tuple[int, tuple[Finding, int, UUID | None]]]:
    for copy_id, finding, position, event_id in findings.order_by("position").values_list(
        "copy_id", "finding", "position", "event_id"
    ):
        yield copy_id, (Finding(finding), position, event_id)


def _seen_at(session: ReadingSession, events: Mapping[int, UUID | None]) -> dict[int, datetime]:
    """When each copy was seen; where no clock tells, the session's start, as in the match."""
    times: dict[UUID, datetime | None] = {}
    ids = [event_id for event_id in events.values() if event_id]
    for chunk in in_chunks(ids):
        for pk, device_at, received_at, upload_id in session.events.filter(
            pk__in=chunk
        ).values_list("pk", "device_at", "received_at", "upload_id"):
            times[pk] = device_at or (None if upload_id else received_at)
    return {
        copy_id: (times.get(event_id) if event_id else None) or session.started_at
        for copy_id, event_id in events.items()
    }
