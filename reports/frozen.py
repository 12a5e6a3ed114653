"""Forms as plain values, so that a report prints for ever what it said when it was sent."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from reports.forms import (
    annex,
    common,
    gathered,
    minutes_5,
    minutes_6,
    report_1,
    report_2,
    report_3,
)

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        annex.AnnexList,
        common.CopyRow,
        common.LibraryHeader,
        gathered.LibraryRow,
        gathered.UnreadRow,
        minutes_5.Minutes5,
        minutes_6.Minutes6,
        report_1.Counts,
        report_1.Report1,
        report_2.Report2,
        report_3.Report3,
    )
}


def to_plain(value: Any) -> Any:
    """A form, or what stands in one, as values that JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
        return {"@form": type(value).__name__, **plain}
    if isinstance(value, date):
        return {"@date": value.isoformat()}
    if isinstance(value, frozenset):
        return {"@set": sorted(value)}
    if isinstance(value, tuple):
        return [to_plain(each) for each in value]
    return value


def from_plain(plain: Any) -> Any:
    """What `to_plain` made plain, as it was. Raises KeyError for a kind that is none of ours."""
    if isinstance(plain, list):
        return tuple(from_plain(each) for each in plain)
    if not isinstance(plain, dict):
        return plain
    if "@date" in plain:
        return date.fromisoformat(plain["@date"])
    if "@set" in plain:
        return frozenset(plain["@set"])
    values = {name: from_plain(each) for name, each in plain.items() if name != "@form"}
    return _KINDS[plain["@form"]](**values)


def digest_of(content: Any) -> str:
    """The SHA-256 of a report's content in canonical JSON, as 64 hexadecimal letters."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
