"""Province → county → library → section."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from libraries.domain.call_numbers import Rules
from libraries.querysets import ScopedQuerySet


class Province(models.Model):
    """One of the country's provinces."""

    name = models.CharField("نام", max_length=100, unique=True)

    class Meta:
        verbose_name = "استان"
        verbose_name_plural = "استان‌ها"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class County(models.Model):
    """A province's county, with its own office."""

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="counties", verbose_name="استان"
    )
    name = models.CharField("نام", max_length=100)

    class Meta:
        verbose_name = "شهرستان"
        verbose_name_plural = "شهرستان‌ها"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("province", "name"), name="county_once_in_province"),
        )

    def __str__(self) -> str:
        return self.name


class Library(models.Model):
    """A public library: the owner of copies, loans, sessions and reports."""

    library_path = ""

    class Kind(models.TextChoices):
        """Who runs the library (spec "Words")."""

        INSTITUTIONAL = "institutional", "نهادی"
        PARTICIPATORY = "participatory", "مشارکتی"
        INDEPENDENT = "independent", "مستقل"

    class PlaceKind(models.TextChoices):
        """What the minutes print as «شهر/ روستا»."""

        TOWN = "town", "شهر"
        VILLAGE = "village", "روستا"

    class LiteratureOrder(models.TextChoices):
        """Where Iran's own literature (8فا) stands on the shelves."""

        AFTER_809 = "after_809", "پس از ۸۰۹ و پیش از ۸۱۰"
        AFTER_899 = "after_899", "پس از ۸۹۹"
        APART = "apart", "جدا، پس از همهٔ رده‌ها"

    county = models.ForeignKey(
        County, models.PROTECT, related_name="libraries", verbose_name="شهرستان"
    )
    code = models.CharField("کد کتابخانه", max_length=20, unique=True)
    name = models.CharField("نام", max_length=200)
    kind = models.CharField("نوع", max_length=20, choices=Kind, default=Kind.INSTITUTIONAL)
    degree = models.PositiveSmallIntegerField(
        "درجه", validators=(MinValueValidator(1), MaxValueValidator(9))
    )
    place_kind = models.CharField(
        "شهر یا روستا", max_length=10, choices=PlaceKind, default=PlaceKind.TOWN
    )
    place = models.CharField("نام شهر یا روستا", max_length=100)
    literature_order = models.CharField(
        "جای ردهٔ ۸فا", max_length=12, choices=LiteratureOrder, default=LiteratureOrder.AFTER_809
    )
    column_mappings = models.JSONField(
        "ستون‌های به‌یادمانده", default=dict, blank=True, editable=False
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "کتابخانه"
        verbose_name_plural = "کتابخانه‌ها"
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(degree__gte=1, degree__lte=9), name="library_degree_1_to_9"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def rules(self) -> Rules:
        """The library's own shelf order."""
        return Rules(literature=self.literature_order)


class Section(models.Model):
    """A named part of a library's collection: بخش in the management system, پایگاه in Namayeh."""

    library_path = "library"

    library = models.ForeignKey(
        Library, models.CASCADE, related_name="sections", verbose_name="کتابخانه"
    )
    name = models.CharField("نام", max_length=100)
    search_name = models.CharField(max_length=100, editable=False)
    position = models.PositiveSmallIntegerField("ترتیب", default=0)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "بخش"
        verbose_name_plural = "بخش‌ها"
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("library", "search_name"), name="section_once_in_library"
            ),
        )

    def __str__(self) -> str:
        return self.name
