"""The pool of Noormags accounts, and to whom they were handed out (spec R7)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from libraries.models import Province
from libraries.roles import Right

FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR = 1280, 1500


class OfProvince(models.QuerySet[Any]):
    """Accounts belong to a province, not to a library: only its own staff see them."""

    def for_user(self, user: Any) -> Self:
        """The rows of the user's province; none for who doesn't hand out accounts there."""
        if not user.has_right(Right.HAND_OUT_ACCOUNTS) or user.province_id is None:
            return self.none()
        return self.filter(province=user.province_id)


class AccountQuerySet(OfProvince):
    """Accounts of a pool."""

    def free(self) -> Self:
        """Those that can still be handed out."""
        return self.filter(grant__isnull=True).exclude(password="")


class NoormagsAccount(models.Model):
    """A user name and password of the pool.

    The password is shown once, to who hands it out, and isn't kept after that.
    """

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="noormags_accounts", verbose_name="استان"
    )
    username = models.CharField("نام کاربری", max_length=100)
    password = models.CharField("کلمهٔ عبور", max_length=100, blank=True)
    imported_at = models.DateTimeField("زمان ورود")
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="واردکننده"
    )

    objects: ClassVar = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = "حساب نورمگز"
        verbose_name_plural = "حساب‌های نورمگز"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("province", "username"), name="noormags_account_once_in_province"
            ),
        )

    def __str__(self) -> str:
        return self.username


class NoormagsGrant(models.Model):
    """An account handed out to a person who asked for it in the office's direct messages.

    A person has one; another needs a reason.
    """

    # The account's own, kept here for the database to see that a person is given one only.
    province = models.ForeignKey(
        Province, models.PROTECT, related_name="noormags_grants", verbose_name="استان"
    )
    account = models.OneToOneField(
        NoormagsAccount, models.PROTECT, related_name="grant", verbose_name="حساب"
    )
    full_name = models.CharField("نام و نام خانوادگی", max_length=200)
    national_id = models.CharField("کد ملی", max_length=10)
    birth_year = models.PositiveSmallIntegerField(
        "سال تولد",
        validators=(MinValueValidator(FIRST_BIRTH_YEAR), MaxValueValidator(LAST_BIRTH_YEAR)),
    )
    instagram = models.CharField("نام در اینستاگرام", max_length=60, blank=True)
    again_because = models.CharField("علت واگذاری دوباره", max_length=200, blank=True)
    given_at = models.DateTimeField("زمان واگذاری")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="واگذارکننده"
    )
    shown_at = models.DateTimeField("نمایش کلمهٔ عبور", null=True)
    shown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="بیننده"
    )

    objects: ClassVar = OfProvince.as_manager()

    class Meta:
        verbose_name = "واگذاری حساب نورمگز"
        verbose_name_plural = "واگذاری‌های حساب نورمگز"
        ordering = ("-given_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("province", "national_id"),
                condition=Q(again_because=""),
                name="noormags_first_account_once",
            ),
            models.CheckConstraint(
                condition=~Q(national_id="")
                & Q(birth_year__range=(FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR)),
                name="noormags_grant_names_a_person",
            ),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=True, shown_by__isnull=True)
                | Q(shown_at__isnull=False, shown_by__isnull=False),
                name="noormags_shown_by_somebody",
            ),
        )
        indexes = (
            models.Index(fields=("province", "given_at"), name="noormags_grants_by_time"),
            models.Index(fields=("province", "national_id"), name="noormags_grants_of_a_person"),
        )

    def __str__(self) -> str:
        return f"واگذاری {self.pk}"
