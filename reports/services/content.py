"""What a library's report says: its forms and figures, gathered once, when it is sent."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from libraries.bulk import in_chunks
from libraries.domain.call_numbers import hundreds_of
from libraries.models import Copy, CopyStatus
from loans.models import Loan
from reports.domain.tie_out import COLUMN_OF_FINDING, COLUMNS, UNCLASSED, ClassLine, tie_out
from reports.frozen import to_plain
from reports.models import Revision, RevisionClass, RevisionLine
from reports.selectors import FORMS
from shelfreading.domain.findings import OF_EXPECTED, Finding
from shelfreading.models import Application, Decision, ReadingSession, WeedingProposal

What = RevisionLine.What
Line = tuple[str, int, str, int]
"""What the copy is listed for, its id, its main class, its place."""


def forms_content(application: Application) -> dict[str, Any]:
    """All forms of an applied session as plain values, by their slugs."""
    return {slug: to_plain(form.build(application)) for slug, form in FORMS.items()}


def lines_of(application: Application) -> list[Line]:
    """The copies that the session's forms list, each under what it is listed for.

    A proposed weeding is listed whatever the expert said of it since (directive 7-4: only report 3
    comes after the final weeding), one that the library withdrew isn't.
    """
    lines: list[Line] = []
    changes = application.changes.select_related("proposal", "copy").order_by("position", "copy_id")
    for change in changes:
        what: str | None = None
        if change.proposal is not None:
            if change.proposal.state == WeedingProposal.State.WITHDRAWN:
                continue
            what = change.proposal.cause
        elif change.to_status == CopyStatus.MISSING:
            what = What.MISSING
        elif change.to_status == CopyStatus.UNRETURNED:
            what = What.UNRETURNED
        elif change.to_status == CopyStatus.BINDING:
            what = What.BINDING
        if what is not None:
            main_class = hundreds_of(change.copy.main_class)
            lines.append((what, change.copy_id, main_class, change.position))
    sent = {copy_id for what, copy_id, _, _ in lines if what == What.BINDING}
    return [*lines, *(line for line in _at_binder(application.session) if line[1] not in sent)]


def _at_binder(session: ReadingSession) -> list[Line]:
    """The copies that were at the binder while the reading went on (directive 4-3)."""
    out = session.findings.filter(finding=Finding.AT_BINDER, copy__isnull=False).values("copy")
    listed = session.expected.filter(copy__in=out).order_by("position")
    return [
        (What.BINDING, copy_id, hundreds_of(main_class), place)
        for copy_id, main_class, place in listed.values_list(
            "copy_id", "copy__main_class", "position"
        )
    ]


def list_counts(lines: list[Line]) -> list[tuple[str, int]]:
    """Each of report 1's lists by its name, with its number of copies."""
    counts = Counter(what for what, _, _, _ in lines)
    return [(str(What(what).label), counts[what]) for what in What.values]


def copies_by_number(lines: list[Line]) -> dict[str, int]:
    """The listed copies by the registration number that their forms print, so that what desks
    say of a copy later finds its row in the frozen form."""
    listed: dict[str, int] = {}
    for chunk in in_chunks([copy_id for _, copy_id, _, _ in lines]):
        listed.update(Copy.objects.filter(pk__in=chunk).values_list("registration_number", "pk"))
    return listed


def tie_out_of(application: Application) -> list[ClassLine]:
    """The session's copies by main class and by what became of them (spec B11)."""
    return tie_out(_columns(application))


def _columns(application: Application) -> Iterator[tuple[str, str | None]]:
    session = application.session
    decided = {
        copy_id: _column_of_change(status, proposal)
        for copy_id, status, proposal in application.changes.values_list(
            "copy_id", "to_status", "proposal__state"
        )
    }
    said = _by_the_record(session) | {pk: column for pk, column in decided.items() if column}
    statuses = dict(session.expected.values_list("copy_id", "status"))
    found = session.findings.filter(finding__in=OF_EXPECTED, copy__isnull=False)
    for copy_id, finding, main_class in found.values_list(
        "copy_id", "finding", "copy__main_class"
    ).iterator(chunk_size=5000):
        column: str | None = said.get(copy_id)
        if column is None:
            column = _column_of_finding(Finding(finding), statuses.get(copy_id, ""))
        yield hundreds_of(main_class), column


def _by_the_record(session: ReadingSession) -> dict[int, str]:
    """Where copies end of which a person said that the record is right and not the reading."""
    settled = session.decisions.filter(
        settlement=Decision.Settlement.RECORD, copy__isnull=False
    ).values("copy")
    copies = Copy.objects.filter(pk__in=settled)
    lent = set(
        Loan.objects.filter(copy__in=settled, returned_at__isnull=True).values_list(
            "copy_id", flat=True
        )
    )
    return {
        pk: _column_of_change(status, None) or ("on_loan" if pk in lent else "on_shelf")
        for pk, status in copies.values_list("pk", "status")
    }


def _column_of_change(status: str, proposal: str | None) -> str | None:
    if proposal is not None and proposal != WeedingProposal.State.WITHDRAWN:
        return "weeded"
    return {
        CopyStatus.MISSING: "missing",
        CopyStatus.UNRETURNED: "unreturned",
        CopyStatus.BINDING: "binding",
        CopyStatus.WEEDED: "weeded",
    }.get(CopyStatus(status))


def _column_of_finding(finding: Finding, status: str) -> str | None:
    if finding == Finding.KNOWN_MISSING:
        return "unreturned" if status == CopyStatus.UNRETURNED else "missing"
    # Looked for once only, or left as it was: nobody said yet what became of it.
    return None if finding == Finding.MISSING else COLUMN_OF_FINDING[finding]


def revision_fill(revision: Revision, classes: list[ClassLine], lines: list[Line]) -> None:
    """Keep a library's figures and the copies behind them beside its revision."""
    new: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for what, _, main_class, _ in lines:
        new[main_class or UNCLASSED][what] += 1
    RevisionClass.objects.bulk_create(
        RevisionClass(
            revision=revision,
            main_class=line.main_class,
            register=line.register,
            **{column: getattr(line, column) for column in COLUMNS},
            **{f"new_{what}": new[line.main_class][what] for what in What.values},
        )
        for line in classes
    )
    RevisionLine.objects.bulk_create(
        [
            RevisionLine(
                revision=revision, what=what, copy_id=copy_id, main_class=main_class, position=place
            )
            for what, copy_id, main_class, place in lines
        ],
        batch_size=500,
    )
