"""Outside one's scope nothing exists: every model, every role, rows of four libraries."""

from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.utils import timezone

from libraries.models import (
    AuditEntry,
    CopiesList,
    County,
    Job,
    Library,
    Province,
    StatusChange,
    User,
)
from libraries.roles import RIGHTS, Right, Role
from loans.models import BindingTrip, FollowUp, Forgiveness, Loan, LoanRules, Member, Renewal
from shelfreading.models import (
    AppliedChange,
    ReadingEvent,
    ReadingSession,
    Round,
    RoundExtension,
    RoundLibrary,
    Sample,
    SampleCopy,
    WeedingProposal,
    WeedingRules,
)
from sms_requests.models import (
    DeliveryReport,
    Mailing,
    MessageIn,
    MessageOut,
    NoormagsAccount,
    NoormagsGrant,
    Request,
    RequestCall,
    RequestStep,
    ReturnAnnouncement,
    ReturnDay,
    ReturnNotice,
    SmsLine,
)
from tests.cast import Cast, add_copies, make_library, make_user, numbered_calls

pytestmark = pytest.mark.django_db
APPS = ("libraries", "loans", "shelfreading", "sms_requests", "reports")
# Belong to no library: people and places are reached through what does, texts of a province's SMS
# line through the requests they made; the line and its Noormags accounts are the province's.
APART = {
    *(User, Province, County, SmsLine, Mailing, MessageIn, MessageOut, DeliveryReport),
    *(NoormagsAccount, NoormagsGrant),
}
# Everybody sees that the office opened a round; which libraries it asks is scoped.
OF_ALL = {Round, RoundExtension}
# Reports keep the place that they were sent from; what belongs to one is reached through it, and
# tests/reports walks through all of it.
OF_REPORTS = set(apps.get_app_config("reports").get_models())

# Which libraries each role sees: A is the cast's own; B stands in its county, C in another county
# of its province, D in another province.
SEES = {
    "librarian": "A",
    "head": "A",
    "county": "AB",
    "expert": "ABC",
    "director": "ABC",
    "office": "ABCD",
    "admin": "",
    "outsider": "D",
}


def our_models() -> set[type[Model]]:
    return {model for app in APPS for model in apps.get_app_config(app).get_models()}


def test_every_model_says_how_it_belongs_to_a_library() -> None:
    scoped = {model for model in our_models() if hasattr(model, "library_path")}
    assert our_models() - scoped == APART | OF_ALL | OF_REPORTS
    for model in scoped:
        assert hasattr(model.objects, "for_user"), model


