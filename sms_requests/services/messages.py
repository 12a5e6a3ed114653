"""Texts that come are kept once; texts that leave are queued; reports say what became of them."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from libraries.domain.national_id import clean_mobile, mobile_or_nothing
from libraries.domain.persian import to_ascii_digits, to_persian_digits
from libraries.refusal import Refused
from sms_requests.domain.replies import Reply, reply
from sms_requests.domain.sending import MOST_PARTS, part_count
from sms_requests.gateway import Incoming, Report, ReportKind
from sms_requests.models import DeliveryReport, MessageIn, MessageOut
from sms_requests.services.one_number import floods, may_answer, number_lock, turn_of, was_told
from sms_requests.tasks import wake

# A provider that gives no id and hears no answer calls again within minutes; a person who writes
# the same words again later means it.
SAME_WITHIN_SECONDS = 10 * 60
MOST_TEXT = 20_000  # letters; a text of 255 parts, the most there can be, has 17,085

State = MessageOut.State
# What was cancelled can have left only by a report that says so.
RANK = [
    *(State.QUEUED, State.CANCELLED, State.SENDING, State.SENT, State.ACCEPTED, State.FAILED),
    State.DELIVERED,
]
STATE_OF_REPORT = {
    ReportKind.ACCEPTED: State.ACCEPTED,
    ReportKind.BUFFERED: State.ACCEPTED,
    ReportKind.DELIVERED: State.DELIVERED,
    ReportKind.FAILED: State.FAILED,
    ReportKind.REJECTED: State.FAILED,
}


def message_take(*, incoming: Incoming, gateway: str, now: datetime) -> tuple[MessageIn, bool]:
    """Keep a text that came, and say whether it is new (spec R8: taken once).

    The same text delivered again finds its row and changes nothing. What can't be read or lacks
    a part is kept too, and marked. Nothing is understood here: the gateway waits for its answer.
    """
    trouble = MessageIn.Trouble.NONE
    if not incoming.is_whole:
        trouble = MessageIn.Trouble.CHARSET
    elif not incoming.sender or not incoming.text.strip():
        trouble = MessageIn.Trouble.INCOMPLETE
    text = incoming.text.replace("\0", "")[:MOST_TEXT]
    values = {
        "provider_id": incoming.provider_id[:100],
        "sender": known_number(incoming.sender),
        "to": known_number(incoming.to),
        "text": text,
        "charset": incoming.charset[:20],
        "parts": part_count(text),
        "trouble": trouble,
        "raw": incoming.raw,
        "received_at": now,
        "handle_after": now,
    }
    with transaction.atomic():
        number_lock(known_number(incoming.sender))
        if incoming.provider_id:
            key = _hash("id", incoming.provider_id)
        else:
            period = int(now.timestamp()) // SAME_WITHIN_SECONDS
            key, before = content_key(incoming, period), content_key(incoming, period - 1)
            earlier = MessageIn.objects.filter(gateway=gateway, key=before).first()
            if earlier and (now - earlier.received_at).total_seconds() < SAME_WITHIN_SECONDS:
                return earlier, False
        message, is_new = MessageIn.objects.get_or_create(gateway=gateway, key=key, defaults=values)
        if is_new and message.sender:
            _take_turn(message, now)
        return message, is_new


def _take_turn(message: MessageIn, now: datetime) -> None:
    """Let a text wait for its turn; where its number sends too many, say so once a day."""
    is_slowed = floods(message, now)
    turn = turn_of(message, now, is_slowed=is_slowed)
    if turn > now:
        message.handle_after = turn
        message.save(update_fields=["handle_after"])
    if not is_slowed:
        return
    text = reply(Reply.FLOOD, {})
    if may_answer(message.sender, now) and not was_told(message.sender, text, now):
        message_queue(to=message.sender, text=text, now=now)


def content_key(incoming: Incoming, period: int) -> str:
    """What tells texts without an id apart: who wrote what to whom, and in which ten minutes.

    Where even that is missing, the whole request.
    """
    told = [incoming.sender, incoming.to, incoming.text]
    return _hash("text", *(told if all(told[::2]) else [incoming.raw]), str(period))


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def known_number(text: str) -> str:
    """A number as it is stored: a mobile of Iran as 09xxxxxxxxx, anything else (a line, a name,
    a number from abroad) as it came, in ASCII digits, at most twenty characters.
    """
    return mobile_or_nothing(text) or to_ascii_digits(text).replace("\0", "").strip()[:20]


def message_queue(
    *, to: str, text: str, now: datetime, not_before: datetime | None = None
) -> MessageOut:
    """Queue a text; it leaves by the worker once the transaction is committed.

    `not_before`: when it may leave at the earliest. Raises Refused for a number that is no
    mobile of Iran, an empty text and one longer than MOST_PARTS messages: a gateway would drop
    the rest of it and say nothing.
    """
    (message,) = messages_queue(texts=[(to, text)], now=now, not_before=not_before)
    return message


def messages_queue(
    *, texts: Iterable[tuple[str, str]], now: datetime, not_before: datetime | None = None
) -> list[MessageOut]:
    """`message_queue` for many (number, text) at once: all are queued, or none."""
    due = max(now, not_before) if not_before else now
    messages = []
    for to, text in texts:
        number, clean, parts = sendable(to, text)
        messages.append(
            MessageOut(
                to=number, text=clean, parts=parts, created_at=now, not_before=not_before,
                next_try_at=due,
            )
        )  # fmt: skip
    with transaction.atomic():
        MessageOut.objects.bulk_create(messages)
        if messages:
            transaction.on_commit(lambda: wake(due if due > now else None))
    return messages


def sendable(to: str, text: str) -> tuple[str, str, int]:
    """Number and text as they are sent, and in how many parts. Raises Refused for what can't."""
    try:
        number = clean_mobile(to)
    except ValueError as error:
        raise Refused(f"پیامک فرستاده نشد: {error}") from None
    clean = text.replace("\0", "").strip()
    if not clean:
        raise Refused("متن پیامک خالی است؛ چیزی بنویسید.")
    parts = part_count(clean)
    if parts > MOST_PARTS:
        raise Refused(
            f"متن پیامک {to_persian_digits(parts)} بخش می‌شود؛ آن را تا "
            f"{to_persian_digits(MOST_PARTS)} بخش کوتاه کنید."
        )
    return number, clean, parts


