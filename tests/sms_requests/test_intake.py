"""A text that came becomes the request it asks for, and is answered with nothing about anyone."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libraries.models import AuditEntry, County, Library
from loans.models import Loan
from sms_requests.domain.replies import Reply, missing_reply, reply
from sms_requests.domain.way import OPEN, ClosedReason, State
from sms_requests.models import MessageIn, MessageOut, Request, RequestStep, SmsLine
from sms_requests.selectors.library_page import person_of
from sms_requests.selectors.offered import libraries_offered
from sms_requests.services import message_queue
from sms_requests.services.one_number import MOST_ANSWERS
from tests.cast import Cast, add_copies
from tests.texting import (
    LINE,
    MEMBERS_ID,
    MEMBERS_NAME,
    NUMBER,
    OTHERS_ID,
    STRANGERS_ID,
    Texting,
)

pytestmark = pytest.mark.django_db
UNCLEAR = reply(Reply.UNCLEAR, {})
NO_REQUEST = reply(Reply.NO_REQUEST, {})
ANOTHER = "09000000002"


@pytest.fixture
def line(cast: Cast) -> Texting:
    return Texting(cast.library)


@pytest.fixture
def neighbour(cast: Cast) -> Library:
    """Another library of the line's province."""
    county = County.objects.create(province=cast.library.county.province, name="همسایه")
    return Library.objects.create(
        county=county, code="L3", name="کتابخانهٔ سپیدار", degree=4, place="همسایه"
    )


def received(line: Texting, title: str = "بوف کور") -> str:
    return reply(Reply.RECEIVED, {"title": title, "library": line.library.name})


# --- loans ----------------------------------------------------------------------------


def test_a_members_whole_text_is_at_the_library(line: Texting) -> None:
    assert line.say(line.loan()) == [received(line)]
    request = line.newest()
    assert (request.kind, request.state, request.library) == ("loan", "waiting", line.library)
    assert (request.member, request.wanted, request.national_id) == (
        line.member, "بوف کور", MEMBERS_ID,
    )  # fmt: skip
    assert (request.mobile, request.province) == (NUMBER, line.library.county.province)
    assert (request.since, request.created_at) == (line.now, line.now)
    step = request.steps.get()
    assert (step.move, step.becomes, step.by) == ("received", "waiting", None)
    assert step.message_in == request.message
    assert step.message_out.text == received(line)
    assert request.message.handled_at == line.now
    assert person_of(request, line.now.date()).number_fits


@pytest.mark.parametrize(("stored", "warned"), [(NUMBER, True), (ANOTHER, False), ("", False)])
def test_somebody_elses_id_is_kept_and_staff_are_warned(
    line: Texting, stored: str, warned: bool
) -> None:
    line.member.mobile = stored
    line.member.save()
    assert line.say(line.loan(), ANOTHER) == [received(line)]
    assert line.newest().state == State.WAITING
    notes = " ".join(person_of(line.newest(), line.now.date()).notes)
    assert ("با شمارهٔ عضو یکی نیست" in notes) is warned


def test_who_is_no_member_is_told_how_to_be_one_and_kept(line: Texting) -> None:
    values = {"library": line.library.name}
    assert line.say(line.loan(national_id=STRANGERS_ID)) == [reply(Reply.NO_MEMBER, values)]
    assert (line.newest().state, line.newest().member) == (State.NO_MEMBER, None)


def test_a_member_of_another_library_is_none_here_until_the_right_one_is_named(
    line: Texting, neighbour: Library
) -> None:
    member = line.add_member(neighbour, OTHERS_ID)
    (text,) = line.say(line.loan(national_id=OTHERS_ID))
    assert text == reply(Reply.NO_MEMBER, {"library": line.library.name})
    wrong = line.newest()
    assert (wrong.state, wrong.library, wrong.member) == (State.NO_MEMBER, line.library, None)
    line.later(minutes=2)
    line.say(f"کتابخانه سپیدار کد ملی {OTHERS_ID} کتاب بوف کور")
    right = line.newest()
    assert (right.state, right.library, right.member) == (State.WAITING, neighbour, member)
    wrong.refresh_from_db()
    assert (wrong.state, wrong.reason) == (State.CLOSED, ClosedReason.REPEATED)


