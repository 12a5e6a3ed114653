"""Computing a session's findings from the frozen list, the events, the loans and people's words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from libraries.bulk import bulk_insert
from libraries.locking import locked
from libraries.models import Copy, User
from loans.models import FollowUp
from shelfreading.domain.findings import Finding
from shelfreading.domain.reconcile import (
    ExpectedList,
    Match,
    Spoken,
    reconcile,
)
from shelfreading.models import Decision, ReadingEvent, ReadingSession, SessionFinding
from shelfreading.selectors.events import WALKED
from shelfreading.services.away import at_binder, loan_facts, loans_during, trips_during
from shelfreading.services.turned_up import READ_AT, seen_by_colleagues, turned_up, turned_up_stands

FINDING_FIELDS = (
    "session_id",
    "finding",
    "copy_id",
    "code",
    "position",
    "event_id",
    "was_sought",
    "move",
    "belongs_after_id",
    "belongs_before_id",
)
Kind = ReadingEvent.Kind


@dataclass(frozen=True, slots=True)
class Mark:
    """A command of the card about a copy (spec B9): its event, what it says, who gave it."""

    event_id: Any
    fate: str
    by_id: int


@dataclass(frozen=True, slots=True)
class Sightings:
    """A session's events as the match wants them: the walks one after another, then what was
    ticked on a list or turned up elsewhere. `struck`, `sought` and `turned_up` are positions;
    `marks` are the commands given about copies, by copy, the last one standing."""

    codes: list[str]
    event_ids: list[Any]
    times: list[datetime | None]
    walks: list[int]
    struck: set[int]
    sought: set[int]
    turned_up: list[int]
    marks: dict[int, Mark]


@transaction.atomic
def findings_compute(*, session_id: int, actor: User, now: datetime) -> ReadingSession:
    """Bring the stored findings up to date and return the session; does nothing where they are.

    An applied session keeps the findings it was applied from.
    """
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if session.state == ReadingSession.State.APPLIED:
        return session
    basis = findings_basis(session, timezone.localdate(now))
    if session.basis == basis and turned_up_stands(session):
        return session
    _compute(session, now)
    session.basis = basis
    session.computed_at = now
    session.save(update_fields=["basis", "computed_at", "summary"])
    return session


def findings_basis(session: ReadingSession, today: Any) -> str:
    """What the findings depend on, in short; differs as soon as anything new came in."""
    words = session.shelves_read.aggregate(n=Count("pk"), last=Max("at"))
    rows = loans_during(session).order_by("pk").values_list("pk", "returned_at", "due_on")
    # All of them: a call of last week may be put on record today.
    calls = FollowUp.objects.filter(
        loan__copy__library=session.library_id, loan__returned_at__isnull=True
    ).count()
    trips = trips_during(session).order_by("pk").values_list("pk")
    digest = sha256()
    for row in (*rows, *trips):
        digest.update(repr(row).encode())
    digest.update(repr((words["n"], words["last"], calls, seen_by_colleagues(session))).encode())
    events = session.events.filter(is_late=False).count()
    return f"{today}|{events}|{digest.hexdigest()[:32]}"


def _compute(session: ReadingSession, now: datetime) -> None:
    rows = list(
        session.expected.order_by("position").values_list(
            "code", "status", "rank", "shelf_run", "copy_id"
        )
    )
    codes, statuses, ranks, runs, copy_ids = (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], [], []]
    )
    position_of_copy = {copy_id: position for position, copy_id in enumerate(copy_ids)}
    sightings = _sightings(session, codes, position_of_copy)
    strangers = set(sightings.codes).difference(codes)
    elsewhere = _copies_elsewhere(session, strangers)
    match = reconcile(
        ExpectedList(codes, statuses, ranks, runs),
        sightings.codes,
        today=timezone.localdate(now),
        walks=sightings.walks,
        started_at=session.started_at,
        seen_at=sightings.times if any(sightings.times) else None,
        loans=loan_facts(session, position_of_copy),
        at_binder=at_binder(session, position_of_copy),
        elsewhere=elsewhere,
        struck=sightings.struck,
        spoken=[
            Spoken(*word)
            for word in session.shelves_read.order_by("at", "pk").values_list(
                "first_position", "last_position", "was_read"
            )
        ],
    )
    session.findings.all().delete()
    bulk_insert(
        SessionFinding,
        FINDING_FIELDS,
        _finding_rows(session.pk, match, codes, copy_ids, sightings, elsewhere),
    )
    _decide_as_marked(session, sightings.marks, now)
    session.summary = _summary(match, sightings)


def _sightings(
    session: ReadingSession, codes: Sequence[str], position_of_copy: dict[int, int]
) -> Sightings:
    """Scans walk by walk in each reader's own order, then ticks; undone events left out."""
    undone = set(
        session.events.filter(kind=Kind.UNDO, is_late=False).values_list("about", flat=True)
    )
    events = (
        session.events.filter(is_late=False)
        .exclude(kind__in=(Kind.UNDO, Kind.SHELF_END))
        .annotate(read_at=READ_AT)
        .order_by("device", "seq", "received_at")
        .values_list("pk", "device", "kind", "code", "copy_id", "read_at", "raw", "about", "by_id")
    )
    result = Sightings([], [], [], [], set(), set(), [], {})
    ticks: dict[int, tuple[str, Any, datetime]] = {}
    marks: dict[Any, Mark] = {}
    for _, walk in groupby(events, key=lambda event: event[1]):
        length = 0
        for pk, _, kind, code, copy_id, read_at, raw, about, by_id in walk:
            if pk in undone:
                continue
            if kind in WALKED:
                result.codes.append(code)
                result.event_ids.append(pk)
                result.times.append(read_at)
                length += 1
            elif kind == Kind.MARK:
                marks[about] = Mark(pk, raw, by_id)
            elif copy_id in position_of_copy:
                # The last tick or strike of a copy is what counts, whoever made it.
                position = position_of_copy[copy_id]
                if position not in ticks or ticks[position][2] <= read_at:
                    ticks[position] = (kind, pk, read_at)
        result.walks.append(length)
    if marks:
        copy_of_code = dict(zip(codes, position_of_copy, strict=True))
        for event_id, code in zip(result.event_ids, result.codes, strict=True):
            if event_id in marks and code in copy_of_code:
                result.marks[copy_of_code[code]] = marks[event_id]
    _add_ticks(result, ticks, codes)
    _add_turned_up(session, result, codes, position_of_copy)
    return result


