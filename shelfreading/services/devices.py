"""A device speaks: the events it sends, and its word on itself (spec B2, B4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from libraries.domain.codes import clean_code
from libraries.locking import locked
from libraries.models import User
from shelfreading.models import ReadingDevice, ReadingEvent, ReadingSession
from shelfreading.selectors.events import TICKS, WALKED
from shelfreading.selectors.scan_answers import Book, books_of, listed_books
from shelfreading.services.events import (
    MAX_CODE,
    KeptEvent,
    NewEvent,
    arrival,
    events_keep,
    last_arrival,
    tell_other_sessions,
)

Kind = ReadingEvent.Kind


@dataclass(frozen=True, slots=True)
class DeviceWord:
    """What a device says of itself: how many events still wait on it, and whether its page is
    being left; None where it didn't say.
    """

    device: str
    unsent: int | None = None
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What was taken: the session as it is under its lock, the codes of the events that name
    books by event in the device's order, those books, and the arrival before this one.
    """

    session: ReadingSession
    code_of: dict[UUID, str]
    books: dict[str, Book]
    last_arrival: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether the reading had been ended."""
        return self.session.state != ReadingSession.State.READING


def device_speaks(
    *,
    session_id: int,
    events: Sequence[NewEvent],
    word: DeviceWord | None,
    actor: User,
    now: datetime,
) -> Heard:
    """Keep a device's events, as `events_take` does, and what it says of itself.

    Once a second from each of fifty devices: a handful of queries however long the batch, and
    under the session's lock, for which all of them wait, only those that write or that writing
    needs. Raises Refused when the session is not in the actor's scope.
    """
    scanned = {clean_code(event.raw)[:MAX_CODE] for event in events if event.kind == Kind.SCAN}
    listed = listed_books(session_id, scanned)
    with transaction.atomic():
        sessions = ReadingSession.objects.for_user(actor).defer("summary", "other_colleagues")
        session = locked(sessions, pk=session_id)
        last = last_arrival(session)
        if not events:
            if word:
                _keep_word(session, word, {}, actor=actor, now=now)
            return Heard(session, {}, {}, last)
        is_late = session.state != ReadingSession.State.READING
        kept = events_keep(session, events, actor=actor, at=arrival(last, now), is_late=is_late)
        kept.sort(key=lambda event: event.seq)
        code_of = {event.id: event.code for event in kept if event.kind in WALKED}
        # The code of a book without a barcode is known only now.
        if unasked := set(code_of.values()).difference(scanned):
            listed |= listed_books(session_id, unasked)
        if strangers := set(code_of.values()).difference(listed):
            tell_other_sessions(session, strangers)
        if word:
            own = [event for event in kept if event.device == word.device]
            _keep_word(session, word, _where(session, own, listed), actor=actor, now=now)
    return Heard(session, code_of, books_of(session, set(code_of.values()), listed), last)


def _where(
    session: ReadingSession, events: Sequence[KeptEvent], listed: Mapping[str, Book]
) -> dict[str, object]:
    """What the device's own events, in order, say of where it is; nothing where they don't."""
    if not events:
        return {}
    where: dict[str, object] = {"is_at_rest": events[-1].kind == Kind.SHELF_END}
    ticked = {event.copy_id for event in events if event.kind in TICKS and event.copy_id}
    position_of: dict[int | None, int] = {}
    if ticked:
        lines = session.expected.filter(copy__in=ticked)
        position_of.update(lines.values_list("copy_id", "position"))
    for event in reversed(events):
        if event.kind in WALKED:
            position = listed[event.code].position if event.code in listed else None
        else:
            position = position_of.get(event.copy_id)
        if position is not None:
            return where | {"position": position}
    return where


def _keep_word(
    session: ReadingSession,
    word: DeviceWord,
    where: dict[str, object],
    *,
    actor: User,
    now: datetime,
) -> None:
    """One statement: the device is made known, or its word brought up to date."""
    said = {"by_id": actor.pk, "last_at": now, **where}
    if word.unsent is not None:
        said["unsent"] = word.unsent
    if word.leaves:
        said["is_at_rest"] = True
    device = ReadingDevice(session=session, device=word.device, first_at=now, **said)
    ReadingDevice.objects.bulk_create(
        [device],
        update_conflicts=True,
        unique_fields=["session", "device"],
        update_fields=[name.removesuffix("_id") for name in said],
    )
