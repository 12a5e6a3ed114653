"""Reports on their way, their frozen content, and what desks said of them."""

from reports.models.content import Revision, RevisionClass, RevisionLine
from reports.models.reports import Report, ReportStep
from reports.models.words import Correction, Notice, Opinion

__all__ = [
    "Correction",
    "Notice",
    "Opinion",
    "Report",
    "ReportStep",
    "Revision",
    "RevisionClass",
    "RevisionLine",
]
