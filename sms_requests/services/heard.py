"""What becomes of a text that was parsed: a request where its parts lead, and an answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from libraries.domain.persian import search_key
from libraries.locking import lock_all
from libraries.models import Library
from loans.models import Member
from sms_requests.domain.parse import Kind, ParsedMessage
from sms_requests.domain.replies import Reply, missing_reply, reply
from sms_requests.domain.state_words import told_title
from sms_requests.domain.way import OPEN, By, ClosedReason, Move, State
from sms_requests.models import RECEIVED, MessageIn, Request
from sms_requests.selectors.membership import member_at
from sms_requests.services.answers import answer, state_text
from sms_requests.services.corrected import corrected_close
from sms_requests.services.moves import LONGEST_NAME, LONGEST_WANTED, request_move, step_keep
from sms_requests.services.one_number import was_told

_PERSON = re.compile(r"09[0-9]{9}|(?:\+|00)[0-9]{8,}")


@dataclass(frozen=True, slots=True)
class Heard:
    """A text and what was understood of it."""

    message: MessageIn
    parsed: ParsedMessage
    province_id: int | None
    library: Library | None
    now: datetime

    @classmethod
    def of(
        cls, message: MessageIn, parsed: ParsedMessage, province_id: int | None, now: datetime
    ) -> "Heard":
        """With the library as a row; without a line, the province is the library's."""
        rows = Library.objects.select_related("county")
        library = rows.filter(pk=parsed.library).first() if parsed.library else None
        if province_id is None and library is not None:
            province_id = library.county.province_id
        return cls(message, parsed, province_id, library, now)

    @property
    def national_id(self) -> str:
        """Ten ASCII digits, or ""."""
        return self.parsed.national_id or ""

    @property
    def wanted(self) -> str:
        """The title as it is stored."""
        return (self.parsed.title or "")[:LONGEST_WANTED]


def request_hear(heard: Heard) -> None:
    """Make the request that a text asks for, or put the text to the one that it repeats; answer.

    The caller holds the sender's number and the text.
    """
    _BY_KIND[heard.parsed.kind](heard)


def request_keep_unread(message: MessageIn, province_id: int | None, now: datetime) -> None:
    """Let the expert see a text that the program failed on; nobody is answered."""
    request = Request.objects.create(
        message=message,
        kind=Kind.UNCLEAR,
        state=State.UNROUTED,
        since=now,
        created_at=now,
        province_id=province_id,
        mobile=message.sender,
    )
    note = "این پیامک خودکار خوانده نشد."
    step_keep(request, RECEIVED, actor=None, now=now, note=note, message_in=message)


def _loan(heard: Heard) -> None:
    parsed, library = heard.parsed, heard.library
    if parsed.missing or library is None:
        if parsed.missing == {"library"} and _borrows_somewhere(heard):
            # The expert knows where; asking the member again would gain nothing.
            text = reply(Reply.ROUTED, {"title": told_title(Kind.LOAN, heard.wanted)})
        else:
            text = missing_reply(parsed.missing)
        if not _repeats(heard, text):
            _request_keep(heard, State.UNROUTED, text)
        return
    if _repeats(heard):
        return
    member = member_at(library, heard.national_id)
    values = {"library": library.name, "title": told_title(Kind.LOAN, heard.wanted)}
    if member is None:
        request = _request_keep(heard, State.NO_MEMBER, reply(Reply.NO_MEMBER, values))
    else:
        # A membership that rests is the library's to wake; its staff see why nothing can be lent.
        note = "" if member.is_active else "عضویت این شخص غیرفعال است."
        text = reply(Reply.RECEIVED, values)
        request = _request_keep(heard, State.WAITING, text, member=member, note=note)
    corrected_close(request, heard.now)


def _membership(heard: Heard) -> None:
    library = heard.library
    if heard.parsed.missing or library is None:
        text = missing_reply(heard.parsed.missing)
        if not _repeats(heard, text):
            _request_keep(heard, State.UNROUTED, text)
        return
    if _repeats(heard):
        return
    values = {"library": library.name}
    member = member_at(library, heard.national_id)
    if member and member.is_active and member.mobile == heard.message.sender:
        text = reply(Reply.ALREADY_MEMBER, values)
        request = _request_keep(heard, State.CLOSED, text, reason=ClosedReason.ANSWERED)
    else:
        # To another number than the member's own nothing is said of the membership.
        text = reply(Reply.MEMBERSHIP_RECEIVED, values)
        request = _request_keep(heard, State.WAITING, text)
    corrected_close(request, heard.now)


