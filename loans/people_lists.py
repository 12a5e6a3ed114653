"""Lists of open loans and of members: compared with what is here, and written in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from libraries.domain.copy_records import CopyRecord
from libraries.domain.persian import search_key, to_persian_digits
from libraries.models import CopiesList, Copy, CopyStatus, Library, User
from libraries.refusal import Refused
from loans.list_loans import CHUNK, Borrowers, loan_start
from loans.models import Loan, Member

GONE = {CopyStatus.WEEDED, CopyStatus.BINDING, CopyStatus.MISSING}


@dataclass(slots=True)
class PeoplePlan:
    """What writing a checked list of loans or members would do. Nothing is deleted, ever.

    `opening` are records with the copy to lend; `completing` are records by the loan whose due
    date or borrower it lacks or has otherwise; `entering` are new members; `amending` are records
    by the member that they tell more of; `refused` gives the reason by a record's row number.
    """

    opening: list[tuple[CopyRecord, int]] = field(default_factory=list)
    completing: dict[int, CopyRecord] = field(default_factory=dict)
    entering: list[CopyRecord] = field(default_factory=list)
    amending: dict[int, CopyRecord] = field(default_factory=dict)
    unchanged: int = 0
    refused: dict[int, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each, as the list's page shows them."""
        return {
            "new": len(self.entering),
            "changed": len(self.amending),
            "unchanged": self.unchanged,
            "loans_opened": len(self.opening),
            "loans_changed": len(self.completing),
        }


def people_plan(copies_list: CopiesList, records: Sequence[CopyRecord]) -> PeoplePlan:
    """Compare checked records with what the library has; reads only."""
    library = copies_list.library
    if copies_list.kind == CopiesList.Kind.LOANS:
        return _plan_loans(library, records)
    return _plan_members(library, records)


def people_write(library: Library, plan: PeoplePlan, *, actor: User, now: datetime) -> None:
    """Write a plan inside the caller's transaction, which holds the library. Raises Refused where
    a member entered meanwhile has the same number.
    """
    try:
        with transaction.atomic():
            _write(library, plan, actor, now)
    except IntegrityError:
        raise Refused(
            "پس از بررسی، عضو یا امانت دیگری با همین شماره ثبت شده است؛ فهرست را دوباره بررسی کنید."
        ) from None


def _write(library: Library, plan: PeoplePlan, actor: User, now: datetime) -> None:
    borrowers = Borrowers(library)
    for record in plan.entering:
        borrowers.of(record)
    for pk, record in plan.amending.items():
        member = Member.objects.get(pk=pk)
        for name, value in _told(record).items():
            setattr(member, name, value or getattr(member, name))
        member.search_name = search_key(member.full_name)[:200]
        member.save()
    Loan.objects.bulk_create(
        [
            Loan(
                copy_id=copy_id,
                member=borrowers.of(record),
                source=Loan.Source.LIST,
                lent_at=loan_start(record.lent_on, now),
                due_on=record.due_on,
                lent_by=actor,
            )
            for record, copy_id in plan.opening
        ],
        batch_size=CHUNK,
    )
    for pk, record in plan.completing.items():
        loan = Loan.objects.select_related("member").get(pk=pk)
        loan.due_on = record.due_on or loan.due_on
        loan.member = loan.member or borrowers.of(record)
        loan.save(update_fields=["due_on", "member"])


# Open loans


