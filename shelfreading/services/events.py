"""What comes in from the shelves: scans, ticks, marks, a memory. Events are added, never edited."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.bulk import bulk_insert
from libraries.domain.codes import clean_code
from libraries.domain.persian import stored_form, to_ascii_digits
from libraries.locking import locked
from libraries.models import Copy, User
from libraries.refusal import Refused
from shelfreading.domain.commands import Action, interpret
from shelfreading.domain.reader_memory import ReaderScan
from shelfreading.models import ExpectedCopy, MemoryUpload, ReadingEvent, ReadingSession
from shelfreading.selectors import door

MAX_CODE = 200
CLOCK_SET_BACK = timedelta(minutes=10)
READING_IS_OVER = "این رف‌خوانی پایان یافته است؛ برای افزودن به آن، نخست آن را باز کنید."
Kind = ReadingEvent.Kind


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as the device made it. `id` is the device's own and makes it count once.

    `about` is the event that an undo takes back, or the scan of the book that a mark marks.
    `raw` is a code, the registration number of a book without a barcode, or what a mark says.
    """

    id: UUID
    device: str
    seq: int
    kind: str
    raw: str = ""
    copy_id: int | None = None
    about: UUID | None = None
    device_at: datetime | None = None


class KeptEvent(NamedTuple):
    """An event as the table has it; the fields are its columns."""

    id: UUID
    session_id: int
    device: str
    seq: int
    kind: str
    raw: str
    code: str
    copy_id: int | None
    about: UUID | None
    device_at: datetime | None
    received_at: datetime
    by_id: int
    upload_id: int | None
    is_late: bool


@transaction.atomic
def events_take(
    *,
    session_id: int,
    events: Sequence[NewEvent],
    actor: User,
    now: datetime,
    in_time: bool = False,
) -> list[UUID]:
    """Keep events, each id once however often it is sent; returns the ids that are now kept.

    A scan is never refused for what it says: it is kept as it was and classed by the match.
    What comes in after the reading was ended is kept as late: listed, and not counted until
    someone says so (spec B2); `in_time` is for a second look, which may come after the end.
    """
    session = _session(session_id, actor)
    is_late = session.state != ReadingSession.State.READING and not in_time
    kept = events_keep(
        session, events, actor=actor, at=arrival(last_arrival(session), now), is_late=is_late
    )
    tell_other_sessions(session, _strangers(session, {event.code for event in kept if event.code}))
    return [event.id for event in events]


def last_arrival(session: ReadingSession) -> datetime | None:
    """When the session's newest event came in; None before the first."""
    newest = door.rows(door.LAST_ARRIVAL, session.pk)
    return door.moment(newest[0][0]) if newest else None


def arrival(last: datetime | None, now: datetime) -> datetime:
    """The time of arrival of what comes in now: after all that a device may have heard of.

    The caller holds the session's lock, so arrivals grow in the order of the commits, and whoever
    asks for what came after one misses nothing, however long another waited for its turn. A clock
    that was set back by more than `CLOCK_SET_BACK` is believed.
    """
    if last is None or last < now or last - now > CLOCK_SET_BACK:
        return now
    return last + timedelta(microseconds=1)


def events_keep(
    session: ReadingSession,
    events: Sequence[NewEvent],
    *,
    actor: User,
    at: datetime,
    is_late: bool,
) -> list[KeptEvent]:
    """Write events of a locked session, passing over ids that are there; returns all of them."""
    known_copies: set[int] = set()
    if wanted := {event.copy_id for event in events if event.copy_id}:
        copies = Copy.objects.filter(library=session.library_id, pk__in=wanted)
        known_copies.update(copies.values_list("pk", flat=True))
    numbers = {event.raw for event in events if event.kind == Kind.NO_BARCODE}
    by_number = _by_registration_number(session, numbers) if numbers else {}
    kept = []
    for event in events:
        copy_id = event.copy_id if event.copy_id in known_copies else None
        code = ""
        if event.kind == Kind.SCAN:
            code = clean_code(event.raw)[:MAX_CODE]
        elif event.kind == Kind.NO_BARCODE:
            copy_id, code = by_number.get(event.raw, (None, _stand_in(event.raw, event.id)))
        kept.append(
            KeptEvent(
                id=event.id,
                session_id=session.pk,
                device=event.device[:60],
                seq=event.seq,
                kind=event.kind,
                raw=_kept(event.raw),
                code=code,
                copy_id=copy_id,
                about=event.about,
                device_at=event.device_at,
                received_at=at,
                by_id=actor.pk,
                upload_id=None,
                is_late=is_late,
            )
        )
    bulk_insert(ReadingEvent, KeptEvent._fields, kept, ignore_conflicts=True)
    return kept


def _stand_in(number: str, event_id: UUID) -> str:
    """What stands for the code of a book that has none, and whose number no record has.

    Where no number was told, no two such books are the same.
    """
    number = stored_form(_kept(number))
    return f"ثبت {number}"[:MAX_CODE] if number else f"بی‌بارکد {str(event_id)[:8]}"


