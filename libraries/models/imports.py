"""A copies list on its way into the database."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models.jobs import Job
from libraries.models.places import Library
from libraries.querysets import ScopedQuerySet


class CopiesList(models.Model):
    """One file with a library's copies, open loans or members: uploaded, its columns confirmed,
    checked, written.
    """

    library_path = "library"

    class Kind(models.TextChoices):
        """What the file lists."""

        COPIES = "copies", "نسخه‌ها"
        LOANS = "loans", "امانت‌های باز"
        MEMBERS = "members", "اعضا"

    class State(models.TextChoices):
        """The list's way; each step is a page."""

        UPLOADED = "uploaded", "در حال خواندن"
        MAPPING = "mapping", "تأیید ستون‌ها"
        CHECKING = "checking", "در حال بررسی"
        CHECKED = "checked", "آمادهٔ ثبت"
        WRITING = "writing", "در حال ثبت"
        WRITTEN = "written", "ثبت شد"
        REFUSED = "refused", "پذیرفته نشد"

    library = models.ForeignKey(Library, models.CASCADE, related_name="copies_lists")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    file = models.FileField(upload_to="lists/%Y%m")
    kind = models.CharField("فهرست", max_length=10, choices=Kind, default=Kind.COPIES)
    filename = models.CharField("نام فایل", max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    header_row = models.PositiveIntegerField(null=True)
    header = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    # Whether copies that are already here take status and loans from the list, too.
    take_statuses = models.BooleanField(default=True)
    notices = models.JSONField(default=list)
    # What the check found, or the writing did: counts by name, see loans.copies_list.
    counts = models.JSONField(default=dict)
    rejected = models.FileField(upload_to="rejected/%Y%m", blank=True)
    error = models.TextField(blank=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "فهرست نسخ"
        verbose_name_plural = "فهرست‌های نسخ"
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return self.filename
