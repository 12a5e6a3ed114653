"""Reading what a device sends: one broken entry is told of, and the others are taken."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shelfreading.domain.commands import CARD
from shelfreading.models import ReadingEvent
from shelfreading.services.devices import DeviceWord
from shelfreading.services.events import NewEvent

MOST_AT_ONCE = 500
Kind = ReadingEvent.Kind
_MARKS = {command.value for command in CARD if command.kind == Kind.MARK}
_BIGGEST = 2**63 - 1
_MOST_UNSENT = 2**31 - 1
_DEVICE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_YEARS = range(1990, 2200)


class Broken(ValueError):
    """An entry is not an event; the text is the Persian reason."""


@dataclass(slots=True)
class Incoming:
    """The events of a batch, and the entries that are none: index in it, id as sent, reason."""

    events: list[NewEvent] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """What a device sends: entries that may be events, its word on itself, and its cursor."""

    entries: list[object]
    word: DeviceWord | None
    since: object


def read_report(text: bytes) -> Report:
    """Tell the parts of a device's message apart. Raises Broken where it is none.

    What it says of itself never stands in the way of its events: a page that names no device is
    the one its first event came from, and a number that is none was not said.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("events"), list):
        raise Broken("درخواست باید JSON با فهرستی به نام events باشد.")
    entries = body["events"]
    if len(entries) > MOST_AT_ONCE:
        raise Broken(f"events باید فهرستی با حداکثر {MOST_AT_ONCE} رویداد باشد.")
    device = body.get("device")
    if device is None and entries and isinstance(entries[0], dict):
        device = entries[0].get("device")
    word = None
    if isinstance(device, str) and _DEVICE.fullmatch(device):
        unsent = body.get("unsent")
        word = DeviceWord(
            device,
            unsent=min(unsent, _MOST_UNSENT) if type(unsent) is int and unsent >= 0 else None,
            leaves=body.get("leaves") is True,
        )
    return Report(entries, word, body.get("since"))


def read_entries(entries: Sequence[object]) -> Incoming:
    """Turn the entries of a batch into events. What a scan's raw text says never matters."""
    incoming = Incoming()
    for index, entry in enumerate(entries):
        try:
            if not isinstance(entry, dict):
                raise Broken("هر رویداد باید یک شیء JSON باشد.")
            incoming.events.append(_event(entry))
        except Broken as broken:
            sent_id = entry.get("id") if isinstance(entry, dict) else None
            incoming.refused.append({"index": index, "id": sent_id, "reason": str(broken)})
    return incoming


def _event(entry: Mapping[str, Any]) -> NewEvent:
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in Kind.values:
        raise Broken(f"نوع رویداد (kind) باید یکی از {'، '.join(Kind.values)} باشد.")
    device = entry.get("device")
    if not isinstance(device, str) or not _DEVICE.fullmatch(device):
        raise Broken("نام دستگاه (device) باید ۱ تا ۶۰ حرف لاتین، رقم یا خط تیره باشد.")
    raw = "" if entry.get("raw") is None else entry["raw"]
    if not isinstance(raw, str):
        raise Broken("کد خوانده‌شده (raw) باید متن باشد.")
    copy_id = _number(entry.get("copy"), "copy") if entry.get("copy") is not None else None
    about = _uuid(entry.get("about"), "about") if entry.get("about") is not None else None
    if kind in (Kind.PRESENT, Kind.ABSENT, Kind.SOUGHT) and copy_id is None:
        raise Broken("علامت باید بگوید از آنِ کدام نسخه (copy) است.")
    if kind in (Kind.UNDO, Kind.MARK) and about is None:
        raise Broken("برگرداندن و فرمان باید بگویند از کدام رویداد (about) سخن می‌گویند.")
    if kind == Kind.MARK and raw not in _MARKS:
        raise Broken(f"فرمان (raw) باید یکی از {'، '.join(sorted(_MARKS))} باشد.")
    return NewEvent(
        id=_uuid(entry.get("id"), "id"),
        device=device,
        seq=_number(entry.get("seq"), "seq"),
        kind=kind,
        raw=raw,
        copy_id=copy_id,
        about=about,
        device_at=_moment(entry.get("at")),
    )


def _uuid(value: object, name: str) -> UUID:
    try:
        return UUID(value)  # type: ignore[arg-type]
    except (ValueError, AttributeError, TypeError):
        raise Broken(f"شناسهٔ {name} باید یک UUID باشد.") from None


def _number(value: object, name: str) -> int:
    if type(value) is not int or not 0 <= value <= _BIGGEST:
        raise Broken(f"{name} باید عددی صحیح و نامنفی باشد.")
    return value


def _moment(value: object) -> datetime | None:
    """The device's own time; a clock that can't be read is no reason to lose a scan."""
    if value is not None and not isinstance(value, str):
        raise Broken("زمان (at) باید متنی مانند 2026-11-22T08:30:00Z باشد.")
    try:
        moment = parse_datetime(value or "")
    except ValueError:
        return None
    if moment is None or moment.year not in _YEARS:
        return None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
