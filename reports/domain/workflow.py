"""A report's way: one table of states and moves (spec "A report's way"; directive 5-3, 6-2, 7).

Report 1 climbs from the library head over the county head to the provincial expert. Report 2
gathers a county's, report 3 a province's; each goes one desk up and comes back with a comment or
stays. Who sent a report never decides on it: sending and deciding are different roles' moves.
"""

from dataclasses import dataclass
from enum import StrEnum

from libraries.domain.persian import to_persian_digits


class Level(StrEnum):
    """Which of the three reports."""

    LIBRARY = "library"
    COUNTY = "county"
    PROVINCE = "province"


class State(StrEnum):
    """Where a report stands. A draft is not kept: its numbers still follow the data."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REVIEWED = "reviewed"


class Move(StrEnum):
    """What a desk can do with a report."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REVIEW = "review"


class Desk(StrEnum):
    """Who a report waits for; the names are those of the roles."""

    LIBRARY_HEAD = "library_head"
    COUNTY_HEAD = "county_head"
    PROVINCIAL_EXPERT = "provincial_expert"
    DIRECTOR_GENERAL = "director_general"
    RESOURCES_OFFICE = "resources_office"


class Need(StrEnum):
    """What must hold before a move; services look, under lock."""

    TIE_OUT = "tie_out"  # B11: register = the sum of what became of it, in every main class
    ALL_SENT = "all_sent"  # B2: no device holds unsent scans, nothing late waits for a word
    COMMENT = "comment"
    EACH_ACCEPTED = "each_accepted"  # the reports below are accepted (7-2)
    EACH_REVIEWED = "each_reviewed"  # every weeding decided, every opinion given (7-4)
    TASKS_DONE = "tasks_done"  # the office's corrections are dealt with (7-6)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: at this level, from this state, this desk may move it there."""

    level: Level
    state: State
    move: Move
    desk: Desk
    becomes: State
    needs: frozenset[Need] = frozenset()


def _rules(
    level: Level, states: tuple[State, ...], move: Move, desk: Desk, becomes: State, *needs: Need
) -> list[Rule]:
    return [Rule(level, state, move, desk, becomes, frozenset(needs)) for state in states]


_BEFORE = (State.DRAFT, State.RETURNED)

TABLE: tuple[Rule, ...] = (
    # Report 1 (7-1): the library head sends it, the county head passes it on or back, and the
    # provincial expert says the word on each missing copy and each weeding (6-2, spec).
    *_rules(
        Level.LIBRARY, _BEFORE, Move.SUBMIT, Desk.LIBRARY_HEAD, State.SUBMITTED,
        Need.TIE_OUT, Need.ALL_SENT,
    ),
    *_rules(Level.LIBRARY, (State.SUBMITTED,), Move.ACCEPT, Desk.COUNTY_HEAD, State.ACCEPTED),
    *_rules(
        Level.LIBRARY, (State.SUBMITTED,), Move.RETURN, Desk.COUNTY_HEAD, State.RETURNED,
        Need.COMMENT,
    ),
    *_rules(
        Level.LIBRARY, (State.ACCEPTED,), Move.REVIEW, Desk.PROVINCIAL_EXPERT, State.REVIEWED,
        Need.EACH_REVIEWED,
    ),
    *_rules(
        Level.LIBRARY, (State.ACCEPTED, State.REVIEWED), Move.RETURN, Desk.PROVINCIAL_EXPERT,
        State.RETURNED, Need.COMMENT,
    ),
    # Report 2 (7-2): to the director general, who has the expert look at it.
    *_rules(
        Level.COUNTY, _BEFORE, Move.SUBMIT, Desk.COUNTY_HEAD, State.SUBMITTED, Need.EACH_ACCEPTED
    ),
    *_rules(Level.COUNTY, (State.SUBMITTED,), Move.ACCEPT, Desk.PROVINCIAL_EXPERT, State.ACCEPTED),
    *_rules(Level.COUNTY, (State.SUBMITTED,), Move.ACCEPT, Desk.DIRECTOR_GENERAL, State.ACCEPTED),
    *_rules(
        Level.COUNTY, (State.SUBMITTED, State.ACCEPTED), Move.RETURN, Desk.PROVINCIAL_EXPERT,
        State.RETURNED, Need.COMMENT,
    ),
    *_rules(
        Level.COUNTY, (State.SUBMITTED, State.ACCEPTED), Move.RETURN, Desk.DIRECTOR_GENERAL,
        State.RETURNED, Need.COMMENT,
    ),
    # Report 3 (7-4): after the final weeding and the expert's review. The office answers (7-6).
    *_rules(
        Level.PROVINCE, _BEFORE, Move.SUBMIT, Desk.DIRECTOR_GENERAL, State.SUBMITTED,
        Need.EACH_ACCEPTED, Need.EACH_REVIEWED, Need.TASKS_DONE,
    ),
    *_rules(Level.PROVINCE, (State.SUBMITTED,), Move.ACCEPT, Desk.RESOURCES_OFFICE, State.ACCEPTED),
    *_rules(
        Level.PROVINCE, (State.SUBMITTED, State.ACCEPTED), Move.RETURN, Desk.RESOURCES_OFFICE,
        State.RETURNED, Need.COMMENT,
    ),
)  # fmt: skip

