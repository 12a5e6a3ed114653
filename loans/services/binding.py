"""To the binder and back (directive 4-3, 4-5). The copy's record follows in the same step."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import DateField, Value
from django.db.models.functions import Greatest

from libraries import audit
from libraries.domain.persian import stored_form, to_persian_digits
from libraries.locking import lock_all, locked
from libraries.models import Copy, CopyStatus, Library, StatusChange, User
from libraries.refusal import Refused
from loans.domain.binding import long_out_before, needs_status
from loans.models import BindingTrip, Loan

MOST_AT_ONCE = 500
OWN_STAFF = "صحافی را کارکنان خود کتابخانه ثبت می‌کنند."


@transaction.atomic
def binding_send(
    *,
    copy_ids: Sequence[int],
    binder: str = "",
    sent_on: date,
    expected_on: date | None = None,
    actor: User,
    now: datetime,
    today: date,
) -> list[BindingTrip]:
    """Send copies to the binder, all or none. Expected back after more than two weeks, a copy
    gets the status «صحافی»; otherwise its record stays (directive 4-5).

    Raises Refused and names the copy: on loan, not available, at the binder already, another
    library's; or dates that can't be.
    """
    if actor.library is None:
        raise Refused(OWN_STAFF)
    if not copy_ids:
        raise Refused("نخست یک یا چند نسخه را برگزینید.")
    if len(copy_ids) > MOST_AT_ONCE:
        raise Refused(f"در هر بار حداکثر {to_persian_digits(MOST_AT_ONCE)} نسخه را می‌توان فرستاد.")
    if sent_on > today:
        raise Refused("تاریخ ارسال در آینده است؛ ارسال پس از انجام ثبت می‌شود.")
    if expected_on is not None and expected_on < sent_on:
        raise Refused("تاریخ بازگشت احتمالی پیش از تاریخ ارسال است.")
    wanted = Copy.objects.filter(library=actor.library_id, pk__in=set(copy_ids))
    lock_all(wanted)
    copies = list(wanted.select_related("title").order_by("pk"))
    if len(copies) != len(set(copy_ids)):
        raise Refused("یکی از نسخه‌ها در کتابخانهٔ شما نیست.")
    _refuse_unfit(copies)
    trips = [
        BindingTrip.objects.create(
            copy=copy,
            binder=stored_form(binder)[:120],
            sent_on=sent_on,
            expected_on=expected_on,
            sent_by=actor,
        )
        for copy in copies
    ]
    if needs_status(sent_on, max(expected_on or today, today)):
        _set_status(copies, CopyStatus.BINDING, "به صحافی فرستاده شد.", actor, now)
    audit.record(
        "binding_send", actor=actor, library=actor.library, now=now,
        copies=[copy.pk for copy in copies],
    )  # fmt: skip
    return trips


def _refuse_unfit(copies: Iterable[Copy]) -> None:
    ids = [copy.pk for copy in copies]
    lent = set(
        Loan.objects.filter(copy__in=ids, returned_at__isnull=True).values_list(
            "copy_id", flat=True
        )
    )
    out = set(
        BindingTrip.objects.filter(copy__in=ids, back_on__isnull=True).values_list(
            "copy_id", flat=True
        )
    )
    for copy in copies:
        name = f"«{copy.title.title}» (ثبت {to_persian_digits(copy.registration_number)})"
        if copy.pk in out:
            raise Refused(f"{name} هم‌اکنون در صحافی است.")
        if copy.pk in lent:
            raise Refused(f"{name} در امانت است؛ نخست بازگشت آن را ثبت کنید.")
        if copy.status not in {CopyStatus.AVAILABLE, CopyStatus.BINDING}:
            raise Refused(
                f"وضعیت {name} «{copy.get_status_display()}» است و به صحافی فرستاده نمی‌شود."
            )


@transaction.atomic
def binding_back(
    *, trip_id: int, back_on: date, actor: User, now: datetime, today: date
) -> BindingTrip:
    """Take a copy back from the binder; with the status «صحافی» it becomes available.

    Raises Refused: it is back already, a day in the future or before it was sent.
    """
    copy_id = (
        BindingTrip.objects.for_user(actor)
        .filter(pk=trip_id, copy__library=actor.library_id)
        .values_list("copy", flat=True)
        .first()
    )
    if copy_id is None:
        raise Refused("این مورد نیست یا در حوزهٔ شما نیست.")
    copy = locked(Copy.objects.select_related("library"), pk=copy_id)
    trip = locked(BindingTrip.objects.all(), pk=trip_id)
    if trip.back_on is not None:
        raise Refused("بازگشت این نسخه از صحافی پیش‌تر ثبت شده است.")
    if back_on > today:
        raise Refused("تاریخ بازگشت در آینده است؛ بازگشت پس از انجام ثبت می‌شود.")
    if back_on < trip.sent_on:
        raise Refused("تاریخ بازگشت پیش از تاریخ ارسال است.")
    trip.back_on, trip.back_by = back_on, actor
    trip.save(update_fields=["back_on", "back_by"])
    if copy.status == CopyStatus.BINDING:
        _set_status([copy], CopyStatus.AVAILABLE, "از صحافی بازگشت.", actor, now)
    audit.record("binding_back", actor=actor, library=copy.library, subject=trip, now=now)
    return trip


@transaction.atomic
def long_bindings_mark(*, library_id: int, actor: User, now: datetime, today: date) -> int:
    """Set the status «صحافی» of copies that have been out for more than two weeks by now.

    Returns how many. A trip that was meant to be short tells of itself no other way (directive
    4-5); reading sessions call this before they freeze their list.
    """
    library = locked(Library.objects.for_user(actor), pk=library_id)
    late = BindingTrip.objects.filter(
        copy__library=library, back_on__isnull=True, sent_on__lt=long_out_before(today)
    )
    copies = Copy.objects.filter(pk__in=late.values("copy"), status=CopyStatus.AVAILABLE)
    lock_all(copies)
    found = list(copies)
    _set_status(found, CopyStatus.BINDING, "بیش از دو هفته در صحافی است.", actor, now)
    if found:
        audit.record("long_bindings_mark", actor=actor, library=library, now=now, count=len(found))
    return len(found)


def _set_status(
    copies: Sequence[Copy], status: CopyStatus, cause: str, actor: User, now: datetime
) -> None:
    changed = [copy for copy in copies if copy.status != status]
    StatusChange.objects.bulk_create(
        StatusChange(
            copy=copy,
            from_status=copy.status,
            to_status=status,
            source=StatusChange.Source.BINDER,
            cause=cause,
            at=now,
            by=actor,
        )
        for copy in changed
    )
    Copy.objects.filter(pk__in=[copy.pk for copy in changed]).update(status=status)


def bindings_open(copy_ids: Sequence[int], *, sent_on: date, actor: User) -> dict[int, int]:
    """Put copies on record as sent to the binder; the new trips' ids by copy. What is out already
    stays on its trip. Inside the caller's transaction, which holds the copies and gives them their
    status.
    """
    out = set(
        BindingTrip.objects.filter(copy__in=copy_ids, back_on__isnull=True).values_list(
            "copy_id", flat=True
        )
    )
    trips = BindingTrip.objects.bulk_create(
        BindingTrip(copy_id=copy_id, sent_on=sent_on, sent_by=actor)
        for copy_id in copy_ids
        if copy_id not in out
    )
    return {trip.copy_id: trip.pk for trip in trips}


def bindings_close(trip_ids: Sequence[int], *, back_on: date, actor: User) -> None:
    """End trips of copies that were seen, on the day they were seen or sent, whichever is later.
    Inside the caller's transaction, which holds the copies and gives them their status.
    """
    BindingTrip.objects.filter(pk__in=trip_ids, back_on__isnull=True).update(
        back_on=Greatest("sent_on", Value(back_on, output_field=DateField())), back_by=actor
    )


def bindings_undo(*, opened: Sequence[int], closed: Sequence[int]) -> None:
    """Take back what the two functions above did, inside the caller's transaction."""
    BindingTrip.objects.filter(pk__in=opened).delete()
    BindingTrip.objects.filter(pk__in=closed).update(back_on=None, back_by=None)
