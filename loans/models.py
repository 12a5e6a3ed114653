"""Members, loans, follow-up calls, forgiveness."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Copy, Library
from libraries.querysets import ScopedQuerySet


class Member(models.Model):
    """Someone who borrows. National ID and mobile are shown masked, and logged when opened."""

    library_path = "library"

    library = models.ForeignKey(
        Library, models.CASCADE, related_name="members", verbose_name="کتابخانه"
    )
    full_name = models.CharField("نام و نام خانوادگی", max_length=200)
    search_name = models.CharField(max_length=200, editable=False)
    membership_number = models.CharField("شمارهٔ عضویت", max_length=40, blank=True)
    national_id = models.CharField("کد ملی", max_length=10, blank=True)
    mobile = models.CharField("تلفن همراه", max_length=11, blank=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "عضو"
        verbose_name_plural = "اعضا"
        ordering = ("full_name",)
        constraints = (
            models.UniqueConstraint(
                fields=("library", "membership_number"),
                condition=~models.Q(membership_number=""),
                name="membership_number_once_in_library",
                violation_error_message="این شمارهٔ عضویت در همین کتابخانه از آن عضو دیگری است.",
            ),
            models.UniqueConstraint(
                fields=("library", "national_id"),
                condition=~models.Q(national_id=""),
                name="national_id_once_in_library",
                violation_error_message="عضوی با این کد ملی در همین کتابخانه ثبت شده است.",
            ),
        )
        indexes = (models.Index(fields=("library", "search_name"), name="member_by_name"),)

    def __str__(self) -> str:
        return self.full_name


class Loan(models.Model):
    """A copy lent to someone; open until it is returned."""

    library_path = "copy__library"

    class Source(models.TextChoices):
        """Where the loan was written down."""

        DESK = "desk", "میز امانت"
        LIST = "list", "فهرست نسخ"

    copy = models.ForeignKey(Copy, models.CASCADE, related_name="loans", verbose_name="نسخه")
    # A copies list often says only that a copy is lent, not to whom or until when.
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="loans", verbose_name="عضو"
    )
    source = models.CharField("ثبت از", max_length=5, choices=Source, default=Source.DESK)
    lent_at = models.DateTimeField("زمان امانت")
    due_on = models.DateField("مهلت بازگشت", null=True, blank=True)
    returned_at = models.DateTimeField("زمان بازگشت", null=True, blank=True)
    lent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="ثبت‌کننده",
    )
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="گیرنده"
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "امانت"
        verbose_name_plural = "امانت‌ها"
        ordering = ("-lent_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("copy",),
                condition=models.Q(returned_at__isnull=True),
                name="one_open_loan_a_copy",
                violation_error_message="این نسخه هم‌اکنون در امانت است.",
            ),
            models.CheckConstraint(
                condition=models.Q(returned_at__isnull=True)
                | models.Q(returned_at__gte=models.F("lent_at")),
                name="loan_returned_after_lent",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_on",),
                condition=models.Q(returned_at__isnull=True),
                name="open_loan_by_due_date",
            ),
        )

    def __str__(self) -> str:
        return f"امانت {self.pk}"


class FollowUp(models.Model):
    """One attempt of the library to get a loan back (directive 5-1: «علیرغم پیگیری کتابدار»)."""

    library_path = "loan__copy__library"

    class Channel(models.TextChoices):
        """How the borrower was reached, or not."""

        PHONE = "phone", "تلفن"
        MESSAGE = "message", "پیامک"
        LETTER = "letter", "نامه"
        VISIT = "visit", "حضوری"

    loan = models.ForeignKey(Loan, models.CASCADE, related_name="follow_ups", verbose_name="امانت")
    at = models.DateTimeField("زمان")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="پیگیری‌کننده"
    )
    channel = models.CharField("از راه", max_length=10, choices=Channel, default=Channel.PHONE)
    said = models.CharField("نتیجه", max_length=500)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "پیگیری"
        verbose_name_plural = "پیگیری‌ها"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"پیگیری {self.get_channel_display()}"


class Forgiveness(models.Model):
    """A late fee that is not asked for, and why (directive 4-2). Taken back, it stays on record."""

    library_path = "loan__copy__library"

    loan = models.ForeignKey(
        Loan, models.CASCADE, related_name="forgivenesses", verbose_name="امانت"
    )
    days_late = models.PositiveIntegerField("روزهای دیرکرد")
    cause = models.CharField("سبب", max_length=300)
    at = models.DateTimeField("زمان")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="کاربر"
    )
    revoked_at = models.DateTimeField("پس گرفته شد", null=True, blank=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "بخشودگی دیرکرد"
        verbose_name_plural = "بخشودگی‌های دیرکرد"
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("loan",),
                condition=models.Q(revoked_at__isnull=True),
                name="one_forgiveness_a_loan",
            ),
        )

    def __str__(self) -> str:
        return f"بخشودگی {self.days_late} روز"
