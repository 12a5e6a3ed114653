"""Return days announced: whom they concern, each once; and stopped again."""

from collections import Counter
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from libraries.models import AuditEntry
from libraries.refusal import Refused
from loans.models import Member
from sms_requests.models import (
    MessageOut,
    ReturnAnnouncement,
    ReturnDay,
    ReturnNotice,
    SmsLine,
)
from sms_requests.selectors.returning import outcome_counts, returning_cards
from sms_requests.selectors.returning_plan import return_plan
from sms_requests.services.returning import return_days_announce, return_days_cancel
from tests.cast import Cast
from tests.sms_requests.returning import NOW, TEHRAN, announce, borrower, day, lend

pytestmark = pytest.mark.django_db
State = MessageOut.State


def names(announcement: ReturnAnnouncement) -> list[str]:
    notices = announcement.notices.order_by("member_id")
    return [notice.member.full_name for notice in notices]


@pytest.mark.parametrize(
    ("concerns", "told"),
    [
        ("all", ["عضو 1", "عضو 2", "عضو 3", "عضو 4", "عضو 5"]),
        ("due", ["عضو 1", "عضو 2", "عضو 3"]),
        ("late", ["عضو 1"]),
    ],
)
def test_those_are_told_whom_the_days_concern(cast: Cast, concerns: str, told: list[str]) -> None:
    for number, due in enumerate((-1, 0, 3, 4, None), start=1):
        borrower(cast.library, number, due=due)
    borrower(cast.other_library, 6, due=-1)
    back = borrower(cast.library, 7, due=-1)
    back.loans.update(returned_at=NOW)
    made = announce(cast.librarian, [day(1), day(3)], concerns=concerns)
    assert names(made) == told
    assert {one.on for one in made.days.all()} == {day(1).on, day(3).on}


def test_a_member_with_several_books_is_told_once_and_the_books_counted(cast: Cast) -> None:
    member = borrower(cast.library, 1)
    lend(cast.library, member, 2, 9)
    lend(cast.library, None, 3, 9)
    plan = return_plan(library=cast.library, days=[day(1)], concerns="all", note="", now=NOW)
    assert (plan.told, len(plan.numbers), plan.unnamed) == (1, 1, 1)
    made = announce(cast.librarian)
    assert [(notice.member, notice.loans) for notice in made.notices.all()] == [(member, 2)]
    assert MessageOut.objects.get().text == plan.text.replace("دوشنبه ۲", "سه‌شنبه ۳")


def test_a_family_s_number_gets_one_text_and_everybody_in_it_counts_as_told(cast: Cast) -> None:
    for number in (1, 2, 3):
        borrower(cast.library, number, mobile="09120000009" if number < 3 else "-")
    made = announce(cast.librarian)
    assert sorted(MessageOut.objects.values_list("to", flat=True)) == [
        "09120000003", "09120000009",
    ]  # fmt: skip
    MessageOut.objects.filter(to="09120000009").update(state=State.DELIVERED)
    counts = outcome_counts(made, NOW)
    assert (counts["told"], counts["waiting"]) == (2, 1)


@pytest.mark.parametrize("mobile", ["", "02188880000", "9"])
def test_who_has_no_mobile_is_listed_with_no_text(cast: Cast, mobile: str) -> None:
    borrower(cast.library, 1)
    silent = borrower(cast.library, 2, mobile=mobile)
    made = announce(cast.librarian)
    notice = made.notices.get(member=silent)
    assert (notice.message, notice.trouble) == (None, ReturnNotice.Trouble.NO_MOBILE)
    assert outcome_counts(made, NOW)["no_mobile"] == 1


