"""What checking a copies list gives: the copies, the rows that can't be taken, and why."""

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple

# What the database takes; more than that is text that slipped into the wrong column.
LONGEST: dict[str, int] = {
    **{"title": 1000, "author": 1000, "publisher": 1000, "year": 40},
    **{"registration_number": 60, "volume": 40, "copy_number": 40, "main_class": 40},
    **{"call_number": 200, "barcode": 60, "section": 100},
    **{"borrower_name": 200, "borrower_membership": 40},
    **{"borrower_national_id": 40, "borrower_mobile": 40},
}
# Subjects help to find a book; a list of them that is too long is cut, and refuses no copy.
SUBJECTS_KEPT = 1000


@dataclass(slots=True)
class CopyRecord:
    """One copy as the list gives it; what the list does not say is '' or None.

    ``status`` is a key of STATUS_WORDS. ``is_reference`` is None where the list has no such
    column. ``row_number`` counts the rows of the file from 1.
    """

    row_number: int
    title: str
    registration_number: str
    barcode: str = ""
    author: str = ""
    publisher: str = ""
    year: str = ""
    registered_on: datetime.date | None = None
    volume: str = ""
    copy_number: str = ""
    main_class: str = ""
    call_number: str = ""
    section: str = ""
    status: str = "available"
    is_reference: bool | None = None
    borrower_name: str = ""
    borrower_membership: str = ""
    borrower_national_id: str = ""
    borrower_mobile: str = ""
    lent_on: datetime.date | None = None
    due_on: datetime.date | None = None
    warnings: tuple[str, ...] = ()
    subjects: str = ""


class Rejected(NamedTuple):
    """A row that can't be taken, as it came, and why."""

    row_number: int
    cells: list[str]
    reasons: tuple[str, ...]


@dataclass(slots=True)
class CheckedList:
    """What a list holds: every row is a record, a rejected one, or nothing but layout."""

    records: list[CopyRecord] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
