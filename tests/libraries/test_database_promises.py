"""What the database refuses by itself, whoever asks: bad rows written past every service."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from libraries.models import Copy, County, Library, Province, Section, Title, User
from libraries.roles import SCOPE_OF_ROLE, Role, Scope
from loans.models import FollowUp, Forgiveness, Loan, LoanRules, Member, Renewal
from shelfreading.models import (
    Application,
    AppliedChange,
    Decision,
    ExpectedCopy,
    ReadingEvent,
    ReadingSession,
    SessionFinding,
    ShelfRead,
)
from tests.cast import Cast, add_copies, numbered_calls

pytestmark = pytest.mark.django_db
NOW = timezone.now()


class World:
    """One good row of everything, for a bad one to stand beside."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.library = cast, cast.library
        self.copy, self.other = add_copies(cast.library, numbered_calls(2))
        self.foreign = add_copies(cast.other_library, numbered_calls(1))[0]
        self.member = Member.objects.create(
            library=cast.library, full_name="یک", search_name="یک",
            membership_number="7", national_id="0084575948",
        )  # fmt: skip
        self.loan = Loan.objects.create(copy=self.copy, lent_at=NOW)
        self.forgiveness = Forgiveness.objects.create(
            loan=self.loan, days_late=1, cause="سبب", at=NOW, by=cast.librarian
        )
        self.session = self.new_session()
        self.event = ReadingEvent.objects.create(id=uuid4(), **self.event_fields())
        self.session.expected.create(
            copy=self.copy, position=0, rank=0, shelf_run=0, code="1", status="available"
        )
        self.session.findings.create(finding="present", copy=self.copy, position=0)
        self.session.decisions.create(copy=self.copy, by=cast.librarian, at=NOW)
        self.session.decisions.create(code="9", by=cast.librarian, at=NOW)
        self.session.shelves_read.create(
            first_position=0, last_position=5, was_read=True, by=cast.librarian, at=NOW
        )
        self.application = self.session.applications.create(
            applied_at=NOW, applied_by=cast.librarian, seen_count=1
        )
        self.application.changes.create(**self.change_fields())

    def new_session(self, **fields: Any) -> ReadingSession:
        return ReadingSession.objects.create(
            library=self.library, name="نام", method="list", started_at=NOW,
            started_by=self.cast.librarian, **fields,
        )  # fmt: skip

    def event_fields(self) -> dict[str, Any]:
        return {
            "session": self.session, "device": "d", "seq": 1, "kind": "scan",
            "received_at": NOW, "by": self.cast.librarian,
        }  # fmt: skip

    def change_fields(self) -> dict[str, Any]:
        return {
            "copy": self.copy, "finding": "missing", "position": 0,
            "from_status": "available", "to_status": "missing",
        }  # fmt: skip

    def new_copy(self, **fields: Any) -> Copy:
        return Copy.objects.create(
            **{
                "library": self.library, "title": self.copy.title, "section": self.copy.section,
                "registration_number": "900", "shelf_key": "", "class_key": "",
                "registration_key": "",
            }
            | fields
        )  # fmt: skip


