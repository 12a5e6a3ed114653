"""Applications for membership: look-alikes, approval, linking, refusal, what goes on (R6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from libraries.domain.persian import search_key
from libraries.models import AuditEntry
from libraries.refusal import Refused
from loans.models import Member
from loans.services import member_add
from loans.services.members import next_membership_number
from sms_requests.domain.likeness import SIMILAR, Why, similar_names
from sms_requests.models import MessageOut, Request
from sms_requests.selectors.joining import elsewhere, joining_cards, look_alikes
from sms_requests.services.joining import (
    admit_kept,
    kept_admit,
    membership_approve,
    membership_link,
    membership_refuse,
)
from sms_requests.understanding import understand_due
from tests.broken import failing
from tests.cast import Cast, make_library
from tests.sms_requests.applications import (
    NATIONAL_ID,
    OTHER_ID,
    SENDER,
    a_member,
    a_request,
    kept_request,
)

pytestmark = pytest.mark.django_db


def approve(cast: Cast, request: Request, seen: set[int] = frozenset(), **given: Any) -> Any:  # type: ignore[assignment]
    return membership_approve(
        request_id=request.pk, seen=seen, actor=cast.librarian, now=timezone.now(), **given
    )


def link(cast: Cast, request: Request, member: Member, **given: Any) -> Any:
    return membership_link(
        request_id=request.pk, member_id=member.pk, actor=cast.librarian, now=timezone.now(),
        **given,
    )  # fmt: skip


# --- who looks alike ----------------------------------------------------------------

ALIKE = {
    "علی رضایی": True,
    "علي رضايي": True,
    "علی‌رضایی": True,
    "رضایی علی": True,
    "علی رضائی": True,
    "علی رضایب": True,
    "حسن رضایی": False,
    "علی کریمی": False,
    "رضا علیایی": False,
    "": False,
}


@pytest.mark.parametrize("name", ALIKE)
def test_names_are_alike_whatever_the_letters_and_the_order(name: str) -> None:
    found = similar_names("علی رضایی", [search_key(name)], 5)
    assert bool(found) == ALIKE[name]
    assert all(score >= SIMILAR for score in found.values())


def test_the_likest_names_come_first_and_no_more_than_asked() -> None:
    keys = ["علیرضاییی", "علیرضایی", "مریم", "علیرضای"]
    assert next(iter(similar_names("علی رضایی", keys, 2))) == 1
    assert len(similar_names("علی رضایی", keys, 2)) == 2
    assert similar_names("", keys, 2) == similar_names("علی", [], 2) == {}


def test_look_alikes_say_why_and_the_surest_come_first(cast: Cast) -> None:
    name = a_member(cast.library, "نمونه زهرا", national_id=OTHER_ID)
    mobile = a_member(cast.library, "مریم کریمی", mobile=SENDER)
    person = a_member(cast.library, "زهره نمونه", national_id=NATIONAL_ID, is_active=False)
    a_member(cast.library, "حسن دیگری", mobile="09120000000")
    a_member(cast.other_library, "زهرا نمونه", national_id=NATIONAL_ID, mobile=SENDER)
    found = look_alikes(a_request(cast.library))
    assert [(one.member, one.why) for one in found] == [
        (person, (Why.NATIONAL_ID, Why.NAME)),
        (mobile, (Why.MOBILE,)),
        (name, (Why.NAME,)),
    ]
    assert [one.is_other for one in found] == [False, False, True]


def test_nothing_known_is_like_nobody(cast: Cast) -> None:
    a_member(cast.library, "بی شماره")
    assert look_alikes(a_request(cast.library, full_name="", national_id="", mobile="")) == []


def test_other_libraries_of_the_province_are_named_and_nothing_else(cast: Cast) -> None:
    third = make_library("L3", "استان نمونه", "شهرستان سوم")
    for library in (cast.library, third, cast.other_library):
        a_member(library, "زهرا نمونه", national_id=NATIONAL_ID)
    assert elsewhere(a_request(cast.library)) == [third]
    assert elsewhere(a_request(cast.library, national_id="")) == []


# --- approval -------------------------------------------------------------------------


def test_approving_makes_a_member_tells_and_lets_kept_requests_go_on(cast: Cast) -> None:
    a_member(cast.library, "نخستین", membership_number="0041")
    application = a_request(cast.library)
    kept = [kept_request(cast.library), kept_request(cast.library)]
    others = [
        kept_request(cast.library, national_id=OTHER_ID),
        kept_request(cast.other_library),
        kept_request(cast.library, state="waiting"),
    ]
    joined = approve(cast, application)
    member = joined.member
    assert (member.full_name, member.national_id) == ("زهرا نمونه", NATIONAL_ID)
    assert (member.mobile, member.membership_number) == (SENDER, "0042")
    application.refresh_from_db()
    assert (application.state, application.member) == ("approved", member)
    out = MessageOut.objects.get()
    assert out.to == SENDER
    assert "تأیید شد" in out.text
    for request in kept:
        request.refresh_from_db()
        assert (request.state, request.member) == ("waiting", member)
        assert request.steps.get().by == cast.librarian
    for request in others:
        before = request.state
        request.refresh_from_db()
        assert (request.state, request.member) == (before, None)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["member_add", "request_approve", "request_admit", "request_admit"]
    assert not any(NATIONAL_ID in str(data) for data in AuditEntry.objects.values_list("data"))


def test_a_number_may_be_given_and_the_text_left_out(cast: Cast) -> None:
    joined = approve(cast, a_request(cast.library), membership_number="۱۲-الف", tell=False)
    assert joined.member.membership_number == "12-الف"
    assert not MessageOut.objects.exists()


def test_a_number_from_abroad_is_told_nothing_and_is_no_members_mobile(cast: Cast) -> None:
    joined = approve(cast, a_request(cast.library, mobile="+905321234567"))
    assert joined.member.mobile == ""
    assert not MessageOut.objects.exists()


NUMBERS: dict[str, tuple[list[str], str]] = {
    "none": ([], "1"),
    "no numbers": (["الف", ""], "1"),
    "counted": (["7", "12", "ب99"], "13"),
    "wide": (["0099", "5"], "0100"),
    "all nines": (["999"], "1000"),
    "an ID": (["12", "0084575948"], "13"),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_the_next_membership_number(cast: Cast, case: str) -> None:
    given, wanted = NUMBERS[case]
    for number in given:
        a_member(cast.library, "عضو", membership_number=number)
    a_member(cast.other_library, "عضو", membership_number="500")
    assert next_membership_number(cast.library) == wanted


def test_without_a_name_or_an_id_nothing_is_approved(cast: Cast) -> None:
    for lack in ("full_name", "national_id"):
        with pytest.raises(Refused, match="نخست نام و کد ملی"):
            approve(cast, a_request(cast.library, **{lack: ""}))
    assert not Member.objects.exists()


def test_who_became_a_member_meanwhile_is_linked_not_entered_again(cast: Cast) -> None:
    application = a_request(cast.library)
    kept = kept_request(cast.library)
    member = member_add(
        actor=cast.head, full_name="زهرا نمونه", national_id=NATIONAL_ID, now=timezone.now()
    )
    with pytest.raises(Refused, match="همین شخص است"):
        approve(cast, application)
    joined = link(cast, application, member)
    assert joined.admitted == [kept]
    assert Member.objects.count() == 1
    member.refresh_from_db()
    assert member.mobile == SENDER  # which the record lacked


def test_a_look_alike_that_was_not_seen_asks_for_a_second_look(cast: Cast) -> None:
    application = a_request(cast.library)
    twin = a_member(cast.library, "زهرا نمونه", national_id=OTHER_ID)
    with pytest.raises(Refused, match="عضو دیگری پیدا شد"):
        approve(cast, application)
    assert approve(cast, application, {twin.pk}).member != twin


def test_a_number_that_another_has_is_refused_and_nothing_is_written(cast: Cast) -> None:
    a_member(cast.library, "دیگری", membership_number="7")
    application, kept = a_request(cast.library), kept_request(cast.library)
    with pytest.raises(Refused, match="شمارهٔ عضویت"):
        approve(cast, application, membership_number="7")
    for request, state in ((application, "waiting"), (kept, "no_member")):
        request.refresh_from_db()
        assert request.state == state
    assert not MessageOut.objects.exists()
    assert not AuditEntry.objects.exists()


def test_linking_wakes_a_membership_and_fills_what_it_lacked(cast: Cast) -> None:
    member = a_member(cast.library, "زهرا نمونه", mobile="09120000000", is_active=False)
    kept = kept_request(cast.library)
    joined = link(cast, a_request(cast.library), member)
    member.refresh_from_db()
    assert member.is_active
    assert (member.national_id, member.mobile) == (NATIONAL_ID, "09120000000")
    assert joined.admitted == [kept]


def test_linking_never_mixes_two_people(cast: Cast) -> None:
    other = a_member(cast.library, "زهرا نمونه", national_id=OTHER_ID)
    application = a_request(cast.library)
    with pytest.raises(Refused, match="یکی نیست"):
        link(cast, application, other)
    nameless = a_member(cast.library, "زهرا نمونه", mobile=SENDER)
    a_member(cast.library, "زهرا نمونه", national_id=NATIONAL_ID)
    with pytest.raises(Refused, match="از آن عضو دیگری است"):
        link(cast, application, nameless)
    stranger = a_member(cast.other_library, "زهرا نمونه", national_id=NATIONAL_ID)
    with pytest.raises(Refused, match="نیست یا در حوزهٔ شما نیست"):
        link(cast, application, stranger)
    application.refresh_from_db()
    assert application.state == "waiting"


def test_an_application_without_an_id_takes_the_members(cast: Cast) -> None:
    member = a_member(cast.library, "زهرا نمونه", national_id=NATIONAL_ID, mobile=SENDER)
    kept = kept_request(cast.library)
    assert link(cast, a_request(cast.library, national_id=""), member).admitted == [kept]


# --- refusal, sending twice, rights -----------------------------------------------------


def test_refusing_tells_why(cast: Cast) -> None:
    application = a_request(cast.library)
    step = membership_refuse(
        request_id=application.pk, reason="نشانی بیرون از حوزه است.", actor=cast.librarian,
        now=timezone.now(),
    )  # fmt: skip
    application.refresh_from_db()
    assert (application.state, application.reason) == ("refused", "")
    assert step.note == "نشانی بیرون از حوزه است."
    assert "نشانی بیرون از حوزه است. برای پیگیری" in MessageOut.objects.get().text
    for reason in ("", "  ", "ب" * 101):
        with pytest.raises(Refused):
            membership_refuse(
                request_id=a_request(cast.library).pk, reason=reason, actor=cast.librarian,
                now=timezone.now(),
            )  # fmt: skip


def test_the_same_step_twice_is_one_step(cast: Cast) -> None:
    application = a_request(cast.library)
    approve(cast, application, after=0)
    with pytest.raises(Refused, match="تأیید عضویت"):
        approve(cast, application, after=0)
    assert Member.objects.count() == MessageOut.objects.count() == 1


WHO = {"outsider": "حوزهٔ شما", "expert": "این کار با آن نمی‌شود", "director": "تنها دیده می‌شود"}


@pytest.mark.parametrize("who", WHO)
def test_only_its_own_library_decides(cast: Cast, who: str) -> None:
    application = a_request(cast.library)
    steps: list[Callable[..., Any]] = [
        lambda **kw: membership_approve(seen=set(), **kw),
        lambda **kw: membership_refuse(reason="سبب", **kw),
    ]
    for step in steps:
        with pytest.raises(Refused, match=WHO[who]):
            step(request_id=application.pk, actor=cast.everyone[who], now=timezone.now())
    assert not Member.objects.exists()


def test_admitting_by_hand_and_for_one_without_an_id(cast: Cast) -> None:
    kept, nameless = kept_request(cast.library), kept_request(cast.library, national_id="")
    member = a_member(cast.library, "زهرا نمونه", national_id=NATIONAL_ID)
    now = timezone.now()
    assert admit_kept(member, actor=cast.head, now=now) == [kept]
    assert admit_kept(member, actor=cast.head, now=now) == []
    without = a_member(cast.library, "بی کد")
    assert admit_kept(without, actor=cast.head, now=now) == []
    nameless.refresh_from_db()
    assert nameless.state == "no_member"


# --- the desk ---------------------------------------------------------------------------


def test_the_librarys_card_counts_what_waits_there(cast: Cast) -> None:
    now = timezone.now()
    assert joining_cards(cast.librarian, now) == []
    first = a_request(cast.library)
    a_request(cast.library)
    a_request(cast.library, state="refused")
    a_request(cast.other_library)
    (card,) = joining_cards(cast.librarian, now)
    assert (card.count, card.late) == (2, False)
    assert card.url == f"/requests/{first.pk}/membership/"
    assert joining_cards(cast.expert, now) == joining_cards(cast.county, now) == []
    Request.objects.filter(pk=first.pk).update(since=now - timedelta(days=9))
    assert joining_cards(cast.librarian, now)[0].late


def test_who_became_a_member_in_another_way_gets_on_with_the_workers_next_round(
    cast: Cast,
) -> None:
    now = timezone.now()
    kept = kept_request(cast.library)
    elsewhere, nameless = (
        kept_request(cast.other_library, mobile="09121112244"),
        kept_request(cast.library, national_id="", wanted="کتاب دیگر"),
    )
    assert kept_admit(now) == 0
    member = a_member(cast.library, "زهرا نمونه", national_id=NATIONAL_ID)
    a_member(cast.library, "بی کد ملی")
    understand_due.enqueue()  # as a text's coming, or `manage.py sms_wake`, does
    for request in (kept, elsewhere, nameless):
        request.refresh_from_db()
    assert (kept.state, kept.member) == ("waiting", member)
    assert kept.steps.get().by is None
    assert elsewhere.state == nameless.state == "no_member"
    assert kept_admit(now) == 0


def test_only_a_member_who_is_there_is_told_as_one(cast: Cast) -> None:
    """Another failure of the database is none of the librarian's mistakes."""
    a_member(cast.library, "زهرا نمونه", national_id=NATIONAL_ID)
    values: dict[str, Any] = {"actor": cast.head, "full_name": "نام", "now": timezone.now()}
    with pytest.raises(Refused, match="ثبت شده است"):
        member_add(national_id=NATIONAL_ID, **values)
    with failing("INSERT", "loans_member"), pytest.raises(DatabaseError), transaction.atomic():
        member_add(national_id=OTHER_ID, **values)
