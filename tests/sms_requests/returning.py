"""A library with borrowers, for the tests of return days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from libraries.models import Library, User
from loans.models import Loan, Member
from sms_requests.domain.return_days import Day
from sms_requests.gateway import Outgoing
from sms_requests.models import ReturnAnnouncement
from sms_requests.services.returning import return_days_announce
from tests.cast import add_copies, numbered_calls

TEHRAN = ZoneInfo("Asia/Tehran")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=TEHRAN)
TODAY = NOW.date()


def day(ahead: int, opens: int = 8, closes: int = 12) -> Day:
    return Day(TODAY + timedelta(days=ahead), time(opens), time(closes))


def borrower(library: Library, number: int, *, due: int | None = 5, mobile: str = "-") -> Member:
    """A member with one book, due so many days from TODAY; a mobile of its own unless told."""
    member = Member.objects.create(
        library=library,
        full_name=f"عضو {number}",
        search_name=f"عضو{number}",
        membership_number=f"M{number}",
        mobile=f"0912{number:07}" if mobile == "-" else mobile,
    )
    lend(library, member, number, due)
    return member


def lend(library: Library, member: Member | None, number: int, due: int | None) -> Loan:
    (copy,) = add_copies(library, numbered_calls(1), first=number)
    return Loan.objects.create(
        copy=copy,
        member=member,
        lent_at=NOW - timedelta(days=30),
        due_on=None if due is None else TODAY + timedelta(days=due),
    )


def announce(
    actor: User, days: Sequence[Day] = (day(2),), *, token: UUID | None = None, **asked: Any
) -> ReturnAnnouncement:
    values = {"concerns": "all", "note": "", "now": NOW} | asked
    made, _ = return_days_announce(token=token or uuid4(), days=days, actor=actor, **values)
    return made


@dataclass
class Pier:
    """A gateway of the tests: takes every text, or fails as `fails` says; `at_send` is called
    while a text is on its way.
    """

    fails: list[Exception] = field(default_factory=list)
    at_send: Callable[[], object] = lambda: None
    sent: list[str] = field(default_factory=list)
    name: str = "kannel"
    reports: bool = True

    def send(self, message: Outgoing) -> str:
        self.at_send()
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(message.to)
        return ""

    take_in = delivery_report = None
