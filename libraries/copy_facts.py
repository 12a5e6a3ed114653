"""What the database keeps of a copy, worked out from what a list or a person says of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from libraries.domain.call_numbers import Rules, class_key, natural_key, prefix_of, shelf_key
from libraries.domain.copies_list import CopyRecord
from libraries.domain.persian import search_key
from libraries.models import Copy, Library

REFERENCE_PREFIX = "م"
REFERENCE_WORD = "مرجع"
KEYS = ("shelf_key", "class_key", "registration_key")
# What a list says of a copy in the copy's own columns; its title and section come on top.
OWN_FACTS = (
    "registered_on",
    "barcode",
    "call_number",
    "main_class",
    "volume",
    "copy_number",
    "is_reference",
)

TitleKey = tuple[str, str, str, str]


# A list has few authors, publishers and years for its many titles.
_key = lru_cache(maxsize=20_000)(search_key)


class CopyHere(NamedTuple):
    """A copy as the library has it."""

    pk: int
    status: str
    registered_on: date | None
    barcode: str
    call_number: str
    main_class: str
    volume: str
    copy_number: str
    section: str
    title: TitleKey
    is_reference: bool


def title_identity(title: str, author: str, publisher: str, year: str) -> str:
    """What makes two lines of a list one title: the same words, however they are spelt."""
    text = "\x1f".join((_key(title), _key(author), _key(publisher), _key(year)))
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


def title_of(record: CopyRecord) -> TitleKey:
    """The record's title as the catalogue names it."""
    return (record.title, record.author, record.publisher, record.year)


def copies_here(library: Library, *, lock: bool = False) -> dict[str, CopyHere]:
    """The library's copies by registration number, under lock if asked for."""
    titles = {
        pk: (title, author, publisher, year)
        for pk, title, author, publisher, year in library.titles.values_list(
            "pk", "title", "author", "publisher", "year"
        ).iterator(chunk_size=5000)
    }
    sections = dict(library.sections.values_list("pk", "name"))
    copies = Copy.objects.filter(library=library).order_by("pk")
    if lock:
        copies = copies.select_for_update(no_key=True)  # as libraries.locking does
    rows = copies.values_list(
        "registration_number", "pk", "status", "title_id", "section_id", *OWN_FACTS
    )
    return {
        number: CopyHere._make((pk, status, *facts, sections[section], titles[title], reference))
        for number, pk, status, title, section, *facts, reference in rows.iterator(chunk_size=5000)
    }


def says_just_this(record: CopyRecord, here: CopyHere) -> bool:
    """Whether a record says word for word what the library has: so it is for most of a list that
    is brought in again, and no more need be asked.
    """
    return (
        record.registered_on,
        record.barcode,
        record.call_number,
        record.main_class,
        record.volume,
        record.copy_number,
        record.section,
        (record.title, record.author, record.publisher, record.year),
    ) == here[2:-1] and record.is_reference in (None, here.is_reference)


def filled_up(
    record: CopyRecord, here: CopyHere, rules: Rules, *, section_told: bool, barcode_moves: bool
) -> CopyRecord:
    """The record with what it leaves open taken from the copy as it is.

    An empty cell, or a column that the list lacks, says nothing, and so erases nothing. A barcode
    alone goes where the list gives it to another copy (`barcode_moves`).
    """
    given: dict[str, Any] = {
        "author": record.author or here.title[1],
        "publisher": record.publisher or here.title[2],
        "year": record.year or here.title[3],
        "section": record.section if section_told else here.section,
        "registered_on": record.registered_on or here.registered_on,
        "barcode": record.barcode or ("" if barcode_moves else here.barcode),
        "call_number": record.call_number or here.call_number,
        "volume": record.volume or here.volume,
        "copy_number": record.copy_number or here.copy_number,
    }
    stays = given["call_number"] == here.call_number
    given["main_class"] = record.main_class or (here.main_class if stays else "")
    if record.is_reference is None and stays and given["section"] == here.section:
        given["is_reference"] = here.is_reference
    else:
        given["is_reference"] = is_reference(
            record.is_reference, given["call_number"], given["section"], rules
        )
    if all(getattr(record, name) == value for name, value in given.items()):
        return record
    return replace(record, **given)


def says_the_same(record: CopyRecord, here: CopyHere) -> bool:
    """Whether a record that is filled up tells of the copy just what the library has."""
    return (
        all(getattr(record, name) == getattr(here, name) for name in OWN_FACTS)
        and (
            record.section == here.section or search_key(record.section) == search_key(here.section)
        )
        and same_title(record, here)
    )


def same_title(record: CopyRecord, here: CopyHere) -> bool:
    """Whether the record names the copy's own title, however it is spelt."""
    return title_of(record) == here.title or (
        title_identity(*title_of(record)) == title_identity(*here.title)
    )


def own_values(
    record: CopyRecord, rules: Rules, titles: Mapping[TitleKey, int], sections: Mapping[str, int]
) -> tuple[object, ...]:
    """The values of title_id, section_id, OWN_FACTS and KEYS for a record."""
    return (
        titles[title_of(record)],
        sections[record.section],
        record.registered_on,
        record.barcode,
        record.call_number,
        record.main_class,
        record.volume,
        record.copy_number,
        is_reference(record.is_reference, record.call_number, record.section, rules),
        *shelf_keys(record.call_number, record.registration_number, rules),
    )
