"""Applying and taking back, while others apply, decide, lend and return the same copies."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from libraries.locking import locked
from libraries.models import AuditEntry, Copy, CopyStatus, StatusChange
from libraries.roles import Role
from loans.models import Forgiveness, Loan
from loans.services import loan_lend, loan_return
from shelfreading.models import (
    Application,
    AppliedChange,
    Decision,
    ReadingSession,
    WeedingProposal,
)
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.decisions import fate_set
from tests.at_once import at_once, in_queue, refusals
from tests.cast import make_user
from tests.fresh_readings import Reading, look_again, make_reading, read_and_close
from tests.promises import assert_records_hold

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES = 8
WORN = Decision.Fate.WEED_WORN


def apply(reading: Reading, actor: Any = None) -> Callable[[], Any]:
    return partial(
        findings_apply,
        session_id=reading.session.pk,
        actor=actor or reading.actor,
        now=timezone.now(),
    )


def undo(reading: Reading) -> Callable[[], Any]:
    return partial(
        application_undo, session_id=reading.session.pk, actor=reading.actor, now=timezone.now()
    )


def lend(reading: Reading, copy: Copy, *, ago: timedelta = timedelta(0)) -> Callable[[], Any]:
    return partial(
        loan_lend, copy_id=copy.pk, member_id=reading.member.pk, actor=reading.colleague,
        now=timezone.now() - ago, today=timezone.localdate(),
    )  # fmt: skip


def give_back(reading: Reading, loan: Loan) -> Callable[[], Any]:
    return partial(loan_return, loan_id=loan.pk, actor=reading.colleague, now=timezone.now())


def decide(reading: Reading, copy: Copy, fate: str, actor: Any = None) -> Callable[[], Any]:
    return partial(
        fate_set, session_id=reading.session.pk, keys=[f"c{copy.pk}"], fate=fate,
        actor=actor or reading.actor, now=timezone.now(),
    )  # fmt: skip


def status(copy: Copy) -> str:
    return Copy.objects.get(pk=copy.pk).status


def hold(copy: Copy) -> Callable[[], Any]:
    return lambda: locked(Copy.objects.all(), pk=copy.pk)


def read_all_but_one() -> Reading:
    """A closed reading in which the fourth copy was not seen, and sought twice."""
    reading = make_reading()
    read_and_close(reading, [copy for copy in reading.copies if copy != reading.copies[3]])
    look_again(reading.session, reading.actor)
    return reading


def read_with_a_loan_on_the_shelf() -> tuple[Reading, Loan]:
    """A closed reading in which the eighth copy, ten days overdue, stood on the shelf."""
    reading = make_reading()
    loan = Loan.objects.create(
        copy=reading.copies[7],
        member=reading.member,
        lent_at=reading.at - timedelta(days=30),
        due_on=timezone.localdate() - timedelta(days=10),
    )
    read_and_close(reading, reading.copies)
    return reading, loan


def test_two_people_apply_one_session_at_once() -> None:
    for attempt in range(TRIES):
        reading = read_all_but_one()
        first, second = at_once(
            apply(reading), apply(reading, reading.colleague), lags=[0.002 * (attempt % 3)]
        )
        assert first == second
        assert Application.objects.filter(session=reading.session).count() == 1
        assert first.changes.count() == 1
        done = AuditEntry.objects.filter(action="findings_apply", library=reading.library)
        assert done.count() == 1
        assert status(reading.copies[3]) == CopyStatus.MISSING
        assert_records_hold(reading.library)


def test_a_copy_decided_to_be_weeded_is_lent_while_the_session_is_applied() -> None:
    for attempt in range(TRIES):
        reading = read_all_but_one()
        copy = reading.copies[5]
        decide(reading, copy, WORN)()
        applied, lent = at_once(apply(reading), lend(reading, copy), lags=[0.004 * (attempt % 3)])
        # Proposed, it can still be lent; lent first, it is a conflict that a person settles.
        assert isinstance(lent, Loan) and status(copy) == CopyStatus.AVAILABLE
        proposed = WeedingProposal.objects.filter(copy=copy, state="proposed").exists()
        assert proposed == (not refusals([applied]))
        assert_records_hold(reading.library)


@pytest.mark.postgres_only
@pytest.mark.parametrize("lends_first", [True, False])
def test_the_first_in_line_for_a_copy_decided_to_be_weeded_wins(lends_first: bool) -> None:
    reading = read_all_but_one()
    copy = reading.copies[5]
    decide(reading, copy, WORN)()
    works = [apply(reading), lend(reading, copy)]
    first, second = in_queue(hold(copy), *(works[::-1] if lends_first else works))
    assert (refusals([first]), refusals([second])) == (0, lends_first)
    assert WeedingProposal.objects.filter(copy=copy).exists() != lends_first


def test_a_missing_copy_turns_up_at_the_desk_while_the_session_is_applied() -> None:
    for attempt in range(TRIES):
        reading = read_all_but_one()
        copy = reading.copies[3]
        applied, lent = at_once(apply(reading), lend(reading, copy), lags=[0.006 * (attempt % 4)])
        assert isinstance(applied, Application)
        missing = bool(refusals([lent]))
        assert status(copy) == (CopyStatus.MISSING if missing else CopyStatus.AVAILABLE)
        assert applied.changes.filter(copy=copy).exists() == missing
        assert_records_hold(reading.library)


@pytest.mark.parametrize("lends_first", [True, False])
def test_a_lend_that_waits_with_the_application_leaves_no_missing_copy_on_loan(
    lends_first: bool,
) -> None:
    reading = read_all_but_one()
    copy = reading.copies[3]
    works = [apply(reading), lend(reading, copy)]
    in_queue(hold(copy), *(works[::-1] if lends_first else works))
    lent = Loan.objects.filter(copy=copy, returned_at__isnull=True).exists()
    assert status(copy) == (CopyStatus.AVAILABLE if lent else CopyStatus.MISSING)


def test_a_copy_on_the_shelf_is_returned_at_the_desk_while_the_session_is_applied() -> None:
    for attempt in range(TRIES):
        reading, loan = read_with_a_loan_on_the_shelf()
        applied, back = at_once(
            apply(reading), give_back(reading, loan), lags=[0.004 * (attempt % 3)]
        )
        assert isinstance(applied, Application)
        by_reading = AppliedChange.objects.filter(returned_loan=loan).exists()
        assert by_reading == bool(refusals([back]))
        loan.refresh_from_db()
        assert loan.returned_by == (reading.actor if by_reading else reading.colleague)
        assert Forgiveness.objects.filter(loan=loan).count() == by_reading
        assert_records_hold(reading.library)


def test_an_application_is_taken_back_while_one_of_its_copies_is_lent() -> None:
    for attempt in range(TRIES):
        reading, loan = read_with_a_loan_on_the_shelf()
        apply(reading)()
        outcomes = at_once(undo(reading), lend(reading, loan.copy), lags=[0.004 * (attempt % 3)])
        assert refusals(outcomes) == 1
        loan.refresh_from_db()
        taken_back = not refusals(outcomes[:1])
        assert (loan.returned_at is None) == taken_back
        assert Loan.objects.filter(copy=loan.copy, returned_at__isnull=True).count() == 1
        assert_records_hold(reading.library)


def test_a_lend_with_a_clock_behind_still_keeps_the_application_from_being_taken_back() -> None:
    """Its time was taken before it waited for the application; it was written after."""
    reading, loan = read_with_a_loan_on_the_shelf()
    late_lend = lend(reading, loan.copy, ago=timedelta(minutes=5))
    apply(reading)()
    assert isinstance(late_lend(), Loan)
    assert refusals(at_once(undo(reading))) == 1
    loan.refresh_from_db()
    assert loan.returned_at is not None
    assert_records_hold(reading.library)


def test_a_found_copy_lent_with_a_clock_behind_is_not_made_missing_again() -> None:
    reading = make_reading()
    copy = reading.copies[4]
    Copy.objects.filter(pk=copy.pk).update(status=CopyStatus.MISSING)
    ReadingSession.objects.get(pk=reading.session.pk).expected.filter(copy=copy).update(
        status=CopyStatus.MISSING
    )
    read_and_close(reading, reading.copies)
    apply(reading)()
    assert status(copy) == CopyStatus.AVAILABLE
    lend(reading, copy, ago=timedelta(minutes=5))()
    assert refusals(at_once(undo(reading))) == 1
    assert status(copy) == CopyStatus.AVAILABLE


def test_an_application_is_taken_back_once_by_two_at_once() -> None:
    for _ in range(TRIES):
        reading = read_all_but_one()
        apply(reading)()
        assert refusals(at_once(undo(reading), undo(reading))) == 1
        assert status(reading.copies[3]) == CopyStatus.AVAILABLE
        steps = StatusChange.objects.filter(copy=reading.copies[3])
        assert steps.count() == 2
        assert_records_hold(reading.library)


def test_two_decisions_on_one_copy_at_once_leave_one_decision() -> None:
    for attempt in range(TRIES):
        reading = read_all_but_one()
        copy = reading.copies[5]
        fates = [WORN, Decision.Fate.BINDING]
        told = at_once(
            decide(reading, copy, fates[0]),
            decide(reading, copy, fates[1], reading.colleague),
            lags=[0.002 * (attempt % 2)],
        )
        assert told == [1, 1]
        decision = Decision.objects.get(session=reading.session, copy=copy)
        who = dict(zip(fates, (reading.actor, reading.colleague), strict=True))
        assert decision.by == who[decision.fate]
        assert AuditEntry.objects.filter(action="fate_set", library=reading.library).count() == 2


def test_a_decision_comes_before_the_application_or_is_refused() -> None:
    for attempt in range(TRIES):
        reading = read_all_but_one()
        copy = reading.copies[5]
        decided, applied = at_once(
            decide(reading, copy, WORN),
            apply(reading, reading.colleague),
            lags=[0.003 * (attempt % 3)],
        )
        assert isinstance(applied, Application)
        in_time = not refusals([decided])
        assert WeedingProposal.objects.filter(copy=copy, state="proposed").exists() == in_time
        assert applied.changes.count() == 1 + in_time
        assert_records_hold(reading.library)


@pytest.mark.parametrize("applies_first", [True, False])
def test_the_administrator_saves_a_copy_while_the_session_is_applied(applies_first: bool) -> None:
    """A page opened before, saved in the middle: what the reading wrote is not lost unsaid."""
    reading = read_all_but_one()
    copy = reading.copies[3]
    admin = make_user(f"admin-{reading.library.code}", Role.ADMINISTRATOR)
    sent = {
        "library": copy.library_id, "title": copy.title_id, "section": copy.section_id,
        "registration_number": copy.registration_number, "barcode": copy.barcode,
        "call_number": copy.call_number, "main_class": copy.main_class, "volume": "۳",
        "status": "binding",
    }  # fmt: skip

    def save() -> int:
        client = Client()
        client.force_login(admin)
        return client.post(f"/admin/libraries/copy/{copy.pk}/change/", sent).status_code

    works = [apply(reading), save]
    outcomes = in_queue(hold(copy), *(works if applies_first else works[::-1]))
    assert 302 in outcomes
    # Applied after the administrator, the session meets a record that changed: a conflict.
    assert refusals(outcomes) == (status_steps(copy) == ["binding"])
    assert status(copy) == CopyStatus.BINDING
    assert_records_hold(reading.library)


def status_steps(copy: Copy) -> list[str]:
    steps = StatusChange.objects.filter(copy=copy).order_by("pk")
    return list(steps.values_list("to_status", flat=True))
