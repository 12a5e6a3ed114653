"""The loans that a copies list speaks of: «امانت» is an open loan, its end a return."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

from libraries.bulk import bulk_rewrite
from libraries.domain.copies_list import CopyRecord
from libraries.domain.national_id import clean_mobile, clean_national_id
from libraries.domain.persian import search_key
from libraries.models import Copy, Library, User
from loans.models import Loan, Member

CHUNK = 500


@dataclass(slots=True)
class ListLoans:
    """What a list says of loans.

    `opening` are records to open a loan for; `closing` are loans to close; `completing` are
    records, by loan, whose due date or borrower the loan lacks or has otherwise.
    """

    opening: list[CopyRecord] = field(default_factory=list)
    closing: list[int] = field(default_factory=list)
    completing: dict[int, CopyRecord] = field(default_factory=dict)


def plan_loans(library: Library, records: Sequence[CopyRecord]) -> ListLoans:
    """Compare the list's loans with the open ones; reads only.

    Only a loan that came from a list is closed or changed by a list: one made at the desk is
    newer knowledge than an export taken before it.
    """
    plan = ListLoans()
    open_loans = {
        number: (pk, source, due_on, member)
        for number, pk, source, due_on, member in Loan.objects.filter(
            copy__library=library, returned_at__isnull=True
        ).values_list("copy__registration_number", "pk", "source", "due_on", "member")
    }
    for record in records:
        pk, source, due_on, member = open_loans.get(
            record.registration_number, (None, None, None, None)
        )
        if pk is None:
            if record.status == "on_loan":
                plan.opening.append(record)
        elif source != Loan.Source.LIST:
            continue
        elif record.status == "on_loan":
            says_more = member is None and _names_someone(record)
            if says_more or (record.due_on and record.due_on != due_on):
                plan.completing[pk] = record
        elif record.status != "unreturned":
            plan.closing.append(pk)
    return plan


def write_loans(library: Library, plan: ListLoans, *, actor: User, now: datetime) -> None:
    """Write a plan inside the caller's transaction, after the list's copies."""
    copies: dict[str, int] = {}
    numbers = [record.registration_number for record in plan.opening]
    for start in range(0, len(numbers), CHUNK):
        copies.update(
            Copy.objects.filter(
                library=library, registration_number__in=numbers[start : start + CHUNK]
            ).values_list("registration_number", "pk")
        )
    members = Borrowers(library)
    Loan.objects.bulk_create(
        [
            Loan(
                copy_id=copies[record.registration_number],
                member=members.of(record),
                source=Loan.Source.LIST,
                lent_at=loan_start(record.lent_on, now),
                due_on=record.due_on,
                lent_by=actor,
            )
            for record in plan.opening
        ],
        batch_size=CHUNK,
    )
    bulk_rewrite(
        Loan, ("returned_at", "returned_by_id"), ((pk, now, actor.pk) for pk in plan.closing)
    )
    loans = Loan.objects.select_related("member").in_bulk(list(plan.completing))
    for pk, record in plan.completing.items():
        loan = loans[pk]
        loan.due_on = record.due_on or loan.due_on
        loan.member = loan.member or members.of(record)
        loan.save(update_fields=["due_on", "member"])


def loan_start(lent_on: date | None, now: datetime) -> datetime:
    """When a listed loan began: at noon of its day; now where the list doesn't tell."""
    if lent_on is None:
        return now
    return min(now, timezone.make_aware(datetime.combine(lent_on, time(12))))


def _names_someone(record: CopyRecord) -> bool:
    return bool(
        record.borrower_membership
        or search_key(record.borrower_name)
        or _clean(clean_national_id, record.borrower_national_id)
    )


class Borrowers:
    """Finds a list's borrowers among the members, or enters them; nameless ones stay unknown."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.by_number: dict[str, Member] = {}
        self.by_id: dict[str, Member] = {}
        self.by_name: dict[str, Member] = {}
        for member in Member.objects.filter(library=library).order_by("-pk"):
            self._know(member)

    def _know(self, member: Member) -> None:
        if member.membership_number:
            self.by_number[member.membership_number] = member
        if member.national_id:
            self.by_id[member.national_id] = member
        self.by_name[member.search_name] = member

    def find(self, record: CopyRecord) -> Member | None:
        """The record's borrower among the members: by number, by national ID, else by name."""
        number = record.borrower_membership
        national_id = _clean(clean_national_id, record.borrower_national_id)
        name = search_key(record.borrower_name)[:200]
        if number in self.by_number:
            return self.by_number[number]
        if national_id in self.by_id:
            return self.by_id[national_id]
        if not number and not national_id:
            return self.by_name.get(name) if name else None
        return None

    def contradicts(self, record: CopyRecord, member: Member) -> bool:
        """Whether the record's national ID is another member's than its number says."""
        other = self.by_id.get(record.borrower_national_id)
        return other is not None and other.pk != member.pk

    def of(self, record: CopyRecord) -> Member | None:
        """The record's borrower, entered if new; None where the list doesn't name one."""
        if not _names_someone(record):
            return None
        if found := self.find(record):
            return found
        number = record.borrower_membership
        national_id = _clean(clean_national_id, record.borrower_national_id)
        name = search_key(record.borrower_name)[:200]
        member = Member.objects.create(
            library=self.library,
            full_name=record.borrower_name[:200] or f"عضو {number or 'بی‌نام'}",
            search_name=name,
            membership_number=number,
            national_id=national_id,
            mobile=_clean(clean_mobile, record.borrower_mobile),
        )
        self._know(member)
        return member


def _clean(check: Callable[[str], str], text: str) -> str:
    """The cleaned value, or nothing where the list's value is none: it is not the list's point."""
    try:
        return check(text) if text else ""
    except ValueError:
        return ""
