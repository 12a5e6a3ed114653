"""A whole text ends what the same number sent before and that lacked something."""

from datetime import datetime, timedelta

from libraries.domain.persian import search_key
from libraries.locking import lock_all
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import By, ClosedReason, Move, State
from sms_requests.models import Request
from sms_requests.services.moves import request_move

# Who writes properly within an hour of what nobody could make out has put that right; what is
# older may have been a question, which the expert answers.
PUT_RIGHT_WITHIN = timedelta(hours=1)


def corrected_close(request: Request, now: datetime) -> None:
    """Close the number's earlier requests that this whole one puts right, without another text."""
    earlier = Request.objects.filter(
        mobile=request.mobile, state__in=(State.UNROUTED, State.NO_MEMBER)
    ).exclude(pk=request.pk)
    lock_all(earlier)
    for other in earlier.order_by("pk"):
        if _puts_right(request, other, now):
            request_move(
                other, Move.CLOSE, actor=None, by=By.SYSTEM, now=now,
                reason=ClosedReason.REPEATED, note="با پیامک کامل بعدی جایگزین شد.",
            )  # fmt: skip


def _puts_right(request: Request, other: Request, now: datetime) -> bool:
    """Whether the earlier request is the later one, lacking something or at the wrong library."""
    if other.kind == Kind.UNCLEAR:
        # Nobody has looked at what the program failed on, nor told its sender anything.
        was_told = other.steps.filter(message_out__isnull=False).exists()
        return was_told and now - other.created_at < PUT_RIGHT_WITHIN
    if other.kind != request.kind:
        return False
    is_same_person = other.national_id in ("", request.national_id)
    is_same_title = not other.wanted or search_key(other.wanted) == search_key(request.wanted)
    if not (is_same_person and is_same_title):
        return False
    if other.state == State.NO_MEMBER:
        return request.member_id is not None and other.library_id != request.library_id
    return (
        not other.national_id
        or other.library_id is None
        or not (other.wanted if other.kind == Kind.LOAN else other.full_name)
    )
