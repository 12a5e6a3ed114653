"""What a report said when it was sent: frozen, hashed, never changed."""

from django.conf import settings
from django.db import models

from libraries.models import Copy
from reports.models.reports import Report


class Revision(models.Model):
    """The content of a report as it was sent. `content` holds the values of all its forms;
    `digest` is the SHA-256 of it in canonical JSON. The database refuses update and delete."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="revisions", db_index=False)
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        verbose_name = "ویراست گزارش"
        verbose_name_plural = "ویراست‌های گزارش"
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("report", "number"), name="revision_once_in_report"),
        )


class RevisionClass(models.Model):
    """A main class of a library's revision: the tie-out's line (spec B11), and the four weedings
    and what else report 1 counts. Aggregates read these rows and no copies."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="classes", db_index=False)
    main_class = models.CharField(max_length=10)
    register = models.PositiveIntegerField()
    on_shelf = models.PositiveIntegerField()
    on_loan = models.PositiveIntegerField()
    binding = models.PositiveIntegerField()
    weeded = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    unreturned = models.PositiveIntegerField()
    not_read = models.PositiveIntegerField()
    # What this reading itself found, as report 1 counts it.
    new_content = models.PositiveIntegerField(default=0)
    new_duplicate = models.PositiveIntegerField(default=0)
    new_worn = models.PositiveIntegerField(default=0)
    new_no_audience = models.PositiveIntegerField(default=0)
    new_missing = models.PositiveIntegerField(default=0)
    new_unreturned = models.PositiveIntegerField(default=0)
    new_binding = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("revision", "main_class"), name="class_once_in_revision"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    register=models.F("on_shelf") + models.F("on_loan") + models.F("binding")
                    + models.F("weeded") + models.F("missing") + models.F("unreturned")
                    + models.F("not_read")
                ),
                name="revision_ties_out",
            ),
        )  # fmt: skip


class RevisionLine(models.Model):
    """A copy behind a figure of a library's revision: missing, unreturned, proposed for weeding
    (with its cause), or sent to the binder."""

    class What(models.TextChoices):
        """The report's columns."""

        CONTENT = "content", "وجین محتوایی"
        DUPLICATE = "duplicate", "وجین تکراری"
        WORN = "worn", "وجین فرسوده"
        NO_AUDIENCE = "no_audience", "وجین بدون مخاطب"
        MISSING = "missing", "مفقود"
        UNRETURNED = "unreturned", "برنگشته"
        BINDING = "binding", "صحافی"

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="lines", db_index=False)
    what = models.CharField(max_length=12, choices=What)
    copy = models.ForeignKey(Copy, models.PROTECT, related_name="+")
    main_class = models.CharField(max_length=10, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("what", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("revision", "what", "copy"), name="line_once_in_revision"
            ),
        )
