"""The pool of Noormags accounts, and to whom they were handed out (spec R7)."""

from django.conf import settings
from django.db import models

from libraries.models import Province


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
    """An account handed out to a person who asked for it in the office's direct messages."""

    account = models.OneToOneField(
        NoormagsAccount, models.PROTECT, related_name="grant", verbose_name="حساب"
    )
    full_name = models.CharField("نام و نام خانوادگی", max_length=200)
    national_id = models.CharField("کد ملی", max_length=10)
    birth_year = models.PositiveSmallIntegerField("سال تولد")
    instagram = models.CharField("نام در اینستاگرام", max_length=60, blank=True)
    given_at = models.DateTimeField("زمان واگذاری")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="واگذارکننده"
    )
    shown_at = models.DateTimeField("نمایش کلمهٔ عبور", null=True)
    shown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="بیننده"
    )

    class Meta:
        verbose_name = "واگذاری حساب نورمگز"
        verbose_name_plural = "واگذاری‌های حساب نورمگز"
        ordering = ("-given_at", "-pk")

    def __str__(self) -> str:
        return f"واگذاری {self.pk}"
