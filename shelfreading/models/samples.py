"""A sample of a reading, drawn at random and read again by someone else, blind (spec B6)."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Copy
from libraries.querysets import ScopedQuerySet
from shelfreading.models.sessions import ReadingSession


class Sample(models.Model):
    """The sample of a session: one, and for good. `seed` and `population` let anyone draw it
    again; until `done_at` nobody sees how the two readings agree."""

    library_path = "session__library"

    session = models.OneToOneField(ReadingSession, models.PROTECT, related_name="sample")
    size = models.PositiveIntegerField("اندازه")
    population = models.PositiveIntegerField("نسخه‌های خوانده‌شده")
    seed = models.BigIntegerField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "نمونهٔ بازخوانی"
        verbose_name_plural = "نمونه‌های بازخوانی"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(size__gte=1, size__lte=models.F("population")),
                name="sample_has_its_size",
            ),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="sample_done_by_someone",
            ),
        )


class SampleCopy(models.Model):
    """A copy of a sample: what the first reading said when it was drawn, what the second says.

    `is_away`: it was not there, and the records know why (lent, bound or weeded since): it says
    nothing about either reading.
    """

    library_path = "sample__session__library"

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="copies", db_index=False)
    copy = models.ForeignKey(Copy, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()  # in shelf order, as the frozen list has it
    was_seen = models.BooleanField()
    is_seen = models.BooleanField(null=True)
    is_away = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("sample", "copy"), name="copy_once_in_sample"),
            models.CheckConstraint(
                condition=models.Q(is_seen__isnull=True, by__isnull=True, at__isnull=True)
                | models.Q(is_seen__isnull=False, by__isnull=False, at__isnull=False),
                name="sample_answer_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(is_away=False) | models.Q(is_seen=False, is_seen__isnull=False),
                name="only_unseen_is_away",
            ),
        )