def report_take(*, report: Report, now: datetime) -> bool:
    """Write down what the network said of a text; False where it is no text of ours, or not news.

    Reports come twice and in any order. A text only ever goes forward: delivered stays delivered
    whatever is said later.
    """
    try:
        reference = uuid.UUID(report.reference)
    except ValueError:
        return False
    with transaction.atomic():
        # Directly under the row lock: `libraries.locking.locked` would refuse what isn't ours,
        # and there is nobody to tell.
        message = MessageOut.objects.select_for_update().filter(reference=reference).first()
        if message is None:
            return False
        _, is_new = DeliveryReport.objects.get_or_create(
            message=message,
            kind=report.kind.value,
            defaults={"detail": report.detail.replace("\0", "")[:200], "at": now},
        )
        if is_new:
            _advance(message, report, now)
    return is_new


def _advance(message: MessageOut, report: Report, now: datetime) -> None:
    state = STATE_OF_REPORT[report.kind]
    if RANK.index(state) > RANK.index(State(message.state)):
        message.state = state
        message.error = ""
        if state == State.FAILED:
            message.error = (
                "مخابرات پیامک را نپذیرفت."
                if report.kind == ReportKind.REJECTED
                else "پیامک به گوشی نرسید."
            )
    field = f"{state.value}_at"
    if getattr(message, field) is None:
        setattr(message, field, now)
    message.save(update_fields=["state", "error", field])
