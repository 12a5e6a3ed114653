"""Titles, copies, and the history of what became of each copy."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from libraries.models.places import Library, Section
from libraries.querysets import ScopedQuerySet


class BinaryOrderedCharField(models.CharField):
    """Text that the database sorts byte by byte, whatever its language.

    Shelf keys are made to be compared so. SQLite does it by itself; PostgreSQL has to be told.
    """

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Django's parameters with collation "C" on PostgreSQL."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class Title(models.Model):
    """A work as published, in one library's catalogue."""

    library_path = "library"

    library = models.ForeignKey(
        Library, models.CASCADE, related_name="titles", verbose_name="کتابخانه"
    )
    title = models.TextField("عنوان")
    author = models.TextField("پدیدآورنده", blank=True)
    publisher = models.TextField("ناشر", blank=True)
    year = models.CharField("سال نشر", max_length=40, blank=True)
    # No part of what makes two titles one: exports name the same book's subjects differently.
    subjects = models.TextField("موضوع‌ها", blank=True, default="", db_default="")
    search_text = models.TextField(editable=False)
    identity = models.CharField(max_length=32, editable=False)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "عنوان"
        verbose_name_plural = "عنوان‌ها"
        constraints = (
            models.UniqueConstraint(fields=("library", "identity"), name="title_once_in_library"),
        )

    def __str__(self) -> str:
        return self.title


class CopyStatus(models.TextChoices):
    """What the record says of a copy. On loan is no status: an open loan says it."""

    AVAILABLE = "available", "موجود"
    BINDING = "binding", "صحافی"
    WEEDED = "weeded", "وجین"
    MISSING = "missing", "مفقود"
    UNRETURNED = "unreturned", "برنگشته"


class WeedingCause(models.TextChoices):
    """The four causes for which a copy is withdrawn (directive, annex 3)."""

    CONTENT = "content", "محتوایی"
    DUPLICATE = "duplicate", "تکراری"
    WORN = "worn", "فرسوده"
    NO_AUDIENCE = "no_audience", "بدون مخاطب"


class Copy(models.Model):
    """One physical book with its own registration number."""

    library_path = "library"

    library = models.ForeignKey(
        Library, models.CASCADE, related_name="copies", verbose_name="کتابخانه"
    )
    title = models.ForeignKey(Title, models.PROTECT, related_name="copies", verbose_name="عنوان")
    section = models.ForeignKey(Section, models.PROTECT, related_name="copies", verbose_name="بخش")
    registration_number = models.CharField("شمارهٔ ثبت", max_length=60)
    registered_on = models.DateField("تاریخ ثبت", null=True, blank=True)
    barcode = models.CharField("بارکد", max_length=60, blank=True)
    call_number = models.CharField("شمارهٔ راهنما", max_length=200, blank=True)
    main_class = models.CharField("ردهٔ اصلی", max_length=40, blank=True)
    volume = models.CharField("شمارهٔ جلد", max_length=40, blank=True)
    copy_number = models.CharField("شمارهٔ نسخه", max_length=40, blank=True)
    is_reference = models.BooleanField("مرجع", default=False)
    status = models.CharField(
        "وضعیت", max_length=12, choices=CopyStatus, default=CopyStatus.AVAILABLE
    )
    weeding_cause = models.CharField("علت وجین", max_length=12, choices=WeedingCause, blank=True)
    last_seen_on = models.DateField("آخرین مشاهده", null=True, blank=True)
    # The order books stand in, computed once when the copy is written (libraries.services).
    shelf_key = BinaryOrderedCharField(max_length=200, editable=False)
    class_key = BinaryOrderedCharField(max_length=60, editable=False)
    registration_key = BinaryOrderedCharField(max_length=40, editable=False)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "نسخه"
        verbose_name_plural = "نسخه‌ها"
        constraints = (
            models.UniqueConstraint(
                fields=("library", "registration_number"),
                name="registration_number_once_in_library",
                violation_error_message="این شمارهٔ ثبت در همین کتابخانه از آن نسخهٔ دیگری است.",
            ),
            models.UniqueConstraint(
                fields=("library", "barcode"),
                condition=~models.Q(barcode=""),
                name="barcode_once_in_library",
                violation_error_message="این بارکد در همین کتابخانه از آن نسخهٔ دیگری است.",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=CopyStatus.values), name="copy_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(weeding_cause="")
                | models.Q(status=CopyStatus.WEEDED, weeding_cause__in=WeedingCause.values),
                name="weeding_cause_only_when_weeded",
                violation_error_message="علت وجین تنها با وضعیت «وجین» می‌آید؛ یکی را تغییر دهید.",
            ),
        )
        indexes = (
            models.Index(
                fields=("library", "section", "shelf_key", "registration_key"),
                name="copy_shelf_order",
            ),
            # The barcode leads: it is looked for in one library and in all.
            models.Index(fields=("barcode", "library"), name="copy_by_barcode"),
            models.Index(fields=("library", "class_key"), name="copy_by_class"),
            models.Index(fields=("library", "status"), name="copy_by_status"),
        )

    def __str__(self) -> str:
        return f"نسخهٔ ثبت {self.registration_number}"


class StatusChange(models.Model):
    """One step in a copy's history: who, when, from what to what, and why (spec S4.5)."""

    library_path = "copy__library"

    class Source(models.TextChoices):
        """What brought the change about."""

        LIST = "list", "فهرست نسخ"
        READING = "reading", "رف‌خوانی"
        UNDO = "undo", "برگرداندن اعمال رف‌خوانی"
        LOANS = "loans", "میز امانت"
        BINDER = "binder", "صحافی"
        WEEDING = "weeding", "نظر کارشناس دربارهٔ وجین"
        ADMIN = "admin", "مدیر سامانه"

    copy = models.ForeignKey(
        Copy, models.CASCADE, related_name="status_changes", verbose_name="نسخه"
    )
    from_status = models.CharField("از", max_length=12, choices=CopyStatus, blank=True)
    to_status = models.CharField("به", max_length=12, choices=CopyStatus)
    source = models.CharField("از راه", max_length=10, choices=Source)
    cause = models.CharField("سبب", max_length=300, blank=True)
    at = models.DateTimeField("زمان")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="کاربر"
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "تغییر وضعیت"
        verbose_name_plural = "تاریخچهٔ وضعیت‌ها"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} ← {self.get_to_status_display()}"
