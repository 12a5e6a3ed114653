"""Answers fit their parts, whatever is set into them, and say nothing that wasn't given."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.domain.national_id import clean_national_id
from sms_requests.domain.parse import parse_message
from sms_requests.domain.replies import (
    ELLIPSIS,
    EXAMPLE_ID,
    PARTS,
    TEMPLATES,
    Reply,
    letters,
    missing_reply,
    reply,
    room,
    shortened,
)
from sms_requests.domain.sending import part_count

SHORT = {
    "title": "بوف کور",
    "library": "حافظ",
    "reason": "نسخه‌ای از آن نداریم",
    "when": "شنبه ۹ تا ۱۲",
    "where": "کتابخانهٔ حافظ",
    "due": "۱۵ آذر ۱۴۰۵",
    "state": "نزد کتابخانه است",
    "days": "شنبه ۱۵ و یکشنبه ۱۶ آذر",
    "parts": "کد ملی",
    "example": "کتابخانهٔ حافظ، کد ملی، کتاب بوف کور",
}


def test_every_kind_has_a_template() -> None:
    assert set(TEMPLATES) == set(Reply)
    assert {name for template in TEMPLATES.values() for name in template.names} == set(SHORT)


@pytest.mark.parametrize("kind", Reply)
def test_short_values_stand_whole(kind: Reply) -> None:
    text = reply(kind, SHORT)
    assert ELLIPSIS not in text
    assert "{" not in text
    for name in TEMPLATES[kind].names:
        assert SHORT[name] in text
    assert part_count(text) <= TEMPLATES[kind].most_parts


@pytest.mark.parametrize("kind", Reply)
def test_long_values_are_shortened_and_the_sentence_stays(kind: Reply) -> None:
    template = TEMPLATES[kind]
    text = reply(kind, {name: "سرگذشت " * 100 for name in template.names})
    assert part_count(text) <= template.most_parts
    assert text.count(ELLIPSIS) == len(template.names)
    for fixed in re.split(r"\{\w+\}", template.text):
        assert fixed in text
    assert len(text) > room(template.most_parts) - 3 * len(template.names) - 3 or not template.names


@pytest.mark.parametrize("kind", Reply)
@given(data=st.data())
def test_any_values_fit(kind: Reply, data: st.DataObject) -> None:
    names = TEMPLATES[kind].names
    values = {name: data.draw(st.text(max_size=300), label=name) for name in names}
    text = reply(kind, values)
    assert part_count(text) <= TEMPLATES[kind].most_parts
    assert "\n" not in text


@given(st.text(max_size=60), st.integers(0, 40))
def test_shortening_keeps_the_beginning(text: str, most: int) -> None:
    short = shortened(text, most)
    assert letters(short) <= most
    assert short == text or text.startswith(short.removesuffix(ELLIPSIS))


def test_one_long_value_leaves_the_others_whole() -> None:
    values = SHORT | {"title": "تاریخ " * 60}
    text = reply(Reply.READY, values)
    assert values["when"] in text and values["where"] in text
    assert part_count(text) == TEMPLATES[Reply.READY].most_parts


@pytest.mark.parametrize(
    "name",
    ["حافظ", "کتابخانه حافظ", "کتابخانه عمومی حافظ", "کتابخانهٔ عمومی حافظ", "کتابخانه‌ی حافظ"],
)
def test_the_word_library_stands_once(name: str) -> None:
    text = reply(Reply.MEMBERSHIP_RECEIVED, {"library": name})
    assert text.startswith("درخواست عضویت در کتابخانهٔ حافظ رسید.")


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        reply(Reply.CLOSED, {"title": "بوف کور"})


@pytest.mark.parametrize(
    "missing", [names for size in (1, 2, 3, 4) for names in combinations(PARTS, size)]
)
def test_what_is_missing_is_named_and_shown(missing: tuple[str, ...]) -> None:
    text = missing_reply(missing)
    asked, example = text.split("نمونه: ")
    for name, words in PARTS.items():
        assert (words in asked) == (name in missing)
    assert ELLIPSIS not in text
    assert part_count(text) <= 3
    assert ("نام خانوادگی" in example) == ("full_name" in missing and "title" not in missing)


def test_nothing_missing_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        missing_reply([])


def test_the_example_sent_back_is_nobodys_request() -> None:
    with pytest.raises(ValueError):
        clean_national_id(EXAMPLE_ID)
    example = missing_reply(["title"]).split("نمونه: ")[1]
    parsed = parse_message(example, [(1, "کتابخانه عمومی حافظ")])
    assert (parsed.kind, parsed.library, parsed.title) == ("loan", 1, "بوف کور")
    assert parsed.missing == {"national_id"}


def test_no_answer_asks_for_another_persons_data() -> None:
    personal = {"national_id", "full_name", "mobile", "password", "username"}
    assert not personal & {name for template in TEMPLATES.values() for name in template.names}
