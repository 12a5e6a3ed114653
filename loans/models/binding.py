"""Copies that are out to be rebound."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Copy
from libraries.querysets import ScopedQuerySet


class BindingTrip(models.Model):
    """A copy's way to the binder and back. Out, it counts as a holding (directive 4-3)."""

    library_path = "copy__library"

    copy = models.ForeignKey(
        Copy, models.CASCADE, related_name="binding_trips", verbose_name="نسخه"
    )
    binder = models.CharField("صحافی", max_length=120, blank=True)
    sent_on = models.DateField("تاریخ ارسال")
    expected_on = models.DateField("بازگشت احتمالی", null=True, blank=True)
    back_on = models.DateField("تاریخ بازگشت", null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="فرستنده"
    )
    back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="گیرنده"
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "صحافی"
        verbose_name_plural = "صحافی‌ها"
        ordering = ("sent_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("copy",),
                condition=models.Q(back_on__isnull=True),
                name="one_open_binding_a_copy",
                violation_error_message="این نسخه هم‌اکنون در صحافی است.",
            ),
            models.CheckConstraint(
                condition=models.Q(back_on__isnull=True)
                | models.Q(back_on__gte=models.F("sent_on"), back_by__isnull=False),
                name="binding_back_after_sent",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_on__isnull=True)
                | models.Q(expected_on__gte=models.F("sent_on")),
                name="binding_expected_after_sent",
            ),
        )

    def __str__(self) -> str:
        return f"صحافی {self.pk}"
