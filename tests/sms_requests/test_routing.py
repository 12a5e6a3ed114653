"""What the provincial expert does with a request that is at no library (spec R2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from libraries.models import AuditEntry
from libraries.refusal import Refused
from sms_requests.domain.way import By, Move
from sms_requests.models import MessageOut, Request, RequestStep
from sms_requests.services.library import request_open_sender
from sms_requests.services.moves import request_held, request_move
from sms_requests.services.routing import (
    request_call_unrouted,
    request_close_unrouted,
    request_correct,
    request_reopen_unrouted,
    request_route,
    requests_route,
)
from tests.cast import Cast
from tests.sms_requests.applications import a_request
from tests.sms_requests.unrouted import (
    MOBILE,
    NATIONAL_ID,
    OTHER_ID,
    Province,
    add_member,
    add_unrouted,
    make_province,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Province:
    return make_province()


def route(province: Province, request: Request, to: str = "malayer", **values: Any) -> Request:
    given = {"actor": province.expert, "now": timezone.now(), **values}
    return request_route(request_id=request.pk, library_id=province.libraries[to].pk, **given)


def moves(request: Request) -> list[str]:
    return list(request.steps.order_by("pk").values_list("move", flat=True))


def texts() -> list[str]:
    return list(MessageOut.objects.order_by("pk").values_list("text", flat=True))


def test_a_members_request_goes_to_the_library_and_the_member_hears_so(province: Province) -> None:
    member = add_member(province.libraries["malayer"])
    request = add_unrouted(province)
    route(province, request)
    request.refresh_from_db()
    assert (request.state, request.library, request.member) == (
        "waiting", province.libraries["malayer"], member,
    )  # fmt: skip
    assert moves(request) == ["received", "route"]
    (text,) = texts()
    assert "بوف کور" in text and "شهید مطهری ملایر" in text and "رسید" in text
    audited = AuditEntry.objects.get(action="request_route")
    assert (audited.actor, audited.library) == (province.expert, province.libraries["malayer"])
    assert NATIONAL_ID not in str(audited.data) and MOBILE not in str(audited.data)


def test_who_is_no_member_is_told_how_to_become_one_and_the_request_is_kept(
    province: Province,
) -> None:
    add_member(province.libraries["nahavand"])  # a member elsewhere is none here
    request = add_unrouted(province)
    assert route(province, request).state == "no_member"
    assert moves(request) == ["received", "route", "keep"]
    (text,) = texts()
    assert "عضوی" in text and "پیدا نشد" in text
    assert request.steps.get(move="keep").by is None


def test_without_a_national_id_the_library_asks_for_it(province: Province) -> None:
    request = add_unrouted(province, national_id="")
    assert route(province, request, tell=False).state == "waiting"
    assert texts() == []


def test_a_membership_goes_to_its_library(province: Province) -> None:
    request = add_unrouted(province, kind="membership", full_name="نام نمونه", wanted="")
    assert route(province, request).state == "waiting"
    assert "عضویت" in texts()[0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"wanted": ""}, "عنوان کتاب معلوم نیست"),
        ({"kind": "membership", "full_name": ""}, "نام درخواست‌دهنده"),
        ({"kind": "noormags"}, "این نوع درخواست"),
        ({"kind": "unclear"}, "این نوع درخواست"),
    ],
)
def test_what_a_library_could_not_begin_with_stays(
    province: Province, values: dict[str, str], sentence: str
) -> None:
    request = add_unrouted(province, **values)
    with pytest.raises(Refused, match=sentence):
        route(province, request)
    request.refresh_from_db()
    assert (request.state, request.library, texts()) == ("unrouted", None, [])


def test_routing_twice_to_the_same_library_is_once_and_to_another_is_refused(
    province: Province,
) -> None:
    request = add_unrouted(province)
    route(province, request)
    route(province, request)
    assert moves(request) == ["received", "route", "keep"]
    assert len(texts()) == 1
    with pytest.raises(Refused, match="اکنون نزد کتابخانهٔ شهید مطهری ملایر است"):
        route(province, request, "hafez")


def test_nobody_routes_beyond_their_province_or_role(province: Province) -> None:
    request = add_unrouted(province)
    with pytest.raises(Refused, match="در استان شما نیست"):
        request_route(
            request_id=request.pk, library_id=province.elsewhere.pk, actor=province.expert,
            now=timezone.now(),
        )  # fmt: skip
    with pytest.raises(Refused, match="حوزهٔ شما"):
        route(province, request, actor=province.stranger)
    with pytest.raises(Refused, match="با کارشناس استان است"):
        route(province, request, actor=province.librarian)
    request.refresh_from_db()
    assert request.state == "unrouted"


def test_a_request_of_an_unknown_line_becomes_the_provinces_that_routes_it(
    province: Province,
) -> None:
    request = add_unrouted(province, province=None)
    assert Request.objects.for_user(province.stranger).filter(pk=request.pk).exists()
    route(province, request)
    assert not Request.objects.for_user(province.stranger).filter(pk=request.pk).exists()
    request.refresh_from_db()
    assert request.province == province.expert.province


def test_many_go_together_and_what_can_not_go_holds_up_none(province: Province) -> None:
    good = [add_unrouted(province) for _ in range(3)]
    bad = add_unrouted(province, wanted="")
    done = requests_route(
        request_ids=[one.pk for one in (*good, bad, good[0])] + [10**9],
        library_id=province.libraries["hafez"].pk, actor=province.expert, now=timezone.now(),
    )  # fmt: skip
    assert done.count == 3
    assert [request_id for request_id, _ in done.refused] == [bad.pk, 10**9]
    assert all("." in reason for _, reason in done.refused)
    assert Request.objects.filter(state="no_member").count() == 3


def test_correcting_keeps_who_changed_what_but_not_the_number(province: Province) -> None:
    request = add_unrouted(province, kind="unclear", national_id="", wanted="")
    request_correct(
        request_id=request.pk, kind="loan", full_name=" نام  نمونه ", national_id="۰۰۰۰۰۰۰۰۲۷",
        wanted="كوری", actor=province.expert, now=timezone.now(),
    )  # fmt: skip
    request.refresh_from_db()
    assert (request.kind, request.full_name, request.national_id, request.wanted) == (
        "loan", "نام نمونه", OTHER_ID, "کوری",
    )  # fmt: skip
    step = request.steps.get(move="corrected")
    assert step.by == province.expert and "کد ملی" in step.note and OTHER_ID not in step.note


def test_correcting_without_an_id_leaves_it_and_nothing_new_leaves_no_trace(
    province: Province,
) -> None:
    request = add_unrouted(province)
    same: dict[str, Any] = {
        "kind": "loan", "full_name": "", "national_id": "", "wanted": "بوف کور",
        "actor": province.expert, "now": timezone.now(),
    }  # fmt: skip
    request_correct(request_id=request.pk, **same)
    request.refresh_from_db()
    assert request.national_id == NATIONAL_ID
    assert moves(request) == ["received"]
    for bad in ("0000000018", "۱۱۱۱۱۱۱۱۱۱", "12", "abc"):
        with pytest.raises(Refused, match="کد ملی|رقم"):
            request_correct(request_id=request.pk, **same | {"national_id": bad})
    with pytest.raises(Refused, match="نوع درخواست"):
        request_correct(request_id=request.pk, **same | {"kind": "gift"})
    route(province, request)
    with pytest.raises(Refused, match="دیگر اصلاح نمی‌شود"):
        request_correct(request_id=request.pk, **same | {"wanted": "دیگر"})


def test_closing_takes_a_reason_and_tells_only_when_asked(province: Province) -> None:
    now = timezone.now()
    quiet, told, other = (add_unrouted(province) for _ in range(3))
    request_close_unrouted(request_id=quiet.pk, reason="repeated", actor=province.expert, now=now)
    assert texts() == []
    for _ in range(2):  # the button twice
        request_close_unrouted(
            request_id=told.pk, reason="no_request", actor=province.expert, now=now, tell=True
        )
    assert len(texts()) == 1 and "درخواستی نداشت" in texts()[0]
    with pytest.raises(Refused, match="علت را در یادداشت بنویسید"):
        request_close_unrouted(
            request_id=other.pk, reason="other", actor=province.expert, now=now, note=" "
        )
    request_close_unrouted(
        request_id=other.pk, reason="other", actor=province.expert, now=now, tell=True,
        note="خط برای این کار نیست",
    )  # fmt: skip
    assert "خط برای این کار نیست" in texts()[1]
    with pytest.raises(Refused, match="از فهرست"):
        request_close_unrouted(
            request_id=other.pk, reason="not_held", actor=province.expert, now=now
        )


def test_an_answer_never_repeats_a_text_in_which_an_id_may_stand(province: Province) -> None:
    request = add_unrouted(province, kind="unclear", wanted="")
    request_close_unrouted(
        request_id=request.pk, reason="no_request", actor=province.expert, now=timezone.now(),
        tell=True,
    )  # fmt: skip
    assert NATIONAL_ID not in texts()[0] and "پیام شما" in texts()[0]


def test_what_a_library_closed_comes_back_to_the_expert(province: Province) -> None:
    now = timezone.now()
    request = add_unrouted(province)
    request_close_unrouted(request_id=request.pk, reason="repeated", actor=province.expert, now=now)
    request_reopen_unrouted(request_id=request.pk, actor=province.expert, now=now)
    request_reopen_unrouted(request_id=request.pk, actor=province.expert, now=now)
    assert moves(request) == ["received", "close", "reopen"]
    at_library = add_unrouted(
        province, state="closed", reason="not_held", library=province.libraries["hafez"],
        province=None,
    )  # fmt: skip
    request_reopen_unrouted(request_id=at_library.pk, actor=province.expert, now=now)
    at_library.refresh_from_db()
    assert (at_library.state, at_library.library, at_library.reason) == ("unrouted", None, "")
    assert at_library.province == province.expert.province
    assert not Request.objects.for_user(province.librarian).filter(pk=at_library.pk).exists()


def test_a_call_is_on_record_once_however_often_its_button_is_pressed(province: Province) -> None:
    request = add_unrouted(province)
    now = timezone.now()
    for seconds in (0, 1, 90):
        request_call_unrouted(
            request_id=request.pk, outcome="no_answer", said="", actor=province.expert,
            now=now + timedelta(seconds=seconds),
        )  # fmt: skip
    assert request.calls.count() == 2
    assert moves(request) == ["received", "call", "call"]
    with pytest.raises(Refused, match="نتیجهٔ تماس"):
        request_call_unrouted(
            request_id=request.pk, outcome="x", said="", actor=province.expert, now=now
        )


def test_opening_a_sender_is_audited_and_holds_no_number(province: Province) -> None:
    request = add_unrouted(province)
    request_open_sender(request_id=request.pk, actor=province.expert, now=timezone.now())
    entry = AuditEntry.objects.get(action="request_open_sender")
    assert entry.object_id == str(request.pk) and MOBILE not in str(entry.data)
    with pytest.raises(Refused):
        request_open_sender(request_id=request.pk, actor=province.stranger, now=timezone.now())


def test_a_request_that_was_cancelled_meanwhile_is_not_routed(province: Province) -> None:
    request = add_unrouted(province)
    request_move(
        request_held(request.pk, province.expert), Move.CANCEL, actor=None, by=By.SENDER,
        now=timezone.now(),
    )  # fmt: skip
    with pytest.raises(Refused, match="فرستنده لغو کرد"):
        route(province, request)
    assert RequestStep.objects.filter(move="route").count() == 0


def test_what_is_not_routed_is_the_experts_alone(cast: Cast) -> None:
    """Also where the text named the library and lacks something else."""
    request = a_request(cast.library, "loan", state="unrouted", national_id="")
    sees = {who for who, user in cast.everyone.items() if Request.objects.for_user(user).exists()}
    assert sees == {"expert", "director", "office"}
    Request.objects.filter(pk=request.pk).update(state="waiting")
    sees = {who for who, user in cast.everyone.items() if Request.objects.for_user(user).exists()}
    assert sees == {"librarian", "head", "county", "expert", "director", "office"}
