"""Sessions, events, findings, decisions, applications."""

from shelfreading.models.findings import (
    WEEDING_OF_FATE,
    Application,
    AppliedChange,
    Decision,
    SessionFinding,
)
from shelfreading.models.remarks import PaperTick
from shelfreading.models.rounds import Round, RoundExtension, RoundLibrary
from shelfreading.models.samples import Sample, SampleCopy
from shelfreading.models.sessions import (
    ExpectedCopy,
    MemoryUpload,
    ReadingDevice,
    ReadingEvent,
    ReadingSession,
    ShelfRead,
)
from shelfreading.models.weeding import WeedingProposal, WeedingRules

__all__ = [
    "WEEDING_OF_FATE",
    "Application",
    "AppliedChange",
    "Decision",
    "ExpectedCopy",
    "MemoryUpload",
    "PaperTick",
    "ReadingDevice",
    "ReadingEvent",
    "ReadingSession",
    "Round",
    "RoundExtension",
    "RoundLibrary",
    "Sample",
    "SampleCopy",
    "SessionFinding",
    "ShelfRead",
    "WeedingProposal",
    "WeedingRules",
]
