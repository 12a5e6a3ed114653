"""Each text once, in its number's order, whoever works and whatever fails; a flood is slowed."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult

from sms_requests.domain.parse import ParsedMessage
from sms_requests.domain.replies import Reply, reply
from sms_requests.domain.way import State
from sms_requests.models import MessageIn, MessageOut, Request
from sms_requests.services import intake
from sms_requests.services.intake import message_handle, messages_handle
from sms_requests.services.one_number import FLOOD_TEXTS, FLOOD_WITHIN, SLOWED, number_lock
from tests.at_once import at_once
from tests.cast import Cast, make_cast
from tests.texting import LINE, NUMBER, Texting

FLOOD = reply(Reply.FLOOD, {})
BAD = "خراب"


@pytest.fixture
def line(cast: Cast) -> Texting:
    return Texting(cast.library)


@pytest.fixture
def real_line(transactional_db: None) -> Texting:
    """With transactions that are committed."""
    return Texting(make_cast().library)


# --- once -----------------------------------------------------------------------------


def test_two_workers_make_one_request_of_a_text(real_line: Texting) -> None:
    message = real_line.take(real_line.loan())
    now = real_line.now
    outcomes = at_once(*[lambda: message_handle(message_id=message.pk, now=now)] * 4)
    assert sorted(outcomes) == [False, False, False, True]
    assert Request.objects.count() == MessageOut.objects.count() == 1
    assert Request.objects.get().steps.count() == 1


def test_several_workers_keep_the_order_of_a_number(real_line: Texting) -> None:
    numbers = [f"0900000010{place}" for place in range(5)]
    for number in numbers:
        for text in (real_line.loan(), real_line.loan(), "لغو", real_line.loan("سووشون"), "وضعیت"):
            real_line.take(text, number)
    now = real_line.now
    at_once(*[lambda: messages_handle(now)] * 3)
    assert not MessageIn.objects.filter(handled_at=None).exists()
    for number in numbers:
        made = Request.objects.filter(mobile=number).order_by("pk")
        assert [(r.wanted, r.state) for r in made] == [
            ("بوف کور", State.CANCELLED), ("سووشون", State.WAITING),
        ]  # fmt: skip
        texts = MessageOut.objects.filter(to=number).order_by("pk").values_list("text", flat=True)
        assert [text.split("»")[0].split("«")[-1] for text in texts] == (
            ["بوف کور"] * 3 + ["سووشون"] * 2
        )


def test_the_same_loan_in_two_texts_at_once_is_one_request(real_line: Texting) -> None:
    taken = [real_line.take(real_line.loan()).pk for _ in range(4)]
    now = real_line.now
    assert all(at_once(*[lambda pk=pk: message_handle(message_id=pk, now=now) for pk in taken]))
    assert Request.objects.count() == 1
    assert Request.objects.get().steps.count() == 4


class Crash(BaseException):
    """The worker is killed."""


@pytest.mark.django_db
def test_a_crash_in_the_middle_leaves_nothing_behind(
    line: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.take(line.loan())
    with monkeypatch.context() as patch:

        def crash(*args: object) -> None:
            raise Crash

        patch.setattr("sms_requests.services.heard.corrected_close", crash)
        with pytest.raises(Crash):
            messages_handle(line.now)
    assert not Request.objects.exists() and not MessageOut.objects.exists()
    assert MessageIn.objects.get().handled_at is None
    assert messages_handle(line.later(minutes=1)) is None
    assert Request.objects.get().state == State.WAITING
    assert MessageOut.objects.count() == 1


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """Understanding fails on texts that hold BAD, with the error set here."""
    parse = intake.parse_message
    errors: dict[str, Exception] = {}

    def fails(text: str, libraries: Any) -> ParsedMessage:
        if BAD in text and "error" in errors:
            raise errors["error"]
        return parse(text, libraries)

    monkeypatch.setattr(intake, "parse_message", fails)
    return errors


@pytest.mark.django_db
def test_a_text_on_which_the_program_fails_is_the_experts_and_holds_up_nobody(
    line: Texting, failing: dict[str, Exception], caplog: pytest.LogCaptureFixture
) -> None:
    failing["error"] = ValueError(f"{NUMBER} {BAD}")
    bad = line.take(line.loan(BAD))
    line.take(line.loan())
    assert messages_handle(line.now) is None
    request = Request.objects.get(message=bad)
    assert (request.kind, request.state, request.province) == (
        "unclear", "unrouted", line.library.county.province,
    )  # fmt: skip
    assert request.steps.get().note
    assert request.steps.get().message_out is None
    assert Request.objects.filter(state=State.WAITING).count() == 1
    assert not MessageIn.objects.filter(handled_at=None).exists()
    (record,) = [r for r in caplog.records if r.name.endswith("intake")]
    assert record.getMessage().startswith(f"message {bad.pk} not understood: ValueError in fails")
    for secret in (NUMBER, BAD):
        assert secret not in caplog.text


@pytest.mark.django_db
def test_a_text_on_which_the_database_fails_is_tried_again(
    line: Texting, failing: dict[str, Exception]
) -> None:
    failing["error"] = OperationalError("deadlock detected")
    line.take(line.loan(BAD))
    line.take(line.loan())
    again_at = messages_handle(line.now)
    assert again_at == line.now + intake.TRANSIENT_WAIT
    assert [r.wanted for r in Request.objects.all()] == ["بوف کور"]
    assert messages_handle(line.now) is None
    failing.clear()
    line.later(minutes=1)
    assert messages_handle(line.now) is None
    assert Request.objects.order_by("pk").last().wanted == BAD


@pytest.mark.django_db
def test_what_cannot_even_be_kept_is_tried_again(
    line: Texting, failing: dict[str, Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing["error"] = ValueError()

    def fails(*args: object) -> None:
        raise KeyError

    line.take(line.loan(BAD))
    with monkeypatch.context() as patch:
        patch.setattr(intake, "request_keep_unread", fails)
        assert messages_handle(line.now) == line.now + intake.LONG_WAIT
    assert MessageIn.objects.get().handled_at is None
    messages_handle(line.later(minutes=10))
    assert Request.objects.get().kind == "unclear"


# --- the gateway and the worker -------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_lost_wake_up_loses_nothing(
    real_line: Texting, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Delivered again after a crash between the commit and the wake-up, or by the command."""
    settings.SMS_TOKEN = "only-for-tests-0123456789-abcdefghij"
    url = f"/sms/in/{settings.SMS_TOKEN}/"
    asked = {"id": "m-1", "from": NUMBER, "to": LINE, "text": real_line.loan()}

    with monkeypatch.context() as patch:
        patch.setattr("sms_requests.views.gateway.wake_understanding", lambda at: None)
        assert Client().post(url, asked, query_params=asked).status_code == 200
    assert MessageIn.objects.get().handled_at is None
    assert Client().get(url, asked).status_code == 200
    assert MessageIn.objects.get().handled_at is not None
    assert Request.objects.get().state == State.WAITING

    real_line.take(real_line.loan("سووشون"))
    MessageIn.objects.filter(handled_at=None).update(handle_after=real_line.now - timedelta(days=1))
    call_command("sms_wake")
    assert Request.objects.filter(state=State.WAITING).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_gateway_does_not_wait_for_the_understanding(
    real_line: Texting, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.SMS_TOKEN = "only-for-tests-0123456789-abcdefghij"
    told = {"id": "1", "from": NUMBER, "to": LINE, "text": real_line.loan()}
    assert Client().get(f"/sms/in/{settings.SMS_TOKEN}/", told).status_code == 200
    assert MessageIn.objects.get().handled_at is None
    paths = set(DBTaskResult.objects.values_list("task_path", flat=True))
    assert paths == {"sms_requests.understanding.understand_due"}


# --- flood ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_flood_is_kept_slowed_and_told_once(line: Texting) -> None:
    came_at = line.now
    for place in range(FLOOD_TEXTS + 7):
        line.later(seconds=1)
        line.take(line.loan(f"جلد {place}"))
    assert MessageIn.objects.count() == FLOOD_TEXTS + 7
    after = list(MessageIn.objects.order_by("pk").values_list("handle_after", flat=True))
    assert all(at <= line.now for at in after[:FLOOD_TEXTS])
    slowed = after[FLOOD_TEXTS:]
    assert slowed[0] > came_at + SLOWED
    assert {b - a for a, b in zip(slowed, slowed[1:], strict=False)} == {SLOWED}
    assert MessageOut.objects.filter(text=FLOOD).count() == 1

    messages_handle(line.now)
    assert Request.objects.count() == FLOOD_TEXTS
    messages_handle(line.later(minutes=1))
    assert Request.objects.count() == FLOOD_TEXTS
    for more in range(1, 8):
        messages_handle(slowed[more - 1])
        assert Request.objects.count() == FLOOD_TEXTS + more

    line.now = slowed[-1] + timedelta(hours=2)
    for _ in range(FLOOD_TEXTS + 2):
        line.take("سلام")
    assert MessageOut.objects.filter(text=FLOOD).count() == 1
    line.later(days=1)
    for _ in range(FLOOD_TEXTS + 2):
        line.take("سلام")
    assert MessageOut.objects.filter(text=FLOOD).count() == 2


@pytest.mark.django_db
def test_a_flood_holds_up_no_other_number_and_ends(line: Texting) -> None:
    for _ in range(30):
        line.take("سلام", "09000000009")
    assert line.take(line.loan()).handle_after == line.now
    line.later(seconds=FLOOD_WITHIN.total_seconds() + 1)
    last = MessageIn.objects.order_by("-handle_after").first()
    behind = line.take("لغو", "09000000009")
    assert behind.handle_after == last.handle_after  # the last ten minutes count; it keeps its turn
    assert MessageIn.objects.order_by("handle_after", "pk").last() == behind
    line.now = last.handle_after
    messages_handle(line.now)
    assert line.take("سلام", "09000000009").handle_after == line.now


@pytest.mark.django_db
def test_a_machines_flood_is_slowed_and_not_told(line: Texting) -> None:
    for _ in range(FLOOD_TEXTS + 3):
        line.take("پیامک تبلیغی", "20001")
    assert MessageIn.objects.filter(handle_after__gt=line.now).count() == 3
    assert not MessageOut.objects.exists()


@pytest.mark.postgres_only
def test_parallel_deliveries_are_counted_right(real_line: Texting) -> None:
    """Each at the same moment as the others: exactly those beyond the limit are slowed."""
    works = [lambda n=n: real_line.take(f"متن {n}") for n in range(12)]
    at_once(*works)
    after = MessageIn.objects.order_by("handle_after").values_list("handle_after", flat=True)
    assert sum(at == real_line.now for at in after) == FLOOD_TEXTS
    assert list(after[FLOOD_TEXTS:]) == [
        real_line.now + SLOWED * n for n in range(1, 12 - FLOOD_TEXTS + 1)
    ]
    assert MessageOut.objects.filter(text=FLOOD).count() == 1


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_number_is_held_by_one_and_other_numbers_are_free() -> None:
    held, seen = threading.Event(), []

    def other() -> None:
        held.wait(10)
        with transaction.atomic():
            number_lock("another")
            seen.append("another")
            number_lock("one")
            seen.append("one")
        connections.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    with transaction.atomic():
        number_lock("one")
        held.set()
        thread.join(1)
        assert seen == ["another"]
    thread.join(10)
    assert seen == ["another", "one"]
    assert connection.vendor == "postgresql"


def test_outside_a_transaction_a_number_is_not_held(transactional_db: None) -> None:
    with pytest.raises(RuntimeError):
        number_lock(NUMBER)
