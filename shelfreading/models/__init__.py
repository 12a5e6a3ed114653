"""Sessions, events, findings, decisions, applications."""

from shelfreading.models.findings import (
    WEEDING_OF_FATE,
    Application,
    AppliedChange,
    Decision,
    SessionFinding,
)
from shelfreading.models.sessions import (
    ExpectedCopy,
    MemoryUpload,
    ReadingDevice,
    ReadingEvent,
    ReadingSession,
    ShelfRead,
)

__all__ = [
    "WEEDING_OF_FATE",
    "Application",
    "AppliedChange",
    "Decision",
    "ExpectedCopy",
    "MemoryUpload",
    "ReadingDevice",
    "ReadingEvent",
    "ReadingSession",
    "SessionFinding",
    "ShelfRead",
]
