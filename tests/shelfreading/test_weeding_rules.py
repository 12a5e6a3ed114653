"""Weeding candidates by rule (spec B8)."""

from datetime import date

import pytest

from shelfreading.domain.weeding_rules import CopyUse, Proposal, Rule, Thresholds, proposals

TODAY = date(2026, 11, 22)  # 1 Azar 1405
LONG_KNOWN = date(2011, 3, 21)


def use(number: int, **facts: object) -> CopyUse:
    given = {
        "title_id": number, "volume": "", "registered_on": date(2012, 1, 1),
        "last_lent_on": date(2026, 5, 1), "loans": 3, "lately": 1,
    }  # fmt: skip
    return CopyUse(number, **(given | facts))  # type: ignore[arg-type]


def found(
    copies: list[CopyUse], asked: Thresholds | None = None, known_since: date | None = LONG_KNOWN
) -> dict[int, Rule]:
    lines = proposals(copies, asked or Thresholds(), today=TODAY, known_since=known_since)
    assert all(isinstance(line, Proposal) and line.why for line in lines)
    return {line.copy_id: line.rule for line in lines}


@pytest.mark.parametrize(
    ("facts", "proposed"),
    [
        ({"last_lent_on": date(2021, 11, 21)}, True),  # 30 Aban 1400
        ({"last_lent_on": date(2021, 11, 22)}, True),  # 1 Azar 1400: five years to the day
        ({"last_lent_on": date(2021, 11, 23)}, False),
        ({"last_lent_on": None}, True),
        ({"last_lent_on": None, "registered_on": date(2024, 1, 1)}, False),
        ({"last_lent_on": None, "registered_on": None}, True),
        ({"last_lent_on": date(2010, 1, 1)}, True),
    ],
)
def test_not_lent_for_years(facts: dict[str, object], proposed: bool) -> None:
    assert found([use(1, **facts)]) == ({1: Rule.UNLENT} if proposed else {})


def test_nothing_is_said_of_years_that_no_record_covers() -> None:
    old = [use(1, last_lent_on=None, registered_on=date(1990, 1, 1))]
    assert found(old, known_since=date(2023, 1, 1)) == {}
    assert found(old, known_since=None) == {}
    assert found(old, known_since=date(2021, 11, 22)) == {1: Rule.UNLENT}


def test_more_copies_than_the_loans_need() -> None:
    group = [use(n, title_id=7, loans=n, lately=5) for n in range(1, 6)]  # 25 loans in the year
    assert found(group) == {4: Rule.SURPLUS, 5: Rule.SURPLUS}  # 3 are needed; the worn ones go
    assert found(group, Thresholds(loans_a_copy=25)) == dict.fromkeys((2, 3, 4, 5), Rule.SURPLUS)
    assert found(group, Thresholds(loans_a_copy=None)) == {}
    assert found(group, known_since=date(2026, 6, 1)) == {}  # half a year tells no need


def test_volumes_are_no_duplicates_of_each_other() -> None:
    assert found([use(n, title_id=7, volume=str(n), lately=0) for n in (1, 2, 3)]) == {}


def test_worn_goes_before_the_other_rules() -> None:
    copy = use(1, loans=60, last_lent_on=date(2015, 1, 1))
    assert found([copy]) == {1: Rule.WORN}
    assert found([copy], Thresholds(worn_loans=61)) == {1: Rule.UNLENT}


def test_one_proposal_a_copy_in_the_order_given() -> None:
    copies = [use(n, title_id=1, loans=70, last_lent_on=None, lately=0) for n in (5, 2, 9)]
    assert list(found(copies)) == [5, 2, 9]


def test_what_is_away_counts_as_a_copy_and_is_not_proposed() -> None:
    group = [use(n, title_id=7, loans=n, lately=5, can_go=n != 5) for n in range(1, 6)]
    assert found(group) == {3: Rule.SURPLUS, 4: Rule.SURPLUS}  # 25 loans need 3, the fifth is out
    away = [use(n, title_id=7, loans=n, lately=5, can_go=n < 3) for n in range(1, 6)]
    assert found(away) == {1: Rule.SURPLUS, 2: Rule.SURPLUS}
    assert found([use(1, loans=60, can_go=False), use(2, last_lent_on=None, can_go=False)]) == {}


def test_what_is_proposed_already_is_no_copy_any_more_but_its_loans_tell_of_the_need() -> None:
    group = [use(n, title_id=7, loans=n, lately=5, goes=n > 3) for n in range(1, 6)]
    assert found(group) == {}  # 25 loans need the three that stay
    assert found(group, Thresholds(loans_a_copy=13)) == {3: Rule.SURPLUS}