def test_the_line_s_hours_and_batches_are_kept_and_the_earliest_due_go_first(cast: Cast) -> None:
    SmsLine.objects.create(
        number="100045040", province=cast.library.county.province,
        opens_at=time(10), closes_at=time(10, 20), batch_size=2, batch_minutes=15,
    )  # fmt: skip
    for number in range(1, 6):
        borrower(cast.library, number, due=10 - number)
    made = announce(cast.librarian)
    at = {text.to[-1]: text.next_try_at for text in made.mailing.messages.all()}
    tomorrow = NOW + timedelta(days=1)
    assert at == {
        "5": NOW, "4": NOW,
        "3": NOW + timedelta(minutes=15), "2": NOW + timedelta(minutes=15),
        "1": tomorrow,
    }  # fmt: skip
    assert made.mailing.ends_at == datetime(2026, 11, 24, 12, tzinfo=TEHRAN)


def test_at_night_everything_waits_for_the_morning(cast: Cast) -> None:
    borrower(cast.library, 1)
    made = announce(cast.librarian, now=NOW.replace(hour=23))
    assert made.mailing.messages.get().next_try_at == datetime(2026, 11, 23, 9, tzinfo=TEHRAN)


def test_the_same_form_again_changes_nothing(cast: Cast) -> None:
    borrower(cast.library, 1)
    token = uuid4()
    first = announce(cast.librarian, token=token)
    asked = {"days": [day(2)], "concerns": "all", "note": "", "actor": cast.librarian}
    later = NOW + timedelta(days=9)  # the days are over by then
    assert return_days_announce(token=token, now=later, **asked) == (first, False)
    assert ReturnAnnouncement.objects.count() == MessageOut.objects.count() == 1
    assert AuditEntry.objects.filter(action="return_days_announce").count() == 1


def test_another_library_s_token_opens_nothing(cast: Cast) -> None:
    borrower(cast.library, 1)
    borrower(cast.other_library, 2)
    token = uuid4()
    announce(cast.librarian, token=token)
    with pytest.raises(Refused, match="کتابخانهٔ دیگری"):
        announce(cast.outsider, token=token)
    assert ReturnAnnouncement.objects.count() == MessageOut.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"days": [day(-1)]}, "گذشته است"),
        ({"days": []}, "دست‌کم یک روز"),
        ({"concerns": "late"}, "کسی از این گروه"),
        # Ten at night: the text leaves at nine, and the only day begins at eight.
        ({"days": [day(1)], "now": NOW.replace(hour=22)}, "روز دیرتری بگذارید"),
        ({"note": "ی" * 100, "days": [day(n, 8, 12 + n) for n in range(1, 6)]}, "کوتاه کنید|جا"),
    ],
)  # fmt: skip
def test_what_cannot_be_announced_is_refused_and_leaves_nothing(
    cast: Cast, asked: dict[str, object], reason: str
) -> None:
    borrower(cast.library, 1)
    with pytest.raises(Refused, match=reason):
        announce(cast.librarian, **asked)  # type: ignore[arg-type]
    assert not ReturnAnnouncement.objects.exists() and not MessageOut.objects.exists()


def test_where_nobody_has_a_mobile_nothing_is_announced(cast: Cast) -> None:
    borrower(cast.library, 1, mobile="")
    with pytest.raises(Refused, match="شمارهٔ همراه هیچ‌یک"):
        announce(cast.librarian)


def test_only_the_library_s_own_staff_announce_and_stop(cast: Cast) -> None:
    borrower(cast.library, 1)
    made = announce(cast.librarian)
    with pytest.raises(Refused, match="کارکنان خود کتابخانه"):
        announce(cast.expert)
    for actor in (cast.expert, cast.outsider):
        with pytest.raises(Refused):
            return_days_cancel(announcement_id=made.pk, actor=actor, now=NOW)
    assert MessageOut.objects.get().state == State.QUEUED


def test_days_partly_begun_are_told_late_with_a_warning_not_refused(cast: Cast) -> None:
    borrower(cast.library, 1)
    at_night = NOW.replace(hour=22)
    plan = return_plan(
        library=cast.library, days=[day(1), day(2)], concerns="all", note="", now=at_night
    )
    assert plan.is_late
    in_time = return_plan(
        library=cast.library, days=[day(1), day(2)], concerns="all", note="", now=NOW
    )
    assert not in_time.is_late