def _add_ticks(
    result: Sightings, ticks: dict[int, tuple[str, Any, datetime]], codes: Sequence[str]
) -> None:
    scanned = set(result.codes)
    for position, (kind, pk, read_at) in sorted(ticks.items()):
        if kind != Kind.PRESENT:
            result.struck.add(position)
            if kind == Kind.SOUGHT:
                result.sought.add(position)
        elif codes[position] not in scanned:
            result.codes.append(codes[position])
            result.event_ids.append(pk)
            result.times.append(read_at)


def _add_turned_up(
    session: ReadingSession,
    result: Sightings,
    codes: Sequence[str],
    position_of_copy: dict[int, int],
) -> None:
    """What was not seen here and turned up in another reading meanwhile, anywhere (spec B5)."""
    seen = set(result.codes)
    unseen = {codes[at]: pk for pk, at in position_of_copy.items() if codes[at] not in seen}
    for sighting in turned_up(session, unseen):
        position = position_of_copy[sighting.copy_id]
        result.turned_up.append(position)
        result.codes.append(codes[position])
        result.event_ids.append(sighting.event_id)
        result.times.append(sighting.read_at)


def _copies_elsewhere(session: ReadingSession, strangers: set[str]) -> dict[str, int]:
    """Copies behind codes that are not in the list: this library's other shelves first."""
    found: dict[str, int] = {}
    codes = sorted(code for code in strangers if code)
    for start in range(0, len(codes), 500):
        rows = Copy.objects.filter(barcode__in=codes[start : start + 500]).values_list(
            "barcode", "pk", "library_id"
        )
        for code, copy_id, library_id in rows:
            if library_id == session.library_id or code not in found:
                found[code] = copy_id
    return found


def _finding_rows(
    session_id: int,
    match: Match,
    codes: Sequence[str],
    copy_ids: Sequence[int],
    sightings: Sightings,
    elsewhere: dict[str, int],
) -> Iterable[tuple[Any, ...]]:
    def copy_at(position: int | None) -> int | None:
        return None if position is None else copy_ids[position]

    moves: dict[int, tuple[int, int | None, int | None]] = {}
    for number, move in enumerate(match.moves, start=1):
        for position in move.items:
            moves[position] = (number, copy_at(move.after), copy_at(move.before))
    nowhere = (None, None, None)
    for position, finding in enumerate(match.findings):
        seen = match.first_seen[position]
        yield (
            session_id,
            finding.value,
            copy_ids[position],
            codes[position],
            position,
            sightings.event_ids[seen] if seen >= 0 else None,
            finding is Finding.MISSING and position in sightings.sought,
            *moves.get(position, nowhere),
        )
    position_of_code = dict(zip(codes, copy_ids, strict=True))
    for finding, indices in (
        (Finding.MISPLACED, match.misplaced),
        (Finding.UNKNOWN, match.unknown),
        (Finding.REPEATED, match.repeated),
    ):
        for index in indices:
            code = sightings.codes[index]
            yield (
                session_id,
                finding.value,
                elsewhere.get(code) or position_of_code.get(code),
                code,
                len(codes) + index,
                sightings.event_ids[index],
                False,
                *nowhere,
            )


def _decide_as_marked(session: ReadingSession, marks: dict[int, Mark], now: datetime) -> None:
    """Bring the decisions that follow from marks in line with them; a person's own stay."""
    session.decisions.filter(mark__isnull=False).update(fate="", mark=None)
    if not marks:
        return
    fates = set(Decision.Fate.values)
    decided = {decision.copy_id: decision for decision in session.decisions.filter(copy__in=marks)}
    for copy_id, mark in marks.items():
        decision = decided.get(copy_id) or Decision(session=session, copy_id=copy_id)
        if mark.fate in fates and not decision.fate:
            decision.fate, decision.mark = mark.fate, mark.event_id
            decision.by_id, decision.at = mark.by_id, now
            decision.save()


def _summary(match: Match, sightings: Sightings) -> dict[str, Any]:
    missing = (match.findings[position] is Finding.MISSING for position in sightings.sought)
    return {
        "counts": {finding.value: count for finding, count in match.counts().items()},
        "expected": len(match.findings),
        "scans": len(sightings.codes),
        "sought": sum(missing),
        "turned_up": sorted(sightings.turned_up),
        "moves": len(match.moves),
        "moved_copies": sum(len(move.items) for move in match.moves),
        "unread": [[run.first, run.last, run.count] for run in match.unread],
        "rate": round(match.rate, 4),
        "doubtful": match.doubtful,
    }