def _by_registration_number(
    session: ReadingSession, numbers: set[str]
) -> dict[str, tuple[int, str]]:
    """The library's copies behind registration numbers as typed: copy and code in the list."""
    typed = {number: to_ascii_digits(stored_form(_kept(number))) for number in numbers}
    found = {
        number: (pk, barcode)
        for number, pk, barcode in Copy.objects.filter(
            library=session.library_id,
            registration_number__in=[number for number in typed.values() if number],
        ).values_list("registration_number", "pk", "barcode")
    }
    listed = dict(
        session.expected.filter(copy__in=[pk for pk, _ in found.values()]).values_list(
            "copy_id", "code"
        )
    )
    return {
        raw: (found[number][0], listed.get(found[number][0]) or found[number][1] or number)
        for raw, number in typed.items()
        if number in found
    }


@transaction.atomic
def memory_take(
    *,
    session_id: int,
    filename: str,
    scans: Sequence[ReaderScan],
    skipped: Iterable[tuple[int, str]],
    actor: User,
    now: datetime,
) -> MemoryUpload:
    """Take a reader's memory into a session (directive 3-5 ب).

    Each code's id is chained to all that stand before it in the file. So the same file twice
    counts once, and so does the beginning of a memory that was uploaded before, grew, and is
    uploaded again. Raises Refused when there is no code in it or the session is closed.
    """
    session = _session(session_id, actor)
    if session.state != ReadingSession.State.READING:
        raise Refused(READING_IS_OVER)
    if not scans:
        raise Refused("در این فایل هیچ بارکدی نیست.")
    at = arrival(last_arrival(session), now)
    identities = list(_chained(session.pk, scans))
    known = set(
        ReadingEvent.objects.filter(session=session, upload__isnull=False).values_list(
            "id", flat=True
        )
    )
    new = sum(1 for identity in identities if identity not in known)
    upload = MemoryUpload.objects.create(
        session=session,
        filename=_kept(filename)[:200],
        uploaded_at=now,
        uploaded_by=actor,
        codes=len(scans),
        new_codes=new,
        skipped=[[line, _kept(text)[:200]] for line, text in list(skipped)[:200]],
    )
    device = f"file-{upload.pk}"
    local = timezone.get_current_timezone()
    actions = interpret([scan.code for scan in scans])
    bulk_insert(
        ReadingEvent,
        KeptEvent._fields,
        (
            (
                identity,
                session.pk,
                device,
                seq,
                action.kind,
                action.value if action.kind == Kind.MARK else _kept(scan.raw),
                _memory_code(action, scan, identity),
                None,
                None if action.about is None else identities[action.about],
                timezone.make_aware(scan.at, local) if scan.at else None,
                at,
                actor.pk,
                upload.pk,
                False,
            )
            for seq, (identity, scan, action) in enumerate(
                zip(identities, scans, actions, strict=True)
            )
            if identity not in known
        ),
    )
    tell_other_sessions(session, _strangers(session, {scan.code for scan in scans}))
    audit.record(
        "memory_take",
        actor=actor,
        library=session.library,
        subject=session,
        now=now,
        codes=len(scans),
        new=new,
    )
    return upload


def _memory_code(action: Action, scan: ReaderScan, identity: UUID) -> str:
    if action.kind == Kind.SCAN:
        return scan.code[:MAX_CODE]
    return _stand_in("", identity) if action.kind == Kind.NO_BARCODE else ""


def _chained(session_id: int, scans: Sequence[ReaderScan]) -> Iterable[UUID]:
    chain = sha256(str(session_id).encode())
    for scan in scans:
        chain.update(f"{scan.code}\0{scan.at}\n".encode(errors="replace"))
        yield UUID(bytes=chain.digest()[:16])


def _strangers(session: ReadingSession, codes: Collection[str]) -> set[str]:
    """Those of the codes that are not in the session's list."""
    strangers = set(codes)
    for chunk in _chunks(codes):
        strangers.difference_update(
            session.expected.filter(code__in=chunk).values_list("code", flat=True)
        )
    return strangers


def tell_other_sessions(session: ReadingSession, strangers: Collection[str]) -> None:
    """Have sessions whose copies turned up here compute their findings anew (spec B5).

    Only on commit: two sessions that read each other's strays at once would lock crosswise.
    """
    others: set[int] = set()
    for chunk in _chunks(strangers):
        others.update(
            ExpectedCopy.objects.filter(code__in=chunk)
            .exclude(session=session)
            .values_list("session", flat=True)
        )
    if others:
        stale = ReadingSession.objects.filter(pk__in=others)
        transaction.on_commit(lambda: stale.update(basis=""))


def _chunks(codes: Collection[str]) -> Iterable[list[str]]:
    wanted = sorted(codes)
    return (wanted[start : start + 500] for start in range(0, len(wanted), 500))


def _session(session_id: int, actor: User) -> ReadingSession:
    return locked(ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id)


def _kept(raw: str) -> str:
    """The text as it was, less what a database can't hold: NUL and lone surrogates."""
    return raw.replace("\0", "\u2400").encode("utf-8", "replace").decode("utf-8")
