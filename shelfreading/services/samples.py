"""Draw a sample of a reading, answer it blind, end it (spec B6)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from libraries import audit
from libraries.bulk import bulk_insert
from libraries.domain.codes import clean_code
from libraries.domain.persian import to_persian_digits
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from libraries.roles import Right
from shelfreading.domain.agreement import draw, usual_size
from shelfreading.models import ReadingSession, Sample, SampleCopy
from shelfreading.selectors.samples import away_of, read_copies, why_not_reader
from shelfreading.services.findings import findings_compute

SEED_BITS = 62  # fits into the column on every database
_FIELDS = ("sample_id", "copy_id", "position", "was_seen", "is_seen", "is_away", "by_id", "at")


@transaction.atomic
def sample_draw(
    *, session_id: int, size: int | None, actor: User, now: datetime, seed: int | None = None
) -> Sample:
    """Draw copies of an ended reading at random; what the reading says of each is kept with it.

    Without a `size` it is the usual one, without a `seed` a secret one. Raises Refused while the
    reading goes on, where a sample was drawn already, and for a size that can't be.
    """
    if not actor.has_right(Right.DRAW_SAMPLE):
        raise Refused("نمونه را رئیس ادارهٔ شهرستان برمی‌دارد.")
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if session.state == ReadingSession.State.READING:
        raise Refused("این رف‌خوانی هنوز خوانده می‌شود؛ نمونه را پس از پایان آن بردارید.")
    if Sample.objects.filter(session=session).exists():
        raise Refused("نمونهٔ این رف‌خوانی پیش‌تر برداشته شده است؛ هر رف‌خوانی یک نمونه دارد.")
    findings_compute(session_id=session.pk, actor=actor, now=now)
    population = read_copies(session)
    most = to_persian_digits(len(population))
    if not population:
        raise Refused("در این رف‌خوانی نسخه‌ای نیست که بتوان دوباره خواند.")
    if size is None:
        size = usual_size(len(population))
    if not 1 <= size <= len(population):
        raise Refused(
            f"اندازهٔ نمونه از ۱ تا {most} است که شمار نسخه‌های خوانده‌شدهٔ این رف‌خوانی است؛ "
            "عدد دیگری بنویسید."
        )
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    sample = Sample.objects.create(
        session=session, size=size, population=len(population), seed=seed, drawn_by=actor,
        drawn_at=now,
    )  # fmt: skip
    chosen = draw(population, size, seed)
    bulk_insert(
        SampleCopy,
        _FIELDS,
        [(sample.pk, *copy, None, False, None, None) for copy in chosen],
    )
    audit.record(
        "sample_draw", actor=actor, library=session.library, subject=sample, now=now, size=size,
        population=len(population),
    )  # fmt: skip
    return sample


@transaction.atomic
def sample_answer(
    *, sample_id: int, copy_ids: Sequence[int], is_seen: bool | None, actor: User, now: datetime
) -> int:
    """Say of copies of a sample that they stand on the shelf, or don't; None takes the word back.
    Returns of how many.

    Raises Refused for who took part in the first reading, once the sample is done, and for copies
    that aren't in it.
    """
    sample = _open(sample_id, actor)
    wanted = set(copy_ids)
    rows = list(sample.copies.filter(copy__in=wanted))
    if not wanted or len(rows) != len(wanted):
        raise Refused("این نسخه در نمونه نیست؛ صفحه را تازه کنید.")
    _answer(rows, is_seen, actor, now)
    return len(rows)


@transaction.atomic
def sample_scan(*, sample_id: int, code: str, actor: User, now: datetime) -> SampleCopy:
    """The book with this barcode, or registration number, stands on the shelf.

    Raises Refused as `sample_answer` does, and for a book that isn't in the sample.
    """
    sample = _open(sample_id, actor)
    wanted = clean_code(code)[:200]
    if not wanted:
        raise Refused("کدی نیامده است؛ بارکد را بخوانید یا شمارهٔ ثبت را بنویسید.")
    copies = sample.copies.select_related("copy__title")
    row = (
        copies.filter(copy__barcode=wanted).first()
        or copies.filter(copy__registration_number=wanted).first()
    )
    if row is None:
        raise Refused(
            f"کتابی با کد «{to_persian_digits(wanted[:40])}» در این نمونه نیست؛ آن را سر جایش "
            "بگذارید و کتاب بعدی نمونه را بجویید."
        )
    _answer([row], True, actor, now)
    return row


@transaction.atomic
def sample_finish(*, sample_id: int, left: int, actor: User, now: datetime) -> Sample:
    """End a sample: the `left` copies without an answer weren't seen. Then the two readings are
    compared, and nothing is answered any more.

    Raises Refused where another number is left than the person was told of, or where nothing was
    answered at all.
    """
    sample = _open(sample_id, actor)
    rows = list(sample.copies.filter(is_seen__isnull=True))
    if len(rows) != left:
        raise Refused(
            "از آن هنگام شمار نسخه‌های بی‌پاسخ تغییر کرده است؛ شمار تازه را ببینید و بگویید."
        )
    if len(rows) == sample.size:
        raise Refused("هنوز هیچ نسخه‌ای از نمونه پاسخ ندارد؛ نخست آن‌ها را در قفسه‌ها بجویید.")
    _answer(rows, False, actor, now)
    sample.done_by = actor
    sample.done_at = now
    sample.save(update_fields=["done_by", "done_at"])
    audit.record(
        "sample_finish", actor=actor, library=sample.session.library, subject=sample, now=now,
        unanswered=left,
    )  # fmt: skip
    return sample


def _open(sample_id: int, actor: User) -> Sample:
    samples = Sample.objects.for_user(actor).select_related("session__library")
    sample = locked(samples, pk=sample_id)
    if reason := why_not_reader(sample.session, actor):
        raise Refused(reason)
    if sample.done_at is not None:
        raise Refused("بازخوانی این نمونه پایان یافته است و پاسخ‌هایش دیگر تغییر نمی‌کند.")
    return sample


def _answer(rows: Sequence[SampleCopy], is_seen: bool | None, actor: User, now: datetime) -> None:
    away = away_of([row.copy_id for row in rows]) if is_seen is False else set()
    for row in rows:
        row.is_seen = is_seen
        row.is_away = row.copy_id in away
        row.by = actor if is_seen is not None else None
        row.at = now if is_seen is not None else None
    SampleCopy.objects.bulk_update(rows, ["is_seen", "is_away", "by", "at"], batch_size=500)