def test_cancelling_stops_what_has_not_left_and_says_for_whom_it_is_too_late(cast: Cast) -> None:
    for number in range(1, 5):
        borrower(cast.library, number)
    made = announce(cast.librarian)
    texts = made.mailing.messages
    gone = texts.order_by("pk")[:1].get()
    texts.filter(pk=gone.pk).update(state=State.SENT)
    for _ in range(2):  # sent again, it says the same
        done = return_days_cancel(announcement_id=made.pk, actor=cast.librarian, now=NOW)
        assert (done.stopped, done.too_late) == (3, 1)
    assert Counter(texts.values_list("state", flat=True)) == {"cancelled": 3, "sent": 1}
    assert outcome_counts(made, NOW)["cancelled"] == 3
    assert AuditEntry.objects.filter(action="return_days_cancel").count() == 1


def test_where_everything_has_left_there_is_nothing_to_cancel(cast: Cast) -> None:
    borrower(cast.library, 1)
    made = announce(cast.librarian)
    made.mailing.messages.update(state=State.DELIVERED)
    with pytest.raises(Refused, match="چیزی برای لغو نمانده"):
        return_days_cancel(announcement_id=made.pk, actor=cast.librarian, now=NOW)
    made.mailing.refresh_from_db()
    assert made.mailing.cancelled_at is None


def test_each_borrower_ends_in_exactly_one_outcome(cast: Cast) -> None:
    states = [*State.values, "none"]
    for number in range(1, len(states) + 1):
        borrower(cast.library, number, mobile="" if number == len(states) else "-")
    made = announce(cast.librarian)
    for text, state in zip(made.mailing.messages.order_by("to"), states, strict=False):
        MessageOut.objects.filter(pk=text.pk).update(
            state=state, last_try_at=NOW - timedelta(hours=1)
        )
    assert outcome_counts(made, NOW) == {
        "waiting": 1, "silent": 1, "on_the_way": 2, "told": 1, "failed": 1, "cancelled": 1,
        "no_mobile": 1,
    }  # fmt: skip


def test_no_personal_data_goes_into_the_audit(cast: Cast) -> None:
    borrower(cast.library, 1)
    announce(cast.librarian)
    entry = AuditEntry.objects.get(action="return_days_announce")
    assert entry.data == {"days": ["2026-11-24"], "concerns": "all", "people": 1, "texts": 1}


def test_the_desk_tells_of_today_and_of_whom_no_text_reached(cast: Cast) -> None:
    borrower(cast.library, 1)
    borrower(cast.library, 2, mobile="")
    made = announce(cast.librarian, [day(0, 12, 14), day(2)])
    cards = returning_cards(cast.librarian, NOW)
    assert [(card.sentence, card.count) for card in cards] == [
        ("امروز روز بازگشت است، ساعت ۱۲ تا ۱۴", None),
        ("امانت‌گیرنده از روزهای بازگشت خبر نگرفته است", 1),
    ]
    tomorrow = returning_cards(cast.librarian, NOW + timedelta(days=1))
    assert len(tomorrow) == 1
    assert returning_cards(cast.librarian, NOW + timedelta(days=3)) == []
    assert returning_cards(cast.outsider, NOW) == returning_cards(cast.expert, NOW) == []
    return_days_cancel(announcement_id=made.pk, actor=cast.librarian, now=NOW)
    assert returning_cards(cast.librarian, NOW) == []


def test_borrowers_cost_queries_by_the_batch_not_by_the_head(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    for number in range(1, 301):
        borrower(cast.library, number)
    with django_assert_max_num_queries(3 * 6 + 20):  # type: ignore[operator]
        announce(cast.librarian)
    assert ReturnDay.objects.count() == 1 and Member.objects.count() == 300
    assert ReturnNotice.objects.count() == 300
