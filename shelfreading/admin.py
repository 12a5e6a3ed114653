"""Django admin for readings: to be looked at; they are worked on in the pages."""

from django.contrib import admin

from libraries.admin import LookOnly
from shelfreading.models import Application, ReadingSession


@admin.register(ReadingSession)
class ReadingSessionAdmin(LookOnly):
    """Readings."""

    list_display = ("name", "library", "method", "state", "started_at", "closed_at")
    list_filter = ("state", "method")
    list_select_related = ("library",)
    search_fields = ("name", "library__name")
    exclude = ("basis", "summary")


@admin.register(Application)
class ApplicationAdmin(LookOnly):
    """What was applied, and what was taken back."""

    list_display = ("session", "applied_at", "applied_by", "seen_count", "undone_at")
    list_select_related = ("session", "applied_by")
