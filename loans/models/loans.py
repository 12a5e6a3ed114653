"""Loans and their renewals."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Copy
from libraries.querysets import ScopedQuerySet
from loans.models.members import Member


class Loan(models.Model):
    """A copy lent to someone; open until it is returned."""

    library_path = "copy__library"

    class Source(models.TextChoices):
        """Where the loan was written down."""

        DESK = "desk", "میز امانت"
        LIST = "list", "فهرست"
        CARD = "card", "کارت امانت"

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
    # In rials, at the rate of the day the book came back; what is forgiven stands in Forgiveness.
    fee = models.PositiveBigIntegerField("جریمهٔ دیرکرد (ریال)", default=0, db_default=0)
    fee_paid_at = models.DateTimeField("زمان دریافت جریمه", null=True, blank=True)
    fee_paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="دریافت‌کنندهٔ جریمه",
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
            models.CheckConstraint(
                condition=models.Q(fee=0) | models.Q(returned_at__isnull=False),
                name="fee_only_after_return",
            ),
            models.CheckConstraint(
                condition=models.Q(fee_paid_at__isnull=True, fee_paid_by__isnull=True)
                | models.Q(fee_paid_at__isnull=False, fee_paid_by__isnull=False, fee__gt=0),
                name="fee_paid_to_someone",
            ),
        )
        indexes = (
            models.Index(
                # Whole as the lists are ordered: their first page reads fifty loans, not all.
                fields=("due_on", "lent_at", "id"),
                condition=models.Q(returned_at__isnull=True),
                name="open_loans_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"امانت {self.pk}"


class Renewal(models.Model):
    """One time that a loan was given a later due date."""

    library_path = "loan__copy__library"

    loan = models.ForeignKey(Loan, models.CASCADE, related_name="renewals", verbose_name="امانت")
    at = models.DateTimeField("زمان")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="کاربر"
    )
    # A list may not have told when the book was due.
    from_due = models.DateField("از مهلت", null=True, blank=True)
    to_due = models.DateField("تا مهلت")

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "تمدید"
        verbose_name_plural = "تمدیدها"
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(from_due__isnull=True)
                | models.Q(to_due__gt=models.F("from_due")),
                name="renewal_gives_time",
            ),
        )

    def __str__(self) -> str:
        return f"تمدید {self.pk}"
