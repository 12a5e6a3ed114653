"""The ground: places, staff, holdings, audit."""

from libraries.models.audit import AuditEntry
from libraries.models.holdings import Copy, CopyStatus, StatusChange, Title, WeedingCause
from libraries.models.imports import CopiesList
from libraries.models.jobs import Job
from libraries.models.people import User
from libraries.models.places import County, Library, Province, Section

__all__ = [
    "AuditEntry",
    "CopiesList",
    "Copy",
    "CopyStatus",
    "County",
    "Job",
    "Library",
    "Province",
    "Section",
    "StatusChange",
    "Title",
    "User",
    "WeedingCause",
]
