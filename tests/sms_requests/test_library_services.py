"""Each step of the library's desk: what it writes, and what it refuses (spec R3, R4)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from libraries.models import AuditEntry, Copy
from libraries.refusal import Refused
from loans.models import BindingTrip, Loan, Member
from loans.services import loan_lend
from sms_requests.domain.health import HANDING_OVER, PREPARING
from sms_requests.models import RECEIVED, MessageOut, Request, RequestCall, RequestStep
from sms_requests.services import library as desk_services
from sms_requests.services import library_copies as copies
from tests.broken import failing
from tests.cast import make_library
from tests.sms_requests.desk_requests import (
    MOBILE,
    NATIONAL_ID,
    OTHER_ID,
    Desk,
    add_member,
    add_request,
    announce,
    close,
    find,
    hand_over,
    make_desk,
    prepare,
    ready,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def refused(work: Callable[[], Any]) -> str:
    """What a work is refused with; nothing is written then."""
    before = RequestStep.objects.count(), MessageOut.objects.count(), Loan.objects.count()
    with pytest.raises(Refused) as told:
        work()
    after = RequestStep.objects.count(), MessageOut.objects.count(), Loan.objects.count()
    assert after == before
    return told.value.reason


def does(service: Callable[..., Any], desk: Desk, request: Request, **values: Any) -> Any:
    return partial(service, request_id=request.pk, actor=desk.actor, now=timezone.now(), **values)


def now_of(request: Request) -> Request:
    return Request.objects.get(pk=request.pk)


# --- finding --------------------------------------------------------------------------


def test_a_copy_is_kept_and_the_history_says_which(desk: Desk) -> None:
    request = add_request(desk.library)
    step = find(desk, request, desk.copies[0])()
    assert (now_of(request).state, now_of(request).copy) == ("found", desk.copies[0])
    assert "ثبت ۱" in step.note
    assert step.by == desk.actor
    assert AuditEntry.objects.filter(action="request_find").count() == 1


def test_another_copy_takes_its_place_and_is_prepared_anew(desk: Desk) -> None:
    request = add_request(desk.library)
    find(desk, request, desk.copies[0])()
    prepare(desk, request)()
    assert "همین درخواست" in refused(find(desk, request, desk.copies[0]))
    find(desk, request, desk.copies[1])()
    assert now_of(request).copy == desk.copies[1]
    assert now_of(request).prepared_at is None


def lent(desk: Desk, copy: Copy) -> None:
    today = timezone.localdate()
    loan_lend(
        copy_id=copy.pk, member_id=desk.member.pk, actor=desk.actor, now=timezone.now(), today=today
    )


def at_binder(desk: Desk, copy: Copy) -> None:
    BindingTrip.objects.create(copy=copy, sent_on=timezone.localdate(), sent_by=desk.actor)


def held(desk: Desk, copy: Copy) -> None:
    find(desk, add_request(desk.library), copy)()


def status(value: str) -> Callable[[Desk, Copy], None]:
    def change(desk: Desk, copy: Copy) -> None:
        Copy.objects.filter(pk=copy.pk).update(status=value)

    return change


def reference(desk: Desk, copy: Copy) -> None:
    Copy.objects.filter(pk=copy.pk).update(is_reference=True)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (lent, "در امانت «"),
        (at_binder, "صحافی"),
        (held, "کنار گذاشته شده است"),
        (status("missing"), "مفقود"),
        (status("weeded"), "وجین"),
        (status("unreturned"), "برنگشته"),
        (status("binding"), "صحافی"),
        (reference, "مرجع"),
    ],
)
def test_a_copy_that_cannot_go_out_is_not_kept_and_not_handed_over(
    desk: Desk, before: Callable[[Desk, Copy], None], said: str
) -> None:
    copy = desk.copies[0]
    waiting = ready(desk, copy) if before is not held else None
    before(desk, copy)
    reason = refused(find(desk, add_request(desk.library), copy))
    assert said in reason
    assert "عضو نمونه" not in reason  # whoever has it stays half hidden
    if waiting:
        assert said in refused(hand_over(desk, waiting))
        assert now_of(waiting).state == "ready"


def test_another_librarys_copy_is_not_kept(desk: Desk) -> None:
    other = make_desk()
    assert "حوزهٔ شما نیست" in refused(find(desk, add_request(desk.library), other.copies[0]))


def test_letting_go_frees_the_copy(desk: Desk) -> None:
    request = ready(desk)
    does(copies.request_let_go, desk, request)()
    now = now_of(request)
    assert (now.state, now.copy, now.prepared_at, now.collect_until) == ("waiting",) + (None,) * 3
    find(desk, add_request(desk.library), desk.copies[0])()


# --- another library's copy -----------------------------------------------------------


def test_an_offer_taken_moves_the_request_and_its_sight(desk: Desk) -> None:
    request = add_request(desk.library)
    does(copies.request_offer, desk, request, library_id=desk.neighbour.pk, tell=True)()
    assert desk.neighbour.name.split()[-1] in MessageOut.objects.get().text
    does(copies.request_take_offer, desk, request, note="پذیرفت")()
    now = now_of(request)
    assert (now.state, now.library, now.offered) == ("waiting", desk.neighbour, None)
    assert desk.library.name in now.steps.last().note
    assert not Request.objects.for_user(desk.actor).filter(pk=request.pk).exists()
    assert Request.objects.for_user(desk.neighbours_librarian).filter(pk=request.pk).exists()
    assert "حوزهٔ شما نیست" in refused(close(desk, request))


def test_an_offer_declined_waits_again(desk: Desk) -> None:
    request = add_request(desk.library)
    does(copies.request_offer, desk, request, library_id=desk.neighbour.pk)()
    assert MessageOut.objects.count() == 0
    does(copies.request_decline_offer, desk, request, note="نخواست")()
    assert (now_of(request).state, now_of(request).offered) == ("waiting", None)


def test_only_libraries_of_the_province_are_offered(desk: Desk) -> None:
    far = make_library("FAR", "استان دور", "شهرستان دور")
    request = add_request(desk.library)
    for library in (far, desk.library):
        work = does(copies.request_offer, desk, request, library_id=library.pk)
        assert "همین استان" in refused(work)


# --- calls ----------------------------------------------------------------------------


def test_a_call_is_on_record_with_what_was_said(desk: Desk) -> None:
    request = add_request(desk.library)
    does(desk_services.request_call, desk, request, outcome="agreed", said="فردا می‌آید")()
    call = RequestCall.objects.get()
    assert (call.outcome, call.said, call.by) == ("agreed", "فردا می‌آید", desk.actor)
    assert "فردا می‌آید" in request.steps.get(move="call").note
    assert now_of(request).state == "waiting"


@pytest.mark.parametrize(("outcome", "said"), [("agreed", "  "), ("nonsense", "x"), ("", "")])
def test_a_call_without_a_result_is_refused(desk: Desk, outcome: str, said: str) -> None:
    request = add_request(desk.library)
    refused(does(desk_services.request_call, desk, request, outcome=outcome, said=said))
    assert not RequestCall.objects.exists()


# --- health, when and where -----------------------------------------------------------


@pytest.mark.parametrize("ticked", [[], list(PREPARING[:-1]), ["چیز دیگری"] * len(PREPARING)])
def test_every_item_of_the_health_list_must_be_ticked(desk: Desk, ticked: list[str]) -> None:
    request = add_request(desk.library)
    find(desk, request, desk.copies[0])()
    assert "فهرست بهداشتی" in refused(partial(prepare(desk, request), ticked=ticked))
    assert now_of(request).prepared_at is None


def test_what_was_ticked_stays_in_the_history(desk: Desk) -> None:
    request = add_request(desk.library)
    find(desk, request, desk.copies[0])()
    step = prepare(desk, request)()
    assert all(item in step.note for item in PREPARING)
    assert (step.by, now_of(request).prepared_at) == (desk.actor, step.at)


def test_announcing_needs_the_health_list_first(desk: Desk) -> None:
    request = add_request(desk.library)
    find(desk, request, desk.copies[0])()
    assert "فهرست بهداشتی" in refused(announce(desk, request))


def test_the_member_hears_of_it_by_a_text_or_a_call(desk: Desk) -> None:
    request = add_request(desk.library)
    find(desk, request, desk.copies[0])()
    prepare(desk, request)()
    assert "باخبر شود" in refused(announce(desk, request, tell=False))
    does(desk_services.request_call, desk, request, outcome="no_answer")()
    assert "باخبر شود" in refused(announce(desk, request, tell=False))
    does(desk_services.request_call, desk, request, outcome="agreed", said="می‌آید")()
    announce(desk, request, tell=False)()
    assert now_of(request).state == "ready"
    assert MessageOut.objects.count() == 0


def test_a_number_that_takes_no_texts_needs_a_call(desk: Desk) -> None:
    request = add_request(desk.library, mobile="981000450")
    find(desk, request, desk.copies[0])()
    prepare(desk, request)()
    assert "باخبر شود" in refused(announce(desk, request, tell=True))


@pytest.mark.parametrize(
    ("begin", "end", "place", "said"),
    [
        (2, 1, "میز", "پایان زمان"),
        (-3, -1, "میز", "گذشته است"),
        (1, 90, "میز", "۶۰ روز"),
        (1, 2, "  ", "جای گرفتن"),
    ],
)
def test_a_time_or_place_that_cannot_be_is_refused(
    desk: Desk, begin: int, end: int, place: str, said: str
) -> None:
    request = add_request(desk.library)
    find(desk, request, desk.copies[0])()
    prepare(desk, request)()
    now = timezone.now()
    work = announce(
        desk, request, begin=now + timedelta(days=begin), end=now + timedelta(days=end), place=place
    )
    assert said in refused(work)


def test_announcing_anew_tells_the_new_time(desk: Desk) -> None:
    request = ready(desk)
    later = timezone.now() + timedelta(days=9)
    announce(desk, request, begin=later, end=later + timedelta(hours=4), place="در ورودی")()
    assert now_of(request).collect_from == later
    texts = MessageOut.objects.order_by("pk").values_list("text", flat=True)
    assert len(texts) == 2
    assert "در ورودی" in texts[1]


# --- handing over ---------------------------------------------------------------------


def test_handing_over_is_a_loan(desk: Desk) -> None:
    request = ready(desk)
    hand_over(desk, request, tell=True)()
    loan = Loan.objects.get()
    now = now_of(request)
    assert (now.state, now.loan, now.member, now.copy) == ("lent", loan, desk.member, loan.copy)
    assert loan.member == desk.member
    assert "روز بازگشت" in MessageOut.objects.order_by("pk").last().text
    assert "همهٔ" in refused(partial(hand_over(desk, ready(desk, desk.copies[1])), ticked=[]))


def test_a_due_date_of_ones_own(desk: Desk) -> None:
    due = timezone.localdate() + timedelta(days=3)
    hand_over(desk, ready(desk), due_on=due)()
    assert Loan.objects.get().due_on == due


def test_what_lending_refuses_is_refused_here(desk: Desk) -> None:
    request = ready(desk)
    Member.objects.filter(pk=desk.member.pk).update(is_active=False)
    assert "غیرفعال" in refused(hand_over(desk, request))
    assert now_of(request).state == "ready"


def test_who_is_no_member_here_is_entered_only_when_somebody_says_so(desk: Desk) -> None:
    home = add_member(desk.neighbour, OTHER_ID, "")
    request = ready(desk, national_id=OTHER_ID, member=home)
    assert "ثبت عضویت" in refused(hand_over(desk, request))
    hand_over(desk, request, enters=True)()
    here = Member.objects.get(library=desk.library, national_id=OTHER_ID)
    assert (here.full_name, Loan.objects.get().member) == (home.full_name, here)
    # A second request of the same person finds the membership.
    hand_over(desk, ready(desk, desk.copies[1], national_id=OTHER_ID, member=home))()
    assert Member.objects.filter(national_id=OTHER_ID).count() == 2


def test_a_membership_that_rests_elsewhere_opens_none_here(desk: Desk) -> None:
    home = add_member(desk.neighbour, OTHER_ID)
    Member.objects.filter(pk=home.pk).update(is_active=False)
    request = ready(desk, national_id=OTHER_ID, member=home)
    assert "غیرفعال" in refused(hand_over(desk, request, enters=True))


def test_who_is_a_member_nowhere_is_entered_with_name_and_national_id(desk: Desk) -> None:
    request = ready(desk, national_id=OTHER_ID)
    Request.objects.filter(pk=request.pk).update(mobile="4915100000000")
    assert "نام عضو" in refused(hand_over(desk, request, enters=True))
    nobody = ready(desk, desk.copies[1], national_id="")
    assert "کد ملی" in refused(hand_over(desk, nobody, enters=True, full_name="نام نمونه"))
    hand_over(desk, request, enters=True, full_name="نام نمونه")()
    here = Member.objects.get(national_id=OTHER_ID)
    assert (here.library, here.full_name, here.mobile) == (desk.library, "نام نمونه", "")


@pytest.mark.parametrize(
    ("event", "table"),
    [
        ("UPDATE", "sms_requests_request"),
        ("INSERT", "sms_requests_requeststep"),
        ("INSERT", "sms_requests_messageout"),
        ("INSERT", "loans_loan"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_leaves_neither_loan_nor_end(event: str, table: str) -> None:
    desk = make_desk()
    home = add_member(desk.neighbour, OTHER_ID, "")
    request = ready(desk, national_id=OTHER_ID, member=home)
    steps, texts = request.steps.count(), MessageOut.objects.count()
    with failing(event, table), pytest.raises(DatabaseError):
        hand_over(desk, request, enters=True, tell=True)()
    now = now_of(request)
    assert (now.state, now.loan) == ("ready", None)
    assert not Loan.objects.exists()
    assert not Member.objects.filter(library=desk.library, national_id=OTHER_ID).exists()
    assert (request.steps.count(), MessageOut.objects.count()) == (steps, texts)
    hand_over(desk, request, enters=True, tell=True)()
    assert now_of(request).state == "lent"


# --- endings and back -----------------------------------------------------------------


def test_closing_frees_the_copy_and_tells_why(desk: Desk) -> None:
    request = ready(desk)
    close(desk, request, reason="not_collected", tell=True)()
    now = now_of(request)
    assert (now.state, now.reason, now.copy) == ("closed", "not_collected", None)
    assert "مراجعه نشد" in MessageOut.objects.order_by("pk").last().text
    find(desk, add_request(desk.library), desk.copies[0])()


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("nonsense", "x"), ("other", " ")])
def test_closing_needs_a_reason(desk: Desk, reason: str, note: str) -> None:
    refused(close(desk, add_request(desk.library), reason=reason, note=note))


def test_reopening_takes_the_end_back(desk: Desk) -> None:
    request = add_request(desk.library)
    close(desk, request)()
    does(desk_services.request_reopen, desk, request)()
    assert (now_of(request).state, now_of(request).reason) == ("waiting", "")


def test_sent_back_it_is_the_experts_alone_and_says_why(desk: Desk) -> None:
    request = add_request(desk.library)
    assert "کارشناس" in refused(does(desk_services.request_send_back, desk, request, note=" "))
    does(desk_services.request_send_back, desk, request, note="کتابخانهٔ دیگری را خواسته است")()
    now = now_of(request)
    assert (now.state, now.library) == ("unrouted", None)
    assert now.province == desk.library.county.province
    assert desk.library.name.split()[0] in now.steps.last().note
    assert AuditEntry.objects.filter(action="request_sent_back", library=desk.library).exists()


def test_admitting_needs_a_membership(desk: Desk) -> None:
    request = add_request(desk.library, state="no_member", national_id=OTHER_ID)
    add_member(desk.neighbour, OTHER_ID)
    assert "هنوز عضوی" in refused(does(desk_services.request_admit, desk, request))
    here = add_member(desk.library, OTHER_ID, "")
    does(desk_services.request_admit, desk, request)()
    assert (now_of(request).state, now_of(request).member) == ("waiting", here)


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"national_id": "123"}, "ده رقم"), ({"national_id": "1111111111"}, "یکسان")],
)
def test_a_wrong_correction_changes_nothing(desk: Desk, changed: dict[str, str], said: str) -> None:
    request = add_request(desk.library)
    values = {"wanted": "دیگر", "full_name": "", "national_id": ""} | changed
    assert said in refused(does(desk_services.request_correct, desk, request, **values))
    assert now_of(request).wanted == request.wanted


def test_an_ended_request_is_not_corrected(desk: Desk) -> None:
    request = add_request(desk.library, state="closed", reason="withdrawn")
    values = {"wanted": "دیگر", "full_name": "", "national_id": NATIONAL_ID}
    assert "پایان" in refused(does(desk_services.request_correct, desk, request, **values))


def test_no_personal_data_in_audit_or_history(desk: Desk) -> None:
    request = ready(desk)
    hand_over(desk, request, tell=True)()
    kept = [str(entry.data) for entry in AuditEntry.objects.all()]
    kept += list(RequestStep.objects.values_list("note", flat=True))
    for personal in (MOBILE, NATIONAL_ID, desk.member.full_name):
        assert not [text for text in kept if personal in text]


# --- who, and once --------------------------------------------------------------------


def test_nobody_else_makes_a_step(desk: Desk) -> None:
    request = add_request(desk.library)
    outsider = make_desk()
    for actor in (outsider.actor, desk.neighbours_librarian):
        assert "حوزهٔ شما نیست" in refused(find(desk, request, desk.copies[0], actor))
        assert "حوزهٔ شما نیست" in refused(close(desk, request, actor))


def test_what_was_sent_twice_is_done_once(desk: Desk) -> None:
    request = add_request(desk.library)
    seen = request.steps.last().pk
    work = does(desk_services.request_call, desk, request, outcome="busy", after=seen)
    work()
    assert "گام «تماس»" in refused(work)
    for again in (close(desk, request, after=seen), close(desk, request, after=0)):
        refused(again)
    close(desk, request, after=request.steps.last().pk)()
    assert "بسته شد" in refused(close(desk, request))


def test_a_member_who_asks_meanwhile_makes_no_page_out_of_date(desk: Desk) -> None:
    request = add_request(desk.library)
    seen = request.steps.last().pk
    request.steps.create(move=RECEIVED, becomes=request.state, at=timezone.now(), note="پرسش وضعیت")
    close(desk, request, after=seen)()
    assert request.steps.last().move == "close"


def test_handing_over_twice_lends_once(desk: Desk) -> None:
    request = ready(desk)
    hand_over(desk, request)()
    assert "امانت داده شد" in refused(hand_over(desk, request, ticked=list(HANDING_OVER)))
