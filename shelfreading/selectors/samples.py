"""A session's sample: what it is drawn from, who may read it, and how the readings agree (B6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from libraries.bulk import in_chunks
from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.models import Copy, CopyStatus, User
from libraries.roles import Right, Role
from loans.models import Loan
from shelfreading.domain.agreement import Agreement, agreement, agreement_words
from shelfreading.domain.findings import SEEN, Finding
from shelfreading.models import ReadingEvent, ReadingSession, Sample, SampleCopy

# Both are out of the shelves with the library's knowledge: no reading can see them there.
OFF_THE_SHELVES = (CopyStatus.WEEDED, CopyStatus.BINDING)
# What the first reading says of a place on the shelf: it stood there, or it was not there.
_SAID = [finding.value for finding in SEEN - {Finding.WEEDED_ON_SHELF}] + [Finding.MISSING.value]
_READER_ROLES = (Role.LIBRARIAN, Role.LIBRARY_HEAD)


def sample_of(session: ReadingSession) -> Sample | None:
    """The session's sample, where one was drawn."""
    return Sample.objects.filter(session=session).select_related("drawn_by", "done_by").first()


def read_copies(session: ReadingSession) -> list[tuple[int, int, bool]]:
    """What a sample is drawn from: id, place and "seen" of each copy that the reading saw or
    missed on shelves it read, less those that are lent or off the shelves by now.
    """
    found = session.findings.filter(
        finding__in=_SAID, copy__isnull=False, position__lt=session.expected_count
    )
    lent = Loan.objects.filter(returned_at__isnull=True, copy__library=session.library_id)
    off = Copy.objects.filter(library=session.library_id, status__in=OFF_THE_SHELVES)
    away = {*lent.values_list("copy_id", flat=True), *off.values_list("pk", flat=True)}
    rows = found.order_by("position").values_list("copy_id", "position", "finding")
    return [
        (copy_id, position, finding != Finding.MISSING)
        for copy_id, position, finding in rows
        if copy_id not in away
    ]


def away_of(copy_ids: Sequence[int]) -> set[int]:
    """Which of some copies aren't on the shelves, and the records know why."""
    away: set[int] = set()
    for chunk in in_chunks(copy_ids):
        lent = Loan.objects.filter(returned_at__isnull=True, copy__in=chunk)
        off = Copy.objects.filter(pk__in=chunk, status__in=OFF_THE_SHELVES)
        away |= {*lent.values_list("copy_id", flat=True), *off.values_list("pk", flat=True)}
    return away


def why_not_reader(session: ReadingSession, user: User) -> str:
    """Why this person can't read the session's sample again; "" where nothing is against it.

    Someone else reads it: who took part in the first reading, by name or by a single scan, may
    not. Where the library has nobody else, the county head may.
    """
    if not user.has_right(Right.READ_SAMPLE):
        return "بازخوانی نمونه کار کارکنان کتابخانه یا رئیس ادارهٔ شهرستان است."
    took_part = (
        session.started_by_id == user.pk
        or session.participants.filter(pk=user.pk).exists()
        or session.events.filter(by=user).exists()
    )
    if took_part:
        return (
            "شما در همین رف‌خوانی بوده‌اید؛ نمونه را همکاری بازمی‌خواند که در آن نبوده است، "
            "یا رئیس ادارهٔ شهرستان."
        )
    return ""


def sample_rows(sample: Sample) -> QuerySet[SampleCopy]:
    """The sample's copies in shelf order, as a person looks for them."""
    return sample.copies.select_related("copy__title", "copy__section").order_by("position")


def left_in(sample: Sample) -> int:
    """How many have no answer yet."""
    return sample.copies.filter(is_seen__isnull=True).count()


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What a sample that was read says: the agreement, the copies that the two readings tell
    apart, how many were away meanwhile, and who read it again."""

    sample: Sample
    agreement: Agreement
    disagreements: list[SampleCopy]
    away: int
    readers: list[str]

    @property
    def words(self) -> str:
        """The agreement with its interval."""
        return agreement_words(self.agreement)


def sample_result(sample: Sample) -> SampleResult | None:
    """The result, once the sample is done; before that nobody sees it."""
    if sample.done_at is None:
        return None
    rows = list(sample_rows(sample).select_related("by", "copy__title", "copy__section"))
    compared = [row for row in rows if not row.is_away]
    readers = {row.by.pk: row.by.full_name for row in rows if row.by is not None}
    return SampleResult(
        sample=sample,
        agreement=agreement((row.was_seen, bool(row.is_seen)) for row in compared),
        disagreements=[row for row in compared if row.was_seen != row.is_seen],
        away=len(rows) - len(compared),
        readers=[readers[pk] for pk in sorted(readers)],
    )


def sample_cards(user: User) -> list[DeskCard]:
    """Samples that wait for someone like this person: in the library whoever didn't read, at the
    county what was drawn and isn't read."""
    if not user.has_right(Right.READ_SAMPLE):
        return []
    waiting = (
        Sample.objects.for_user(user)
        .filter(done_at__isnull=True)
        .select_related("session__library")
        .annotate(left=Count("copies", filter=Q(copies__is_seen__isnull=True)))
        .order_by("drawn_at")
    )
    if user.role in _READER_ROLES:
        scanned = ReadingEvent.objects.filter(session=OuterRef("session"), by=user)
        waiting = waiting.exclude(session__participants=user).exclude(session__started_by=user)
        waiting = waiting.exclude(Exists(scanned))
    return [
        DeskCard(
            sentence=f"نسخه از نمونهٔ «{sample.session.name}»، {sample.session.library.name}، "
            "بازخوانی نشده است",
            count=sample.left,
            url=reverse("sample", args=(sample.session_id,)),
            action="دیدن نمونه",
            since=sample.drawn_at,
            age=f"قرعه در {format_jalali(timezone.localdate(sample.drawn_at), long=True)}",
            symbol="eye",
        )
        for sample in waiting
    ]
