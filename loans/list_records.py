"""A checked list's rows, kept beside it: what was checked is what is written."""

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

_values = attrgetter(*(field.name for field in fields(CopyRecord)))


def records_keep(copies_list: CopiesList, records: Sequence[CopyRecord]) -> None:
    """Store the records that passed the check, in place of any from an earlier one."""
    # One call into the C encoder: a streaming dump of a large list takes ten times as long.
    text = json.dumps([_values(record) for record in records], default=date.isoformat)
    records_drop(copies_list)
    default_storage.save(
        _name(copies_list), ContentFile(gzip.compress(text.encode(), compresslevel=1))
    )


def records_kept(copies_list: CopiesList) -> list[CopyRecord]:
    """The records that passed the check. Raises FileNotFoundError where none are kept."""
    with default_storage.open(_name(copies_list)) as file:
        rows: list[list[Any]] = json.loads(gzip.decompress(file.read()))
    records = [CopyRecord(*row) for row in rows]
    for record in records:
        record.registered_on = _date(record.registered_on)
        record.lent_on = _date(record.lent_on)
        record.due_on = _date(record.due_on)
        record.warnings = tuple(record.warnings)
    return records


def records_drop(copies_list: CopiesList) -> None:
    """Remove what is kept: the records hold borrowers' personal data."""
    default_storage.delete(_name(copies_list))


def _name(copies_list: CopiesList) -> str:
    return f"checked/list-{copies_list.pk}.json.gz"


def _date(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
