"""Writing titles and copies, whole lists at a time (spec S3.4; the list is the book of record)."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libraries.bulk import bulk_insert
from libraries.domain.call_numbers import (
    Rules,
    class_key,
    main_class,
    natural_key,
    prefix_of,
    shelf_key,
)
from libraries.domain.copies_list import CopyRecord
from libraries.domain.persian import search_key
from libraries.models import Copy, CopyStatus, Library, Section, StatusChange, Title, User

REFERENCE_PREFIX = "م"
REFERENCE_WORD = "مرجع"
CHUNK = 500
# What a list may change of a copy that is already here, in the order `_facts` gives it.
FACTS = (
    "title_id",
    "section_id",
    "registered_on",
    "barcode",
    "call_number",
    "main_class",
    "volume",
    "copy_number",
    "is_reference",
)
KEYS = ("shelf_key", "class_key", "registration_key")


@dataclass(slots=True)
class Plan:
    """What writing a checked list would do to a library. Nothing is deleted, ever.

    `new` and `changed` are records; `status_changes` gives by registration number the statuses
    before and after; `refused` gives the reason by the record's row number.
    """

    new: list[CopyRecord] = field(default_factory=list)
    changed: list[CopyRecord] = field(default_factory=list)
    unchanged: int = 0
    status_changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


def title_identity(title: str, author: str, publisher: str, year: str) -> str:
    """What makes two lines of a list one title: the same words, however they are spelt."""
    text = "\x1f".join(search_key(part) for part in (title, author, publisher, year))
    return hashlib.md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest()


def is_reference(record_says: bool | None, call_number: str, section: str, rules: Rules) -> bool:
    """Whether a copy is reference: by its list's word, else by its prefix or its section."""
    if record_says is not None:
        return record_says
    return prefix_of(call_number, rules) == REFERENCE_PREFIX or REFERENCE_WORD in section


def shelf_keys(call_number: str, registration_number: str, rules: Rules) -> tuple[str, str, str]:
    """The columns KEYS of a copy, which follow from its call and registration number."""
    return (
        shelf_key(call_number, rules),
        class_key(call_number, rules)[:60],
        natural_key(registration_number),
    )


def plan_list(library: Library, records: Sequence[CopyRecord], *, take_statuses: bool) -> Plan:
    """Compare checked records with what the library has; reads only."""
    plan = Plan()
    rules = library.rules
    existing = _existing(library)
    listed = {record.registration_number for record in records}
    holders = {
        facts[3]: number
        for number, (_, facts) in existing.items()
        if facts[3] and number not in listed
    }
    for record in records:
        if record.barcode in holders:
            plan.refused[record.row_number] = (
                f"بارکد {record.barcode} در سامانه از آن نسخهٔ ثبت {holders[record.barcode]} است."
            )
            continue
        here = existing.get(record.registration_number)
        if here is None:
            plan.new.append(record)
            continue
        status, facts = here
        if _facts(record, rules) == facts:
            plan.unchanged += 1
        else:
            plan.changed.append(record)
        if take_statuses and not _says_the_same(record, status):
            plan.status_changes[record.registration_number] = (status, status_of(record))
    return plan


def status_of(record: CopyRecord) -> str:
    """A record's status as copies have it: «امانت» is an open loan, and no status."""
    return CopyStatus.AVAILABLE if record.status == "on_loan" else record.status


def _says_the_same(record: CopyRecord, status: str) -> bool:
    # A list that says «امانت» of an unreturned copy says nothing new: it is still lent.
    return status_of(record) == status or (
        record.status == "on_loan" and status == CopyStatus.UNRETURNED
    )


def _facts(record: CopyRecord, rules: Rules) -> tuple[Any, ...]:
    """The record's FACTS, with the title's identity and the section's search name for their ids."""
    return (
        title_identity(record.title, record.author, record.publisher, record.year),
        search_key(record.section),
        record.registered_on,
        record.barcode,
        record.call_number,
        (record.main_class or main_class(record.call_number, rules))[:40],
        record.volume[:40],
        record.copy_number[:40],
        is_reference(record.is_reference, record.call_number, record.section, rules),
    )


def _existing(library: Library) -> dict[str, tuple[str, tuple[Any, ...]]]:
    """Status and facts of the library's copies by registration number."""
    rows = Copy.objects.filter(library=library).values_list(
        "registration_number",
        "status",
        "title__identity",
        "section__search_name",
        *FACTS[2:],
    )
    return {row[0]: (row[1], row[2:]) for row in rows.iterator(chunk_size=5000)}


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
    records = [*plan.new, *plan.changed]
    sections = _sections(library, records)
    titles = _titles(library, records)
    total = len(records) + len(plan.status_changes)
    bulk_insert(
        Copy,
        (
            "library_id",
            "registration_number",
            "status",
            "weeding_cause",
            "last_seen_on",
            *KEYS,
            *FACTS,
        ),
        _counted(_new_rows(library, plan.new, sections, titles), progress, total),
    )
    _update(library, plan.changed, sections, titles)
    progress(len(records), total)
    _change_statuses(library, plan.status_changes, actor, now, cause)


