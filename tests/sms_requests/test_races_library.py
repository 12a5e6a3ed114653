"""Two librarians, or a librarian and the loans desk, at the same moment."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from libraries.models import Copy
from loans.models import Loan, Member
from loans.services import loan_lend
from sms_requests.domain.way import HOLDS_A_COPY
from sms_requests.models import Request, RequestCall
from sms_requests.services import library as desk_services
from tests.at_once import at_once, refusals
from tests.promises import assert_records_hold
from tests.sms_requests.desk_requests import (
    OTHER_ID,
    Desk,
    add_member,
    add_request,
    close,
    find,
    hand_over,
    make_desk,
    ready,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES = 6


def lend(desk: Desk, copy: Copy, member: Member) -> Callable[[], Any]:
    return partial(
        loan_lend, copy_id=copy.pk, member_id=member.pk, actor=desk.colleague, now=timezone.now(),
        today=timezone.localdate(),
    )  # fmt: skip


def assert_holds(desk: Desk) -> None:
    """What holds at every moment: a loan for each lent request, one request for each kept copy."""
    assert_records_hold(desk.library)
    for request in Request.objects.filter(library=desk.library):
        assert (request.state == "lent") == (request.loan_id is not None)
        assert bool(request.copy_id) <= (request.state in {*HOLDS_A_COPY, "lent"})
    kept = Request.objects.filter(library=desk.library, state__in=HOLDS_A_COPY, copy__isnull=False)
    copies = list(kept.values_list("copy", flat=True))
    assert len(set(copies)) == len(copies)


def test_two_librarians_choose_the_same_copy_for_two_requests() -> None:
    for attempt in range(TRIES):
        desk = make_desk()
        one, two = add_request(desk.library), add_request(desk.library)
        copy = desk.copies[0]
        outcomes = at_once(
            find(desk, one, copy), find(desk, two, copy, desk.colleague),
            lags=[0.002 * (attempt % 2)],
        )  # fmt: skip
        assert refusals(outcomes) == 1
        assert Request.objects.filter(copy=copy).count() == 1
        assert_holds(desk)


def test_two_requests_exchange_their_copies_at_once() -> None:
    """Each asks for what the other keeps: both are refused, and nobody waits for ever."""
    for _ in range(TRIES):
        desk = make_desk()
        one, two = add_request(desk.library), add_request(desk.library)
        find(desk, one, desk.copies[0])()
        find(desk, two, desk.copies[1])()
        outcomes = at_once(
            find(desk, one, desk.copies[1]), find(desk, two, desk.copies[0], desk.colleague)
        )
        assert refusals(outcomes) == 2
        assert_holds(desk)


def test_one_request_handed_over_by_two_is_lent_once() -> None:
    for attempt in range(TRIES):
        desk = make_desk()
        request = ready(desk)
        outcomes = at_once(
            hand_over(desk, request), hand_over(desk, request, desk.colleague),
            lags=[0.002 * (attempt % 2)],
        )  # fmt: skip
        assert refusals(outcomes) == 1
        assert Loan.objects.filter(copy__library=desk.library).count() == 1
        assert_holds(desk)


def test_closed_and_handed_over_at_once_is_one_of_both() -> None:
    ended = set()
    for attempt in range(TRIES):
        desk = make_desk()
        request = ready(desk)
        outcomes = at_once(
            hand_over(desk, request), close(desk, request, desk.colleague),
            lags=[0.004 * (attempt % 2), 0.004 * ((attempt + 1) % 2)],
        )  # fmt: skip
        assert refusals(outcomes) == 1
        request.refresh_from_db()
        ended.add(request.state)
        assert Loan.objects.filter(copy__library=desk.library).count() == (request.state == "lent")
        assert_holds(desk)
    assert ended <= {"lent", "closed"}


def test_the_loans_desk_lends_the_kept_copy_while_it_is_handed_over() -> None:
    for attempt in range(TRIES):
        desk = make_desk()
        request = ready(desk)
        stranger = add_member(desk.library, OTHER_ID, "")
        outcomes = at_once(
            hand_over(desk, request), lend(desk, desk.copies[0], stranger),
            lags=[0.004 * (attempt % 2), 0.004 * ((attempt + 1) % 2)],
        )  # fmt: skip
        assert refusals(outcomes) == 1
        loan = Loan.objects.get(copy=desk.copies[0])
        request.refresh_from_db()
        assert (request.state == "lent") == (loan.member == desk.member)
        assert_holds(desk)


def test_two_requests_of_one_newcomer_handed_over_at_once_make_one_membership() -> None:
    for _ in range(TRIES):
        desk = make_desk()
        home = add_member(desk.neighbour, OTHER_ID, "")
        one = ready(desk, desk.copies[0], national_id=OTHER_ID, member=home)
        two = ready(desk, desk.copies[1], national_id=OTHER_ID, member=home)
        outcomes = at_once(
            hand_over(desk, one, enters=True), hand_over(desk, two, desk.colleague, enters=True)
        )
        assert Member.objects.filter(library=desk.library, national_id=OTHER_ID).count() == 1
        lent = Loan.objects.filter(copy__library=desk.library).count()
        assert lent == 2 - refusals(outcomes) >= 1
        assert_holds(desk)


def test_one_call_sent_twice_at_once_is_written_once() -> None:
    for _ in range(TRIES):
        desk = make_desk()
        request = add_request(desk.library)
        call = partial(
            desk_services.request_call, request_id=request.pk, outcome="busy", actor=desk.actor,
            now=timezone.now(), after=request.steps.get().pk,
        )  # fmt: skip
        assert refusals(at_once(call, call)) == 1
        assert RequestCall.objects.filter(request=request).count() == 1
