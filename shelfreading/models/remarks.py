"""The paper work that follows an applied reading, ticked until it is done."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.querysets import ScopedQuerySet
from shelfreading.models.findings import AppliedChange


class PaperTick(models.Model):
    """A remark that was written, or a card that was dealt with."""

    library_path = "change__application__session__library"

    class Kind(models.TextChoices):
        """Register book or card cabinet."""

        REGISTER = "register", "دفتر ثبت"
        CARD = "card", "برگه‌دان"

    change = models.ForeignKey(AppliedChange, models.CASCADE, related_name="paper_ticks")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("change", "kind"), name="paper_ticked_once"),
        )
