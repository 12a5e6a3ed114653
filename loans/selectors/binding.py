"""What is out at the binder, and for how long (directive 4-3)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from libraries.domain.codes import clean_code
from libraries.domain.persian import search_key, to_ascii_digits
from libraries.models import CopyStatus, User
from loans.domain.binding import days_out, long_out_before, needs_status
from loans.models import BindingTrip

OUT, BACK = "out", "back"


@dataclass(frozen=True, slots=True)
class BindingLine:
    """A trip with its days; `is_late`: the day it was expected back has passed, `is_long`: out
    for more than two weeks, which the record should say (directive 4-5)."""

    trip: BindingTrip
    days: int
    is_late: bool
    is_long: bool


def trips_of(user: User, *, which: str = OUT, words: str = "") -> QuerySet[BindingTrip]:
    """Trips in the user's scope: those out, the longest first, or those that are back."""
    trips = BindingTrip.objects.for_user(user).select_related("copy__title", "copy__section")
    trips = trips.filter(back_on__isnull=which == OUT)
    if words.strip():
        code = clean_code(words)
        found = Q(copy__barcode=code)
        found |= Q(copy__registration_number=to_ascii_digits(words).strip())
        if key := search_key(words):
            found |= Q(copy__title__search_text__contains=key)
        trips = trips.filter(found)
    return trips.order_by("sent_on", "pk") if which == OUT else trips.order_by("-back_on", "-pk")


def binding_lines(trips: list[BindingTrip], today: date) -> list[BindingLine]:
    """The trips with their days."""
    return [
        BindingLine(
            trip,
            days_out(trip.sent_on, trip.back_on or today),
            is_late=trip.back_on is None
            and trip.expected_on is not None
            and trip.expected_on < today,
            is_long=needs_status(trip.sent_on, trip.back_on or today),
        )
        for trip in trips
    ]


def unmarked_long(user: User, today: date) -> int:
    """How many copies are out for more than two weeks while their record says available."""
    return long_trips(user, today).filter(copy__status=CopyStatus.AVAILABLE).count()


def long_trips(user: User, today: date) -> QuerySet[BindingTrip]:
    """Trips of more than two weeks that are not over, the longest first."""
    return trips_of(user).filter(sent_on__lt=long_out_before(today))
