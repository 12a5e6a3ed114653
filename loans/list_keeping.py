"""What is kept beside a copies list between its steps, and dropped when it is written.

The rows of the file, so that a workbook is opened once; and the records that passed the check, so
that what was checked is what is written. Both hold borrowers' personal data.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from libraries.domain.copies_list import CopyRecord
from libraries.models import CopiesList

ROWS, RECORDS = "rows", "records"
_values = attrgetter(*(field.name for field in fields(CopyRecord)))


def rows_keep(copies_list: CopiesList, rows: list[list[str]], notices: list[str]) -> None:
    """Store what a file held."""
    _keep(copies_list, ROWS, [rows, notices])


def rows_kept(copies_list: CopiesList) -> tuple[list[list[str]], list[str]] | None:
    """Rows and notices of the file; None where they are not kept and it has to be read again."""
    if not default_storage.exists(_name(copies_list, ROWS)):
        return None
    rows, notices = _kept(copies_list, ROWS)
    return rows, notices


def records_keep(copies_list: CopiesList, records: Sequence[CopyRecord]) -> None:
    """Store the records that passed the check, in place of any from an earlier one."""
    _keep(copies_list, RECORDS, [_values(record) for record in records])


def records_kept(copies_list: CopiesList) -> list[CopyRecord]:
    """The records that passed the check. Raises FileNotFoundError where none are kept."""
    records = [CopyRecord(*row) for row in _kept(copies_list, RECORDS)]
    for record in records:
        record.registered_on = _date(record.registered_on)
        record.lent_on = _date(record.lent_on)
        record.due_on = _date(record.due_on)
        record.warnings = tuple(record.warnings)
    return records


def all_drop(copies_list: CopiesList) -> None:
    """Remove all that is kept."""
    for what in (ROWS, RECORDS):
        default_storage.delete(_name(copies_list, what))


def _keep(copies_list: CopiesList, what: str, content: Any) -> None:
    # One call into the C encoder: a streaming dump of a large list takes ten times as long.
    text = json.dumps(content, default=date.isoformat, ensure_ascii=False)
    name = _name(copies_list, what)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(gzip.compress(text.encode(), compresslevel=1)))


def _kept(copies_list: CopiesList, what: str) -> Any:
    with default_storage.open(_name(copies_list, what)) as file:
        return json.loads(gzip.decompress(file.read()))


def _name(copies_list: CopiesList, what: str) -> str:
    return f"checked/list-{copies_list.pk}-{what}.json.gz"


def _date(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