def one_of_each(library: Library) -> dict[type[Model], Model]:
    """A row of every model that belongs to a library, all of this one."""
    now = timezone.now()
    (copy,) = add_copies(library, numbered_calls(1))
    by = make_user(f"by-{library.code}", Role.LIBRARIAN, library=library)
    job = Job.objects.create(label="کار", owner=by, library=library, created_at=now)
    copies_list = CopiesList.objects.create(
        library=library, uploaded_by=by, uploaded_at=now, filename="x"
    )
    change = StatusChange.objects.create(
        copy=copy, from_status="missing", to_status="available", source="admin", at=now
    )
    member = Member.objects.create(library=library, full_name="عضو", search_name="عضو")
    loan = Loan.objects.create(copy=copy, member=member, lent_at=now)
    session = ReadingSession.objects.create(
        library=library, name="نام", method="list", started_at=now, started_by=by
    )
    application = session.applications.create(applied_at=now, applied_by=by, seen_count=0)
    applied: AppliedChange = application.changes.create(
        copy=copy, finding="missing", position=0, from_status="available", to_status="missing"
    )
    asked, _ = Round.objects.get_or_create(
        year=1400,
        defaults={
            "circular_on": timezone.localdate(now), "opens_on": timezone.localdate(now),
            "closes_on": timezone.localdate(now), "opened_by": by, "opened_at": now,
        },
    )  # fmt: skip
    sample = Sample.objects.create(
        session=session, size=1, population=1, seed=1, drawn_by=by, drawn_at=now
    )
    text = MessageIn.objects.create(
        gateway="console", key=library.code, raw="x", received_at=now, handle_after=now
    )
    asked_by_sms = Request.objects.create(
        message=text, kind="loan", state="waiting", since=now, created_at=now, library=library
    )
    announcement = ReturnAnnouncement.objects.create(
        library=library, created_at=now, created_by=by,
        mailing=Mailing.objects.create(
            opens_at=time(9), closes_at=time(20), batch_size=1, batch_minutes=1, ends_at=now
        ),
    )  # fmt: skip
    rows: list[Any] = [
        library, library.sections.all()[0], copy.title, copy, change, job, copies_list, member,
        loan, session, application,
        AuditEntry.objects.create(at=now, action="x", library=library),
        LoanRules.objects.create(library=library),
        Renewal.objects.create(loan=loan, at=now, by=by, to_due=timezone.localdate(now)),
        FollowUp.objects.create(loan=loan, at=now, by=by, said="گفت"),
        Forgiveness.objects.create(loan=loan, days_late=1, cause="سبب", at=now, by=by),
        session.expected.create(
            copy=copy, position=0, rank=0, shelf_run=0, code="1", status="available"
        ),
        session.uploads.create(
            filename="x", uploaded_at=now, uploaded_by=by, codes=0, new_codes=0
        ),
        ReadingEvent.objects.create(
            id=uuid4(), session=session, device="d", seq=0, kind="scan", received_at=now, by=by
        ),
        RoundLibrary.objects.create(round=asked, library=library),
        sample,
        SampleCopy.objects.create(sample=sample, copy=copy, position=0, was_seen=True),
        session.devices.create(device="d", by=by, first_at=now, last_at=now),
        session.shelves_read.create(
            first_position=0, last_position=0, was_read=True, by=by, at=now
        ),
        session.findings.create(finding="present", copy=copy, position=0),
        session.decisions.create(copy=copy, by=by, at=now),
        applied,
        applied.paper_ticks.create(kind="register", by=by, at=now),
        WeedingProposal.objects.create(
            library=library, copy=copy, cause="worn", origin="hand", why="سبب", proposed_by=by,
            proposed_at=now,
        ),
        WeedingRules.objects.create(library=library),
        BindingTrip.objects.create(copy=copy, sent_on=timezone.localdate(now), sent_by=by),
        asked_by_sms,
        RequestStep.objects.create(
            request=asked_by_sms, move="received", becomes="waiting", at=now
        ),
        RequestCall.objects.create(request=asked_by_sms, at=now, by=by, outcome="agreed"),
        announcement,
        ReturnDay.objects.create(
            announcement=announcement, on=timezone.localdate(now), opens_at=time(9),
            closes_at=time(12),
        ),
        ReturnNotice.objects.create(
            announcement=announcement, member=member, loans=1, trouble="no_mobile"
        ),
    ]  # fmt: skip
    return {type(row): row for row in rows}


@pytest.fixture
def rows(cast: Cast) -> dict[str, dict[type[Model], Model]]:
    """One of each in every library; D is the cast's other library."""
    libraries = {
        "A": cast.library,
        "B": make_library("B", "استان نمونه", "شهرستان نمونه"),
        "C": make_library("C", "استان نمونه", "شهرستان سوم"),
        "D": cast.other_library,
    }
    made = {name: one_of_each(library) for name, library in libraries.items()}
    scoped = our_models() - APART - OF_ALL - OF_REPORTS
    assert set(made["A"]) == scoped, "a model without a row in this test"
    return made


def test_for_user_gives_each_role_its_own_rows_of_every_model(
    cast: Cast, rows: dict[str, dict[type[Model], Model]]
) -> None:
    assert set(SEES) == set(cast.everyone)
    for actor, user in cast.everyone.items():
        for model in rows["A"]:
            seen = set(model.objects.for_user(user).values_list("pk", flat=True))
            ours = {name: of_library[model].pk for name, of_library in rows.items()}
            found = "".join(name for name, pk in ours.items() if pk in seen)
            assert found == SEES[actor], (actor, model)
            # Whatever else stands in the table belongs to these libraries too, or is unseen.
            if actor == "admin":
                assert not seen


