"""What desks say of a report: opinions, corrections, and notices of its moves."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Copy
from reports.domain.workflow import Desk
from reports.models.reports import Report


class Opinion(models.Model):
    """The provincial expert's word on a missing copy (directive 6-2, minutes 6's last column)."""

    class Verdict(models.TextChoices):
        """What becomes of the missing copy."""

        WITHDRAW = "withdraw", "خروج از موجودی"
        REPLACE = "replace", "خروج و جایگزینی"
        SEEK = "seek", "جست‌وجوی دوباره"
        CHARGE = "charge", "پیگیری و جبران"

    report = models.ForeignKey(Report, models.PROTECT, related_name="opinions", db_index=False)
    copy = models.ForeignKey(Copy, models.PROTECT, related_name="+")
    verdict = models.CharField("نظر", max_length=10, choices=Verdict)
    note = models.CharField("توضیح", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("report", "copy"), name="one_opinion_a_copy"),
        )


class Correction(models.Model):
    """A task in the resources office's answer to report 3 (directive 7-6)."""

    DESKS: ClassVar = [
        (Desk.DIRECTOR_GENERAL.value, "مدیر کل استان"),
        (Desk.PROVINCIAL_EXPERT.value, "کارشناس منابع استان"),
    ]

    report = models.ForeignKey(Report, models.PROTECT, related_name="corrections")
    text = models.TextField("اصلاح", max_length=2000)
    desk = models.CharField("بر عهدهٔ", max_length=20, choices=DESKS)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField("پاسخ", max_length=2000, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="correction_done_by_someone",
            ),
        )


class Notice(models.Model):
    """A person is told of a report's move. Holds no personal data: it may leave by e-mail."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    report = models.ForeignKey(Report, models.CASCADE, related_name="notices")
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(
                fields=("user",), condition=models.Q(read_at__isnull=True), name="notice_unread"
            ),
        )
