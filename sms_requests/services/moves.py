"""One step of a request: by the table, under its lock, with its line of history and its text.

Order of locks: the request before everything else that a step touches (copy, member, loan).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libraries import audit
from libraries.domain.national_id import mobile_or_nothing
from libraries.domain.persian import stored_form
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from libraries.roles import Right
from sms_requests.domain.replies import Reply, reply
from sms_requests.domain.way import By, Move, NotAllowed, Rule, State, step
from sms_requests.models import MessageIn, MessageOut, Request, RequestStep
from sms_requests.services.messages import message_queue

LONGEST_NAME, LONGEST_WANTED, LONGEST_NOTE = 200, 500, 500  # letters, as the columns are


@dataclass(frozen=True, slots=True)
class Say:
    """A text that goes with a step: which template, with which values."""

    kind: Reply
    values: Mapping[str, str] = field(default_factory=dict)


def request_held(request_id: int, actor: User) -> Request:
    """A request of the actor's scope under lock. Raises Refused where there is none.

    Whose it is, is asked once it is held: who waited while it went to a library would else compare
    the row as it is by now with the library as it was, and see nothing.
    """
    locked(Request.objects.all(), pk=request_id)
    request: Request = locked(Request.objects.for_user(actor), pk=request_id)
    return request


def by_of(actor: User, request: Request) -> By | None:
    """As whom a member of staff acts on a request; None where it is only theirs to see."""
    if actor.has_right(Right.ROUTE_REQUESTS):
        return By.EXPERT
    if actor.has_right(Right.HANDLE_REQUESTS) and request.library_id == actor.library_id:
        return By.LIBRARY
    return None


def rule_for(request: Request, move: Move, *, actor: User | None, by: By | None = None) -> Rule:
    """The row of the table under which a move would be made now. Raises Refused where the table
    or the actor's role doesn't allow it.
    """
    by = by or (by_of(actor, request) if actor else None)
    if by is None:
        raise Refused("این درخواست در دست کتابخانهٔ دیگری است؛ اینجا تنها دیده می‌شود.")
    try:
        return step(request.kind, request.state, move, by)
    except NotAllowed as error:
        raise Refused(str(error)) from None


def request_move(
    request: Request,
    move: Move,
    *,
    actor: User | None,
    now: datetime,
    by: By | None = None,
    note: str = "",
    say: Say | None = None,
    message_in: MessageIn | None = None,
    **changes: Any,
) -> RequestStep:
    """Make one step with a request that the caller holds under lock.

    `by` is told where no member of staff acts (the sender, the program). `changes` are fields of
    the request that the step sets. The text of `say` goes to the sender. Raises Refused where the
    table or the actor's role doesn't allow it.
    """
    rule = rule_for(request, move, actor=actor, by=by)
    if request.state != rule.becomes:
        request.since = now
    request.state = rule.becomes
    for name, value in changes.items():
        setattr(request, name, value)
    request.save()
    return step_keep(
        request, move, actor=actor, now=now, note=note, message_in=message_in,
        message_out=text_queue(request, say, now) if say else None,
    )  # fmt: skip


def step_keep(
    request: Request,
    move: str,
    *,
    actor: User | None,
    now: datetime,
    note: str = "",
    message_in: MessageIn | None = None,
    message_out: MessageOut | None = None,
) -> RequestStep:
    """Write a step's line of history, and its line of the audit, which holds no personal data."""
    clean = stored_form(note)
    if len(clean) > LONGEST_NOTE:
        raise Refused("یادداشت بیش از ۵۰۰ نویسه است؛ آن را کوتاه کنید.")
    audit.record(f"request_{move}", actor=actor, library=request.library, subject=request, now=now)
    return RequestStep.objects.create(
        request=request,
        move=move,
        becomes=State(request.state),
        at=now,
        by=actor,
        note=clean,
        message_in=message_in,
        message_out=message_out,
    )


def text_queue(request: Request, say: Say, now: datetime) -> MessageOut | None:
    """Queue the text of a template to the sender; None where the number takes none (from abroad,
    a service's number): the step stands all the same, and the page shows that nobody was told.
    """
    number = mobile_or_nothing(request.mobile)
    if not number:
        return None
    return message_queue(to=number, text=reply(say.kind, say.values), now=now)
