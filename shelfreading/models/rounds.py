"""A yearly round of readings, opened by circular (directive 7-7)."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Library
from libraries.querysets import ScopedQuerySet


class Round(models.Model):
    """A round: in which window which kinds of library read their shelves. Everybody sees it."""

    year = models.PositiveSmallIntegerField("سال", unique=True)  # Jalali
    circular_number = models.CharField("شمارهٔ بخشنامه", max_length=60)
    circular_on = models.DateField("تاریخ بخشنامه")
    opens_on = models.DateField("آغاز مهلت رف‌خوانی")
    closes_on = models.DateField("پایان مهلت رف‌خوانی")
    kinds = models.JSONField("نوع کتابخانه‌ها", default=list)  # of Library.Kind
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = "دورهٔ رف‌خوانی"
        verbose_name_plural = "دوره‌های رف‌خوانی"
        ordering = ("-year",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")), name="round_runs_forward"
            ),
            models.CheckConstraint(
                condition=models.Q(year__gte=1300, year__lte=1599), name="round_year_is_jalali"
            ),
        )

    def __str__(self) -> str:
        return f"دورهٔ {self.year}"


class RoundLibrary(models.Model):
    """A library that a round asks to read. `reason`: why it won't (علت عدم انجام رف‌خوانی)."""

    library_path = "library"

    round = models.ForeignKey(Round, models.PROTECT, related_name="libraries", db_index=False)
    library = models.ForeignKey(Library, models.PROTECT, related_name="rounds")
    reason = models.CharField("علت عدم انجام رف‌خوانی", max_length=300, blank=True)
    reason_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "کتابخانهٔ دوره"
        verbose_name_plural = "کتابخانه‌های دوره"
        constraints = (
            models.UniqueConstraint(fields=("round", "library"), name="library_once_in_round"),
            models.CheckConstraint(
                condition=models.Q(reason="", reason_by__isnull=True, reason_at__isnull=True)
                | (
                    ~models.Q(reason="")
                    & models.Q(reason_by__isnull=False, reason_at__isnull=False)
                ),
                name="reason_has_a_person",
            ),
        )


class RoundExtension(models.Model):
    """The end of a round's window was put off, and why. Never changed."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="extensions")
    closed_on = models.DateField("پایان پیشین")
    closes_on = models.DateField("پایان تازه")
    reason = models.CharField("علت تمدید", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "تمدید مهلت دوره"
        verbose_name_plural = "تمدیدهای مهلت دوره"
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(closes_on__gt=models.F("closed_on")),
                name="extension_runs_forward",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="extension_says_why"),
        )
