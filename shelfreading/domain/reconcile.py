"""The match of a frozen list with what was seen (spec "What a match can find").

A pure function of the list, the sightings, the loans and the words people gave: computed again
at any time, it gives the same answer.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from loans.domain.overdue import Standing, standing
from shelfreading.domain.coverage import Coverage, UnseenRun, unread_runs
from shelfreading.domain.findings import OF_EXPECTED, SEEN, Finding
from shelfreading.domain.shelf_order import Move, fewest_moves


@dataclass(frozen=True, slots=True)
class ExpectedList:
    """The frozen list as columns of one length, in shelf order.

    `codes` are unique and not empty (a barcode, or a stand-in for a copy that has none);
    `statuses` are available, binding, weeded, missing, unreturned; `ranks` grow with the call
    number and are equal for equal ones, `shelf_order.UNREADABLE` where it can't be read;
    `shelf_runs` number the runs of shelves (section and prefix), ascending.
    """

    codes: Sequence[str]
    statuses: Sequence[str]
    ranks: Sequence[int]
    shelf_runs: Sequence[int]


@dataclass(frozen=True, slots=True)
class LoanFact:
    """A loan of an expected copy that was open at the session's start or began after it."""

    lent_at: datetime
    returned_at: datetime | None
    due_on: date | None
    followed_up: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """A person's word on the positions first..last: the shelf was read, or it was not."""

    first: int
    last: int
    was_read: bool


@dataclass(slots=True)
class Match:
    """What a reading found.

    `findings` has one class an expected copy, `first_seen` the index of its first sighting or
    -1. `misplaced`, `unknown` and `repeated` hold indices of sightings. `moves` speak of
    positions in the list; `unread` are the stretches nobody read, `doubtful` the shelf runs
    most of whose copies seem out of order, where the rule is to be doubted and not the shelf.
    """

    findings: list[Finding]
    first_seen: list[int]
    misplaced: list[int]
    unknown: list[int]
    repeated: list[int]
    moves: list[Move]
    unread: list[UnseenRun]
    rate: float
    doubtful: list[int] = field(default_factory=list)

    def counts(self) -> dict[Finding, int]:
        """How many in each class; every class is named."""
        tally = dict.fromkeys(Finding, 0)
        for finding in OF_EXPECTED:
            tally[finding] = self.findings.count(finding)
        tally[Finding.MISPLACED] = len(self.misplaced)
        tally[Finding.UNKNOWN] = len(self.unknown)
        tally[Finding.REPEATED] = len(self.repeated)
        return tally


def reconcile(
    expected: ExpectedList,
    sightings: Sequence[str],
    *,
    today: date,
    walks: Sequence[int] | None = None,
    started_at: datetime | None = None,
    seen_at: Sequence[datetime | None] | None = None,
    loans: Mapping[int, Sequence[LoanFact]] | None = None,
    elsewhere: Container[str] = (),
    at_binder: Container[int] = (),
    struck: Container[int] = (),
    spoken: Sequence[Spoken] = (),
) -> Match:
    """Give every expected copy and every sighting its one class, and the fewest moves.

    `sightings` are codes in walking order, `seen_at` their times where known. `walks` are the
    lengths of the walks that follow one another in them (all one walk by default); what comes
    after the last walk was ticked on a list and says nothing of where it stood. `loans` go by
    position. `elsewhere` holds the codes of copies that belong to another section than the
    ones read or to another library. `at_binder` are positions of copies that were out to be
    rebound at some time of the reading, whatever the list says: unseen they aren't missing.
    `struck` are positions that a person marked as absent.
    """
    loans = loans or {}
    position_of = dict(zip(expected.codes, range(len(expected.codes)), strict=True))
    first_seen = [-1] * len(expected.codes)
    first_sightings: list[int] = []  # of expected copies, in the order they were first seen
    others: set[str] = set()
    misplaced: list[int] = []
    unknown: list[int] = []
    repeated: list[int] = []
    for index, position in enumerate(map(position_of.get, sightings)):
        if position is None:
            code = sightings[index]
            if code in others:
                repeated.append(index)
            else:
                others.add(code)
                (misplaced if code in elsewhere else unknown).append(index)
        elif first_seen[position] < 0:
            first_seen[position] = index
            first_sightings.append(position)
        else:
            repeated.append(index)

    walked = _walks(first_sightings, first_seen, [len(sightings)] if walks is None else walks)
    moves = fewest_moves(walked, expected.ranks, expected.shelf_runs)
    moved = {position for move in moves for position in move.items}
    findings = [
        Finding.AT_BINDER if finding is Finding.MISSING and position in at_binder else finding
        for position, finding in enumerate(_by_status(expected.statuses, first_seen))
    ]
    for position, facts in loans.items():
        loan_finding = _with_loans(
            expected.statuses[position],
            facts,
            position=position,
            first_seen=first_seen,
            seen_at=seen_at,
            started_at=started_at,
            today=today,
        )
        if loan_finding is not None:
            findings[position] = loan_finding

    coverage = _coverage(expected, findings, first_seen, moved, struck)
    for run in coverage.unread:
        for position in range(run.first, run.last + 1):
            if findings[position] is Finding.MISSING and position not in struck:
                findings[position] = Finding.NOT_READ
    for word in spoken:
        old, new = (
            (Finding.NOT_READ, Finding.MISSING)
            if word.was_read
            else (Finding.MISSING, Finding.NOT_READ)
        )
        for position in range(word.first, min(word.last + 1, len(findings))):
            if findings[position] is old and position not in struck:
                findings[position] = new

    return Match(
        findings=findings,
        first_seen=first_seen,
        misplaced=misplaced,
        unknown=unknown,
        repeated=repeated,
        moves=moves,
        unread=coverage.unread,
        rate=coverage.rate,
        doubtful=_doubtful(expected.shelf_runs, first_sightings, moved),
    )