def test_a_membership_that_rests_is_the_librarys_to_wake(line: Texting) -> None:
    line.member.is_active = False
    line.member.save()
    assert line.say(line.loan()) == [received(line)]
    assert (line.newest().state, line.newest().member) == (State.WAITING, line.member)
    assert "غیرفعال" in line.newest().steps.get().note


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("{library} کتاب بوف کور", ["national_id"]),
        ("{library} کد ملی 0000000018 کتاب بوف کور", ["national_id"]),
        ("{library} کد ملی {id}", ["title"]),
        ("کد ملی {stranger} کتاب بوف کور", ["library"]),
        ("کد ملی {id}، کتابخانه", ["library", "title"]),
    ],
)
def test_what_lacks_something_waits_for_the_expert(
    line: Texting, text: str, missing: list[str]
) -> None:
    text = text.format(library=line.library.name, id=MEMBERS_ID, stranger=STRANGERS_ID)
    assert line.say(text) == [missing_reply(missing)]
    request = line.newest()
    assert (request.kind, request.state) == ("loan", "unrouted")
    assert request.province == line.library.county.province
    assert (request.library is None) == ("library" in missing)
    assert (request.national_id == "") == ("national_id" in missing)
    assert (request.wanted == "") == ("title" in missing)


def test_a_member_who_names_no_library_is_not_asked_again(line: Texting) -> None:
    """Nor is one guessed, though there is but one where this ID is a member's."""
    assert line.say(f"کد ملی {MEMBERS_ID} کتاب بوف کور") == [
        reply(Reply.ROUTED, {"title": "بوف کور"})
    ]
    assert (line.newest().state, line.newest().library) == (State.UNROUTED, None)


def test_between_two_libraries_the_expert_decides(line: Texting, cast: Cast) -> None:
    for number, town in enumerate(("ملایر", "نهاوند")):
        Library.objects.create(
            county=cast.library.county, code=f"M{number}", degree=5, place=town,
            name=f"کتابخانهٔ شهید مطهری {town}",
        )  # fmt: skip
    line.say(f"کتابخانه شهید مطهری، کد ملی {STRANGERS_ID}، کتاب بوف کور")
    assert (line.newest().state, line.newest().library) == (State.UNROUTED, None)


def test_a_whole_text_ends_what_lacked_something(line: Texting) -> None:
    line.say("چی شد پس این کتابخانه شما", ANOTHER)
    line.say(f"{line.library.name} کتاب بوف کور")
    line.say(f"{line.library.name} کد ملی {MEMBERS_ID}")
    line.say(f"{line.library.name} کتاب سووشون")
    assert set(Request.objects.values_list("state", flat=True)) == {State.UNROUTED}
    line.later(minutes=20)
    line.say(line.loan())
    states = dict(Request.objects.filter(mobile=NUMBER).values_list("wanted", "state"))
    assert states == {"بوف کور": "waiting", "": "closed", "سووشون": "unrouted"}
    closed = Request.objects.filter(mobile=NUMBER, state=State.CLOSED)
    assert {request.reason for request in closed} == {ClosedReason.REPEATED}
    assert closed.count() == 2
    assert Request.objects.get(mobile=ANOTHER).state == State.UNROUTED


@pytest.mark.parametrize(("minutes", "state"), [(59, State.CLOSED), (61, State.UNROUTED)])
def test_an_unclear_text_put_right_within_an_hour_is_done_with(
    line: Texting, minutes: int, state: State
) -> None:
    line.say("سلام")
    line.later(minutes=minutes)
    line.say(line.loan())
    assert Request.objects.get(kind="unclear").state == state


def test_the_same_loan_twice_is_one_request_at_the_desk(line: Texting) -> None:
    line.say(line.loan())
    line.later(hours=1)
    (text,) = line.say(line.loan("«بوفِ كور»"))
    assert text == "درخواست «بوف کور» پیش‌تر رسیده است: در کتابخانه در حال بررسی است."
    assert Request.objects.count() == 1
    last = line.newest().steps.last()
    assert (last.move, last.message_in.handled_at) == ("received", line.now)
    assert last.message_out.text == text


