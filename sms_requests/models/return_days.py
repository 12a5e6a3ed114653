"""Days that a library sets for returns, and who was told of them (spec R5)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Library
from libraries.querysets import ScopedQuerySet
from loans.models import Member
from sms_requests.models.mailings import Mailing
from sms_requests.models.messages import MessageOut


class ReturnAnnouncement(models.Model):
    """A library's return days, announced once to the borrowers whom they concern."""

    library_path = "library"

    class Concerns(models.TextChoices):
        """Which borrowers are told."""

        ALL = "all", "همهٔ کسانی که کتاب دارند"
        DUE = "due", "کسانی که مهلتشان تا آخرین روز سر می‌رسد"
        LATE = "late", "کسانی که مهلتشان گذشته است"

    library = models.ForeignKey(
        Library, models.CASCADE, related_name="return_announcements", verbose_name="کتابخانه"
    )
    concerns = models.CharField("چه کسانی", max_length=4, choices=Concerns, default=Concerns.ALL)
    note = models.CharField("یادداشت", max_length=100, blank=True)
    # From the form: a form that is sent twice announces once.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mailing = models.OneToOneField(
        Mailing, models.PROTECT, related_name="announcement", verbose_name="فرستادن"
    )
    created_at = models.DateTimeField("زمان ثبت")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ثبت‌کننده"
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "اعلام روزهای بازگشت"
        verbose_name_plural = "اعلام‌های روزهای بازگشت"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"اعلام روزهای بازگشت {self.pk}"


class ReturnDay(models.Model):
    """One of the days, with its hours."""

    library_path = "announcement__library"

    announcement = models.ForeignKey(
        ReturnAnnouncement, models.CASCADE, related_name="days", verbose_name="اعلام"
    )
    on = models.DateField("روز")
    opens_at = models.TimeField("از ساعت")
    closes_at = models.TimeField("تا ساعت")

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "روز بازگشت"
        verbose_name_plural = "روزهای بازگشت"
        ordering = ("on", "opens_at")
        constraints = (
            models.UniqueConstraint(fields=("announcement", "on"), name="return_day_once"),
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at")),
                name="return_day_opens_before_it_closes",
            ),
        )

    def __str__(self) -> str:
        return f"روز بازگشت {self.pk}"


class ReturnNotice(models.Model):
    """A borrower whom an announcement concerns: told by a text, or why not."""

    library_path = "announcement__library"

    class Trouble(models.TextChoices):
        """Why no text could be sent."""

        NONE = "", "—"
        NO_MOBILE = "no_mobile", "شمارهٔ همراه ندارد"

    announcement = models.ForeignKey(
        ReturnAnnouncement, models.CASCADE, related_name="notices", verbose_name="اعلام"
    )
    member = models.ForeignKey(
        Member, models.CASCADE, related_name="return_notices", verbose_name="عضو"
    )
    loans = models.PositiveSmallIntegerField("شمار کتاب‌ها")
    # One text a number: members of a family who share a telephone share the text.
    message = models.ForeignKey(
        MessageOut, models.PROTECT, null=True, related_name="return_notices", verbose_name="پیامک"
    )
    trouble = models.CharField(
        "اشکال", max_length=10, choices=Trouble, blank=True, default=Trouble.NONE
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "خبر روز بازگشت"
        verbose_name_plural = "خبرهای روز بازگشت"
        constraints = (
            models.UniqueConstraint(
                fields=("announcement", "member"), name="member_told_once_of_return_days"
            ),
            models.CheckConstraint(
                condition=models.Q(message__isnull=False, trouble="")
                | (models.Q(message__isnull=True) & ~models.Q(trouble="")),
                name="told_or_why_not",
            ),
        )

    def __str__(self) -> str:
        return f"خبر {self.pk}"