def _noormags(heard: Heard) -> None:
    text = reply(Reply.NOORMAGS, {})
    _request_keep(heard, State.CLOSED, text, reason=ClosedReason.ANSWERED)


def _unclear(heard: Heard) -> None:
    """For the expert, as one request however often the number writes so; told once a day how to
    ask. What comes so from a short code or a name is an advert: it stays among the texts."""
    sender = heard.message.sender
    if not _is_a_person(sender):
        return
    text: str | None = reply(Reply.UNCLEAR, {})
    if text and was_told(sender, text, heard.now):
        text = None
    if not _repeats(heard, text):
        _request_keep(heard, State.UNROUTED, text)


_BY_KIND: dict[Kind, Callable[[Heard], None]] = {
    Kind.LOAN: _loan,
    Kind.MEMBERSHIP: _membership,
    Kind.NOORMAGS: _noormags,
    Kind.UNCLEAR: _unclear,
}


def _is_a_person(sender: str) -> bool:
    """Whether people write from such a number: a mobile of Iran or a number from abroad."""
    return bool(_PERSON.fullmatch(sender))


def _borrows_somewhere(heard: Heard) -> bool:
    """Whether the ID is an active member's in the line's province; without a line, anywhere."""
    found = Member.objects.filter(national_id=heard.national_id, is_active=True)
    if heard.province_id is not None:
        found = found.filter(library__county__province_id=heard.province_id)
    return found.exists()


def _repeats(heard: Heard, text: str | None = None) -> bool:
    """Put a text to the open request of the same number that asks for the very same, and answer
    how that stands, or with `text` where it lacks something.

    Only the same number: who knows somebody's ID must not be able to have their text swallowed,
    nor hear how their request stands.
    """
    its = Request.objects.filter(
        mobile=heard.message.sender, kind=heard.parsed.kind, state__in=OPEN
    )
    if heard.parsed.kind != Kind.UNCLEAR:
        its = its.filter(national_id=heard.national_id, library=heard.library)
    lock_all(its)
    title = search_key(heard.wanted)
    same = [
        row
        for row in its.order_by("-pk")
        if heard.parsed.kind == Kind.UNCLEAR or search_key(row.wanted) == title
    ]
    if not same:
        return False
    request = same[0]
    _admit(request, heard)
    if text is None and heard.parsed.kind != Kind.UNCLEAR:
        text = state_text(Reply.REPEATED, request)
    sent = answer(heard.message.sender, text, heard.now) if text else None
    step_keep(
        request, RECEIVED, actor=None, now=heard.now, note="دوباره رسید",
        message_in=heard.message, message_out=sent,
    )  # fmt: skip
    return True


def _admit(request: Request, heard: Heard) -> None:
    """Let a kept request go on whose sender has become a member meanwhile."""
    if request.state != State.NO_MEMBER or request.library is None:
        return
    member = member_at(request.library, request.national_id)
    if member is not None:
        request_move(
            request, Move.ADMIT, actor=None, by=By.SYSTEM, now=heard.now, member=member,
            message_in=heard.message,
        )  # fmt: skip


def _request_keep(
    heard: Heard,
    state: State,
    text: str | None,
    *,
    member: Member | None = None,
    reason: str = "",
    note: str = "",
) -> Request:
    """Write a request with its first step and its answer."""
    request = Request.objects.create(
        message=heard.message,
        kind=heard.parsed.kind,
        state=state,
        since=heard.now,
        created_at=heard.now,
        province_id=heard.province_id,
        library=heard.library,
        mobile=heard.message.sender,
        full_name=(heard.parsed.full_name or "")[:LONGEST_NAME],
        national_id=heard.national_id,
        wanted=heard.wanted,
        member=member,
        reason=reason,
    )
    sent = answer(heard.message.sender, text, heard.now) if text else None
    step_keep(
        request, RECEIVED, actor=None, now=heard.now, note=note,
        message_in=heard.message, message_out=sent,
    )  # fmt: skip
    return request
