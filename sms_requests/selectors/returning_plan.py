"""What an announcement of return days would do, before anybody confirms it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Min, QuerySet
from django.utils import timezone

from libraries.domain.national_id import mobile_or_nothing
from libraries.models import Library
from libraries.refusal import Refused
from loans.models import Loan
from sms_requests.domain.batches import leaving_times
from sms_requests.domain.return_days import Day, begins, check_days, text_of
from sms_requests.domain.sending import part_count
from sms_requests.models import ReturnAnnouncement, SmsLine

Concerns = ReturnAnnouncement.Concerns


class Borrower(NamedTuple):
    """Somebody whom the days concern: the mobile ("" where none can be told) and how many books."""

    member_id: int
    mobile: str
    loans: int


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """Whom an announcement would tell, what, and when.

    `numbers` and `leaving` go together: each number once, the longest due first. `unnamed` are
    open loans of which the records don't say who has the book.
    """

    borrowers: Sequence[Borrower]
    numbers: Sequence[str]
    leaving: Sequence[datetime]
    text: str
    line: SmsLine
    unnamed: int
    begins_at: datetime

    @property
    def told(self) -> int:
        """How many borrowers get the text."""
        return sum(bool(one.mobile) for one in self.borrowers)

    @property
    def without_mobile(self) -> int:
        """How many can't be told by a text."""
        return len(self.borrowers) - self.told

    @property
    def shared(self) -> int:
        """How many share a number with another borrower."""
        return self.told - len(self.numbers)

    @property
    def parts(self) -> int:
        """In how many parts the text travels."""
        return part_count(self.text)

    @property
    def all_parts(self) -> int:
        """The parts of all texts together: what the province pays for."""
        return self.parts * len(self.numbers)

    @property
    def is_late(self) -> bool:
        """Whether some are told only after the first day has begun."""
        return self.leaving[-1] >= self.begins_at


def line_of(library: Library) -> SmsLine:
    """The line of the library's province; where it has none, one of the defaults, unsaved."""
    found = SmsLine.objects.filter(province=library.county.province_id).first()
    return found or SmsLine()


def loans_concerned(
    library: Library, concerns: str, last_day: date, today: date
) -> "QuerySet[Loan]":
    """The open loans of a library that an announcement is about (a value of Concerns)."""
    loans = Loan.objects.filter(copy__library=library, returned_at__isnull=True)
    if concerns == Concerns.DUE:
        return loans.filter(due_on__lte=last_day)
    if concerns == Concerns.LATE:
        return loans.filter(due_on__lt=today)
    return loans


def return_plan(
    *, library: Library, days: Sequence[Day], concerns: str, note: str, now: datetime
) -> ReturnPlan:
    """What would be done. Raises Refused: days that can't be announced, a text that doesn't fit,
    nobody to tell, texts that would leave after the last day has begun.
    """
    local = timezone.localtime(now)
    today = local.date()
    try:
        check_days(days, today)
        text = text_of(library.name, days, note)
    except ValueError as error:
        raise Refused(str(error)) from None
    loans = loans_concerned(library, concerns, max(day.on for day in days), today)
    borrowers = _borrowers(loans)
    numbers = list(dict.fromkeys(one.mobile for one in borrowers if one.mobile))
    if not borrowers:
        raise Refused("کسی از این گروه کتابی در دست ندارد؛ گروه دیگری را برگزینید.")
    if not numbers:
        raise Refused(
            "شمارهٔ همراه هیچ‌یک از امانت‌گیرندگان ثبت نشده است؛ آنان را از راه دیگری خبر کنید."
        )
    line = line_of(library)
    leaving = leaving_times(
        len(numbers), local, line.opens_at, line.closes_at, line.batch_size,
        timedelta(minutes=line.batch_minutes),
    )  # fmt: skip
    starts = begins(days, local.tzinfo or timezone.get_current_timezone())
    if leaving[-1] >= starts[-1]:
        raise Refused(
            "تا آغاز آخرین روز، همهٔ پیامک‌ها فرستاده نمی‌شود (ساعت و دسته‌های فرستادن را خط پیامک "
            "استان تعیین می‌کند)؛ روز دیرتری بگذارید یا گروه کوچک‌تری را برگزینید."
        )
    unnamed = loans.filter(member__isnull=True).count()
    return ReturnPlan(borrowers, numbers, leaving, text, line, unnamed, starts[0])


def _borrowers(loans: "QuerySet[Loan]") -> list[Borrower]:
    """Who has these books, each once, the one whose book is due first before the others."""
    found = (
        loans.filter(member__isnull=False)
        .order_by()
        .values("member_id", "member__mobile")
        .annotate(books=Count("pk"), first=Min("due_on"))
        .order_by(F("first").asc(nulls_last=True), "member_id")
        .values_list("member_id", "member__mobile", "books")
    )
    return [Borrower(member, mobile_or_nothing(mobile), books) for member, mobile, books in found]
