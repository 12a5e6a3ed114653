"""Two confirm one form at once; somebody cancels while texts are being sent."""

import time
from collections import Counter
from functools import partial
from uuid import uuid4

import pytest

from libraries.models import AuditEntry
from sms_requests.models import Mailing, MessageOut, ReturnAnnouncement, ReturnNotice
from sms_requests.sending import messages_send
from sms_requests.services.returning import return_days_announce, return_days_cancel
from sms_requests.services.texts_by_hand import message_again
from tests.at_once import at_once, refusals
from tests.cast import make_cast
from tests.sms_requests.returning import NOW, Pier, announce, borrower, day

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES = 5
State = MessageOut.State


def test_one_form_confirmed_by_three_at_once_announces_once() -> None:
    cast = make_cast()
    for number in range(1, 21):
        borrower(cast.library, number)
    for attempt in range(TRIES):
        confirm = partial(
            return_days_announce, token=uuid4(), days=[day(attempt + 1)], concerns="all", note="",
            now=NOW,
        )  # fmt: skip
        outcomes = at_once(
            partial(confirm, actor=cast.librarian),
            partial(confirm, actor=cast.head),
            partial(confirm, actor=cast.librarian),
        )
        made = {announcement.pk for announcement, _ in outcomes}
        assert (len(made), sum(is_new for _, is_new in outcomes)) == (1, 1)
    assert ReturnAnnouncement.objects.count() == Mailing.objects.count() == TRIES
    assert ReturnNotice.objects.count() == MessageOut.objects.count() == 20 * TRIES
    assert AuditEntry.objects.filter(action="return_days_announce").count() == TRIES


def test_a_text_is_either_sent_or_cancelled_never_both() -> None:
    cast = make_cast()
    for number in range(1, 41):
        borrower(cast.library, number)
    for attempt in range(TRIES):
        made = announce(cast.librarian, [day(attempt + 1)])
        gateways = [Pier(at_send=partial(time.sleep, 0.002)) for _ in range(2)]
        cancel = partial(return_days_cancel, announcement_id=made.pk, actor=cast.librarian, now=NOW)
        outcomes = at_once(
            *(partial(messages_send, one, clock=lambda: NOW) for one in gateways),
            cancel, cancel,
            lags=(0.0, 0.0, 0.02 * attempt, 0.02 * attempt),
        )  # fmt: skip
        sent = [number for one in gateways for number in one.sent]
        states = Counter(made.mailing.messages.values_list("state", flat=True))
        assert len(sent) == len(set(sent)) == states[State.SENT]
        assert states[State.SENT] + states[State.CANCELLED] == 40
        assert set(states) <= {State.SENT, State.CANCELLED}
        told = [one for one in outcomes[2:] if not isinstance(one, Exception)]
        assert refusals(outcomes[2:]) + len(told) == 2
        assert {one.stopped for one in told} <= {states[State.CANCELLED]}


def test_two_senders_that_come_late_put_off_once_and_send_nothing_twice() -> None:
    cast = make_cast()
    for number in range(1, 21):
        borrower(cast.library, number)
    made = announce(cast.librarian, [day(2)])
    night = NOW.replace(hour=23)
    gateways = [Pier(), Pier()]
    at_once(*(partial(messages_send, one, clock=lambda: night) for one in gateways))
    assert [one.sent for one in gateways] == [[], []]
    assert len(set(made.mailing.messages.values_list("next_try_at", flat=True))) == 1


def test_a_text_sent_again_while_somebody_cancels_does_not_stay_behind() -> None:
    cast = make_cast()
    for number in range(1, 4):
        borrower(cast.library, number)
    for attempt in range(TRIES):
        made = announce(cast.librarian, [day(attempt + 1)])
        failed = made.mailing.messages.order_by("pk").first()
        MessageOut.objects.filter(pk=failed.pk).update(state=State.FAILED)
        at_once(
            partial(message_again, message_id=failed.pk, actor=cast.expert, now=NOW),
            partial(
                return_days_cancel, announcement_id=made.pk, actor=cast.librarian, now=NOW
            ),
            lags=(0.0, 0.004 * attempt),
        )  # fmt: skip
        assert not made.mailing.messages.filter(state=State.QUEUED).exists()