_UNSEEN = {
    "available": Finding.MISSING,  # unless its stretch was not read, or it is on loan
    "binding": Finding.AT_BINDER,
    "weeded": Finding.WEEDED,
    "missing": Finding.KNOWN_MISSING,
    "unreturned": Finding.KNOWN_MISSING,
}
_SEEN = {
    "available": Finding.PRESENT,
    "binding": Finding.BACK_FROM_BINDER,
    "weeded": Finding.WEEDED_ON_SHELF,
    "missing": Finding.FOUND,
    "unreturned": Finding.FOUND,
}


def _by_status(statuses: Sequence[str], first_seen: Sequence[int]) -> list[Finding]:
    return [
        _UNSEEN[status] if seen < 0 else _SEEN[status]
        for status, seen in zip(statuses, first_seen, strict=True)
    ]


def _with_loans(
    status: str,
    facts: Sequence[LoanFact],
    *,
    position: int,
    first_seen: Sequence[int],
    seen_at: Sequence[datetime | None] | None,
    started_at: datetime | None,
    today: date,
) -> Finding | None:
    """The class of a copy with loans, by the order of events; None where its status decides.

    Time decides: what was seen and then lent is present; what was lent before its shelf was
    reached, or came back after its shelf was read, is not missing.
    """
    if status != "available" or not facts:
        return None
    sighting = first_seen[position]
    if sighting >= 0:
        moment = seen_at[sighting] if seen_at else None
        for fact in facts:
            if moment is None:
                # No clock: a loan from before the session that is still open was open when
                # the copy was seen; one made during the session came, most likely, after it.
                began_before = started_at is None or fact.lent_at < started_at
                if began_before and fact.returned_at is None:
                    return Finding.ON_LOAN_ON_SHELF
            elif fact.lent_at < moment and (fact.returned_at is None or fact.returned_at > moment):
                return Finding.ON_LOAN_ON_SHELF
        return None
    for fact in facts:
        if fact.returned_at is None:
            match standing(fact.due_on, today, followed_up=fact.followed_up):
                case Standing.UNRETURNED:
                    return Finding.UNRETURNED
                case Standing.FOLLOW_UP_DUE:
                    return Finding.FOLLOW_UP_DUE
                case _:
                    return Finding.ON_LOAN
    for fact in facts:
        if started_at is None or fact.lent_at >= started_at:
            return Finding.ON_LOAN  # lent and returned while the shelves were read: it exists
        read_at = _shelf_read_at(position, first_seen, seen_at)
        if fact.returned_at and (read_at is None or fact.returned_at > read_at):
            return Finding.ON_LOAN  # it was out when its shelf was read
    return None


def _shelf_read_at(
    position: int, first_seen: Sequence[int], seen_at: Sequence[datetime | None] | None
) -> datetime | None:
    """When the shelf around a position was read: the earlier of its seen neighbours' times.

    The earlier one gives the doubt to the copy. None where no clock tells.
    """
    if seen_at is None:
        return None
    times: list[datetime] = []
    for step in (-1, 1):
        place = position + step
        while 0 <= place < len(first_seen):
            if first_seen[place] >= 0:
                moment = seen_at[first_seen[place]]
                if moment is not None:
                    times.append(moment)
                break
            place += step
    return min(times, default=None)


def _walks(
    first_sightings: Sequence[int], first_seen: Sequence[int], lengths: Sequence[int]
) -> list[Sequence[int]]:
    """The positions first seen on each walk, in walking order."""
    walks: list[Sequence[int]] = []
    start = end = 0
    for length in lengths:
        end += length
        stop = bisect_left(first_sightings, end, start, key=first_seen.__getitem__)
        walks.append(first_sightings[start:stop])
        start = stop
    return walks


def _coverage(
    expected: ExpectedList,
    findings: Sequence[Finding],
    first_seen: Sequence[int],
    moved: set[int],
    struck: Container[int],
) -> Coverage:
    """Judge the stretches by the copies that tell something.

    A copy seen out of its place says nothing of the shelf it belongs to; a copy that is lent,
    weeded or otherwise rightly absent says nothing either. A struck one was looked for.
    """
    missing = Finding.MISSING
    positions: list[int] = []
    flags = bytearray()
    in_vain = 0
    for position, seen in enumerate(first_seen):
        if seen >= 0:
            if position not in moved:
                positions.append(position)
                flags.append(1)
        elif findings[position] is missing:
            positions.append(position)
            flags.append(position in struck)
            in_vain += position in struck
    return unread_runs(positions, flags, expected.shelf_runs, in_vain=in_vain)


def _doubtful(shelf_runs: Sequence[int], walk: Sequence[int], moved: set[int]) -> list[int]:
    """Shelf runs of at least ten seen copies of which more than half seem out of order."""
    astray = Counter(shelf_runs[position] for position in moved)
    if not astray:
        return []
    seen = Counter(map(shelf_runs.__getitem__, walk))
    return [run for run, count in seen.items() if count >= 10 and astray[run] * 2 > count]


def sums_close(match: Match, sightings: int) -> bool:
    """Whether nothing was lost: expected = its classes, sightings = seen + others + repeats."""
    seen = sum(1 for finding in match.findings if finding in SEEN)
    others = len(match.misplaced) + len(match.unknown) + len(match.repeated)
    return all(f in OF_EXPECTED for f in match.findings) and sightings == seen + others
