"""Two librarians, a librarian and the members' page, two experts at the same moment."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from libraries.locking import lock_all, locked
from libraries.models import AuditEntry, Library
from loans.models import Member
from loans.services import member_add
from sms_requests.models import MessageOut, NoormagsAccount, NoormagsGrant, Request
from sms_requests.services.joining import membership_approve, membership_link, membership_refuse
from sms_requests.services.noormags import account_hand_out, accounts_import, password_show
from tests.at_once import at_once, in_queue, refusals
from tests.cast import make_cast
from tests.sms_requests.applications import (
    NATIONAL_ID,
    OTHER_ID,
    a_grant,
    a_member,
    a_request,
    kept_request,
    pool,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = ("0012345679", "0499370899", "0084575948", "1234567891")


def joining(service: Any, request: Request, actor: Any, **given: Any) -> Any:
    return partial(service, request_id=request.pk, actor=actor, now=timezone.now(), **given)


def test_an_application_decided_by_two_at_once_is_decided_once() -> None:
    cast = make_cast()
    application, kept = a_request(cast.library), kept_request(cast.library)
    outcomes = in_queue(
        lambda: lock_all(Request.objects.filter(pk=application.pk)),
        joining(membership_approve, application, cast.librarian, seen=()),
        joining(membership_approve, application, cast.head, seen=()),
        joining(membership_refuse, application, cast.head, reason="سبب"),
    )
    assert refusals(outcomes) == 2
    assert MessageOut.objects.count() == 1
    kept.refresh_from_db()
    application.refresh_from_db()
    decided = application.state == "approved"
    assert Member.objects.count() == decided
    assert kept.state == ("waiting" if decided else "no_member")
    assert application.steps.count() == 1


def test_two_applications_of_one_person_make_one_member() -> None:
    cast = make_cast()
    two = [a_request(cast.library), a_request(cast.library)]
    kept = [kept_request(cast.library) for _ in range(3)]
    outcomes = at_once(*(joining(membership_approve, one, cast.librarian, seen=()) for one in two))
    assert refusals(outcomes) == 1
    assert Member.objects.count() == 1
    assert {Request.objects.get(pk=one.pk).state for one in kept} == {"waiting"}
    assert AuditEntry.objects.filter(action="request_admit").count() == 3


def test_who_is_entered_by_hand_at_the_same_moment_is_one_member() -> None:
    cast = make_cast()
    for _ in range(4):
        Request.objects.all().delete()
        Member.objects.all().delete()
        application = a_request(cast.library)
        outcomes = at_once(
            joining(membership_approve, application, cast.librarian, seen=()),
            partial(
                member_add, actor=cast.head, full_name="زهرا نمونه", national_id=NATIONAL_ID,
                now=timezone.now(),
            ),
        )  # fmt: skip
        assert refusals(outcomes) == 1
        assert Member.objects.count() == 1


def test_numbers_given_at_once_differ() -> None:
    cast = make_cast()
    names = ("زهرا نمونه", "مریم کریمی", "حسن اکبری", "پریسا ملکی")
    applications = [
        a_request(cast.library, full_name=name, national_id=national_id, mobile=f"0912000000{n}")
        for n, (name, national_id) in enumerate(zip(names, PEOPLE, strict=True))
    ]
    outcomes = in_queue(
        lambda: locked(Library.objects.all(), pk=cast.library.pk),
        *(joining(membership_approve, one, cast.librarian, seen=()) for one in applications),
    )
    assert refusals(outcomes) == 0
    numbers = Member.objects.order_by("membership_number").values_list("membership_number", flat=1)
    assert list(numbers) == ["1", "2", "3", "4"]


def test_linking_and_approving_at_once_is_one_decision() -> None:
    cast = make_cast()
    application = a_request(cast.library)
    twin = a_member(cast.library, "زهرا نمونه", is_active=False)
    outcomes = at_once(
        joining(membership_approve, application, cast.librarian, seen=[twin.pk]),
        joining(membership_link, application, cast.head, member_id=twin.pk),
    )
    assert refusals(outcomes) == 1
    assert application.steps.count() == 1
    assert Member.objects.exclude(national_id="").count() == 1


# --- Noormags -----------------------------------------------------------------------------


def give(actor: Any, national_id: str, **given: Any) -> Any:
    return partial(
        account_hand_out, full_name="نام", national_id=national_id, birth_year=1375, actor=actor,
        now=timezone.now(), **given,
    )  # fmt: skip


def test_accounts_handed_out_at_once_are_never_the_same() -> None:
    cast = make_cast()
    for _ in range(5):
        NoormagsGrant.objects.all().delete()
        NoormagsAccount.objects.all().delete()
        pool(cast.expert, 3)
        outcomes = at_once(*(give(cast.expert, person) for person in PEOPLE))
        assert refusals(outcomes) == 1  # four people, three accounts
        grants = NoormagsGrant.objects.values_list("account", flat=True)
        assert len(grants) == len(set(grants)) == 3


def test_one_person_is_given_one_account_however_many_hand_it_out() -> None:
    cast = make_cast()
    for _ in range(5):
        NoormagsGrant.objects.all().delete()
        NoormagsAccount.objects.all().delete()
        pool(cast.expert, 3)
        outcomes = at_once(*(give(cast.expert, OTHER_ID) for _ in range(3)))
        assert refusals(outcomes) == 2
        assert NoormagsGrant.objects.count() == 1


def test_a_password_is_shown_to_one_of_two() -> None:
    cast = make_cast()
    grant = a_grant(cast.expert)
    show = partial(password_show, grant_id=grant.pk, actor=cast.expert, now=timezone.now())
    outcomes = at_once(show, show, show)
    assert refusals(outcomes) == 2
    assert AuditEntry.objects.filter(action="noormags_show").count() == 1


def test_the_same_file_twice_at_once_is_taken_once(tmp_path: Path) -> None:
    cast = make_cast()
    path = tmp_path / "a.csv"
    path.write_text("username,password\n" + "\n".join(f"u{n},p{n}" for n in range(50)))
    take = partial(
        accounts_import, path=path, filename="a.csv", actor=cast.expert, now=timezone.now()
    )
    outcomes = at_once(take, take)
    assert sorted(len(one.checked.accounts) for one in outcomes) == [0, 50]
    assert NoormagsAccount.objects.count() == 50
