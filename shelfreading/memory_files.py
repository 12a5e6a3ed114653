"""A reader's memory from its uploaded file to the session's findings."""

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from libraries.files.limits import persian_number
from libraries.files.rows import Progress
from libraries.models import User
from shelfreading.domain.reader_memory import Memory
from shelfreading.files import read_scan_file
from shelfreading.models import MemoryUpload
from shelfreading.services.events import memory_take
from shelfreading.services.findings import findings_compute

# What a request can take in a second or two; more is the worker's.
MOST_CODES_AT_ONCE = 20_000
MOST_BYTES_AT_ONCE = 1024 * 1024


def keep_file(upload: UploadedFile) -> str:
    """Put an uploaded file into storage until it is taken; returns its name there."""
    suffix = Path(upload.name or "").suffix[:10]
    return default_storage.save(f"memories/{uuid4()}{suffix}", upload)


def drop_file(name: str) -> None:
    """Remove a kept file: its codes are in the session, each as it came."""
    default_storage.delete(name)


def read_kept(name: str, filename: str, progress: Progress | None = None) -> Memory:
    """Read a kept file. Raises Unreadable with a Persian sentence."""
    return read_scan_file(Path(default_storage.path(name)), filename=filename, progress=progress)


def take_memory(
    *, session_id: int, filename: str, memory: Memory, actor: User, now: datetime
) -> MemoryUpload:
    """Add a memory's scans to a session and bring its findings up to date. Raises Refused."""
    upload = memory_take(
        session_id=session_id,
        filename=filename,
        scans=memory.scans,
        skipped=memory.skipped,
        actor=actor,
        now=now,
    )
    findings_compute(session_id=session_id, actor=actor, now=now)
    return upload


def said_of(upload: MemoryUpload) -> str:
    """What taking a memory did, in a sentence."""
    if not upload.new_codes:
        return f"فایل «{upload.filename}» پیش‌تر رسیده بود؛ چیزی تکرار نشد."
    said = f"{persian_number(upload.codes)} کد از فایل «{upload.filename}» خوانده شد"
    if upload.new_codes == upload.codes:
        return f"{said}؛ همه تازه بودند."
    repeated = persian_number(upload.codes - upload.new_codes)
    return (
        f"{said}؛ {persian_number(upload.new_codes)} تازه بود و {repeated} پیش‌تر رسیده بود "
        "و تکرار نشد."
    )
