"""Rules that stand in Python and on the device: both give the same for the same tables."""

import random
from collections.abc import Sequence
from datetime import date
from itertools import combinations, product
from typing import Any

import pytest
from playwright.sync_api import Page

from libraries.domain.codes import clean_code
from shelfreading.domain.commands import CARD, interpret
from shelfreading.domain.findings import LABELS, Finding
from shelfreading.domain.reconcile import ExpectedList, reconcile
from shelfreading.domain.scan_answer import WHAT_TO_DO, answer_of_scan
from shelfreading.domain.shelf_order import UNREADABLE, fewest_moves
from tests.modules import each_of, open_modules

pytestmark = pytest.mark.browser


@pytest.fixture
def device(page: Page) -> Page:
    open_modules(page)
    return page


CODE = {(command.value or command.kind): command.code for command in CARD}
SEQUENCES = (
    ["1", "2", "3"],
    ["1", CODE["weed_worn"]],
    ["1", CODE["weed_worn"], CODE["undo"], CODE["undo"], CODE["undo"]],
    [CODE["binding"], "1", CODE["undo"]],  # a mark before any book speaks of nothing
    ["1", CODE["undo"], CODE["binding"]],
    ["1", CODE["no_barcode"], CODE["spine_label"], "2", CODE["weed_content"]],
    ["1", CODE["shelf_end"], CODE["undo"], CODE["undo"]],
    ["1", CODE["shelf_end"], CODE["weed_duplicate"]],  # of the book behind the end of the shelf
    ["1", "2", CODE["undo"], CODE["weed_worn"], CODE["undo"], CODE["undo"]],
    [CODE["undo"]],
    [],
)


def random_sequences(count: int) -> list[list[str]]:
    chance = random.Random(9)
    codes = [*CODE.values(), *(CODE["undo"],) * 4, *map(str, range(8))]
    return [chance.choices(codes, k=chance.randrange(30)) for _ in range(count)]


def test_codes_say_the_same_on_the_device_and_in_a_memory(device: Page) -> None:
    sequences = [*SEQUENCES, *random_sequences(300)]
    card = [[command.code, command.kind, command.value, command.label] for command in CARD]
    told = each_of(
        device,
        "shelfreading/commands.js",
        "return module.interpret(one.codes, module.readCard(one.card));",
        [{"codes": codes, "card": card} for codes in sequences],
    )
    assert told == [
        [{"kind": a.kind, "value": a.value, "about": a.about} for a in interpret(codes)]
        for codes in sequences
    ]


def a_shelf(chance: random.Random) -> dict[str, Any]:
    """Walks over some runs of shelves: books that are read, moved, moved together, unreadable."""
    count = chance.randrange(1, 60)
    ranks: list[int] = []
    runs: list[int] = []
    rank = run = 0
    for _ in range(count):
        if chance.random() < 0.08:
            run, rank = run + 1, rank + 1
        rank += chance.random() < 0.8
        ranks.append(UNREADABLE if chance.random() < 0.04 else rank)
        runs.append(run)
    seen = [position for position in range(count) if chance.random() < 0.85]
    for _ in range(chance.randrange(6)):
        if seen:
            start = chance.randrange(len(seen))
            size = chance.choice((1, 1, 1, 2, 4))
            block, seen[start : start + size] = seen[start : start + size], []
            place = chance.randrange(len(seen) + 1)
            seen[place:place] = block
    if chance.random() < 0.1:
        chance.shuffle(seen)
    if chance.random() < 0.2:  # one run of shelves was walked before the others
        seen.sort(key=lambda position: runs[position] == 0)
    cut = chance.randrange(len(seen) + 1) if chance.random() < 0.3 else len(seen)
    return {"walks": [seen[:cut], seen[cut:]], "ranks": ranks, "runs": runs}


SHELVES = [a_shelf(random.Random(seed)) for seed in range(400)]
SHELVES.append({"walks": [[]], "ranks": [], "runs": []})


def test_the_device_moves_the_same_books_as_the_sheet(device: Page) -> None:
    told = each_of(
        device,
        "shelfreading/order.js",
        "return module.fewestMoves(one.walks, (p) => one.ranks[p], (p) => one.runs[p]);",
        SHELVES,
    )
    moves = [fewest_moves(one["walks"], one["ranks"], one["runs"]) for one in SHELVES]
    assert sum(map(len, moves)) > 500
    assert told == [
        [{"items": list(m.items), "after": m.after, "before": m.before} for m in one]
        for one in moves
    ]


def doubtful(shelf: dict[str, Any]) -> list[int]:
    codes = [str(position) for position in range(len(shelf["ranks"]))]
    statuses = ["available"] * len(codes)
    expected = ExpectedList(codes, statuses, shelf["ranks"], shelf["runs"])
    sightings = [codes[position] for position in shelf["walks"][0]]
    return reconcile(expected, sightings, today=date(2026, 11, 22)).doubtful


def test_the_device_doubts_the_rule_where_the_match_does(device: Page) -> None:
    one_walk = [{**one, "walks": [one["walks"][0]]} for one in SHELVES]
    told = each_of(
        device,
        "shelfreading/order.js",
        """const [rank, run] = [(p) => one.ranks[p], (p) => one.runs[p]];
           const moves = module.fewestMoves(one.walks, rank, run);
           return module.doubtfulRuns(one.walks[0], moves, run);""",
        one_walk,
    )
    expected = list(map(doubtful, one_walk))
    assert any(expected)
    assert told == expected


