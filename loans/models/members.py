"""Who borrows, and by which rules."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from libraries.models import Library
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
    is_active = models.BooleanField("عضویت فعال", default=True, db_default=True)

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
        indexes = (
            models.Index(fields=("library", "search_name"), name="member_by_name"),
            models.Index(fields=("mobile", "library"), name="member_by_mobile"),
        )

    def __str__(self) -> str:
        return self.full_name


LEAST_DAYS, MOST_DAYS = 1, 365
MOST_RENEWALS = 20
MOST_COPIES = 100
MOST_FEE = 1_000_000  # rials a day


def _days(label: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        default=14,
        validators=(MinValueValidator(LEAST_DAYS), MaxValueValidator(MOST_DAYS)),
    )


class LoanRules(models.Model):
    """By which rules a library lends. One row a library; where there is none, the defaults hold."""

    library_path = "library"

    library = models.OneToOneField(
        Library, models.CASCADE, related_name="loan_rules", verbose_name="کتابخانه"
    )
    loan_days = _days("مدت امانت (روز)")
    renewals = models.PositiveSmallIntegerField(
        "شمار تمدید", default=2, validators=(MaxValueValidator(MOST_RENEWALS),)
    )
    renewal_days = _days("مدت هر تمدید (روز)")
    most_at_once = models.PositiveSmallIntegerField(
        "بیشترین کتاب نزد هر عضو",
        default=5,
        validators=(MinValueValidator(1), MaxValueValidator(MOST_COPIES)),
    )
    # Nought: what a day late costs is for each library to say.
    fee_a_day = models.PositiveIntegerField(
        "جریمهٔ هر روز دیرکرد (ریال)", default=0, validators=(MaxValueValidator(MOST_FEE),)
    )
    overdue_may_borrow = models.BooleanField("عضوی که کتاب دیرکرده دارد امانت بگیرد", default=False)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "آیین امانت"
        verbose_name_plural = "آیین‌های امانت"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    loan_days__range=(LEAST_DAYS, MOST_DAYS),
                    renewal_days__range=(LEAST_DAYS, MOST_DAYS),
                    renewals__lte=MOST_RENEWALS,
                    most_at_once__range=(1, MOST_COPIES),
                    fee_a_day__lte=MOST_FEE,
                ),
                name="loan_rules_in_reason",
            ),
        )

    def __str__(self) -> str:
        return f"آیین امانت {self.library}"

    @classmethod
    def of(cls, library: Library) -> "LoanRules":
        """The library's rules; an unsaved row of the defaults where it has set none."""
        found: LoanRules | None = cls.objects.filter(library=library).first()
        return found or cls(library=library)
