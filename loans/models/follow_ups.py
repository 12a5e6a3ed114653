"""What became of a late loan: calls, and forgiveness of its fee."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan

from libraries.querysets import ScopedQuerySet
from loans.models.loans import Loan


def _says_something(name: str) -> GreaterThan:
    """The column holds more than spaces."""
    return GreaterThan(Length(Trim(name)), 0)


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
        constraints = (
            models.CheckConstraint(condition=_says_something("said"), name="follow_up_has_result"),
        )

    def __str__(self) -> str:
        return f"پیگیری {self.get_channel_display()}"


class Forgiveness(models.Model):
    """A late fee that is not asked for, and why (directive 4-2). Taken back, it stays on record."""

    library_path = "loan__copy__library"

    loan = models.ForeignKey(
        Loan, models.CASCADE, related_name="forgivenesses", verbose_name="امانت"
    )
    days_late = models.PositiveIntegerField("روزهای دیرکرد")
    # In rials: what the loan's fee was; a loan may be late and cost nothing.
    amount = models.PositiveBigIntegerField("مبلغ (ریال)", default=0, db_default=0)
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
            models.CheckConstraint(
                condition=models.Q(_says_something("cause"), by__isnull=False),
                name="forgiveness_has_cause_and_person",
                violation_error_message="بخشودگی بی سبب و بی نام نمی‌شود؛ سبب آن را بنویسید.",
            ),
        )

    def __str__(self) -> str:
        return f"بخشودگی {self.days_late} روز"