def test_who_has_become_a_member_and_asks_again_goes_on(line: Texting) -> None:
    line.say(line.loan(national_id=STRANGERS_ID))
    member = line.add_member(line.library, STRANGERS_ID)
    (text,) = line.say(line.loan(national_id=STRANGERS_ID))
    assert text == "درخواست «بوف کور» پیش‌تر رسیده است: در کتابخانه در حال بررسی است."
    request = Request.objects.get()
    assert (request.state, request.member) == (State.WAITING, member)
    assert [step.move for step in request.steps.all()] == ["received", "admit", "received"]


@pytest.mark.parametrize("differs", ["title", "person", "number", "ended"])
def test_what_is_not_the_same_is_another_request(line: Texting, differs: str) -> None:
    line.add_member(line.library, OTHERS_ID)
    line.say(line.loan())
    if differs == "ended":
        line.say("لغو")
    line.later(minutes=15)
    line.say(
        line.loan(
            "سووشون" if differs == "title" else "بوف کور",
            OTHERS_ID if differs == "person" else MEMBERS_ID,
        ),
        ANOTHER if differs == "number" else NUMBER,
    )
    assert Request.objects.filter(state=State.WAITING).count() == 1 + (differs != "ended")


# --- membership, Noormags, the rest ---------------------------------------------------


def applies(line: Texting, national_id: str = STRANGERS_ID) -> str:
    return f"عضویت، نام: نسترن نمونه‌ای، کد ملی {national_id}، {line.library.name}"


def test_who_applies_is_at_the_library(line: Texting) -> None:
    assert line.say(applies(line)) == [
        reply(Reply.MEMBERSHIP_RECEIVED, {"library": line.library.name})
    ]
    request = line.newest()
    assert (request.kind, request.state, request.library) == (
        "membership", "waiting", line.library,
    )  # fmt: skip
    assert (request.full_name, request.national_id, request.member) == (
        "نسترن نمونه‌ای", STRANGERS_ID, None,
    )  # fmt: skip
    assert "پیش‌تر رسیده است" in line.say(applies(line))[0]
    assert Request.objects.count() == 1


def test_a_member_who_applies_hears_it_on_their_own_number_only(line: Texting) -> None:
    values = {"library": line.library.name}
    assert line.say(applies(line, MEMBERS_ID)) == [reply(Reply.ALREADY_MEMBER, values)]
    assert (line.newest().state, line.newest().reason) == (State.CLOSED, ClosedReason.ANSWERED)
    assert line.say(applies(line, MEMBERS_ID), ANOTHER) == [
        reply(Reply.MEMBERSHIP_RECEIVED, values)
    ]
    assert line.newest().state == State.WAITING


def test_an_application_that_lacks_something(line: Texting) -> None:
    text = f"عضویت {line.library.name}"
    assert line.say(text) == [missing_reply(["full_name", "national_id"])]
    assert (line.newest().kind, line.newest().state) == ("membership", "unrouted")
    line.later(hours=3)
    line.say(applies(line))
    states = Request.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.CLOSED, State.WAITING]


def test_noormags_is_answered_and_done(line: Texting) -> None:
    assert line.say("سلام حساب نورمگز می‌خواستم") == [reply(Reply.NOORMAGS, {})]
    request = line.newest()
    assert (request.kind, request.state, request.reason) == ("noormags", "closed", "answered")


def test_an_unclear_number_is_one_request_and_hears_it_once_a_day(line: Texting) -> None:
    assert line.say("سلام") == [UNCLEAR]
    line.later(hours=2)
    assert line.say("ساعت کار کتابخانه تا چند است؟") == []
    request = Request.objects.get()
    assert (request.kind, request.state) == ("unclear", "unrouted")
    assert request.steps.count() == 2
    line.later(hours=23)
    assert line.say("کسی هست؟") == [UNCLEAR]
    assert MessageIn.objects.filter(handled_at=None).count() == 0


@pytest.mark.parametrize("text", ["👍", "؟؟", "ممنون", "https://example.ir/x", "...", "🙏 مرسی"])
def test_what_says_nothing_is_kept_and_left_alone(line: Texting, text: str) -> None:
    assert line.say(text) == []
    assert not Request.objects.exists()
    assert MessageIn.objects.get().handled_at == line.now


@pytest.mark.parametrize("trouble", ["charset", "incomplete"])
def test_what_cannot_be_read_waits_among_the_texts(line: Texting, trouble: str) -> None:
    message = line.take(line.loan())
    MessageIn.objects.filter(pk=message.pk).update(trouble=trouble)
    assert line.say("ممنون") == []
    assert not Request.objects.exists()


