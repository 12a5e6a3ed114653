"""A request's way: one table of states and moves, from the text to the loan (spec R2, R3, R6).

A text becomes a request. What names its library clearly is at the library at once, what does not
waits for the provincial expert. The library finds a copy, calls, prepares it by the health list,
says when and where, and hands it over; or it closes the request with a reason. A membership is
approved or refused by the same desk. The member may withdraw by a text.
"""

from dataclasses import dataclass
from enum import StrEnum

from sms_requests.domain.parse import Kind


class State(StrEnum):
    """Where a request stands."""

    UNROUTED = "unrouted"
    NO_MEMBER = "no_member"
    WAITING = "waiting"
    FOUND = "found"
    OFFERED = "offered"
    READY = "ready"
    LENT = "lent"
    APPROVED = "approved"
    REFUSED = "refused"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What is done with a request."""

    ROUTE = "route"
    SEND_BACK = "send_back"
    KEEP = "keep"
    ADMIT = "admit"
    FIND = "find"
    LET_GO = "let_go"
    OFFER = "offer"
    TAKE_OFFER = "take_offer"
    DECLINE_OFFER = "decline_offer"
    CALL = "call"
    PREPARE = "prepare"
    ANNOUNCE = "announce"
    HAND_OVER = "hand_over"
    APPROVE = "approve"
    REFUSE = "refuse"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"


class By(StrEnum):
    """Whose move it is."""

    EXPERT = "expert"  # of the line's province
    LIBRARY = "library"  # staff of the library where the request is
    SENDER = "sender"  # by a text
    SYSTEM = "system"  # what follows from something else


class ClosedReason(StrEnum):
    """Why a request ended without a loan (spec R3: "or with a reason")."""

    NOT_HELD = "not_held"
    ALL_OUT = "all_out"
    UNREACHED = "unreached"
    NOT_COLLECTED = "not_collected"
    WITHDRAWN = "withdrawn"
    REPEATED = "repeated"
    NOT_A_MEMBER = "not_a_member"
    ANSWERED = "answered"
    NO_REQUEST = "no_request"
    OTHER = "other"


STATE_LABELS: dict[State, str] = {
    State.UNROUTED: "در انتظار ارجاع",
    State.NO_MEMBER: "در انتظار عضویت",
    State.WAITING: "رسیده به کتابخانه",
    State.FOUND: "نسخه کنار گذاشته شد",
    State.OFFERED: "نسخهٔ کتابخانهٔ دیگر پیشنهاد شد",
    State.READY: "آمادهٔ تحویل",
    State.LENT: "امانت داده شد",
    State.APPROVED: "عضویت تأیید شد",
    State.REFUSED: "عضویت تأیید نشد",
    State.CLOSED: "بسته شد",
    State.CANCELLED: "فرستنده لغو کرد",
}
MOVE_LABELS: dict[Move, str] = {
    Move.ROUTE: "ارجاع به کتابخانه",
    Move.SEND_BACK: "بازگرداندن به کارشناس",
    Move.KEEP: "نگه‌داشتن تا عضویت",
    Move.ADMIT: "عضو شد",
    Move.FIND: "کنار گذاشتن نسخه",
    Move.LET_GO: "رها کردن نسخه",
    Move.OFFER: "پیشنهاد نسخهٔ کتابخانهٔ دیگر",
    Move.TAKE_OFFER: "پذیرش پیشنهاد",
    Move.DECLINE_OFFER: "نپذیرفتن پیشنهاد",
    Move.CALL: "تماس",
    Move.PREPARE: "آماده‌سازی بهداشتی",
    Move.ANNOUNCE: "اعلام زمان و جای تحویل",
    Move.HAND_OVER: "تحویل و ثبت امانت",
    Move.APPROVE: "تأیید عضویت",
    Move.REFUSE: "رد عضویت",
    Move.CLOSE: "بستن درخواست",
    Move.REOPEN: "بازگشودن",
    Move.CANCEL: "لغو فرستنده",
}
REASON_LABELS: dict[ClosedReason, str] = {
    ClosedReason.NOT_HELD: "کتاب در کتابخانه نیست",
    ClosedReason.ALL_OUT: "همهٔ نسخه‌ها در امانت است",
    ClosedReason.UNREACHED: "به تماس‌ها پاسخی داده نشد",
    ClosedReason.NOT_COLLECTED: "برای گرفتن کتاب مراجعه نشد",
    ClosedReason.WITHDRAWN: "عضو منصرف شد",
    ClosedReason.REPEATED: "درخواست تکراری بود",
    ClosedReason.NOT_A_MEMBER: "درخواست‌دهنده عضو نیست",
    ClosedReason.ANSWERED: "پاسخ داده شد",
    ClosedReason.NO_REQUEST: "پیام درخواستی نداشت",
    ClosedReason.OTHER: "علت دیگر",
}
ENDED = frozenset({State.LENT, State.APPROVED, State.REFUSED, State.CLOSED, State.CANCELLED})
OPEN = frozenset(State) - ENDED
HOLDS_A_COPY = frozenset({State.FOUND, State.READY})


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: a request of this kind that stands so may be moved there by these."""

    kind: Kind
    state: State
    move: Move
    by: By
    becomes: State


def _rules(
    kinds: tuple[Kind, ...], states: tuple[State, ...], move: Move, by: By, becomes: State | None
) -> list[Rule]:
    """The rows for each kind and state; where `becomes` is None the request stays where it is."""
    return [Rule(kind, state, move, by, becomes or state) for kind in kinds for state in states]


