"""What is proposed for weeding, and what the provincial expert decided of it (directive 4-5)."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from libraries.models import Copy, Library, StatusChange, WeedingCause
from libraries.querysets import ScopedQuerySet
from shelfreading.domain.weeding_rules import LABELS, Thresholds
from shelfreading.models.findings import Application
from shelfreading.models.sessions import ReadingSession

RULE_CHOICES = [(rule.value, label) for rule, label in LABELS.items()]
MOST_YEARS, MOST_LOANS_A_COPY, MOST_LOANS = 100, 365, 10_000


class WeedingProposal(models.Model):
    """One copy proposed for weeding. The library proposes, the provincial expert decides, and
    only then is the copy weeded."""

    library_path = "library"

    class Origin(models.TextChoices):
        """What the proposal follows from."""

        READING = "reading", "رف‌خوانی"
        RULE = "rule", "قاعده"
        HAND = "hand", "دستی"

    class State(models.TextChoices):
        """How far the proposal is."""

        PROPOSED = "proposed", "در انتظار نظر کارشناس"
        ACCEPTED = "accepted", "پذیرفته"
        REFUSED = "refused", "رد شده"
        WITHDRAWN = "withdrawn", "پس‌گرفته"

    library = models.ForeignKey(
        Library, models.CASCADE, related_name="weeding_proposals", verbose_name="کتابخانه"
    )
    copy = models.ForeignKey(
        Copy, models.PROTECT, related_name="weeding_proposals", verbose_name="نسخه"
    )
    cause = models.CharField("علت", max_length=12, choices=WeedingCause)
    origin = models.CharField("از راه", max_length=8, choices=Origin)
    rule = models.CharField("قاعده", max_length=8, choices=RULE_CHOICES, blank=True)
    # What proposed it, in a Persian sentence that the expert reads.
    why = models.CharField("سبب پیشنهاد", max_length=300)
    session = models.ForeignKey(
        ReadingSession, models.PROTECT, null=True, related_name="weeding_proposals"
    )
    # The step that made it: taken back, it takes the proposal along.
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="weeding_proposals"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="پیشنهاددهنده"
    )
    proposed_at = models.DateTimeField("زمان پیشنهاد")
    state = models.CharField("وضعیت", max_length=10, choices=State, default=State.PROPOSED)
    # Who ended it and when: the expert, or for a withdrawn one somebody of the library.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="کارشناس",
    )
    decided_at = models.DateTimeField("زمان نظر", null=True)
    reason = models.CharField("دلیل رد", max_length=300, blank=True)
    status_change = models.OneToOneField(
        StatusChange, models.PROTECT, null=True, related_name="weeding_proposal"
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "پیشنهاد وجین"
        verbose_name_plural = "پیشنهادهای وجین"
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("copy",),
                condition=models.Q(state="proposed"),
                name="one_open_weeding_proposal_a_copy",
            ),
            models.CheckConstraint(
                condition=models.Q(cause__in=WeedingCause.values), name="weeding_proposal_cause"
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", decided_at=None, decided_by=None)
                | models.Q(
                    state__in=("accepted", "refused", "withdrawn"),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="weeding_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(state="refused") & ~models.Q(reason="")
                | ~models.Q(state="refused") & models.Q(reason=""),
                name="weeding_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state="accepted", status_change__isnull=False)
                | ~models.Q(state="accepted") & models.Q(status_change=None),
                name="weeding_accepted_with_its_change",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    origin="reading", session__isnull=False, application__isnull=False, rule=""
                )
                | models.Q(origin="rule", session=None, application=None) & ~models.Q(rule="")
                | models.Q(origin="hand", session=None, application=None, rule=""),
                name="weeding_proposal_origin",
            ),
        )
        indexes = (models.Index(fields=("library", "state", "cause"), name="weeding_by_library"),)

    def __str__(self) -> str:
        return f"پیشنهاد وجین {self.pk}"


def _limit(label: str, default: int | None, most: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        default=default,
        validators=(MinValueValidator(1), MaxValueValidator(most)),
    )


class WeedingRules(models.Model):
    """From what on a library's rules propose a copy (spec B8); empty leaves a rule out.

    One row a library; where there is none, the defaults hold.
    """

    library_path = "library"

    library = models.OneToOneField(
        Library, models.CASCADE, related_name="weeding_rules", verbose_name="کتابخانه"
    )
    unlent_years = _limit("سال‌های امانت‌نرفتن", Thresholds().unlent_years, MOST_YEARS)
    loans_a_copy = _limit(
        "امانت در سال که یک نسخه پاسخ می‌دهد", Thresholds().loans_a_copy, MOST_LOANS_A_COPY
    )
    worn_loans = _limit("شمار امانت تا فرسودگی", Thresholds().worn_loans, MOST_LOANS)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "قاعده‌های وجین"
        verbose_name_plural = "قاعده‌های وجین"
        constraints = (
            models.CheckConstraint(
                condition=(
                    models.Q(unlent_years=None) | models.Q(unlent_years__range=(1, MOST_YEARS))
                )
                & (
                    models.Q(loans_a_copy=None)
                    | models.Q(loans_a_copy__range=(1, MOST_LOANS_A_COPY))
                )
                & (models.Q(worn_loans=None) | models.Q(worn_loans__range=(1, MOST_LOANS))),
                name="weeding_rules_in_reason",
            ),
        )

    def __str__(self) -> str:
        return f"قاعده‌های وجین {self.library}"

    @classmethod
    def of(cls, library: Library) -> "WeedingRules":
        """The library's rules; an unsaved row of the defaults where it has set none."""
        found: WeedingRules | None = cls.objects.filter(library=library).first()
        return found or cls(library=library)

    @property
    def thresholds(self) -> Thresholds:
        """The limits as the rules take them."""
        return Thresholds(self.unlent_years, self.loans_a_copy, self.worn_loans)
