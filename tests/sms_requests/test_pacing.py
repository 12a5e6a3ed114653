"""Mailings keep their hours and batches whatever comes between; answers don't wait for them."""

from collections import Counter
from datetime import datetime, time, timedelta

import pytest

from sms_requests.gateway import NotSent, Report, ReportKind
from sms_requests.models import Mailing, MessageOut
from sms_requests.pacing import OVER
from sms_requests.sending import messages_send
from sms_requests.services import message_queue, report_take
from sms_requests.services.mailings import mailing_queue
from tests.sms_requests.returning import NOW, TEHRAN, Pier

pytestmark = pytest.mark.django_db
State = MessageOut.State
PAUSE = timedelta(minutes=5)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return datetime(2026, 11, 22, hour, minute, tzinfo=TEHRAN) + timedelta(days=days)


IN_THREE_DAYS = at(12, days=3)


def mailing(count: int, *, size: int = 2, ends_at: datetime = IN_THREE_DAYS) -> Mailing:
    """So many texts, queued at ten in batches of `size` each five minutes, from nine to eight."""
    made = Mailing.objects.create(
        opens_at=time(9), closes_at=time(20), batch_size=size, batch_minutes=5, ends_at=ends_at
    )
    mailing_queue(
        mailing=made, numbers=[f"0912{n:07}" for n in range(count)], text="متن",
        leaving=[NOW + PAUSE * (n // size) for n in range(count)], now=NOW,
    )  # fmt: skip
    return made


def send(now: datetime, gateway: Pier | None = None) -> tuple[list[str], list[datetime]]:
    """What leaves at a moment, and to when the rest was put off."""
    gateway, again = gateway or Pier(), []
    messages_send(gateway, clock=lambda: now, come_again=again.append)  # type: ignore[arg-type]
    return gateway.sent, again


def test_each_batch_leaves_at_its_time() -> None:
    mailing(5)
    assert [len(send(NOW + PAUSE * n)[0]) for n in range(4)] == [2, 2, 1, 0]


def test_a_worker_that_comes_late_in_the_day_sends_batches_not_all_at_once() -> None:
    mailing(5)
    sent, again = send(at(15))
    assert (sent, again) == ([], [at(15, 5), at(15, 10), at(15, 15)])
    assert [len(send(moment)[0]) for moment in again] == [2, 2, 1]


def test_a_worker_that_comes_at_night_sends_nothing_until_the_morning() -> None:
    mailing(5)
    sent, again = send(at(23, 30))
    assert (sent, again) == ([], [at(9, days=1), at(9, 5, days=1), at(9, 10, days=1)])
    assert send(at(3, days=1))[0] == []
    assert [len(send(moment)[0]) for moment in again] == [2, 2, 1]


def test_a_run_that_lasts_beyond_the_closing_stops_there() -> None:
    mailing(4, size=4)
    MessageOut.objects.update(next_try_at=at(19, 58))
    ticks = iter([at(19, 59), at(19, 59), at(20), at(20), at(20)])
    gateway, again = Pier(), []
    messages_send(gateway, clock=lambda: next(ticks), come_again=again.append)  # type: ignore[arg-type]
    assert (len(gateway.sent), again) == (1, [at(9, days=1)])


def test_after_the_last_day_nothing_leaves_any_more() -> None:
    made = mailing(3, ends_at=at(12))
    assert send(at(12))[0] == []
    texts = made.messages.all()
    assert {(text.state, text.error, text.failed_at) for text in texts} == {
        (State.FAILED, OVER, at(12))
    }


def test_an_answer_leaves_at_night_and_goes_before_a_mailing() -> None:
    mailing(2)
    message_queue(to="09350000001", text="پاسخ", now=at(10, 1))
    assert send(at(10, 1))[0][0] == "09350000001"
    message_queue(to="09350000002", text="پاسخ", now=at(23))
    assert send(at(23))[0] == ["09350000002"]


def test_two_mailings_keep_their_own_pace() -> None:
    late, in_time = mailing(2), mailing(2)
    late.messages.update(next_try_at=at(8))
    sent, again = send(NOW)
    assert (len(sent), again) == (2, [at(10, 5)])
    assert set(in_time.messages.values_list("state", flat=True)) == {State.SENT}
    assert set(late.messages.values_list("state", flat=True)) == {State.QUEUED}


def test_a_gateway_that_is_down_all_night_finds_the_texts_in_the_morning() -> None:
    mailing(2)
    down = Pier(fails=[NotSent("درگاه در دسترس نیست.", is_down=True)] * 2)
    assert send(at(10), down)[0] == []
    retry_at = MessageOut.objects.exclude(error="").get().next_try_at
    assert at(10) < retry_at < at(10, 5)
    assert send(at(22))[1] == [at(9, days=1)]
    assert len(send(at(9, days=1))[0]) == 2


def test_what_was_cancelled_while_on_its_way_is_not_tried_again() -> None:
    made = mailing(2)

    def cancel() -> None:
        made.messages.filter(state=State.QUEUED).update(state=State.CANCELLED)
        Mailing.objects.update(cancelled_at=at(10))

    gateway = Pier(fails=[NotSent("درگاه شلوغ است.")], at_send=cancel)
    assert send(at(10), gateway)[0] == []
    assert Counter(made.messages.values_list("state", flat=True)) == {State.CANCELLED: 2}
    assert send(at(11))[0] == []


def test_a_report_that_a_cancelled_text_was_delivered_is_believed() -> None:
    made = mailing(1)
    made.messages.update(state=State.CANCELLED)
    reference = str(made.messages.get().reference)
    assert report_take(report=Report(reference, ReportKind.DELIVERED), now=at(11))
    assert made.messages.get().state == State.DELIVERED


def test_putting_off_ten_thousand_takes_one_step() -> None:
    made = Mailing.objects.create(
        opens_at=time(9), closes_at=time(20), batch_size=100, batch_minutes=5,
        ends_at=at(12, days=9),
    )  # fmt: skip
    mailing_queue(
        mailing=made, numbers=[f"0912{n:07}" for n in range(10_000)], text="متن",
        leaving=[NOW] * 10_000, now=NOW,
    )  # fmt: skip
    _, again = send(at(23))
    # A day takes 132 batches of a hundred.
    assert (len(again), again[0], again[-1]) == (100, at(9, days=1), at(17, 15, days=1))
    planned = Counter(made.messages.values_list("next_try_at", flat=True))
    assert set(planned.values()) == {100}
