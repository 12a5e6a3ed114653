"""Writing titles and copies, whole lists at a time (spec S3.4; the list is the book of record)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libraries.bulk import bulk_insert, bulk_rewrite
from libraries.copy_facts import (
    KEYS,
    OWN_FACTS,
    CopyHere,
    TitleKey,
    copies_here,
    filled_up,
    is_reference,
    own_values,
    same_title,
    says_just_this,
    says_the_same,
    shelf_keys,
    title_identity,
    title_of,
)
from libraries.domain.copies_list import CopyRecord
from libraries.domain.persian import search_key, to_persian_digits
from libraries.models import Copy, CopyStatus, Library, Section, StatusChange, Title, User
from libraries.tasks import catalogue_wake

__all__ = [
    "KEYS",
    "Plan",
    "is_reference",
    "plan_list",
    "shelf_keys",
    "status_of",
    "title_identity",
    "write_list",
]

FACTS = ("title_id", "section_id", *OWN_FACTS, *KEYS)
PROGRESS_STEP = 1_000


@dataclass(slots=True)
class Plan:
    """What writing a checked list would do to a library. Nothing is deleted, ever.

    `new` are records; `changed` are records by the id of the copy they change, each holding what
    the copy will be, and `retitled` of them change their title; `losing_barcode` are copies whose
    barcode becomes another; `statuses` gives
    by a copy's id its status before and after; `subjects` is what the list says of titles, those
    of unchanged copies among them; `refused` gives the reason by a record's row number.
    """

    new: list[CopyRecord] = field(default_factory=list)
    changed: dict[int, CopyRecord] = field(default_factory=dict)
    losing_barcode: list[int] = field(default_factory=list)
    unchanged: int = 0
    retitled: int = 0
    statuses: dict[int, tuple[str, str]] = field(default_factory=dict)
    subjects: dict[TitleKey, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


def plan_list(
    library: Library,
    records: Sequence[CopyRecord],
    *,
    take_statuses: bool,
    section_told: bool = True,
    lock: bool = False,
) -> Plan:
    """Compare checked records with what the library has; reads only.

    `section_told` is False for a list without a column of sections: copies that are here stay in
    theirs. `lock` keeps the copies as they are until the caller's transaction ends.
    """
    plan = Plan()
    rules = library.rules
    here = copies_here(library, lock=lock)
    plan.refused = _barcodes_taken(records, here)
    listed = {record.barcode for record in records if record.row_number not in plan.refused}
    for record in records:
        if record.row_number in plan.refused:
            continue
        copy = here.get(record.registration_number)
        if copy is None:
            plan.new.append(record)
            _note_subjects(plan, record, record)
            continue
        filled = record
        if not (same := says_just_this(record, copy)):
            filled = filled_up(
                record, copy, rules, section_told=section_told, barcode_moves=copy.barcode in listed
            )
            same = says_the_same(filled, copy)
        if same:
            plan.unchanged += 1
        else:
            plan.changed[copy.pk] = filled
            plan.retitled += not same_title(filled, copy)
            if copy.barcode and filled.barcode != copy.barcode:
                plan.losing_barcode.append(copy.pk)
        _note_subjects(plan, record, filled)
        if take_statuses and not _status_stays(record, copy.status):
            plan.statuses[copy.pk] = (copy.status, status_of(record))
    return plan


def _note_subjects(plan: Plan, record: CopyRecord, filled: CopyRecord) -> None:
    # The first copy that has subjects speaks for its title: so the same list says the same again.
    if record.subjects:
        plan.subjects.setdefault(title_of(filled), record.subjects)


def _barcodes_taken(records: Sequence[CopyRecord], here: dict[str, CopyHere]) -> dict[int, str]:
    """Row numbers of records whose barcode stays with another copy, each with the reason.

    A refused record's own copy keeps its barcode, too, which may be the reason for the next.
    """
    refused: dict[int, str] = {}
    listed = {record.registration_number for record in records}
    holders = {
        copy.barcode: number
        for number, copy in here.items()
        if copy.barcode and number not in listed
    }
    waiting = [record for record in records if record.barcode]
    while True:
        found = [record for record in waiting if record.barcode in holders]
        if not found:
            return refused
        for record in found:
            refused[record.row_number] = (
                f"بارکد {record.barcode} در سامانه از آن نسخهٔ ثبت "
                f"{to_persian_digits(holders[record.barcode])} است؛ "
                "بارکد یکی از این دو را درست کنید."
            )
        waiting = [record for record in waiting if record.row_number not in refused]
        holders = {
            copy.barcode: record.registration_number
            for record in found
            if (copy := here.get(record.registration_number)) and copy.barcode
        }


def status_of(record: CopyRecord) -> str:
    """A record's status as copies have it: «امانت» is an open loan, and no status."""
    return CopyStatus.AVAILABLE.value if record.status == "on_loan" else record.status


