"""The table of states and moves, against one written by hand (spec R2, R3, R6)."""

from itertools import product

import pytest

from sms_requests.domain.desk import next_move
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import (
    ENDED,
    HOLDS_A_COPY,
    MOVE_LABELS,
    OPEN,
    REASON_LABELS,
    STATE_LABELS,
    By,
    ClosedReason,
    Move,
    NotAllowed,
    State,
    moves_of,
    step,
)

# Who may do what with a request of a kind that stands so, and what it becomes; «=» for no change.
# Whatever isn't here is refused.
BY_HAND = """
loan unrouted expert    : route waiting, close closed, call =
loan unrouted system    : close closed
loan unrouted sender    : cancel cancelled
loan no_member library  : send_back unrouted, admit waiting, call =, close closed
loan no_member system   : admit waiting, close closed
loan no_member sender   : cancel cancelled
loan waiting library    : send_back unrouted, find found, offer offered, call =, close closed
loan waiting system     : keep no_member
loan waiting sender     : cancel cancelled
loan found library : find found, let_go waiting, call =, prepare =, announce ready, close closed
loan found sender       : cancel cancelled
loan offered library    : take_offer waiting, decline_offer waiting, call =, close closed
loan offered sender     : cancel cancelled
loan ready library      : let_go waiting, call =, announce ready, hand_over lent, close closed
loan ready sender       : cancel cancelled
loan closed library     : reopen waiting
loan closed expert      : reopen unrouted
membership unrouted expert : route waiting, close closed, call =
membership unrouted system : close closed
membership unrouted sender : cancel cancelled
membership waiting library : send_back unrouted, call =, approve approved, refuse refused
membership waiting library : close closed
membership waiting sender  : cancel cancelled
membership no_member library : send_back unrouted
membership closed library  : reopen waiting
membership closed expert   : reopen unrouted
membership refused library : reopen waiting
noormags unrouted expert   : close closed, call =
noormags unrouted system   : close closed
noormags closed expert     : reopen unrouted
unclear unrouted expert    : close closed, call =
unclear unrouted system    : close closed
unclear unrouted sender    : cancel cancelled
unclear closed expert      : reopen unrouted
"""


def written() -> dict[tuple[str, str, str, str], str]:
    """The table above: (kind, state, by, move) and what it becomes."""
    rows = {}
    for line in BY_HAND.strip().splitlines():
        (kind, state, by), moves = line.split(":")[0].split(), line.split(":")[1]
        for one in moves.split(","):
            move, becomes = one.split()
            rows[kind, state, by, move] = state if becomes == "=" else becomes
    return rows


def test_every_move_in_every_state_by_everybody_is_as_written() -> None:
    wanted, tried = written(), 0
    for kind, state, by, move in product(Kind, State, By, Move):
        tried += 1
        becomes = wanted.get((kind, state, by, move))
        if becomes is None:
            with pytest.raises(NotAllowed) as refused:
                step(kind, state, move, by)
            assert STATE_LABELS[state] in str(refused.value)
        else:
            assert step(kind, state, move, by).becomes == becomes, (kind, state, by, move)
    assert tried == len(Kind) * len(State) * len(By) * len(Move) == 3168


def test_moves_on_offer_are_those_that_are_allowed() -> None:
    for kind, state, by in product(Kind, State, By):
        allowed = {m for k, s, b, m in written() if (k, s, b) == (kind, state, by)}
        assert set(moves_of(kind, state, by)) == allowed


def test_everything_has_its_words() -> None:
    assert set(STATE_LABELS) == set(State)
    assert set(MOVE_LABELS) == set(Move)
    assert set(REASON_LABELS) == set(ClosedReason)
    assert frozenset(State) == OPEN | ENDED
    assert not OPEN & ENDED
    assert HOLDS_A_COPY < OPEN


def test_an_ended_request_is_only_taken_up_again() -> None:
    for kind, state, by in product(Kind, ENDED, By):
        assert set(moves_of(kind, state, by)) <= {Move.REOPEN}


@pytest.mark.parametrize(
    ("state", "is_prepared", "is_told", "leads"),
    [
        ("no_member", False, False, "admit"),
        ("waiting", False, False, "find"),
        ("found", False, False, "call"),
        ("found", False, True, "prepare"),
        ("found", True, False, "announce"),
        ("found", True, True, "announce"),
        ("offered", False, False, "take_offer"),
        ("ready", True, True, "hand_over"),
        ("lent", True, True, None),
        ("closed", False, False, None),
        ("cancelled", False, False, None),
    ],
)
def test_the_one_next_step(state: str, is_prepared: bool, is_told: bool, leads: str | None) -> None:
    move = next_move(state, is_prepared=is_prepared, is_told=is_told)
    assert move == leads
    if move is not None:
        assert move in moves_of(Kind.LOAN, state, By.LIBRARY)
