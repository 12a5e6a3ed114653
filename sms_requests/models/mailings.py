"""Many texts that leave together, at a pace, and may be stopped."""

from django.conf import settings
from django.db import models

from sms_requests.models.lines import SmsLine


class Mailing(models.Model):
    """Texts that nobody waits for: the hours and batches in which they leave, until when at all.

    Hours and batches are the line's at the time of writing. An answer to somebody's text belongs
    to no mailing: it leaves at once, at any hour.
    """

    opens_at = models.TimeField("فرستادن از ساعت")
    closes_at = models.TimeField("فرستادن تا ساعت")
    batch_size = models.PositiveSmallIntegerField("شمار پیامک در هر دسته")
    batch_minutes = models.PositiveSmallIntegerField("فاصلهٔ دسته‌ها (دقیقه)")
    # After this moment a text that hasn't left says nothing true any more, and isn't sent.
    ends_at = models.DateTimeField("پایان")
    cancelled_at = models.DateTimeField("لغو", null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="لغوکننده",
    )

    class Meta:
        verbose_name = "فرستادن گروهی"
        verbose_name_plural = "فرستادن‌های گروهی"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at"))
                & models.Q(batch_size__gte=1, batch_minutes__gte=1),
                name="mailing_gets_done",
            ),
        )

    def __str__(self) -> str:
        return f"فرستادن گروهی {self.pk}"

    @classmethod
    def by(cls, line: SmsLine, **values: object) -> "Mailing":
        """An unsaved mailing at a line's pace."""
        return cls(
            opens_at=line.opens_at,
            closes_at=line.closes_at,
            batch_size=line.batch_size,
            batch_minutes=line.batch_minutes,
            **values,
        )