CODES = (
    "1000000001", " 1000000001 ", "۱۰۰۰۰۰۰۰۰۱", "١٠٠٠٠٠٠٠٠١", "10000\u200c00001", "*AB-12*", "**",
    "***", "]C1123456", "]C1", "]]C1]C1", '="0012"', "'0012", "100000007.0", "1.5.0", "",
    "\u2067\u06f1\u06f2\u2069", "\u202a12\u202c", "ك1ي", "\u0627\u0653", "\u0627\u200d\u0653",
    "\u0654ي", "a\tb\r\n", "\x1d12\x00", "\x85\xa012\u3000", "\ufeff12", "x" * 10_000, "]c1*12*",
    "'\u2028x", "۱۲.0", "😀1", "\U000e0041" + "1", "ab cd",
)  # fmt: skip


def random_texts(count: int) -> Sequence[str]:
    chance = random.Random(3)
    letters = "0123456789۱۲٣٤abC*]'\"=.\u200c\u200d\u202b \tكيىئء\u0654\u0640\x1f\x7f😀"
    return ["".join(chance.choices(letters, k=chance.randrange(9))) for _ in range(count)]


def test_a_code_is_cleaned_alike(device: Page) -> None:
    texts = [*CODES, *random_texts(1500)]
    told = each_of(device, "shelfreading/answers.js", "return module.cleanCode(one);", texts)
    assert told == [clean_code(text) for text in texts]


STATUS = {
    "a": "available", "b": "binding", "w": "weeded", "m": "missing", "u": "unreturned", "": None,
}  # fmt: skip


def test_a_code_is_answered_alike_in_the_same_words(device: Page) -> None:
    cases = [
        {"status": status, "isLent": lent, "isElsewhere": elsewhere, "isRepeated": repeated}
        for status, lent, elsewhere, repeated in product(STATUS, *[(False, True)] * 3)
    ]
    told = each_of(
        device, "shelfreading/answers.js", "return module.stateOf(one.status, one);", cases
    )
    assert told == [
        answer_of_scan(
            STATUS[case["status"]],
            on_loan=case["isLent"],
            known_elsewhere=case["isElsewhere"],
            seen_before=case["isRepeated"],
        )
        for case in cases
    ]
    states = each_of(device, "shelfreading/answers.js", "return module.STATES;", [0])[0]
    assert set(states) == {*WHAT_TO_DO, Finding.MISPLACED}
    for finding, words in states.items():
        assert words["label"] == LABELS[Finding(finding)]
        assert words["note"] == WHAT_TO_DO.get(Finding(finding), "")


@pytest.mark.parametrize(
    ("times", "counted"),
    [
        ([("A", 0), ("A", 100)], 1),
        ([("A", 0), ("A", 500)], 2),
        ([("A", 0), ("A", 400), ("A", 800)], 1),  # a reader that repeats itself is one scan
        ([("A", 0), ("B", 10), ("A", 20)], 2),
        ([("A", 0), ("B", 100), ("A", 700)], 3),
    ],
)
def test_the_same_code_within_half_a_second_counts_once(
    device: Page, times: list[tuple[str, int]], counted: int
) -> None:
    body = """const isNew = module.openOnce();
              return one.filter(([code, at]) => isNew(code, at)).length;"""
    assert each_of(device, "shelfreading/answers.js", body, [times]) == [counted]


@pytest.mark.parametrize(
    ("before", "section", "is_astray"),
    [
        (["مخزن"] * 3, "کودک", True),
        (["مخزن"] * 3, "مخزن", False),
        (["مخزن"] * 2, "کودک", False),  # too little to know where one is
        (["مخزن", "مخزن", "کودک"], "مخزن", False),  # back from the stray
        (["مخزن", "مخزن", "کودک"], "کودک", False),  # a new section is said once
        ([], "کودک", False),
    ],
)
def test_a_book_of_another_section_is_told_once(
    device: Page, before: list[str], section: str, is_astray: bool
) -> None:
    body = "return module.isAstray(one[0], one[1]);"
    assert each_of(device, "shelfreading/answers.js", body, [[before, section]]) == [is_astray]


def rhythm(pattern: dict[str, Any]) -> list[tuple[float, float]]:
    return [(after, length) for _, after, length in pattern["tones"]]


def test_six_answers_have_six_sounds_that_differ_in_rhythm_and_in_pitch(device: Page) -> None:
    sounds = each_of(device, "shelfreading/sounds.js", "return module.PATTERNS;", [0])[0]
    states = each_of(device, "shelfreading/answers.js", "return module.STATES;", [0])[0]
    assert {words["sound"] for words in states.values()} == set(sounds)
    assert len(sounds) == 6
    for (name, one), (other_name, other) in combinations(sounds.items(), 2):
        assert rhythm(one) != rhythm(other), (name, other_name)
        assert one["buzz"] != other["buzz"], (name, other_name)
        first, second = sorted((one["tones"][0][0], other["tones"][0][0]))
        # They begin a tone and more apart, or fall into different numbers of tones.
        assert second / first > 1.12 or len(one["tones"]) != len(other["tones"])
