"""What the reading found, what people decided of it, and what was applied."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Copy, CopyStatus, StatusChange, WeedingCause
from libraries.models.holdings import BinaryOrderedCharField
from libraries.querysets import ScopedQuerySet
from loans.models import BindingTrip, Forgiveness, Loan
from shelfreading.domain.findings import LABELS
from shelfreading.models.sessions import ReadingSession

FINDING_CHOICES = [(code.value, label) for code, label in LABELS.items()]


class SessionFinding(models.Model):
    """One line of the match: an expected copy, or an observed code that is none."""

    library_path = "session__library"

    # A line for each copy, written anew whenever something came in: as few indexes as will do.
    session = models.ForeignKey(
        ReadingSession, models.CASCADE, related_name="findings", db_index=False
    )
    finding = models.CharField("یافته", max_length=16, choices=FINDING_CHOICES)
    copy = models.ForeignKey(Copy, models.CASCADE, null=True, related_name="+", db_index=False)
    code = BinaryOrderedCharField("کد", max_length=200, blank=True)
    # Place in shelf order for expected copies; in reading order, after them, for the others.
    position = models.PositiveIntegerField()
    event_id = models.UUIDField(null=True)
    # A missing copy that was looked for a second time, and wasn't there (spec B5).
    was_sought = models.BooleanField(default=False)
    # Which of the session's moves takes the copy back to its place (spec B1), from 1.
    move = models.PositiveIntegerField(null=True)
    belongs_after = models.ForeignKey(
        Copy, models.CASCADE, null=True, related_name="+", db_index=False
    )
    belongs_before = models.ForeignKey(
        Copy, models.CASCADE, null=True, related_name="+", db_index=False
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "یافته"
        verbose_name_plural = "یافته‌ها"
        constraints = (
            models.UniqueConstraint(
                fields=("session", "finding", "position"), name="finding_position_once"
            ),
        )
        indexes = (
            models.Index(fields=("copy", "session"), name="finding_by_copy"),
            models.Index(
                fields=("belongs_after",),
                condition=models.Q(belongs_after__isnull=False),
                name="finding_by_belongs_after",
            ),
            models.Index(
                fields=("belongs_before",),
                condition=models.Q(belongs_before__isnull=False),
                name="finding_by_belongs_before",
            ),
        )

    @property
    def key(self) -> str:
        """How a page names the line; the same after a new computation."""
        return f"c{self.copy_id}" if self.copy_id else f"u{self.code}"


class Decision(models.Model):
    """What a person decided about a copy or an unknown code; survives a new computation."""

    library_path = "session__library"

    class Fate(models.TextChoices):
        """What becomes of the copy."""

        WEED_CONTENT = "weed_content", "وجین محتوایی"
        WEED_DUPLICATE = "weed_duplicate", "وجین تکراری"
        WEED_WORN = "weed_worn", "وجین فرسوده"
        WEED_NO_AUDIENCE = "weed_no_audience", "وجین بدون مخاطب"
        BINDING = "binding", "ارسال به صحافی"
        SPINE_LABEL = "spine_label", "برچسب عطف تازه"
        LEAVE = "leave", "تغییری داده نشود"

    class Settlement(models.TextChoices):
        """What wins when the record changed since the reading (spec B10)."""

        READING = "reading", "یافتهٔ رف‌خوانی"
        RECORD = "record", "وضعیت کنونی"

    session = models.ForeignKey(ReadingSession, models.CASCADE, related_name="decisions")
    copy = models.ForeignKey(Copy, models.CASCADE, null=True, related_name="+")
    code = BinaryOrderedCharField(max_length=200, blank=True)
    fate = models.CharField("تصمیم", max_length=16, choices=Fate, blank=True)
    is_put_right = models.BooleanField("انجام شد", default=False)
    settlement = models.CharField(max_length=10, choices=Settlement, blank=True)
    # The command at the shelf that it follows from (spec B9); null where a person decided here.
    mark = models.UUIDField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("session", "copy"),
                condition=models.Q(copy__isnull=False),
                name="one_decision_a_copy",
            ),
            models.UniqueConstraint(
                fields=("session", "code"),
                condition=models.Q(copy__isnull=True),
                name="one_decision_an_unknown_code",
            ),
        )


WEEDING_OF_FATE: dict[str, WeedingCause] = {
    Decision.Fate.WEED_CONTENT: WeedingCause.CONTENT,
    Decision.Fate.WEED_DUPLICATE: WeedingCause.DUPLICATE,
    Decision.Fate.WEED_WORN: WeedingCause.WORN,
    Decision.Fate.WEED_NO_AUDIENCE: WeedingCause.NO_AUDIENCE,
}


class Application(models.Model):
    """The one step in which a session's findings were put into the records (spec S4.5, B10)."""

    library_path = "session__library"

    session = models.ForeignKey(ReadingSession, models.CASCADE, related_name="applications")
    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seen_count = models.PositiveIntegerField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "اعمال یافته‌ها"
        verbose_name_plural = "اعمال‌های یافته‌ها"
        ordering = ("-applied_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("session",),
                condition=models.Q(undone_at__isnull=True),
                name="one_standing_application_a_session",
            ),
        )


class AppliedChange(models.Model):
    """A line of the journal: what a copy was, what it became, all that is needed to go back."""

    library_path = "application__session__library"

    application = models.ForeignKey(Application, models.CASCADE, related_name="changes")
    copy = models.ForeignKey(Copy, models.PROTECT, related_name="+")
    finding = models.CharField(max_length=16, choices=FINDING_CHOICES)
    position = models.PositiveIntegerField()
    from_status = models.CharField(max_length=12, choices=CopyStatus)
    to_status = models.CharField(max_length=12, choices=CopyStatus)
    from_weeding_cause = models.CharField(max_length=12, blank=True)
    weeding_cause = models.CharField(max_length=12, choices=WeedingCause, blank=True)
    # Null where the status stayed (a loan was returned, nothing else).
    status_change = models.ForeignKey(StatusChange, models.PROTECT, null=True, related_name="+")
    returned_loan = models.ForeignKey(Loan, models.PROTECT, null=True, related_name="+")
    forgiveness = models.ForeignKey(Forgiveness, models.PROTECT, null=True, related_name="+")
    # The trip to the binder that began with this step, and the one that was over by it.
    opened_trip = models.ForeignKey(BindingTrip, models.SET_NULL, null=True, related_name="+")
    closed_trip = models.ForeignKey(BindingTrip, models.PROTECT, null=True, related_name="+")
    # The weeding that this step proposed; the copy is weeded when the expert accepts it.
    proposal = models.OneToOneField(
        "shelfreading.WeedingProposal", models.PROTECT, null=True, related_name="applied_change"
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("application", "copy"), name="one_change_a_copy_in_application"
            ),
        )
