"""What a text says: a table of texts by kind of trouble, and what holds for any text."""

import pytest

from sms_requests.domain.parse import parse_message
from tests.sms_requests.fresh_texts import FRESH_1, FRESH_2, FRESH_3, OTHER_LIBRARIES
from tests.sms_requests.texts import LIBRARIES, TEXTS, Case

# Named by hand, so that the table's `missing` isn't what the code says it is.
NEEDED = {
    "loan": {"national_id", "library", "title"},
    "membership": {"full_name", "national_id", "library"},
    "noormags": {"full_name", "national_id"},
    "unclear": {"national_id", "library", "title", "full_name"},
}


def _found(case: Case, libraries: tuple[tuple[int, str], ...] = LIBRARIES) -> tuple[object, ...]:
    parsed = parse_message(case.text, libraries)
    return parsed.kind, parsed.national_id, parsed.library, parsed.title, parsed.full_name


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{trouble} {number}")
        for trouble, cases in (TEXTS | FRESH_1 | FRESH_2).items()
        for number, case in enumerate(cases, start=1)
    ],
)
def test_each_text_of_the_table(case: Case) -> None:
    parsed = parse_message(case.text, LIBRARIES)
    assert _found(case) == case[1:]
    assert parsed.missing == {part for part in NEEDED[case.kind] if getattr(case, part) is None}


@pytest.mark.parametrize("case", FRESH_3["other libraries"])
def test_each_text_over_other_libraries(case: Case) -> None:
    assert _found(case, OTHER_LIBRARIES) == case[1:]


def test_the_table_by_kind_of_trouble() -> None:
    """Prints how many texts come out right, by kind of trouble: `pytest -k by_kind_of -s`."""
    lines, wrong = [], 0
    for trouble, cases in (TEXTS | FRESH_1 | FRESH_2).items():
        right = sum(_found(case) == case[1:] for case in cases)
        wrong += len(cases) - right
        lines.append(f"{trouble:40} {right:3} of {len(cases):3}")
    print("", *lines, sep="\n")
    assert wrong == 0
    assert sum(map(len, TEXTS.values())) >= 150
