"""The SMS line of a province: its number and what the province sets for it."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from libraries.models import Province


class SmsLine(models.Model):
    """A line that members write to, and the province whose expert reads what names no library.

    Texts nobody waits for (return days) leave between `opens_at` and `closes_at` only, so many in
    a batch, with a pause between batches.
    """

    number = models.CharField("شمارهٔ خط", max_length=20, unique=True)
    province = models.OneToOneField(
        Province, models.PROTECT, related_name="sms_line", verbose_name="استان"
    )
    opens_at = models.TimeField("فرستادن از ساعت", default=time(9))
    closes_at = models.TimeField("فرستادن تا ساعت", default=time(20))
    batch_size = models.PositiveSmallIntegerField(
        "شمار پیامک در هر دسته",
        default=100,
        validators=(MinValueValidator(1), MaxValueValidator(1000)),
    )
    batch_minutes = models.PositiveSmallIntegerField(
        "فاصلهٔ دسته‌ها (دقیقه)",
        default=5,
        validators=(MinValueValidator(1), MaxValueValidator(240)),
    )
    # One item a line; each must be ticked (spec R4). Empty: the list of `domain.health`.
    preparing_list = models.TextField("فهرست بهداشتی آماده‌سازی", blank=True)
    handover_list = models.TextField("فهرست بهداشتی تحویل", blank=True)
    noormags_guide = models.TextField("راهنمای استفاده از نورمگز", blank=True)

    class Meta:
        verbose_name = "خط پیامک"
        verbose_name_plural = "خط‌های پیامک"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at")),
                name="sms_line_opens_before_it_closes",
                violation_error_message="ساعت پایان باید پس از ساعت آغاز باشد.",
            ),
            models.CheckConstraint(
                condition=models.Q(batch_size__range=(1, 1000), batch_minutes__range=(1, 240)),
                name="sms_line_batches_in_reason",
                violation_error_message="دسته از ۱ تا ۱۰۰۰ پیامک و فاصله از ۱ تا ۲۴۰ دقیقه است.",
            ),
        )

    def __str__(self) -> str:
        return f"خط {self.number}"
