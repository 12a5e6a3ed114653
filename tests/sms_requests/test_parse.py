"""What a text says: a table of texts by kind of trouble, and what holds for any text."""

import pytest

from sms_requests.domain.parse import parse_message
from tests.sms_requests.fresh_texts import FRESH_1, FRESH_2
from tests.sms_requests.texts import LIBRARIES, TEXTS, Case

# Named by hand, so that the table's `missing` isn't what the code says it is.
NEEDED = {
    "loan": {"national_id", "library", "title"},
    "membership": {"full_name", "national_id", "library"},
    "noormags": {"full_name", "national_id"},
    "unclear": {"national_id", "library", "title", "full_name"},
}


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
    found = (parsed.kind, parsed.national_id, parsed.library, parsed.title, parsed.full_name)
    assert found == case[1:]
    assert parsed.missing == {part for part in NEEDED[case.kind] if getattr(case, part) is None}
