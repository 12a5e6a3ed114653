"""Work that takes more than a second or two, with a row that a page can show."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models.places import Library
from libraries.querysets import ScopedQuerySet


class Job(models.Model):
    """One piece of long work: how far it is, what came of it.

    `done` and `total` count the unit that `unit` names; `total` is null while it isn't known.
    """

    library_path = "library"

    class State(models.TextChoices):
        """A job's life."""

        WAITING = "waiting", "در نوبت"
        RUNNING = "running", "در حال انجام"
        DONE = "done", "انجام شد"
        FAILED = "failed", "انجام نشد"

    label = models.CharField("کار", max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs")
    library = models.ForeignKey(Library, models.CASCADE, null=True, related_name="jobs")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    step = models.CharField("گام", max_length=100, blank=True)
    unit = models.CharField(max_length=30, default="ردیف")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    message = models.TextField("نتیجه", blank=True)
    next_url = models.CharField(max_length=200, blank=True)
    result = models.FileField(upload_to="results/%Y%m", blank=True)
    result_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "کار"
        verbose_name_plural = "کارها"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.label

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {self.State.DONE, self.State.FAILED}
