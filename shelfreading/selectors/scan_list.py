"""The frozen list as a device keeps it: columns in shelf order, made for one quick reading."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import sub

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from shelfreading.domain.commands import CARD
from shelfreading.models import Decision, ReadingSession
from shelfreading.selectors.devices import cursor_of, stretches_of
from shelfreading.selectors.events import TICKS, WALKED, standing_events

LETTER_OF_STATUS = {
    CopyStatus.AVAILABLE.value: "a",
    CopyStatus.BINDING.value: "b",
    CopyStatus.WEEDED.value: "w",
    CopyStatus.MISSING.value: "m",
    CopyStatus.UNRETURNED.value: "u",
}
COMMANDS = [[command.code, command.kind, command.value, command.label] for command in CARD]


@dataclass(frozen=True, slots=True)
class ScanList:
    """The list as JSON, and the version that names its content: what changes from one asking to
    the next, such as the time, is no part of it.
    """

    body: bytes
    version: str


def scan_list(session: ReadingSession, now: datetime) -> ScanList:
    """All that a device needs to answer by itself (spec B2): the session's list, the library's
    other copies, what is lent and read by now, the command card. A fixed number of queries.
    """
    cursor = cursor_of(session)  # before anything is read: what comes in meanwhile is news
    rows = list(
        session.expected.order_by("position").values_list(
            "code", "status", "rank", "shelf_run", "copy_id", "copy__title_id",
            "copy__call_number", "copy__registration_number", "copy__section_id",
        )
    )  # fmt: skip
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(9)]
    codes, statuses, ranks, runs, copies, titles, calls, numbers, sections = columns
    section_names = dict(session.library.sections.values_list("pk", "name"))
    section_at = {pk: index for index, pk in enumerate(section_names)}
    others = _others(session, set(copies))
    names = _Names(session)
    content = {
        "session": session.pk,
        "name": session.name,
        "library": session.library.name,
        "title": names.indices(titles),
        "codes": codes,
        "calls": calls,
        "numbers": numbers,
        "copies": copies,
        "sections": list(section_names.values()),
        "section": [section_at[pk] for pk in sections],
        "status": "".join(map(LETTER_OF_STATUS.__getitem__, statuses)),
        "lent": _lent(session, copies),
        "ranks": ranks,
        "runs": runs,
        "stretches": [
            [stretch.first, stretch.last, stretch.label] for stretch in stretches_of(session)
        ],
        "read": _read(session, codes, copies),
        "others": {
            "codes": [code for code, _, _, _ in others],
            "title": names.indices([title for _, title, _, _ in others]),
            "section": [section_at[section] for _, _, section, _ in others],
            "calls": [call for _, _, _, call in others],
        },
        "commands": COMMANDS,
        "fates": dict(Decision.Fate.choices),
        "names": names.told,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    version = sha256(text.encode()).hexdigest()[:16]
    head = json.dumps({"as_of": now.isoformat(), "version": version, "cursor": cursor})
    return ScanList(f"{head[:-1]},{text[1:]}".encode(), version)


class _Names:
    """The titles' names, each told once."""

    def __init__(self, session: ReadingSession) -> None:
        titles = session.library.titles.values_list("pk", "title")
        self.name_of: dict[int, str] = dict(titles)
        self.index_of: dict[str, int] = {}

    def indices(self, title_ids: list[int]) -> list[int]:
        """Where each title's name is told."""
        known, name_of = self.index_of, self.name_of
        return [known.setdefault(name_of[pk], len(known)) for pk in title_ids]

    @property
    def told(self) -> list[str]:
        """The names in the order of their indices."""
        return list(self.index_of)


def _others(session: ReadingSession, listed: set[int]) -> list[tuple[str, int, int, str]]:
    """Barcode, title, section, call number of the library's copies off these shelves."""
    rows = (
        Copy.objects.filter(library=session.library_id)
        .exclude(barcode="")
        .order_by("pk")
        .values_list("pk", "barcode", "title_id", "section_id", "call_number")
    )
    return [row[1:] for row in rows if row[0] not in listed]


def _lent(session: ReadingSession, copies: list[int]) -> list[int]:
    """Positions of the copies that are lent now."""
    loans = Loan.objects.filter(copy__library=session.library_id, returned_at__isnull=True)
    lent = set(loans.values_list("copy_id", flat=True))
    return [position for position, copy in enumerate(copies) if copy in lent] if lent else []


def _read(session: ReadingSession, codes: list[str], copies: list[int]) -> list[list[int]]:
    """Runs of positions that somebody read so far, each with its first and last."""
    events = standing_events([session.pk])
    walked = set(events.filter(kind__in=WALKED).values_list("code", flat=True))
    ticked = set(events.filter(kind__in=TICKS).values_list("copy_id", flat=True))
    read = [
        position
        for position, (code, copy) in enumerate(zip(codes, copies, strict=True))
        if code in walked or copy in ticked
    ]
    # Positions less their places in the list are equal as long as no position is left out.
    shifts = map(sub, read, range(len(read)))
    runs = []
    for _, run in groupby(zip(shifts, read, strict=True), key=lambda pair: pair[0]):
        positions = [position for _, position in run]
        runs.append([positions[0], positions[-1]])
    return runs