@pytest.mark.parametrize("text", ["ک" * 1000, "کتاب " * 200, "1" * 1000, "😀" * 500])
def test_a_thousand_letters(line: Texting, text: str) -> None:
    assert len(line.say(text)) <= 1
    assert MessageIn.objects.get().handled_at
    line.say(line.loan("سرگذشت " * 130))
    assert len(line.newest().wanted) <= 500


@pytest.mark.parametrize("to", ["100045040", "+98100045040", "98100045040", "0098100045040"])
def test_the_line_tells_the_province(line: Texting, cast: Cast, to: str) -> None:
    """A library of another province is none that this line's texts may speak of."""
    Library.objects.filter(pk=cast.other_library.pk).update(name="کتابخانهٔ یاسمن")
    line.say(f"کتابخانهٔ یاسمن، کد ملی {STRANGERS_ID}، کتاب بوف کور", to=to)
    assert line.newest().library is None
    line.say(line.loan("سووشون"), to=to)
    assert line.newest().library == line.library


def test_without_a_known_line_all_libraries_are_meant(line: Texting, cast: Cast) -> None:
    line.say(f"{cast.other_library.name} کد ملی {STRANGERS_ID} کتاب بوف کور", to="3000")
    request = line.newest()
    assert request.library == cast.other_library
    assert request.province == cast.other_library.county.province


def test_a_renamed_library_is_known_at_once(line: Texting, cast: Cast) -> None:
    province = cast.library.county.province_id
    assert libraries_offered(province) is libraries_offered(province)
    cast.library.name = "کتابخانهٔ آفتاب‌گردان"
    cast.library.save()
    line.say(f"کتابخانه آفتابگردان، کد ملی {MEMBERS_ID}، کتاب بوف کور")
    assert line.newest().library == cast.library


# --- «وضعیت» and «لغو» ----------------------------------------------------------------


def test_status_of_the_newest_and_how_many_more(line: Texting) -> None:
    line.say(line.loan())
    line.say(line.loan("سووشون"))
    line.say("سلام")
    line.later(minutes=20)
    assert line.say("وضعیت؟") == [
        "وضعیت «سووشون»: در کتابخانه در حال بررسی است؛ ۲ درخواست باز دیگر هم دارید."
    ]
    step = RequestStep.objects.order_by("pk").last()
    assert step.request.wanted == "سووشون"
    assert step.message_in.text == "وضعیت؟"


@pytest.mark.parametrize("state", sorted(OPEN))
def test_status_of_each_state(line: Texting, cast: Cast, state: State) -> None:
    line.say(line.loan())
    (copy,) = add_copies(cast.library, ["100/1 الف1"])
    begin = line.now.replace(hour=9, minute=0) + timedelta(days=1)
    Request.objects.update(
        state=state,
        copy=copy if state in {State.FOUND, State.READY} else None,
        **(
            {
                "collect_from": begin,
                "collect_until": begin.replace(hour=12),
                "collect_place": "میز امانت",
            }
            if state == State.READY
            else {}
        ),
    )
    (text,) = line.say("وضعیت")
    assert text.startswith("وضعیت «بوف کور»: ")
    assert ("ساعت ۹ تا ۱۲ در میز امانت" in text) == (state == State.READY)
    assert line.say("لغو") == ["درخواست «بوف کور» لغو شد."]
    request = line.newest()
    assert (request.state, request.copy, request.collect_from) == (State.CANCELLED, None, None)
    assert request.steps.last().by is None
    assert request.steps.last().message_in.text == "لغو"


@pytest.mark.parametrize("text", ["وضعیت", "لغو"])
def test_another_number_hears_of_nothing(line: Texting, text: str) -> None:
    line.say(line.loan())
    assert line.say(text, ANOTHER) == [NO_REQUEST]
    assert line.newest().state == State.WAITING


@pytest.mark.parametrize(("days", "late"), [(0, True), (1, False)])
def test_what_was_lent_today_is_not_taken_back_by_a_text(
    line: Texting, cast: Cast, days: int, late: bool
) -> None:
    line.say(line.loan())
    (copy,) = add_copies(cast.library, ["100/1 الف1"])
    loan = Loan.objects.create(copy=copy, lent_at=line.now, member=line.member)
    Request.objects.update(state=State.LENT, since=line.now, loan=loan, copy=copy)
    line.later(days=days, minutes=5)
    told = reply(Reply.TOO_LATE_TO_CANCEL, {"title": "بوف کور"})
    assert line.say("لغو") == [told if late else NO_REQUEST]
    assert line.newest().state == State.LENT


