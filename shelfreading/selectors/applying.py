"""What applying a reading would do, or did, in the words of the page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from libraries.models import Copy, CopyStatus, WeedingCause
from shelfreading.domain.findings import LABELS, Finding
from shelfreading.models import Application, ReadingSession
from shelfreading.services.changes import Change

SAMPLES = 3
RETURNED, PROPOSED, BACK = "returned", "proposed", "back"
_STATUS = dict(CopyStatus.choices)
_CAUSE = dict(WeedingCause.choices)
# The order in which groups stand, by status and cause.
_ORDER = (
    (CopyStatus.MISSING, ""),
    (CopyStatus.UNRETURNED, ""),
    *((PROPOSED, cause) for cause in WeedingCause),
    # Readings weeded by themselves once; their journals say so.
    *((CopyStatus.WEEDED, cause) for cause in WeedingCause),
    (CopyStatus.BINDING, ""),
    (CopyStatus.AVAILABLE, ""),
    (BACK, ""),
)


@dataclass(slots=True)
class Group:
    """Copies to which the same happens. `code` names the status, RETURNED, PROPOSED or BACK."""

    code: str
    label: str
    count: int
    samples: list[Copy] = field(default_factory=list)
    findings: list[tuple[str, str, int]] = field(default_factory=list)


def groups_proposed(changes: Iterable[Change]) -> list[Group]:
    """Changes that nothing speaks against, or that were settled for the reading, by outcome."""
    return _groups(
        [
            (
                change.copy_id,
                change.finding.value,
                _becomes(change.status, change.effect.status, change.trip_id),
                change.effect.proposes,
                change.loan_id is not None,
            )
            for change in changes
            if will_happen(change)
        ]
    )


def will_happen(change: Change) -> bool:
    """Whether applying now would make the change."""
    return not change.conflict or change.is_settled and change.settlement == "reading"


def groups_applied(application: Application) -> list[Group]:
    """What an application did, by outcome."""
    rows = application.changes.order_by("position").values_list(
        *("copy_id", "finding", "from_status", "to_status", "closed_trip_id"),
        *("weeding_cause", "returned_loan_id"),
    )
    return _groups(
        [
            (copy_id, finding, _becomes(before, after, trip_id), cause, loan_id is not None)
            for copy_id, finding, before, after, trip_id, cause, loan_id in rows
        ]
    )


def _becomes(before: str, after: str, trip_id: int | None) -> str:
    """The new status; BACK where a short trip to the binder ends that the record didn't tell of."""
    return after if after != before else BACK if trip_id else ""


def _groups(rows: Sequence[tuple[int, str, str, str, bool]]) -> list[Group]:
    """Groups of (copy, finding, new status or '', cause, loan returned), with a few samples."""
    members: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for copy_id, finding, status, cause, returned in rows:
        weeded = cause if status == CopyStatus.WEEDED else ""
        if status:
            members.setdefault((status, weeded), []).append((copy_id, finding))
        if cause and not weeded:
            members.setdefault((PROPOSED, cause), []).append((copy_id, finding))
        if returned:
            members.setdefault((RETURNED, ""), []).append((copy_id, finding))
    wanted = {copy_id for group in members.values() for copy_id, _ in group[:SAMPLES]}
    copies = {copy.pk: copy for copy in Copy.objects.filter(pk__in=wanted).select_related("title")}
    groups = []
    for key in (*_ORDER, (RETURNED, "")):
        group = members.get((str(key[0]), str(key[1])))
        if group:
            found = Counter(finding for _, finding in group)
            groups.append(
                Group(
                    str(key[0]),
                    _label(*key),
                    len(group),
                    [copies[copy_id] for copy_id, _ in group[:SAMPLES]],
                    [(code, LABELS[Finding(code)], count) for code, count in found.items()],
                )
            )
    return groups


def _label(status: str, cause: str) -> str:
    if status == RETURNED:
        return "امانت بازگشت می‌خورد و دیرکرد آن بخشوده می‌شود"
    if status == PROPOSED:
        return f"نسخه برای وجین {_CAUSE[cause]} به کارشناس استان پیشنهاد می‌شود"
    if status == BACK:
        return "نسخه از صحافی بازگشته است و بازگشت آن ثبت می‌شود"
    words = f"{_STATUS[status]} {_CAUSE[cause]}" if cause else str(_STATUS[status])
    return f"نسخه «{words}» می‌شود"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change that a person has to settle: what the reading says, what the record says now."""

    change: Change
    copy: Copy
    finding: str
    status_at_start: str
    status_now: str
    status_proposed: str


def conflicts_of(session: ReadingSession, changes: Iterable[Change]) -> list[Conflict]:
    """The changes in conflict, settled or not, in shelf order."""
    conflicting = [change for change in changes if change.conflict]
    ids = [change.copy_id for change in conflicting]
    copies = {
        copy.pk: copy for copy in Copy.objects.filter(pk__in=ids).select_related("title", "section")
    }
    at_start = dict(session.expected.filter(copy__in=ids).values_list("copy_id", "status"))
    return [
        Conflict(
            change,
            copies[change.copy_id],
            LABELS[change.finding],
            _STATUS.get(at_start.get(change.copy_id, ""), "—"),
            "در امانت" if change.lent_again else _STATUS[change.status],
            _words(change),
        )
        for change in conflicting
    ]


def _words(change: Change) -> str:
    words = str(_STATUS[change.effect.status])
    if change.effect.proposes:
        words += f"؛ پیشنهاد وجین {_CAUSE[change.effect.proposes]}"
    return words