BAD: dict[str, Callable[[World], Any]] = {
    "registration number twice in a library": lambda w: w.new_copy(registration_number="1"),
    "barcode twice in a library": lambda w: w.new_copy(barcode=w.copy.barcode),
    "copy with an unknown status": lambda w: w.new_copy(status="lent"),
    "copy with no status": lambda w: w.new_copy(status=""),
    "weeding cause without weeding": lambda w: w.new_copy(weeding_cause="worn"),
    "unknown weeding cause": lambda w: w.new_copy(status="weeded", weeding_cause="ugly"),
    "weeding cause kept by an update": lambda w: (
        Copy.objects.filter(pk=w.copy.pk).update(status="weeded", weeding_cause="worn"),
        Copy.objects.filter(pk=w.copy.pk).update(status="available"),
    ),
    "copy without a section": lambda w: w.new_copy(section=None),
    "title twice in a library": lambda w: Title.objects.create(
        library=w.library, title="x", search_text="x", identity=w.copy.title.identity
    ),
    "section twice in a library": lambda w: Section.objects.create(
        library=w.library, name="مخزن", search_name=w.copy.section.search_name
    ),
    "province twice": lambda w: Province.objects.create(name="استان نمونه"),
    "county twice in a province": lambda w: County.objects.create(
        province=w.library.county.province, name="شهرستان نمونه"
    ),
    "library code twice": lambda w: Library.objects.create(
        county=w.library.county, code="L1", name="x", degree=1, place="x"
    ),
    "library of degree 0": lambda w: Library.objects.create(
        county=w.library.county, code="L9", name="x", degree=0, place="x"
    ),
    "library of degree 10": lambda w: Library.objects.create(
        county=w.library.county, code="L9", name="x", degree=10, place="x"
    ),
    "user name twice": lambda w: User.objects.create(username="librarian", role="administrator"),
    "membership number twice": lambda w: Member.objects.create(
        library=w.library, full_name="دو", search_name="دو", membership_number="7"
    ),
    "national ID twice": lambda w: Member.objects.create(
        library=w.library, full_name="دو", search_name="دو", national_id="0084575948"
    ),
    "second open loan of a copy": lambda w: Loan.objects.create(copy=w.copy, lent_at=NOW),
    "loan opened again beside an open one": lambda w: Loan.objects.filter(
        pk=Loan.objects.create(copy=w.copy, lent_at=NOW, returned_at=NOW).pk
    ).update(returned_at=None),
    "loan returned before it was lent": lambda w: Loan.objects.create(
        copy=w.other, lent_at=NOW, returned_at=NOW - timedelta(seconds=1)
    ),
    "second forgiveness of a loan": lambda w: Forgiveness.objects.create(
        loan=w.loan, days_late=2, cause="سبب", at=NOW, by=w.cast.head
    ),
    "forgiveness of less than no days": lambda w: Forgiveness.objects.create(
        loan=Loan.objects.create(copy=w.other, lent_at=NOW), days_late=-1, cause="سبب",
        at=NOW, by=w.cast.head,
    ),
    "forgiveness without a cause": lambda w: Forgiveness.objects.create(
        loan=Loan.objects.create(copy=w.other, lent_at=NOW), days_late=1, cause="  ", at=NOW,
        by=w.cast.head,
    ),
    "forgiveness by nobody": lambda w: Forgiveness.objects.create(
        loan=Loan.objects.create(copy=w.other, lent_at=NOW), days_late=1, cause="سبب", at=NOW,
    ),
    "fee of a loan that is out": lambda w: Loan.objects.filter(pk=w.loan.pk).update(fee=1),
    "fee taken by nobody": lambda w: Loan.objects.filter(pk=w.loan.pk).update(
        returned_at=NOW, fee=1, fee_paid_at=NOW
    ),
    "fee taken where there is none": lambda w: Loan.objects.filter(pk=w.loan.pk).update(
        returned_at=NOW, fee_paid_at=NOW, fee_paid_by=w.cast.head
    ),
    "renewal that takes days away": lambda w: Renewal.objects.create(
        loan=w.loan, at=NOW, by=w.cast.head, from_due=NOW.date(), to_due=NOW.date()
    ),
    "follow-up without a result": lambda w: FollowUp.objects.create(
        loan=w.loan, at=NOW, by=w.cast.head, said=" "
    ),
    "rules twice in a library": lambda w: [
        LoanRules.objects.create(library=w.library) for _ in range(2)
    ],
    "a loan of no days": lambda w: LoanRules.objects.create(library=w.library, loan_days=0),
    "a fee out of reason": lambda w: LoanRules.objects.create(
        library=w.library, fee_a_day=1_000_001
    ),
    "closed session without a time": lambda w: w.new_session(state="closed"),
    "applied session without a time": lambda w: w.new_session(state="applied"),
    "session being read with an end": lambda w: w.new_session(state="reading", closed_at=NOW),
    "session in an unknown state": lambda w: w.new_session(state="lost", closed_at=NOW),
    "one event id twice": lambda w: ReadingEvent.objects.create(
        id=w.event.pk, **w.event_fields()
    ),
    "one event id in two sessions": lambda w: ReadingEvent.objects.create(
        id=w.event.pk, **(w.event_fields() | {"session": w.new_session()})
    ),
    "copy expected twice": lambda w: ExpectedCopy.objects.create(
        session=w.session, copy=w.copy, position=1, rank=0, shelf_run=0, code="1", status="x"
    ),
    "place on the list given twice": lambda w: ExpectedCopy.objects.create(
        session=w.session, copy=w.other, position=0, rank=0, shelf_run=0, code="2", status="x"
    ),
    "finding at a place twice": lambda w: SessionFinding.objects.create(
        session=w.session, finding="present", copy=w.other, position=0
    ),
    "second decision on a copy": lambda w: Decision.objects.create(
        session=w.session, copy=w.copy, by=w.cast.head, at=NOW
    ),
    "second decision on an unknown code": lambda w: Decision.objects.create(
        session=w.session, code="9", by=w.cast.head, at=NOW
    ),
    "second standing application": lambda w: Application.objects.create(
        session=w.session, applied_at=NOW, applied_by=w.cast.head, seen_count=0
    ),
    "second change of a copy in an application": lambda w: AppliedChange.objects.create(
        application=w.application, **w.change_fields()
    ),
    "second word on a stretch": lambda w: ShelfRead.objects.create(
        session=w.session, first_position=0, last_position=5, was_read=False, by=w.cast.head,
        at=NOW,
    ),
    "stretch that runs backward": lambda w: ShelfRead.objects.create(
        session=w.session, first_position=6, last_position=5, was_read=True, by=w.cast.head,
        at=NOW,
    ),
}  # fmt: skip


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_refused(world: World, case: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BAD[case](world)


GOOD: dict[str, Callable[[World], Any]] = {
    "one number in two libraries": lambda w: w.new_copy(
        library=w.cast.other_library, section=w.foreign.section, title=w.foreign.title,
        registration_number="2",
    ),
    "one barcode in two libraries": lambda w: Copy.objects.filter(pk=w.foreign.pk).update(
        barcode=w.copy.barcode
    ),
    "many copies without a barcode": lambda w: [
        w.new_copy(registration_number=number) for number in ("901", "902")
    ],
    "weeded, and nobody said why": lambda w: w.new_copy(status="weeded"),
    "many members without a number": lambda w: [
        Member.objects.create(library=w.library, full_name=name, search_name=name)
        for name in ("دو", "سه")
    ],
    "lent again after it came back": lambda w: (
        Loan.objects.filter(pk=w.loan.pk).update(returned_at=NOW),
        Loan.objects.create(copy=w.copy, lent_at=NOW),
    ),
    "forgiven again after it was taken back": lambda w: (
        Forgiveness.objects.update(revoked_at=NOW),
        Forgiveness.objects.create(
            loan=w.loan, days_late=2, cause="سبب", at=NOW, by=w.cast.head
        ),
    ),
    "applied again after it was taken back": lambda w: (
        Application.objects.update(undone_at=NOW),
        w.session.applications.create(applied_at=NOW, applied_by=w.cast.head, seen_count=0),
    ),
    "the same copy decided in two sessions": lambda w: Decision.objects.create(
        session=w.new_session(), copy=w.copy, by=w.cast.head, at=NOW
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD)
def test_what_a_library_needs_is_not_refused(world: World, case: str) -> None:
    GOOD[case](world)


# --- one role, one scope ----------------------------------------------------------

PLACES = ("library", "county", "province")
# By hand, from the spec's "Who may do what".
PLACE_OF_ROLE = {
    "librarian": "library",
    "library_head": "library",
    "county_head": "county",
    "provincial_expert": "province",
    "director_general": "province",
    "resources_office": None,
    "administrator": None,
}
COMBINATIONS = [
    tuple(place for bit, place in enumerate(PLACES) if number >> bit & 1) for number in range(8)
]


def test_every_role_has_its_place_in_the_table() -> None:
    assert {str(role) for role in Role} == set(PLACE_OF_ROLE)
    for role, place in PLACE_OF_ROLE.items():
        wide = Scope.ADMIN if role == "administrator" else Scope.COUNTRY
        assert SCOPE_OF_ROLE[role] == (Scope(place) if place else wide)


@pytest.mark.parametrize("role", [*PLACE_OF_ROLE, "", "janitor"])
def test_a_role_has_its_own_scope_and_no_other(cast: Cast, role: str) -> None:
    where = {
        "library": cast.library,
        "county": cast.library.county,
        "province": cast.library.county.province,
    }
    place = PLACE_OF_ROLE.get(role)
    right = (place,) if place else ()
    for number, places in enumerate(COMBINATIONS):
        scope = {name: where[name] for name in places}
        user = User(username=f"u{number}", role=role, **scope)
        if role in PLACE_OF_ROLE and places == right:
            user.save()
            # A promotion that forgets the scope is refused as well as a bad start.
            with pytest.raises(IntegrityError), transaction.atomic():
                wrong = "resources_office" if place else "librarian"
                User.objects.filter(pk=user.pk).update(role=wrong)
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                user.save()


def test_every_unique_and_check_constraint_of_ours_stands_in_the_database() -> None:
    """None is only Django's: the database itself knows each by its name."""
    ours = [Copy, Loan, Member, Forgiveness, User, Library, ReadingSession, Application, Decision]
    with connection.cursor() as cursor:
        for model in ours:
            known = connection.introspection.get_constraints(cursor, model._meta.db_table)
            names = {constraint.name for constraint in model._meta.constraints}
            assert names
            assert names <= set(known), model
