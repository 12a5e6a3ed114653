"""What was done, by whom: written with the change, never altered after."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models.places import Library
from libraries.querysets import ScopedQuerySet


class AuditEntry(models.Model):
    """One line of the audit. The database refuses to update or delete it (see migration 0002)."""

    library_path = "library"

    at = models.DateTimeField("زمان", db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="کاربر"
    )
    action = models.CharField("کار", max_length=60)
    library = models.ForeignKey(
        Library, models.PROTECT, null=True, related_name="+", verbose_name="کتابخانه"
    )
    object_type = models.CharField("نوع", max_length=60, blank=True)
    object_id = models.CharField("شناسه", max_length=60, blank=True)
    data = models.JSONField("جزئیات", default=dict, blank=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "رویداد ممیزی"
        verbose_name_plural = "دفتر ممیزی"
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("object_type", "object_id"), name="audit_by_object"),)

    def __str__(self) -> str:
        return self.action