def _status_stays(record: CopyRecord, status: str) -> bool:
    # A list that says «امانت» of an unreturned copy says nothing new: it is still lent.
    return status_of(record) == status or (
        record.status == "on_loan" and status == CopyStatus.UNRETURNED
    )


def write_list(
    library: Library,
    plan: Plan,
    *,
    actor: User,
    now: datetime,
    cause: str,
    progress: Callable[[int, int], None],
) -> None:
    """Write a plan. The caller holds the library's lock and made the plan under it."""
    records = [*plan.new, *plan.changed.values()]
    sections = _sections(library, records)
    subjects = {title_identity(*title): text for title, text in reversed(plan.subjects.items())}
    titles = _titles(library, records, subjects)
    _write_subjects(library, subjects)
    rules = library.rules
    total = len(records)
    # A barcode may pass from one copy to another, so none is held while they move.
    bulk_rewrite(Copy, ("barcode",), ((pk, "") for pk in plan.losing_barcode))
    bulk_insert(
        Copy,
        ("library_id", "registration_number", "status", "weeding_cause", "last_seen_on", *FACTS),
        _counted(
            (
                (
                    library.pk,
                    record.registration_number,
                    status_of(record),
                    "",
                    None,
                    *own_values(record, rules, titles, sections),
                )
                for record in plan.new
            ),
            progress,
            0,
            total,
        ),
    )
    bulk_rewrite(
        Copy,
        FACTS,
        _counted(
            (
                (pk, *own_values(record, rules, titles, sections))
                for pk, record in plan.changed.items()
            ),
            progress,
            len(plan.new),
            total,
        ),
    )
    _change_statuses(plan, actor, now, cause)
    catalogue_wake()


def _counted(
    rows: Iterable[Any], progress: Callable[[int, int], None], start: int, total: int
) -> Iterable[Any]:
    for done, row in enumerate(rows, start=start):
        if done % PROGRESS_STEP == 0:
            progress(done, total)
        yield row


def _change_statuses(plan: Plan, actor: User, now: datetime, cause: str) -> None:
    """Put the statuses right, each with its line in the copy's history (spec S4.5)."""
    bulk_rewrite(
        Copy,
        ("status", "weeding_cause"),
        ((pk, status, "") for pk, (_, status) in plan.statuses.items()),
    )
    bulk_insert(
        StatusChange,
        ("copy_id", "from_status", "to_status", "source", "cause", "at", "by_id"),
        (
            (pk, before, after, StatusChange.Source.LIST.value, cause[:300], now, actor.pk)
            for pk, (before, after) in plan.statuses.items()
        ),
    )


def _sections(library: Library, records: Sequence[CopyRecord]) -> dict[str, int]:
    """Section ids by name; new ones take their place behind the others, largest first."""
    known = dict(library.sections.values_list("search_name", "pk"))
    ids: dict[str, int] = {}
    for name, _ in Counter(record.section for record in records).most_common():
        key = search_key(name)
        if key not in known:
            known[key] = Section.objects.create(
                library=library, name=name, search_name=key, position=len(known)
            ).pk
        ids[name] = known[key]
    return ids


def _titles(
    library: Library, records: Sequence[CopyRecord], subjects: Mapping[str, str]
) -> dict[TitleKey, int]:
    """Title ids by title; those that were not there are written first, with their subjects."""
    identities = {title: "" for title in map(title_of, records)}
    for title in identities:
        identities[title] = title_identity(*title)
    known = _known_titles(library)
    new = {identity: title for title, identity in identities.items() if identity not in known}
    bulk_insert(
        Title,
        (
            *("library_id", "title", "author", "publisher", "year", "search_text", "identity"),
            "subjects",
        ),
        (
            (
                library.pk,
                *title,
                search_key(f"{title[0]} {title[1]}"),
                identity,
                subjects.get(identity, ""),
            )
            for identity, title in new.items()
        ),
    )
    if new:
        known = _known_titles(library)
    return {title: known[identity] for title, identity in identities.items()}


def _write_subjects(library: Library, subjects: Mapping[str, str]) -> None:
    """Put right what titles that are here are about; a list that leaves it out erases nothing."""
    if not subjects:
        return
    told = library.titles.values_list("identity", "pk", "subjects")
    bulk_rewrite(
        Title,
        ("subjects",),
        [
            (pk, subjects[identity])
            for identity, pk, before in told
            if subjects.get(identity, before) != before
        ],
    )


def _known_titles(library: Library) -> dict[str, int]:
    return dict(library.titles.values_list("identity", "pk"))
