"""Rounds: the resources office opens them, a library that won't read says why (directive 7-7)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from libraries import audit
from libraries.bulk import bulk_insert
from libraries.domain.jalali import format_jalali, jalali_year
from libraries.domain.persian import stored_form, to_persian_digits
from libraries.locking import locked
from libraries.models import Library, User
from libraries.refusal import Refused
from libraries.roles import Right
from shelfreading.models import ReadingSession, Round, RoundExtension, RoundLibrary
from shelfreading.selectors.rounds import libraries_left_out, sessions_in

LONGEST_REASON = 300
LONGEST_NUMBER = 60


@transaction.atomic
def round_open(
    *,
    actor: User,
    year: int,
    circular_number: str,
    circular_on: date,
    opens_on: date,
    closes_on: date,
    kinds: Sequence[str],
    now: datetime,
) -> Round:
    """Open the round of a Jalali year and ask all libraries of these kinds to read.

    Raises Refused where the year has a round already, the window doesn't belong to it, or no
    library is of these kinds.
    """
    _of_the_office(actor)
    number = stored_form(circular_number)[:LONGEST_NUMBER]
    if not number:
        raise Refused("شمارهٔ بخشنامهٔ دوره را بنویسید.")
    if not kinds or not set(kinds) <= set(Library.Kind.values):
        raise Refused("دست‌کم یک نوع کتابخانه را از فهرست برگزینید.")
    if closes_on < opens_on:
        raise Refused("پایان مهلت پیش از آغاز آن است؛ یکی از دو تاریخ را درست کنید.")
    if jalali_year(opens_on) not in (year, year + 1):
        raise Refused(
            f"مهلت از {format_jalali(opens_on)} آغاز می‌شود و به دورهٔ {to_persian_digits(year)} "
            "نمی‌خورد؛ سال یا تاریخ آغاز را درست کنید."
        )
    try:
        with transaction.atomic():
            opened = Round.objects.create(
                year=year,
                circular_number=number,
                circular_on=circular_on,
                opens_on=opens_on,
                closes_on=closes_on,
                kinds=sorted(set(kinds)),
                opened_by=actor,
                opened_at=now,
            )
    except IntegrityError:
        raise Refused(
            f"دورهٔ {to_persian_digits(year)} پیش‌تر گشوده شده است؛ همان را ببینید یا سال را "
            "درست کنید."
        ) from None
    asked = _ask(opened)
    if not asked:
        raise Refused(
            "از این نوع هیچ کتابخانه‌ای در سامانه نیست و دورهٔ بی‌کتابخانه گشوده نمی‌شود؛ نوع دیگری "
            "برگزینید یا نخست کتابخانه‌ها را ثبت کنید."
        )
    audit.record(
        "round_open", actor=actor, subject=opened, now=now, year=year, kinds=opened.kinds,
        libraries=asked,
    )  # fmt: skip
    return opened


@transaction.atomic
def round_extend(
    *, round_id: int, closes_on: date, reason: str, actor: User, now: datetime
) -> Round:
    """Put off the end of a round's window, with the reason, which all see.

    Raises Refused without a reason, for a day that isn't later, and once all are done: each
    library asked has reported or said why it won't read.
    """
    _of_the_office(actor)
    extended = locked(Round.objects.all(), pk=round_id)
    reason = _reason(reason, "علت تمدید مهلت را بنویسید.")
    if closes_on <= extended.closes_on:
        raise Refused(
            f"پایان تازه باید پس از {format_jalali(extended.closes_on)} باشد که اکنون پایان مهلت "
            "است."
        )
    reported = ReadingSession.objects.filter(
        round=extended, library=OuterRef("library"), is_reported=True
    )
    if not extended.libraries.filter(~Exists(reported), reason="").exists():
        raise Refused("گزارش همهٔ کتابخانه‌های این دوره رسیده است؛ مهلت دیگر تمدید نمی‌شود.")
    RoundExtension.objects.create(
        round=extended, closed_on=extended.closes_on, closes_on=closes_on, reason=reason, by=actor,
        at=now,
    )  # fmt: skip
    extended.closes_on = closes_on
    extended.save(update_fields=["closes_on"])
    audit.record(
        "round_extend", actor=actor, subject=extended, now=now, closes_on=closes_on.isoformat(),
        reason=reason,
    )  # fmt: skip
    return extended


@transaction.atomic
def round_take_in(*, round_id: int, actor: User, now: datetime) -> int:
    """Ask the libraries too that were added since the round opened; returns how many.

    Raises Refused where there are none.
    """
    _of_the_office(actor)
    opened = locked(Round.objects.all(), pk=round_id)
    asked = _ask(opened)
    if not asked:
        raise Refused("همهٔ کتابخانه‌های این نوع در دوره هستند؛ کتابخانهٔ تازه‌ای نیست.")
    audit.record("round_take_in", actor=actor, subject=opened, now=now, libraries=asked)
    return asked


def _ask(opened: Round) -> int:
    """Rows for the libraries that the round doesn't ask yet; thousands at once."""
    fields = ("round_id", "library_id", "reason", "reason_by_id", "reason_at")
    ids = libraries_left_out(opened).order_by("pk").values_list("pk", flat=True)
    return bulk_insert(RoundLibrary, fields, [(opened.pk, pk, "", None, None) for pk in ids])


