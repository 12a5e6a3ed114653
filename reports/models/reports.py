"""A report on its way up, and each step it made."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models

from libraries.models import County, Library, Province
from libraries.roles import SCOPE_OF_ROLE, Role, Scope
from reports.domain.workflow import LEVEL_LABELS, MOVE_LABELS, STATE_LABELS, Level, State
from shelfreading.models import ReadingSession, Round

LEVELS = [(level.value, label) for level, label in LEVEL_LABELS.items()]
STATES = [(state.value, STATE_LABELS[state]) for state in State if state != State.DRAFT]
MOVES = [(move.value, label) for move, label in MOVE_LABELS.items()]


class ReportQuerySet(models.QuerySet[Any]):
    """Reports belong to the place that they were sent from, even if the library moves later."""

    def for_user(self, user: Any) -> Self:
        """The reports inside the user's scope; none for one who is not logged in or not active.

        A library sees its own, a county what its libraries and its office sent, a province all
        that was sent below it and by it, the country everything.
        """
        if not getattr(user, "is_active", False) or not getattr(user, "role", ""):
            return self.none()
        match SCOPE_OF_ROLE[Role(user.role)]:
            case Scope.LIBRARY:
                return self.filter(library=user.library_id)
            case Scope.COUNTY:
                return self.filter(county=user.county_id)
            case Scope.PROVINCE:
                return self.filter(province=user.province_id)
            case Scope.COUNTRY:
                return self.all()
            case _:
                return self.none()


class Report(models.Model):
    """Report 1 of a session, report 2 of a county or report 3 of a province in a round.

    It comes into being when it is first sent. `library`, `county`, `province` and `library_kind`
    are as they were then: a library that moves to another county leaves its reports where they
    were sent.
    """

    level = models.CharField("گزارش", max_length=8, choices=LEVELS)
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="reports")
    session = models.ForeignKey(ReadingSession, models.PROTECT, null=True, related_name="reports")
    library = models.ForeignKey(Library, models.PROTECT, null=True, related_name="reports")
    county = models.ForeignKey(County, models.PROTECT, null=True, related_name="reports")
    province = models.ForeignKey(Province, models.PROTECT, related_name="reports")
    library_kind = models.CharField("نوع", max_length=20, choices=Library.Kind)
    state = models.CharField("وضعیت", max_length=9, choices=STATES)
    since = models.DateTimeField("از")  # since when it stands so
    due_on = models.DateField("مهلت", null=True)  # of sending it
    revision = models.PositiveSmallIntegerField("ویراست", default=1)
    # The report 2 or 3 whose current revision counts this one.
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    # What a print's code names it by (spec B7): nobody counts through these.
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)

    objects: ClassVar = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "گزارش"
        verbose_name_plural = "گزارش‌ها"
        ordering = ("-since", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    level=Level.LIBRARY, session__isnull=False, library__isnull=False,
                    county__isnull=False,
                )
                | models.Q(
                    level=Level.COUNTY, session__isnull=True, library__isnull=True,
                    county__isnull=False, round__isnull=False,
                )
                | models.Q(
                    level=Level.PROVINCE, session__isnull=True, library__isnull=True,
                    county__isnull=True, round__isnull=False,
                ),
                name="report_has_its_place",
            ),
            models.UniqueConstraint(fields=("session",), name="one_report_a_session"),
            models.UniqueConstraint(
                fields=("round", "county", "library_kind"),
                condition=models.Q(level=Level.COUNTY),
                name="one_report_a_county_and_kind",
            ),
            models.UniqueConstraint(
                fields=("round", "province", "library_kind"),
                condition=models.Q(level=Level.PROVINCE),
                name="one_report_a_province_and_kind",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=("round", "province", "level", "state"), name="report_in_round"),
        )

    def __str__(self) -> str:
        return f"{self.get_level_display()} — {self.place}"

    @property
    def place(self) -> str:
        """Whose report it is."""
        return str(self.library or self.county or self.province)


class ReportStep(models.Model):
    """One move of a report, with the comment of whoever made it. Never changed."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="steps")
    revision = models.PositiveSmallIntegerField()
    move = models.CharField(max_length=8, choices=MOVES)
    becomes = models.CharField(max_length=9, choices=STATES)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    comment = models.TextField("توضیح", max_length=4000, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(move="return", comment=""), name="return_says_why"
            ),
        )