def test_the_newest_goes_first_and_then_the_one_before(line: Texting) -> None:
    line.say(line.loan())
    line.later(minutes=11)
    line.say(line.loan("سووشون"))
    assert line.say("لغو") == ["درخواست «سووشون» لغو شد."]
    assert line.say("لغو") == ["درخواست «بوف کور» لغو شد."]
    assert line.say("لغو") == [NO_REQUEST]


# --- who is answered ------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["100045040", "20001", "BANK-MELLI", "30005006000700", ""])
def test_machines_are_not_answered(line: Texting, sender: str) -> None:
    for text in ("جشنوارهٔ بزرگ، همین امروز", line.loan(), "وضعیت", "لغو"):
        assert line.say(text, sender) == []
    assert MessageIn.objects.filter(handled_at=None).count() == 0
    assert not Request.objects.filter(kind="unclear").exists()


def test_our_own_line_may_be_a_mobile(line: Texting, cast: Cast) -> None:
    SmsLine.objects.create(number="09120009999", province=cast.other_library.county.province)
    assert line.say(line.loan(), "09120009999") == []
    assert not Request.objects.exists()


def test_a_number_from_abroad_is_a_person_without_answers(line: Texting) -> None:
    assert line.say("hello library", "+4915112345678") == []
    assert line.say(line.loan(), "+4915112345678") == []
    assert [r.state for r in Request.objects.order_by("pk")] == [State.UNROUTED, State.WAITING]


def test_two_machines_stop_answering_each_other(line: Texting) -> None:
    answers = 0
    for _ in range(MOST_ANSWERS * 2):
        line.later(minutes=11)
        answers += len(line.say("وضعیت"))
    assert answers == MOST_ANSWERS
    assert MessageIn.objects.filter(handled_at=None).count() == 0
    line.say(line.loan())
    assert line.newest().state == State.WAITING
    line.later(days=1)
    assert len(line.say("وضعیت")) == 1
    # Staff write all the same.
    assert message_queue(to=NUMBER, text="سلام", now=line.now)


WORDS = st.sampled_from(
    [
        "کتابخانه", "کتابخانهٔ نمونهٔ L1", "کد ملی", MEMBERS_ID, OTHERS_ID, "۰۰۰۰۰۰۰۰۲۷",
        "0000-000019",
        "عضویت", "نام: نسترن نمونه‌ای", "کتاب", "بوف کور", "9789641234567", "09000000009", "لغو",
        "وضعیت", "نورمگز", "سلام", "،", "\n", "عنوان", "۱۹۸۴", "؟",
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=9), st.sampled_from([NUMBER, ANOTHER]))
def test_no_answer_holds_an_id_a_number_or_a_members_name(
    line: Texting, words: list[str], sender: str
) -> None:
    line.later(minutes=11)
    for text in (" ".join(words), "وضعیت"):
        for answered in line.say(text, sender):
            shown = answered.replace("۰۱۲۳۴۵۶۷۸۰", "")  # the example's, which is nobody's
            assert not re.search(r"\d(?:[ \-.]?\d){7,}", shown), answered
            assert MEMBERS_NAME not in answered
            assert "بهمن" not in answered and "نسترن" not in answered
    assert MessageIn.objects.filter(handled_at=None).count() == 0


def test_the_audit_holds_no_personal_data(line: Texting) -> None:
    for text in (line.loan(), "وضعیت", "لغو", applies(line), "نورمگز"):
        line.say(text)
    line.later(hours=1)
    line.say("سلام")
    entries = AuditEntry.objects.filter(action__startswith="request_")
    assert entries.count() == 6
    kept = " ".join(str(row) for row in entries.values_list("action", "data", "object_id"))
    for secret in (MEMBERS_ID, STRANGERS_ID, NUMBER, "نسترن", "بوف"):
        assert secret not in kept
    assert MessageOut.objects.exclude(to=NUMBER).count() == 0
    assert LINE not in kept
