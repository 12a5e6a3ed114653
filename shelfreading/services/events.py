"""What comes in from the shelves: scans, ticks, a memory. Events are added, never edited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.bulk import bulk_insert
from libraries.domain.codes import clean_code
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from shelfreading.domain.reader_memory import ReaderScan
from shelfreading.models import MemoryUpload, ReadingEvent, ReadingSession

MAX_CODE = 200
EVENT_FIELDS = (
    "id",
    "session_id",
    "device",
    "seq",
    "kind",
    "raw",
    "code",
    "copy_id",
    "undoes",
    "device_at",
    "received_at",
    "by_id",
    "upload_id",
)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as the device made it. `id` is the device's own and makes it count once."""

    id: UUID
    device: str
    seq: int
    kind: str
    raw: str = ""
    copy_id: int | None = None
    undoes: UUID | None = None
    device_at: datetime | None = None


@transaction.atomic
def events_take(
    *, session_id: int, events: Sequence[NewEvent], actor: User, now: datetime
) -> list[UUID]:
    """Keep events, each id once however often it is sent; returns the ids that are now kept.

    A scan is never refused for what it says: it is kept as it was and classed by the match.
    Raises Refused when the session no longer takes events, so that the device keeps its queue.
    """
    session = _taking(session_id, actor)
    known_copies = set(
        session.library.copies.filter(
            pk__in={event.copy_id for event in events if event.copy_id}
        ).values_list("pk", flat=True)
    )
    rows = [
        (
            event.id,
            session.pk,
            event.device[:60],
            event.seq,
            event.kind,
            _kept(event.raw),
            clean_code(event.raw)[:MAX_CODE] if event.raw else "",
            event.copy_id if event.copy_id in known_copies else None,
            event.undoes,
            event.device_at,
            now,
            actor.pk,
            None,
        )
        for event in events
    ]
    bulk_insert(ReadingEvent, EVENT_FIELDS, rows, ignore_conflicts=True)
    return [event.id for event in events]


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
    session = _taking(session_id, actor)
    if not scans:
        raise Refused("در این فایل هیچ بارکدی نیست.")
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
    bulk_insert(
        ReadingEvent,
        EVENT_FIELDS,
        (
            (
                identity,
                session.pk,
                device,
                seq,
                ReadingEvent.Kind.SCAN,
                _kept(scan.raw),
                scan.code[:MAX_CODE],
                None,
                None,
                timezone.make_aware(scan.at, local) if scan.at else None,
                now,
                actor.pk,
                upload.pk,
            )
            for seq, (identity, scan) in enumerate(zip(identities, scans, strict=True))
            if identity not in known
        ),
    )
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


def _chained(session_id: int, scans: Sequence[ReaderScan]) -> Iterable[UUID]:
    chain = sha256(str(session_id).encode())
    for scan in scans:
        chain.update(f"{scan.code}\0{scan.at}\n".encode(errors="replace"))
        yield UUID(bytes=chain.digest()[:16])


def _taking(session_id: int, actor: User) -> ReadingSession:
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if session.state != ReadingSession.State.READING:
        raise Refused("این رف‌خوانی پایان یافته است؛ برای افزودن به آن، نخست آن را باز کنید.")
    return session


def _kept(raw: str) -> str:
    """The text as it was, less what a database can't hold: NUL and lone surrogates."""
    return raw.replace("\0", "\u2400").encode("utf-8", "replace").decode("utf-8")