def _plan_loans(library: Library, records: Sequence[CopyRecord]) -> PeoplePlan:
    plan = PeoplePlan()
    by_number = _copies(library, "registration_number", records)
    by_barcode = _copies(library, "barcode", records)
    open_loans = _open_loans(copy.pk for copy in [*by_number.values(), *by_barcode.values()])
    borrowers = Borrowers(library)
    taken: dict[int, int] = {}
    for record in records:
        named = [
            copies.get(code)
            for code, copies in (
                (record.registration_number, by_number),
                (record.barcode, by_barcode),
            )
            if code
        ]
        copy = named[0]
        if copy is None or any(other is None or other.pk != copy.pk for other in named):
            plan.refused[record.row_number] = _unknown(record)
            continue
        if copy.pk in taken:
            plan.refused[record.row_number] = (
                f"این نسخه در سطر {to_persian_digits(taken[copy.pk])} هم آمده است؛ یکی را بردارید."
            )
            continue
        taken[copy.pk] = record.row_number
        member = borrowers.find(record)
        loan = open_loans.get(copy.pk)
        if loan is None and copy.status in GONE:
            plan.refused[record.row_number] = (
                f"وضعیت این نسخه «{copy.get_status_display()}» است و نمی‌تواند در امانت باشد؛ نخست "
                "وضعیت آن را روشن کنید."
            )
        elif loan is None:
            plan.opening.append((record, copy.pk))
        elif loan.member_id is not None and (member is None or member.pk != loan.member_id):
            plan.refused[record.row_number] = (
                "این نسخه هم‌اکنون در امانت عضو دیگری است؛ نخست بازگشت آن را ثبت کنید."
            )
        elif loan.member_id is None or (
            # A loan made at the desk is newer knowledge than an export taken before it.
            loan.source == Loan.Source.LIST and record.due_on and record.due_on != loan.due_on
        ):
            plan.completing[loan.pk] = record
        else:
            plan.unchanged += 1
    return plan


def _unknown(record: CopyRecord) -> str:
    if record.registration_number and record.barcode:
        return (
            f"شمارهٔ ثبت {to_persian_digits(record.registration_number)} و بارکد {record.barcode} "
            "از آن یک نسخهٔ این کتابخانه نیستند؛ آن‌ها را درست کنید."
        )
    number = to_persian_digits(record.registration_number)
    code = f"شمارهٔ ثبت {number}" if number else f"بارکد {record.barcode}"
    return f"نسخه‌ای با {code} در کتابخانه نیست؛ نخست آن را با فهرست نسخ وارد کنید."


def _copies(library: Library, name: str, records: Sequence[CopyRecord]) -> dict[str, Copy]:
    codes = sorted({code for record in records if (code := getattr(record, name))})
    found: dict[str, Copy] = {}
    for start in range(0, len(codes), CHUNK):
        some = Copy.objects.filter(library=library, **{f"{name}__in": codes[start : start + CHUNK]})
        found.update((getattr(copy, name), copy) for copy in some)
    return found


def _open_loans(copy_ids: Iterable[int]) -> dict[int, Loan]:
    ids = sorted(set(copy_ids))
    found: dict[int, Loan] = {}
    for start in range(0, len(ids), CHUNK):
        some = Loan.objects.filter(copy__in=ids[start : start + CHUNK], returned_at__isnull=True)
        found.update((loan.copy_id, loan) for loan in some)
    return found


# Members


def _told(record: CopyRecord) -> dict[str, str]:
    """What a record says of its member."""
    return {
        "full_name": record.borrower_name[:200],
        "membership_number": record.borrower_membership,
        "national_id": record.borrower_national_id,
        "mobile": record.borrower_mobile,
    }


def _plan_members(library: Library, records: Sequence[CopyRecord]) -> PeoplePlan:
    plan = PeoplePlan()
    borrowers = Borrowers(library)
    seen: dict[tuple[str, str], int] = {}
    for record in records:
        codes = [
            (kind, code)
            for kind, code in (
                ("شمارهٔ عضویت", record.borrower_membership),
                ("کد ملی", record.borrower_national_id),
            )
            if code
        ] or [("نام", search_key(record.borrower_name) + record.borrower_mobile)]
        if double := next((key for key in codes if key in seen), None):
            plan.refused[record.row_number] = (
                f"{double[0]} این عضو در سطر {to_persian_digits(seen[double])} هم آمده است؛ یکی را "
                "درست کنید."
            )
            continue
        seen |= dict.fromkeys(codes, record.row_number)
        member = borrowers.find(record)
        if member is None:
            plan.entering.append(record)
        elif borrowers.contradicts(record, member):
            plan.refused[record.row_number] = (
                "شمارهٔ عضویت و کد ملی این سطر در سامانه از آن دو عضو است؛ یکی را درست کنید."
            )
        elif any(value and value != getattr(member, name) for name, value in _told(record).items()):
            plan.amending[member.pk] = record
        else:
            plan.unchanged += 1
    return plan