def test_nobody_sees_anything(cast: Cast, rows: dict[str, dict[type[Model], Model]]) -> None:
    inactive = User(username="x", role=Role.RESOURCES_OFFICE, is_active=False)
    for nobody in (AnonymousUser(), inactive, User(username="y", role=""), None):
        for model in rows["A"]:
            assert not model.objects.for_user(nobody).exists(), (nobody, model)


def test_a_scope_that_is_missing_shows_nothing(
    cast: Cast, rows: dict[str, dict[type[Model], Model]]
) -> None:
    """The database refuses such a user; should one come about, it sees no row, not every row."""
    for role in (Role.LIBRARIAN, Role.COUNTY_HEAD, Role.DIRECTOR_GENERAL):
        lost = User(username="lost", role=role)
        for model in rows["A"]:
            assert not model.objects.for_user(lost).exists(), (role, model)


def test_rows_of_no_library_are_for_the_office_at_most(cast: Cast) -> None:
    now = timezone.now()
    job = Job.objects.create(label="کار", owner=cast.expert, created_at=now)
    entry = AuditEntry.objects.create(at=now, action="x")
    for actor, user in cast.everyone.items():
        for row in (job, entry):
            seen = type(row).objects.for_user(user).filter(pk=row.pk).exists()
            assert seen == (actor == "office"), (actor, row)


# --- the table of rights ----------------------------------------------------------


def test_the_rights_are_what_the_spec_says() -> None:
    at_library = {
        Right.USE_DESK, Right.VIEW_LIBRARIES, Right.VIEW_COPIES, Right.IMPORT_COPIES,
        Right.VIEW_LOANS, Right.WRITE_LOANS, Right.OPEN_PERSONAL_DATA, Right.VIEW_SESSIONS,
        Right.READ_SHELVES, Right.SETTLE_FINDINGS, Right.PROPOSE_WEEDING, Right.PRINT_FORMS,
        Right.MATCH_FILES, Right.VIEW_ROUNDS, Right.READ_SAMPLE, Right.VIEW_REPORTS,
        Right.VIEW_REQUESTS, Right.HANDLE_REQUESTS, Right.OPEN_SENDERS,
        Right.ANNOUNCE_RETURN_DAYS,
    }  # fmt: skip
    of_the_head = {
        Right.SET_LOAN_RULES, Right.SET_WEEDING_RULES, Right.GIVE_REASON, Right.SUBMIT_REPORTS,
    }  # fmt: skip
    above = {
        Right.USE_DESK, Right.VIEW_LIBRARIES, Right.VIEW_COPIES, Right.VIEW_SESSIONS,
        Right.PRINT_FORMS, Right.MATCH_FILES, Right.VIEW_ROUNDS, Right.VIEW_REPORTS,
    }  # fmt: skip
    gathers = above | {Right.DECIDE_REPORTS, Right.GATHER_REPORTS}
    assert {
        "librarian": at_library,
        "library_head": at_library | of_the_head,
        "county_head": gathers | {Right.GIVE_REASON, Right.DRAW_SAMPLE, Right.READ_SAMPLE},
        "provincial_expert": gathers
        | {Right.DECIDE_WEEDING, Right.GIVE_OPINIONS, Right.CLOSE_CORRECTIONS}
        | {Right.VIEW_REQUESTS, Right.ROUTE_REQUESTS, Right.OPEN_SENDERS, Right.HAND_OUT_ACCOUNTS},
        "director_general": gathers | {Right.CLOSE_CORRECTIONS},
        "resources_office": above | {Right.OPEN_ROUNDS, Right.DECIDE_REPORTS, Right.ANSWER_REPORTS},
        "administrator": {Right.USE_DESK, Right.USE_ADMIN},
    } == RIGHTS


def test_a_right_needs_an_active_person(cast: Cast) -> None:
    assert cast.librarian.has_right(Right.WRITE_LOANS)
    assert not cast.county.has_right(Right.WRITE_LOANS)
    cast.librarian.is_active = False
    assert not any(cast.librarian.has_right(right) for right in Right)
    assert not any(User(role="janitor").has_right(right) for right in Right)
