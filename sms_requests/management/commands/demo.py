"""`manage.py demo`: a library to try everything with."""

import random
from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from libraries.demo import library as demo
from libraries.holdings import plan_list, write_list
from libraries.models import Copy, Library, User
from libraries.roles import Role
from loans.list_loans import plan_loans, write_loans
from loans.models import FollowUp, Loan, LoanRules
from loans.services import fee_forgive, fee_pay, loan_renew, loan_return
from sms_requests.demo import LINE, make_line

MISSING_SHARE = 0.03
# Of the missing copies, some give a second look something to find: codes typed in with a slip,
# and copies that came back from a loan the other day.
TYPED = {4, 17, 30}
CAME_BACK = (5, 8, 20)
FEE_A_DAY = 2_000  # rials


class Command(BaseCommand):
    """Makes the demo library, its staff, loans, texts and a reader's memory to upload."""

    help = "Make the demo library (only in a database that has none) and print who can log in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--if-empty` makes a second call harmless."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there is data"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say why not."""
        if not settings.DEMO:
            raise CommandError(
                "the demo has known passwords; set RAFKHAN_DEMO=1 to say you want it"
            )
        if Library.objects.exists() or User.objects.exists():
            if not options["if_empty"]:
                raise CommandError("this database has data already; the demo needs an empty one")
        else:
            with transaction.atomic():
                self._make()
        staff = User.objects.filter(username__in=demo.USERNAMES, first_name__in=Role.labels)
        if not staff.exists():
            self.stdout.write("There is data here already, and no demo among it.")
            return
        self.stdout.write("Log in with one of these names, password " + demo.PASSWORD + ":")
        for user in staff.order_by("pk"):
            self.stdout.write(f"  {user.username:<10} {user.get_role_display()}")
        self.stdout.write(f"Members write to {LINE}; to be one: manage.py phone (README)")
        self.stdout.write(f"A reader's memory to upload: {self._memory_path()}")

    def _make(self) -> None:
        now = timezone.now()
        today = timezone.localdate(now)
        libraries = demo.places()
        actor = demo.staff(libraries[0])[0]
        for place, library in enumerate(libraries):
            dice = random.Random(demo.SEED + place)
            records = list(demo.records(dice, today=today, first_number=1001))
            if place:
                records = records[:400]
            plan = plan_list(library, records, take_statuses=True)
            write_list(
                library, plan, actor=actor, now=now, cause="دادهٔ نمونه",
                progress=lambda done, total: None,
            )  # fmt: skip
            write_loans(library, plan_loans(library, records), actor=actor, now=now)
        self._follow_up(libraries[0], actor, now)
        self._desk(libraries[0], actor, now)
        make_line(libraries, now)
        self._memory(libraries[0], now)

    def _follow_up(self, library: Library, actor: User, now: datetime) -> None:
        """Half of the long overdue loans were followed up, so that minutes 5 has lines."""
        overdue = Loan.objects.filter(
            copy__library=library, due_on__lt=timezone.localdate(now) - timedelta(days=70)
        )
        for loan in overdue.order_by("pk")[::2]:
            assert loan.due_on is not None
            called_on = loan.due_on + timedelta(days=20)
            FollowUp.objects.create(
                loan=loan,
                at=timezone.make_aware(datetime.combine(called_on, time(10))),
                by=actor,
                said="تماس گرفته شد؛ قول بازگرداندن داد.",
            )

    def _desk(self, library: Library, actor: User, now: datetime) -> None:
        """A morning at the loans desk: late books come back, with a fee taken, forgiven and owed;
        one loan is given more time.
        """
        LoanRules.objects.create(library=library, fee_a_day=FEE_A_DAY)
        today = timezone.localdate(now)
        loans = Loan.objects.filter(copy__library=library, returned_at__isnull=True).order_by("pk")
        paid, forgiven, _ = [
            loan_return(loan_id=loan.pk, actor=actor, now=now)
            for loan in loans.filter(due_on__lt=today)[:3]
        ]
        fee_pay(loan_id=paid.pk, actor=actor, now=now)
        fee_forgive(loan_id=forgiven.pk, cause="بیماری عضو", actor=actor, now=now, today=today)
        running = loans.filter(due_on__gte=today).first()
        if running is not None:
            loan_renew(loan_id=running.pk, actor=actor, now=now, today=today)

    def _came_back(self, copies: list[Copy], now: datetime) -> None:
        """Loans that came back lately and whose copies aren't on the shelf yet (spec B5)."""
        Loan.objects.bulk_create(
            Loan(
                copy=copy,
                lent_at=now - timedelta(days=16),
                due_on=timezone.localdate(now) - timedelta(days=2),
                returned_at=now - timedelta(days=days),
            )
            for days, copy in enumerate(copies, start=1)
        )

    def _memory(self, library: Library, now: datetime) -> None:
        """What a reader holds after a walk along the shelves: most copies, some slips and noise."""
        dice = random.Random(demo.SEED)
        copies = Copy.objects.filter(library=library).order_by(
            "section__position", "shelf_key", "registration_key"
        )
        absent = set(Loan.objects.filter(copy__library=library).values_list("copy", flat=True))
        codes: list[str] = []
        missed: list[Copy] = []
        for copy in copies:
            if copy.status != "available" or copy.pk in absent and dice.random() >= 0.03:
                continue
            if dice.random() > MISSING_SHARE:
                codes.append(copy.barcode)
                continue
            missed.append(copy)
            if len(missed) in TYPED:  # by hand, with two digits turned round
                code = copy.barcode
                codes.append(f"{code[:-5]}{code[-4]}{code[-5]}{code[-3:]}")
        self._came_back([missed[place] for place in CAME_BACK], now)
        for _ in range(6):
            codes.insert(dice.randrange(len(codes)), codes.pop(dice.randrange(len(codes))))
        codes.insert(40, "9990000000017")
        path = self._memory_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("MEMORY DUMP\n\n" + "\n".join(codes) + "\n", encoding="utf-8")

    def _memory_path(self) -> Path:
        return Path(settings.DATA_DIR) / "demo" / "reader-memory.txt"
