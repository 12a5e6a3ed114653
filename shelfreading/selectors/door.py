"""The queries behind each scan, in SQL.

Fifty devices send a scan a second each, and each asks all of these. To put them together through
the ORM takes five times as long as to run them, which is why they are written out here, the same
for both databases; everything else in the project goes through the ORM.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

Row = Sequence[Any]

LAST_ARRIVAL = """
SELECT received_at FROM shelfreading_readingevent
WHERE session_id = %s ORDER BY received_at DESC LIMIT 1
"""
_UNDONE = """
EXISTS (
  SELECT 1 FROM shelfreading_readingevent undoing
  WHERE undoing.about = event.id AND undoing.session_id = event.session_id
    AND undoing.kind = 'undo' AND NOT undoing.is_late
)
"""
# No order is asked for: for that the database might walk through all the session's events.
STANDING_SCANS = f"""
SELECT event.received_at, event.seq, event.code, event.id FROM shelfreading_readingevent event
WHERE event.code IN ({{codes}}) AND event.session_id = %s AND NOT event.is_late
  AND event.kind IN ('scan', 'no_barcode') AND NOT {_UNDONE}
"""
_IS_LENT = """
EXISTS (SELECT 1 FROM loans_loan WHERE copy_id = copy.id AND returned_at IS NULL)
"""
LISTED_BOOKS = f"""
SELECT listed.code, listed.position, listed.status, copy.library_id, title.title, title.author,
  copy.call_number, copy.registration_number, section.name, '', {_IS_LENT}
FROM shelfreading_expectedcopy listed
JOIN libraries_copy copy ON copy.id = listed.copy_id
JOIN libraries_title title ON title.id = copy.title_id
JOIN libraries_section section ON section.id = copy.section_id
WHERE listed.code IN ({{codes}}) AND listed.session_id = %s
"""
OTHER_BOOKS = f"""
SELECT copy.barcode, NULL, NULL, copy.library_id, title.title, title.author,
  copy.call_number, copy.registration_number, section.name, library.name, {_IS_LENT}
FROM libraries_copy copy
JOIN libraries_title title ON title.id = copy.title_id
JOIN libraries_section section ON section.id = copy.section_id
JOIN libraries_library library ON library.id = copy.library_id
WHERE copy.barcode IN ({{codes}}) ORDER BY copy.id
"""
ARRIVALS_AFTER = f"""
SELECT event.received_at, event.device, COALESCE(
  (SELECT position FROM shelfreading_expectedcopy listed
   WHERE listed.session_id = event.session_id AND listed.code = event.code),
  (SELECT position FROM shelfreading_expectedcopy listed
   WHERE listed.session_id = event.session_id AND listed.copy_id = event.copy_id))
FROM shelfreading_readingevent event
WHERE event.session_id = %s AND event.received_at > %s AND NOT event.is_late
  AND event.kind IN ('scan', 'no_barcode', 'present', 'absent', 'sought') AND NOT {_UNDONE}
ORDER BY event.received_at
"""
READING_NOW = """
SELECT device.position, person.first_name, person.last_name, person.username
FROM shelfreading_readingdevice device
JOIN libraries_user person ON person.id = device.by_id
WHERE device.session_id = %s AND device.device <> %s AND device.last_at > %s
  AND NOT device.is_at_rest AND device.position IS NOT NULL
ORDER BY device.position
"""


def rows(sql: str, *values: Any, codes: Collection[str] | None = None) -> list[Row]:
    """What a query gives. `codes` fill its list of codes, before the other values."""
    if codes is not None:
        if not codes:
            return []
        sql = sql.format(codes=", ".join(["%s"] * len(codes)))
        values = (*codes, *values)
    with connection.cursor() as cursor:
        cursor.execute(sql, [_stored(value) for value in values])
        found: list[Row] = cursor.fetchall()
    return found


def moment(value: datetime) -> datetime:
    """A time as the database gave it; SQLite knows no zones, and what it keeps is UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def identity(value: Any) -> UUID:
    """An event's id as the database gave it; SQLite keeps it as text."""
    return value if isinstance(value, UUID) else UUID(value)


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