STATE_LABELS: dict[State, str] = {
    State.DRAFT: "پیش‌نویس",
    State.SUBMITTED: "فرستاده شد",
    State.RETURNED: "بازگردانده شد",
    State.ACCEPTED: "پذیرفته شد",
    State.REVIEWED: "بررسی شد",
}
MOVE_LABELS: dict[Move, str] = {
    Move.SUBMIT: "فرستادن",
    Move.ACCEPT: "پذیرفتن",
    Move.RETURN: "بازگرداندن",
    Move.REVIEW: "پایان بررسی",
}
LEVEL_LABELS: dict[Level, str] = {
    Level.LIBRARY: "گزارش شمارهٔ یک",
    Level.COUNTY: "گزارش شمارهٔ دو",
    Level.PROVINCE: "گزارش شمارهٔ سه",
}

_BY_KEY: dict[tuple[str, str, str, str], Rule] = {
    (rule.level, rule.state, rule.move, rule.desk): rule for rule in TABLE
}


class NotAllowed(Exception):
    """A move that this desk may not make now; the message says so in Persian."""


def moves_of(level: str, state: str, role: str) -> tuple[Rule, ...]:
    """The moves that a role may make with a report that stands so, in the table's order."""
    return tuple(
        rule for rule in TABLE if (rule.level, rule.state, rule.desk) == (level, state, role)
    )


def step(level: str, state: str, move: str, role: str) -> Rule:
    """The rule under which a role makes a move. Raises NotAllowed with the reason in Persian."""
    rule = _BY_KEY.get((level, state, move, role))
    if rule is not None:
        return rule
    if state not in set(State):
        raise NotAllowed("وضعیت این گزارش شناخته نیست.")
    raise NotAllowed(
        f"این گزارش اکنون «{STATE_LABELS[State(state)]}» است و این کار از نقش شما برنمی‌آید؛ "
        "صفحه را تازه کنید تا بدانید نزد کیست."
    )


def waits_for(level: str, state: str) -> frozenset[Desk]:
    """The desks whose move brings a report that stands so further up; none when it is done."""
    onward = {Move.SUBMIT, Move.ACCEPT, Move.REVIEW}
    return frozenset(
        rule.desk
        for rule in TABLE
        if (rule.level, rule.state) == (level, state) and rule.move in onward
    )


def days_words(days_left: int) -> str:
    """How a deadline is told: days that are left, today, or days late."""
    if days_left == 0:
        return "مهلت همین امروز است"
    left = "روز مانده" if days_left > 0 else "روز دیر شده"
    return to_persian_digits(f"{abs(days_left)} {left}")