_LOAN, _JOINS = (Kind.LOAN,), (Kind.MEMBERSHIP,)
_AT_THE_LIBRARY = (State.NO_MEMBER, State.WAITING, State.FOUND, State.OFFERED, State.READY)

TABLE: tuple[Rule, ...] = (
    # The expert (R2) sees to what the text left open: the library, and where need be the kind.
    *_rules(_LOAN + _JOINS, (State.UNROUTED,), Move.ROUTE, By.EXPERT, State.WAITING),
    *_rules(tuple(Kind), (State.UNROUTED,), Move.CLOSE, By.EXPERT, State.CLOSED),
    *_rules(tuple(Kind), (State.UNROUTED,), Move.CALL, By.EXPERT, None),
    # A text that lacked something is done with when the same number sends a whole one.
    *_rules(tuple(Kind), (State.UNROUTED,), Move.CLOSE, By.SYSTEM, State.CLOSED),
    # So is what named another library than the sender's own, once the right one is named.
    *_rules(_LOAN, (State.NO_MEMBER,), Move.CLOSE, By.SYSTEM, State.CLOSED),
    *_rules(
        _LOAN + _JOINS, (State.NO_MEMBER, State.WAITING), Move.SEND_BACK, By.LIBRARY, State.UNROUTED
    ),
    # Who is no member is told how to become one, and the request is kept; once approved, what
    # they had asked goes on (R6).
    *_rules(_LOAN, (State.WAITING,), Move.KEEP, By.SYSTEM, State.NO_MEMBER),
    *_rules(_LOAN, (State.NO_MEMBER,), Move.ADMIT, By.SYSTEM, State.WAITING),
    *_rules(_LOAN, (State.NO_MEMBER,), Move.ADMIT, By.LIBRARY, State.WAITING),
    # The book (R3).
    *_rules(_LOAN, (State.WAITING, State.FOUND), Move.FIND, By.LIBRARY, State.FOUND),
    *_rules(_LOAN, (State.FOUND, State.READY), Move.LET_GO, By.LIBRARY, State.WAITING),
    *_rules(_LOAN, (State.WAITING,), Move.OFFER, By.LIBRARY, State.OFFERED),
    *_rules(_LOAN, (State.OFFERED,), Move.TAKE_OFFER, By.LIBRARY, State.WAITING),
    *_rules(_LOAN, (State.OFFERED,), Move.DECLINE_OFFER, By.LIBRARY, State.WAITING),
    *_rules(_LOAN, _AT_THE_LIBRARY, Move.CALL, By.LIBRARY, None),
    *_rules(_JOINS, (State.WAITING,), Move.CALL, By.LIBRARY, None),
    # Health (R4), then when and where, then the loan.
    *_rules(_LOAN, (State.FOUND,), Move.PREPARE, By.LIBRARY, None),
    *_rules(_LOAN, (State.FOUND, State.READY), Move.ANNOUNCE, By.LIBRARY, State.READY),
    *_rules(_LOAN, (State.READY,), Move.HAND_OVER, By.LIBRARY, State.LENT),
    # Membership (R6).
    *_rules(_JOINS, (State.WAITING,), Move.APPROVE, By.LIBRARY, State.APPROVED),
    *_rules(_JOINS, (State.WAITING,), Move.REFUSE, By.LIBRARY, State.REFUSED),
    # Endings, and taking one back.
    *_rules(_LOAN, _AT_THE_LIBRARY, Move.CLOSE, By.LIBRARY, State.CLOSED),
    *_rules(_JOINS, (State.WAITING,), Move.CLOSE, By.LIBRARY, State.CLOSED),
    *_rules(_LOAN + _JOINS, (State.CLOSED,), Move.REOPEN, By.LIBRARY, State.WAITING),
    *_rules(_JOINS, (State.REFUSED,), Move.REOPEN, By.LIBRARY, State.WAITING),
    *_rules(tuple(Kind), (State.CLOSED,), Move.REOPEN, By.EXPERT, State.UNROUTED),
    *_rules(
        _LOAN, (State.UNROUTED, *_AT_THE_LIBRARY), Move.CANCEL, By.SENDER, State.CANCELLED
    ),
    *_rules(
        _JOINS, (State.UNROUTED, State.WAITING), Move.CANCEL, By.SENDER, State.CANCELLED
    ),
    *_rules((Kind.UNCLEAR,), (State.UNROUTED,), Move.CANCEL, By.SENDER, State.CANCELLED),
)  # fmt: skip

_BY_KEY: dict[tuple[str, str, str, str], Rule] = {
    (rule.kind, rule.state, rule.move, rule.by): rule for rule in TABLE
}


class NotAllowed(Exception):
    """A move that may not be made now; the message says so in Persian."""


def moves_of(kind: str, state: str, by: str) -> tuple[Move, ...]:
    """The moves that someone may make with a request that stands so, in the table's order."""
    return tuple(
        rule.move for rule in TABLE if (rule.kind, rule.state, rule.by) == (kind, state, by)
    )


def step(kind: str, state: str, move: str, by: str) -> Rule:
    """The rule under which a move is made. Raises NotAllowed with the reason in Persian."""
    rule = _BY_KEY.get((kind, state, move, by))
    if rule is None:
        now = STATE_LABELS[State(state)]
        raise NotAllowed(
            f"این درخواست اکنون «{now}» است و این کار با آن نمی‌شود؛ صفحه را تازه کنید."
        )
    return rule
