"""Which copies a rule proposes for weeding (spec B8). A librarian reads each and decides.

A rule says what it saw: how long nobody borrowed the copy, how many copies its loans need, how
often it was out. It never says more than the loans on record can carry.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

from libraries.domain.jalali import add_months
from libraries.domain.persian import to_persian_digits

YEAR = 12  # months


class Rule(StrEnum):
    """The rules, by name."""

    WORN = "worn"
    SURPLUS = "surplus"
    UNLENT = "unlent"


LABELS: dict[Rule, str] = {
    Rule.WORN: "پرگردش و فرسوده",
    Rule.SURPLUS: "نسخهٔ بیش از نیاز",
    Rule.UNLENT: "سال‌ها امانت‌نرفته",
}
# The cause (directive, annex 3) that each rule proposes.
CAUSE_OF: dict[Rule, str] = {
    Rule.WORN: "worn",
    Rule.SURPLUS: "duplicate",
    Rule.UNLENT: "no_audience",
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a library asks of its rules; None leaves a rule out.

    `unlent_years`: not lent for so many years. `loans_a_copy`: one copy serves so many loans a
    year, so more copies than the title's loans need are surplus. `worn_loans`: lent so often, a
    copy is likely worn.
    """

    unlent_years: int | None = 5
    loans_a_copy: int | None = 12
    worn_loans: int | None = 60


@dataclass(frozen=True, slots=True)
class CopyUse:
    """A copy that the library lends, and its use. `loans` are all on record, `lately` those of
    the last year. `can_go`: it stands on the shelf and may be proposed; `goes`: it is proposed
    already, so that its loans count and it doesn't.
    """

    copy_id: int
    title_id: int
    volume: str
    registered_on: date | None
    last_lent_on: date | None
    loans: int
    lately: int
    can_go: bool = True
    goes: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A copy that a rule proposes, and in Persian what the rule saw."""

    copy_id: int
    rule: Rule
    why: str


def proposals(
    copies: Iterable[CopyUse], asked: Thresholds, *, today: date, known_since: date | None
) -> list[Proposal]:
    """At most one proposal a copy that can go, in the copies' order: worn before surplus before
    unlent.

    `known_since` is the day of the first loan on record. Whether a copy was lent before it
    nobody knows, so no rule of years reaches behind it.
    """
    copies = list(copies)
    found: dict[int, Proposal] = {}
    if known_since is None:
        return []
    standing = [copy for copy in copies if copy.can_go and not copy.goes]
    if asked.unlent_years:
        _unlent(found, standing, asked.unlent_years, today, known_since)
    if asked.loans_a_copy and add_months(known_since, YEAR) <= today:
        _surplus(found, copies, asked.loans_a_copy)
    if asked.worn_loans:
        for copy in standing:
            if copy.loans >= asked.worn_loans:
                why = f"{to_persian_digits(copy.loans)} بار امانت رفته است."
                found[copy.copy_id] = Proposal(copy.copy_id, Rule.WORN, why)
    return [found[copy.copy_id] for copy in standing if copy.copy_id in found]


def _unlent(
    found: dict[int, Proposal], copies: list[CopyUse], years: int, today: date, since: date
) -> None:
    bound = add_months(today, -YEAR * years)
    if since > bound:
        return
    for copy in copies:
        began = max(copy.registered_on or since, since)
        if max(copy.last_lent_on or began, began) <= bound:
            why = (
                f"از {to_persian_digits(years)} سال پیش امانت نرفته است."
                if copy.last_lent_on
                else f"در {to_persian_digits(years)} سال گذشته و پیش از آن امانتی برایش ثبت نیست."
            )
            found[copy.copy_id] = Proposal(copy.copy_id, Rule.UNLENT, why)


def _surplus(found: dict[int, Proposal], copies: list[CopyUse], loans_a_copy: int) -> None:
    """Copies beyond need: of each title (and volume) those go that were lent most, hence the
    most worn; between equals the older registration."""
    same: defaultdict[tuple[int, str], list[CopyUse]] = defaultdict(list)
    for copy in copies:
        same[copy.title_id, copy.volume].append(copy)
    for group in same.values():
        lately = sum(copy.lately for copy in group)
        needed = max(1, ceil(lately / loans_a_copy))
        stay = sum(not copy.goes for copy in group)
        worst_first = sorted(
            (copy for copy in group if copy.can_go and not copy.goes),
            key=lambda copy: (-copy.loans, copy.registered_on or date.max, copy.copy_id),
        )
        for copy in worst_first[: max(0, stay - needed)]:
            why = (
                f"{to_persian_digits(stay)} نسخه هست و {to_persian_digits(lately)} امانت "
                f"در یک سال گذشته؛ {to_persian_digits(needed)} نسخه بس است."
            )
            found[copy.copy_id] = Proposal(copy.copy_id, Rule.SURPLUS, why)