def _counted(
    rows: Iterable[Any], progress: Callable[[int, int], None], total: int
) -> Iterable[Any]:
    for done, row in enumerate(rows):
        if done % 1000 == 0:
            progress(done, total)
        yield row


def _new_rows(
    library: Library,
    records: Sequence[CopyRecord],
    sections: Mapping[str, int],
    titles: Mapping[str, int],
) -> Iterable[tuple[Any, ...]]:
    rules = library.rules
    for record in records:
        identity, section, *facts = _facts(record, rules)
        yield (
            library.pk,
            record.registration_number,
            status_of(record),
            "",
            None,
            *shelf_keys(record.call_number, record.registration_number, rules),
            titles[identity],
            sections[section],
            *facts,
        )


def _update(
    library: Library,
    records: Sequence[CopyRecord],
    sections: Mapping[str, int],
    titles: Mapping[str, int],
) -> None:
    """Bring copies that are already here in line with their records."""
    rules = library.rules
    by_number = {record.registration_number: record for record in records}
    chunks = list(_chunks(sorted(by_number)))
    for chunk in chunks:
        # Barcodes that two copies exchanged would collide half way; none is held while they move.
        moving = [
            pk
            for pk, number, barcode in Copy.objects.filter(
                library=library, registration_number__in=chunk
            ).values_list("pk", "registration_number", "barcode")
            if barcode != by_number[number].barcode
        ]
        Copy.objects.filter(pk__in=moving).update(barcode="")
    for chunk in chunks:
        copies = list(Copy.objects.filter(library=library, registration_number__in=chunk))
        for copy in copies:
            record = by_number[copy.registration_number]
            identity, section, *facts = _facts(record, rules)
            keys = shelf_keys(record.call_number, record.registration_number, rules)
            values = (titles[identity], sections[section], *facts, *keys)
            for name, value in zip((*FACTS, *KEYS), values, strict=True):
                setattr(copy, name, value)
        Copy.objects.bulk_update(copies, [name.removesuffix("_id") for name in (*FACTS, *KEYS)])


def _change_statuses(
    library: Library,
    changes: Mapping[str, tuple[str, str]],
    actor: User,
    now: datetime,
    cause: str,
) -> None:
    for chunk in _chunks(sorted(changes)):
        ids = dict(
            Copy.objects.filter(library=library, registration_number__in=chunk).values_list(
                "registration_number", "pk"
            )
        )
        by_target: dict[str, list[int]] = {}
        for number in chunk:
            by_target.setdefault(changes[number][1], []).append(ids[number])
        for status, pks in by_target.items():
            Copy.objects.filter(pk__in=pks).update(status=status, weeding_cause="")
        bulk_insert(
            StatusChange,
            ("copy_id", "from_status", "to_status", "source", "cause", "at", "by_id"),
            [
                (
                    ids[number],
                    *changes[number],
                    StatusChange.Source.LIST.value,
                    cause[:300],
                    now,
                    actor.pk,
                )
                for number in chunk
            ],
        )


def _sections(library: Library, records: Sequence[CopyRecord]) -> dict[str, int]:
    """Sections by search name; new ones take their place behind the others, largest first."""
    known = dict(library.sections.values_list("search_name", "pk"))
    sizes = Counter(record.section for record in records)
    position = library.sections.count()
    for name, _ in sizes.most_common():
        key = search_key(name)
        if key not in known:
            section = Section.objects.create(
                library=library, name=name, search_name=key, position=position
            )
            known[key] = section.pk
            position += 1
    return known


def _titles(library: Library, records: Sequence[CopyRecord]) -> dict[str, int]:
    """Titles by identity, those that were not there written first."""
    known = dict(library.titles.values_list("identity", "pk"))
    new: dict[str, tuple[Any, ...]] = {}
    for record in records:
        identity = title_identity(record.title, record.author, record.publisher, record.year)
        if identity not in known and identity not in new:
            new[identity] = (
                library.pk,
                record.title,
                record.author,
                record.publisher,
                record.year[:40],
                search_key(f"{record.title} {record.author}"),
                identity,
            )
    if new:
        bulk_insert(
            Title,
            ("library_id", "title", "author", "publisher", "year", "search_text", "identity"),
            new.values(),
        )
        known = dict(library.titles.values_list("identity", "pk"))
    return known


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
