"""The match: every row of the spec's table, the time rules, and that its sums close."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfreading.domain.findings import OF_EXPECTED, SEEN, Finding
from shelfreading.domain.reconcile import (
    ExpectedList,
    LoanFact,
    Match,
    Spoken,
    reconcile,
    sums_close,
)

TODAY = date(2026, 11, 22)
START = datetime(2026, 11, 20, 8)
HOUR = timedelta(hours=1)
LONG_AGO = date(2026, 8, 1)


def listed(
    statuses: list[str], *, ranks: list[int] | None = None, runs: list[int] | None = None
) -> ExpectedList:
    count = len(statuses)
    return ExpectedList(
        [f"c{place}" for place in range(count)],
        statuses,
        ranks or list(range(count)),
        runs or [0] * count,
    )


def found(status: str, *, seen: bool, loans: list[LoanFact] | None = None, **rest) -> Finding:
    """The class of the middle one of eleven copies, of which the others were seen."""
    statuses = ["available"] * 11
    statuses[5] = status
    codes = [f"c{place}" for place in range(11) if seen or place != 5]
    match = reconcile(
        listed(statuses), codes, today=TODAY, loans={5: loans} if loans else {}, **rest
    )
    assert sums_close(match, len(codes))
    return match.findings[5]


@pytest.mark.parametrize(
    ("status", "seen", "expected"),
    [
        ("available", True, Finding.PRESENT),
        ("available", False, Finding.MISSING),
        ("binding", False, Finding.AT_BINDER),
        ("binding", True, Finding.BACK_FROM_BINDER),
        ("missing", True, Finding.FOUND),
        ("missing", False, Finding.KNOWN_MISSING),
        ("unreturned", True, Finding.FOUND),
        ("unreturned", False, Finding.KNOWN_MISSING),
        ("weeded", True, Finding.WEEDED_ON_SHELF),
        ("weeded", False, Finding.WEEDED),
    ],
)
def test_classes_by_status(status, seen, expected):
    assert found(status, seen=seen) is expected


def loan(
    lent: datetime, back: datetime | None = None, due: date | None = None, *, called: bool = False
) -> LoanFact:
    return LoanFact(lent, back, due, followed_up=called)


EARLIER = START - timedelta(days=90)


@pytest.mark.parametrize(
    ("fact", "seen", "expected"),
    [
        (loan(EARLIER), False, Finding.ON_LOAN),
        (loan(EARLIER, due=TODAY), False, Finding.ON_LOAN),
        (loan(EARLIER, due=date(2026, 10, 1)), False, Finding.ON_LOAN),
        (loan(EARLIER, due=LONG_AGO), False, Finding.FOLLOW_UP_DUE),
        (loan(EARLIER, due=LONG_AGO, called=True), False, Finding.UNRETURNED),
        (loan(EARLIER, due=TODAY, called=True), False, Finding.ON_LOAN),
        (loan(EARLIER), True, Finding.ON_LOAN_ON_SHELF),
        (loan(EARLIER, due=LONG_AGO, called=True), True, Finding.ON_LOAN_ON_SHELF),
    ],
)
def test_classes_by_loan(fact, seen, expected):
    assert found("available", seen=seen, loans=[fact], started_at=START) is expected


@pytest.mark.parametrize("status", ["binding", "weeded", "missing", "unreturned"])
@pytest.mark.parametrize("seen", [True, False])
def test_any_other_status_says_more_than_a_loan(status, seen):
    without = found(status, seen=seen)
    assert found(status, seen=seen, loans=[loan(EARLIER)], started_at=START) is without


# The copies are seen an hour apart: the middle one, or its shelf, at five hours after the start.
CLOCK = [START + HOUR * place for place in range(11)]


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        # Seen and then lent is present; lent and then seen is a return not yet keyed in.
        (loan(START + 6 * HOUR), Finding.PRESENT),
        (loan(START + 4 * HOUR), Finding.ON_LOAN_ON_SHELF),
        (loan(START + 4 * HOUR, START + 6 * HOUR), Finding.ON_LOAN_ON_SHELF),
        (loan(START + 4 * HOUR, START + 4.5 * HOUR), Finding.PRESENT),
        (loan(EARLIER, START + 2 * HOUR), Finding.PRESENT),
        (loan(EARLIER, START + 6 * HOUR), Finding.ON_LOAN_ON_SHELF),
    ],
)
def test_time_decides_of_what_was_seen(fact, expected):
    result = found("available", seen=True, loans=[fact], started_at=START, seen_at=CLOCK)
    assert result is expected


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        # Lent after the beginning and before its shelf was reached: not missing.
        (loan(START + 2 * HOUR), Finding.ON_LOAN),
        (loan(START + 9 * HOUR), Finding.ON_LOAN),
        (loan(START + 2 * HOUR, START + 9 * HOUR), Finding.ON_LOAN),
        # Came back after its shelf was read: not missing. Before: it should have stood there.
        (loan(EARLIER, START + 7 * HOUR), Finding.ON_LOAN),
        (loan(EARLIER, START + 1 * HOUR), Finding.MISSING),
    ],
)
def test_time_decides_of_what_was_not_seen(fact, expected):
    times = CLOCK[:5] + CLOCK[6:]
    result = found("available", seen=False, loans=[fact], started_at=START, seen_at=times)
    assert result is expected


@pytest.mark.parametrize(
    ("fact", "seen", "expected"),
    [
        # Without a clock a loan made while shelves were read came after the sighting.
        (loan(START + 4 * HOUR), True, Finding.PRESENT),
        (loan(EARLIER), True, Finding.ON_LOAN_ON_SHELF),
        (loan(EARLIER, START + HOUR), True, Finding.PRESENT),
        (loan(EARLIER, START + HOUR), False, Finding.ON_LOAN),
    ],
)
def test_without_a_clock_the_doubt_is_the_copys(fact, seen, expected):
    times = [None] * 11
    for seen_at in (None, times):
        result = found("available", seen=seen, loans=[fact], started_at=START, seen_at=seen_at)
        assert result is expected


def test_observed_codes():
    codes = ["c0", "x", "c1", "c0", "e", "x", "e", "c2", "c0"]
    match = reconcile(listed(["available"] * 3), codes, today=TODAY, elsewhere={"e"})
    assert (match.unknown, match.misplaced, match.repeated) == ([1], [4], [3, 5, 6, 8])
    assert match.findings == [Finding.PRESENT] * 3 and match.first_seen == [0, 2, 7]
    assert sums_close(match, len(codes))


def test_a_repeat_counts_once_and_where_it_was_first():
    match = reconcile(listed(["available"] * 5), ["c0", "c1", "c4", "c2", "c3", "c4"], today=TODAY)
    assert [move.items for move in match.moves] == [(4,)]


def unread_list() -> tuple[ExpectedList, list[str]]:
    """Sixty copies of which 20 to 39 were not seen, nor was 45."""
    return listed(["available"] * 60), [
        f"c{place}" for place in range(60) if not 20 <= place < 40 and place != 45
    ]


def test_an_unread_stretch_is_never_missing():
    expected, codes = unread_list()
    match = reconcile(expected, codes, today=TODAY)
    assert [(run.first, run.last) for run in match.unread] == [(20, 39)]
    assert match.findings[20:40] == [Finding.NOT_READ] * 20
    assert match.findings[45] is Finding.MISSING


def test_a_persons_word_decides_and_the_later_word_wins():
    expected, codes = unread_list()
    words = [Spoken(20, 39, was_read=True), Spoken(25, 29, was_read=False)]
    match = reconcile(expected, codes, today=TODAY, spoken=words)
    assert match.findings[20:40] == (
        [Finding.MISSING] * 5 + [Finding.NOT_READ] * 5 + [Finding.MISSING] * 10
    )
    assert (
        reconcile(expected, codes, today=TODAY, spoken=[Spoken(40, 50, was_read=False)]).findings[
            45
        ]
        is Finding.NOT_READ
    )
    # What was seen is seen, whatever is said of its shelf; and a word may reach too far.
    match = reconcile(expected, codes, today=TODAY, spoken=[Spoken(0, 999, was_read=False)])
    assert match.findings.count(Finding.PRESENT) == len(codes)


def test_a_struck_copy_was_looked_for():
    expected, codes = unread_list()
    match = reconcile(expected, codes, today=TODAY, struck={30})
    assert match.findings[30] is Finding.MISSING
    # It parts the stretch: ten copies, still beyond chance, and nine, which are not.
    assert match.findings[25] is Finding.NOT_READ and match.findings[35] is Finding.MISSING
    whole = reconcile(expected, codes, today=TODAY, struck=set(range(20, 40)))
    assert whole.findings[20:40] == [Finding.MISSING] * 20
    silenced = reconcile(
        expected, codes, today=TODAY, struck={30}, spoken=[Spoken(20, 39, was_read=False)]
    )
    assert silenced.findings[30] is Finding.MISSING


def test_lent_and_weeded_copies_do_not_make_a_stretch_longer():
    statuses = ["available"] * 40 + ["weeded"] * 10 + ["available"] * 9 + ["available"] * 20
    codes = [f"c{place}" for place in range(79) if not 40 <= place < 59]
    match = reconcile(listed(statuses), codes, today=TODAY)
    assert match.unread == []
    assert match.findings[50:59] == [Finding.MISSING] * 9


def test_a_copy_out_of_its_place_says_nothing_of_the_shelf_it_belongs_to():
    codes = [f"c{place}" for place in (*range(30), 45, *range(30, 40), *range(52, 80))]
    match = reconcile(listed(["available"] * 80), codes, today=TODAY)
    assert [move.items for move in match.moves] == [(45,)]
    assert [(run.first, run.last, run.count) for run in match.unread] == [(40, 51, 11)]


def test_what_is_ticked_after_the_walks_says_nothing_of_order():
    expected = listed(["available"] * 6)
    codes = ["c0", "c1", "c5", "c2", "c4", "c3"]
    assert reconcile(expected, codes, today=TODAY, walks=[2]).moves == []
    assert len(reconcile(expected, codes, today=TODAY, walks=[6]).moves) == 2
    assert len(reconcile(expected, codes, today=TODAY, walks=[3, 1]).moves) == 0


def test_where_most_seems_out_of_order_the_rule_is_doubted():
    runs = [0] * 20 + [1] * 20
    backwards = [f"c{place}" for place in (*range(20), *range(39, 19, -1))]
    match = reconcile(listed(["available"] * 40, runs=runs), backwards, today=TODAY)
    assert match.doubtful == [1]
    assert sums_close(match, 40)


def test_nothing_expected_and_nothing_seen():
    empty = reconcile(listed([]), [], today=TODAY)
    assert (empty.findings, empty.moves, empty.unread) == ([], [], [])
    codes = ["c1", "c1"]
    match = reconcile(listed([]), codes, today=TODAY)
    assert (match.unknown, match.repeated) == ([0], [1]) and sums_close(match, 2)
    unseen = reconcile(listed(["available"] * 3), [], today=TODAY)
    assert unseen.findings == [Finding.NOT_READ] * 3


STATUSES = ["available"] * 6 + ["binding", "weeded", "missing", "unreturned"]


@st.composite
def readings(draw: st.DrawFn) -> tuple[ExpectedList, list[str], dict]:
    """Any list and any way of reading it."""
    count = draw(st.integers(0, 50))
    statuses = draw(st.lists(st.sampled_from(STATUSES), min_size=count, max_size=count))
    runs = sorted(draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)))
    steps = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    ranks = [2 * runs[place] * count + sum(steps[:place]) for place in range(count)]
    unreadable = draw(st.sets(st.integers(0, max(count - 1, 0)), max_size=3))
    ranks = [-1 if place in unreadable else rank for place, rank in enumerate(ranks)]
    known = [f"c{place}" for place in range(count)]
    codes = draw(st.lists(st.sampled_from([*known, "x1", "x2", "e1", "e2"]), max_size=70))
    if draw(st.booleans()):
        codes = sorted(codes, key=lambda code: (code[0], int(code[1:])))
    cuts = sorted(draw(st.lists(st.integers(0, len(codes)), max_size=3)))
    lengths = [end - start for start, end in zip([0, *cuts], cuts, strict=False)]
    moments = st.one_of(st.none(), st.integers(0, 100).map(lambda hours: START + HOUR * hours))
    facts = st.builds(
        lambda hours, back, due, called: LoanFact(
            START + HOUR * hours,
            None if back is None else START + HOUR * (hours + back),
            due,
            called,
        ),
        st.integers(-100, 100),
        st.one_of(st.none(), st.integers(0, 50)),
        st.one_of(st.none(), st.dates(LONG_AGO, TODAY)),
        st.booleans(),
    )
    positions = st.integers(0, max(count - 1, 0))
    loans = draw(st.dictionaries(positions, st.lists(facts, max_size=2), max_size=6))
    words = draw(st.lists(st.builds(Spoken, positions, positions, st.booleans()), max_size=3))
    return (
        ExpectedList(known, statuses, ranks, runs),
        codes,
        {
            "walks": draw(st.one_of(st.none(), st.just(lengths))),
            "started_at": draw(st.one_of(st.none(), st.just(START))),
            "seen_at": draw(
                st.one_of(st.none(), st.lists(moments, min_size=len(codes), max_size=len(codes)))
            ),
            "loans": loans if count else {},
            "elsewhere": {"e1", "e2"},
            "struck": draw(st.sets(positions, max_size=3)),
            "spoken": words,
        },
    )


def match_of(reading: tuple[ExpectedList, list[str], dict]) -> Match:
    expected, codes, rest = reading
    return reconcile(expected, codes, today=TODAY, **rest)


@given(readings())
def test_the_sums_close(reading):
    expected, codes, _ = reading
    match = match_of(reading)
    assert sums_close(match, len(codes))
    counts = match.counts()
    assert set(counts) == set(Finding)
    assert sum(counts[finding] for finding in OF_EXPECTED) == len(expected.codes)
    seen = sum(counts[finding] for finding in SEEN)
    assert seen == len(set(codes).intersection(expected.codes))
    others = counts[Finding.MISPLACED] + counts[Finding.UNKNOWN]
    assert others == len(set(codes).difference(expected.codes))
    assert counts[Finding.REPEATED] == len(codes) - len(set(codes))


@given(readings())
def test_every_copy_and_every_sighting_has_one_class(reading):
    expected, codes, _ = reading
    match = match_of(reading)
    assert len(match.findings) == len(expected.codes)
    for position, finding in enumerate(match.findings):
        assert finding in OF_EXPECTED
        sighting = match.first_seen[position]
        assert (sighting >= 0) == (finding in SEEN)
        if sighting >= 0:
            assert codes.index(expected.codes[position]) == sighting
    firsts = [sighting for sighting in match.first_seen if sighting >= 0]
    everything = sorted([*firsts, *match.misplaced, *match.unknown, *match.repeated])
    assert everything == list(range(len(codes)))


@given(readings())
def test_nothing_unread_is_missing_unless_a_person_says_so(reading):
    expected, _, rest = reading
    match = match_of(reading)
    spoken = {
        position
        for word in rest["spoken"]
        if word.was_read
        for position in range(word.first, word.last + 1)
    }
    for run in match.unread:
        for position in range(run.first, run.last + 1):
            if match.findings[position] is Finding.MISSING:
                assert position in spoken or position in rest["struck"]
    for position in rest["struck"]:
        if position < len(match.findings):
            assert match.findings[position] is not Finding.NOT_READ


@given(readings())
def test_the_same_events_give_the_same_answer(reading):
    assert match_of(reading) == match_of(reading)


@given(readings())
def test_only_what_was_seen_on_a_walk_is_moved(reading):
    expected, codes, rest = reading
    match = match_of(reading)
    walked = len(codes) if rest["walks"] is None else sum(rest["walks"])
    moved = [item for move in match.moves for item in move.items]
    assert len(moved) == len(set(moved))
    for item in moved:
        assert 0 <= match.first_seen[item] < walked
        assert expected.ranks[item] != -1
