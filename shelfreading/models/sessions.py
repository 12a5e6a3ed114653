"""A reading session, its frozen list, and the events that come in from the shelves."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from libraries.models import Copy, Library, Section
from libraries.models.holdings import BinaryOrderedCharField
from libraries.querysets import ScopedQuerySet


class ReadingSession(models.Model):
    """One reading of some of a library's shelves (directive 3)."""

    library_path = "library"

    class Method(models.TextChoices):
        """The directive's three ways (3-1)."""

        CARDS = "cards", "رف‌برگه‌دان"
        LIST = "list", "فهرست نسخ نرم‌افزار مدیریت"
        BARCODE = "barcode", "بارکدخوان"

    class Reference(models.TextChoices):
        """Whether reference copies are read in this session (directive 3-4)."""

        ANY = "any", "مرجع و غیرمرجع"
        ONLY = "only", "فقط مرجع"
        WITHOUT = "without", "فقط غیرمرجع"

    class State(models.TextChoices):
        """A session's life. Undoing an application brings it back to closed."""

        READING = "reading", "در حال خواندن"
        CLOSED = "closed", "خواندن پایان یافت"
        APPLIED = "applied", "اعمال شد"

    library = models.ForeignKey(Library, models.CASCADE, related_name="sessions")
    name = models.CharField("نام", max_length=120)
    method = models.CharField("روش", max_length=10, choices=Method)
    sections = models.ManyToManyField(Section, related_name="sessions", verbose_name="بخش‌ها")
    class_first = models.CharField("از رده", max_length=40, blank=True)
    class_last = models.CharField("تا رده", max_length=40, blank=True)
    reference = models.CharField(
        "منابع مرجع", max_length=10, choices=Reference, default=Reference.ANY
    )
    state = models.CharField("وضعیت", max_length=10, choices=State, default=State.READING)
    participants = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="reading_sessions",
        blank=True,
        verbose_name="همکاران",
    )
    other_colleagues = models.TextField(
        "همکاران دیگر (هر نام در یک خط)", blank=True, max_length=2000
    )
    started_at = models.DateTimeField("آغاز")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField("پایان", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    expected_count = models.PositiveIntegerField(default=0)
    # The round in whose window it was begun (directive 7-7).
    round = models.ForeignKey(
        "shelfreading.Round", models.PROTECT, null=True, related_name="sessions"
    )
    # Its report is on its way up: what was applied isn't taken back meanwhile.
    is_reported = models.BooleanField(default=False)
    # What the findings stored were computed from; when something newer came in, they are
    # computed again before they are shown (selectors.findings_current).
    basis = models.CharField(max_length=64, blank=True)
    computed_at = models.DateTimeField(null=True)
    summary = models.JSONField(default=dict)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "رف‌خوانی"
        verbose_name_plural = "رف‌خوانی‌ها"
        ordering = ("-started_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="reading", closed_at__isnull=True)
                | models.Q(state__in=("closed", "applied"), closed_at__isnull=False),
                name="session_closed_has_time",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ExpectedCopy(models.Model):
    """A line of the frozen list: a copy that the records place on the shelves read.

    A reading by cards takes each card that is entered into its list, in its place.
    """

    library_path = "session__library"

    # The constraints below begin with the session and serve as its index.
    session = models.ForeignKey(
        ReadingSession, models.CASCADE, related_name="expected", db_index=False
    )
    copy = models.ForeignKey(Copy, models.CASCADE, related_name="+")
    # Place in shelf order, from 0.
    position = models.PositiveIntegerField()
    # Equal for copies with the same call number; -1 where the call number can't be read.
    rank = models.IntegerField()
    # Each section, and each prefix in it, is a run of shelves of its own.
    shelf_run = models.PositiveIntegerField()
    # Codes are compared and never sorted as words: no language's rules slow their index down.
    code = BinaryOrderedCharField(max_length=60)
    status = models.CharField(max_length=12)
    loan_id_at_start = models.BigIntegerField(null=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("session", "copy"), name="expected_once_in_session"),
            models.UniqueConstraint(
                fields=("session", "position"), name="position_once_in_session"
            ),
        )
        indexes = (models.Index(fields=("code", "session"), name="expected_by_code"),)


class MemoryUpload(models.Model):
    """One file of a reader's memory."""

    library_path = "session__library"

    session = models.ForeignKey(ReadingSession, models.CASCADE, related_name="uploads")
    filename = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    codes = models.PositiveIntegerField()
    new_codes = models.PositiveIntegerField()
    skipped = models.JSONField(default=list)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-uploaded_at", "-id")


class ReadingEvent(models.Model):
    """What happened at the shelf: never edited (design "A scan is an event"); undo is another.

    `device` and `seq` order the events of one reader; `device_at` is the reader's own clock,
    which may be wrong or absent, `received_at` ours. `raw` is the code as it came; for a book
    without a barcode its registration number, for a mark what it says.
    """

    library_path = "session__library"

    class Kind(models.TextChoices):
        """What the person at the shelf did."""

        SCAN = "scan", "خواندن بارکد"
        PRESENT = "present", "علامت حاضر"
        ABSENT = "absent", "علامت نبود"
        SOUGHT = "sought", "نگاه دوم: نبود"
        NO_BARCODE = "no_barcode", "کتاب بی‌بارکد"
        MARK = "mark", "فرمان دربارهٔ کتاب"
        SHELF_END = "shelf_end", "پایان قفسه"
        UNDO = "undo", "برگرداندن"

    id = models.UUIDField(primary_key=True)
    # Tens of thousands come in at once, so no index is here that no page or rule asks for.
    session = models.ForeignKey(
        ReadingSession, models.CASCADE, related_name="events", db_index=False
    )
    device = models.CharField(max_length=60)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    raw = models.TextField(blank=True)
    code = BinaryOrderedCharField(max_length=200, blank=True)
    copy = models.ForeignKey(Copy, models.CASCADE, null=True, related_name="+", db_index=False)
    # The event this one takes back, or the book's scan that it marks.
    about = models.UUIDField(null=True)
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    upload = models.ForeignKey(MemoryUpload, models.CASCADE, null=True, related_name="events")
    # Came in after the reading was ended: listed, and counted only when someone says so (B2).
    is_late = models.BooleanField(default=False)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("session", "device", "seq"), name="event_in_reading_order"),
            models.Index(fields=("session", "received_at"), name="event_by_arrival"),
            models.Index(fields=("code", "session"), name="event_by_code"),
            models.Index(
                fields=("copy",), condition=models.Q(copy__isnull=False), name="event_by_copy"
            ),
            models.Index(
                fields=("session",), condition=models.Q(is_late=True), name="event_came_late"
            ),
            # Whether a scan was undone is asked at each scan of the same code.
            models.Index(
                fields=("about",), condition=models.Q(about__isnull=False), name="event_by_about"
            ),
        )


class ReadingDevice(models.Model):
    """A device that reads in a session, as it last told of itself (spec B2, B4)."""

    library_path = "session__library"

    session = models.ForeignKey(
        ReadingSession, models.CASCADE, related_name="devices", db_index=False
    )
    device = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    # Events that were still waiting on the device when it last spoke.
    unsent = models.PositiveIntegerField(default=0)
    # Place in the frozen list of the copy it read last; None before the first.
    position = models.PositiveIntegerField(null=True)
    # It said "end of shelf" and has read nothing since.
    is_at_rest = models.BooleanField(default=False)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("session", "device"), name="device_once_in_session"),
        )


class ShelfRead(models.Model):
    """A person's word on a stretch: it was read, or it was not (spec "What a match can find")."""

    library_path = "session__library"

    session = models.ForeignKey(ReadingSession, models.CASCADE, related_name="shelves_read")
    first_position = models.PositiveIntegerField()
    last_position = models.PositiveIntegerField()
    was_read = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("session", "first_position", "last_position"), name="one_word_a_stretch"
            ),
            models.CheckConstraint(
                condition=models.Q(last_position__gte=models.F("first_position")),
                name="stretch_runs_forward",
            ),
        )