@transaction.atomic
def reason_give(*, place_id: int, reason: str, actor: User, now: datetime) -> RoundLibrary:
    """Say why a library won't read in a round (علت عدم انجام رف‌خوانی); said again, the new
    reason stands. The library head says it, or the county head.

    Raises Refused without a reason, and where the library has a reading in the round.
    """
    place = _place(place_id, actor)
    reason = _reason(reason, "علت انجام نشدن رف‌خوانی را بنویسید.")
    if sessions_in(place).exists():
        raise Refused(
            "این کتابخانه در این دوره رف‌خوانی دارد؛ علت انجام نشدن برای کتابخانه‌ای است که نمی‌خواند."
        )
    _reason_set(place, reason, actor, now)
    return place


@transaction.atomic
def reason_take_back(*, place_id: int, actor: User, now: datetime) -> RoundLibrary:
    """Take the reason back: the library is asked to read as before.

    Raises Refused where none was given.
    """
    place = _place(place_id, actor)
    if not place.reason:
        raise Refused("برای این کتابخانه علتی ثبت نیست که پس گرفته شود.")
    _reason_set(place, "", actor, now)
    return place


def reason_drop(*, place: RoundLibrary, actor: User, now: datetime) -> None:
    """A library that had given a reason reads after all. The library is locked."""
    if place.reason:
        _reason_set(place, "", actor, now)


def _place(place_id: int, actor: User) -> RoundLibrary:
    """The place under lock, behind its library, as a reading that starts takes it too."""
    if not actor.has_right(Right.GIVE_REASON):
        raise Refused("علت انجام نشدن رف‌خوانی را مسئول کتابخانه یا رئیس ادارهٔ شهرستان می‌گوید.")
    places = RoundLibrary.objects.for_user(actor)
    locked(Library.objects.for_user(actor), rounds=place_id)
    return locked(places.select_related("library", "round"), pk=place_id)


def _reason_set(place: RoundLibrary, reason: str, actor: User, now: datetime) -> None:
    before = place.reason
    place.reason = reason
    place.reason_by = actor if reason else None
    place.reason_at = now if reason else None
    place.save(update_fields=["reason", "reason_by", "reason_at"])
    audit.record(
        "reason_give" if reason else "reason_take_back", actor=actor, library=place.library,
        subject=place, now=now, year=place.round.year, reason=reason or before,
    )  # fmt: skip


def _reason(text: str, missing: str) -> str:
    reason = stored_form(text)
    if not reason:
        raise Refused(missing)
    if len(reason) > LONGEST_REASON:
        raise Refused(
            f"علت {to_persian_digits(len(reason))} نویسه است و بیش از "
            f"{to_persian_digits(LONGEST_REASON)} نویسه نمی‌گنجد؛ کوتاهش کنید."
        )
    return reason


def _of_the_office(actor: User) -> None:
    if not actor.has_right(Right.OPEN_ROUNDS):
        raise Refused("دوره را ادارهٔ کل منابع می‌گشاید و تمدید می‌کند.")
