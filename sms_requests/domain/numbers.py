"""Which numbers of a text are a national ID, and which are something else."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from libraries.domain.national_id import NATIONAL_ID_LENGTH, clean_national_id
from sms_requests.domain.tokens import Shape, Token
from sms_requests.domain.words import Label

_GAP = re.compile(r"[ \u200c]*[-–—−_.]?[ \u200c]*")
_MOBILE = re.compile(r"(?:0|98|0098)9\d{9}")
_DATE = re.compile(r"1[34]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_LEAST_FOREIGN = 7  # digits; a number of so many is in no title


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the numbers of a text are.

    `national_id` where exactly one is right; `was_tried` where something stands for one, right or
    wrong; `taken` holds the tokens that are no part of a title.
    """

    national_id: str | None
    was_tried: bool
    taken: frozenset[int]


def national_id_in(digits: str) -> str | None:
    """The ID that eight to ten digits are, lost zeros put back, or None."""
    try:
        return clean_national_id(digits)
    except ValueError:
        return None


def read_numbers(
    cleaned: str, tokens: Sequence[Token], label_before: Callable[[int], Label | None]
) -> Numbers:
    """Sort the numbers of a text; `label_before(i)` is the label that speaks of the token i.

    An ID may be parted by spaces, dashes and dots. Two different ones are none, unless one alone
    stands after «کد ملی».
    """
    labelled: dict[str, None] = {}
    unlabelled: dict[str, None] = {}
    failed_labelled = failed = False
    taken: set[int] = set()
    for group in _groups(cleaned, tokens):
        label = label_before(group[0])
        for span in _spans(tokens, group, label):
            digits = "".join(tokens[i].key for i in span)
            here = label if span[0] == group[0] else None
            if here in (Label.OTHER_NUMBER, Label.YEAR):
                taken.update(span)
                continue
            found = national_id_in(digits)
            if found and not (_MOBILE.fullmatch(digits)):
                (labelled if here is Label.NATIONAL_ID else unlabelled)[found] = None
                taken.update(span)
            elif here is Label.NATIONAL_ID:
                failed_labelled = True
                taken.update(span)
            elif len(digits) >= _LEAST_FOREIGN:
                taken.update(span)
                failed |= _looks_like_an_id(digits)
    found_ids = list(labelled or ({} if failed_labelled else unlabelled))
    return Numbers(
        found_ids[0] if len(found_ids) == 1 else None,
        bool(labelled or unlabelled or failed or failed_labelled),
        frozenset(taken),
    )


def _looks_like_an_id(digits: str) -> bool:
    """Whether a wrong number was meant as an ID: neither a mobile number nor a date."""
    mobile = _MOBILE.fullmatch(digits) or re.fullmatch(r"9\d{9}", digits)
    return 8 <= len(digits) <= NATIONAL_ID_LENGTH + 1 and not mobile and not _DATE.fullmatch(digits)


def _groups(cleaned: str, tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Numbers with nothing but a space, a dash or a dot between them."""
    group: list[int] = []
    for i, token in enumerate(tokens):
        if token.shape is not Shape.NUMBER:
            continue
        if group and not _GAP.fullmatch(cleaned[tokens[group[-1]].end : token.start]):
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def _spans(
    tokens: Sequence[Token], group: Sequence[int], label: Label | None
) -> Iterator[Sequence[int]]:
    """The numbers of a group one by one, with those put together that make one number."""
    first = 0
    while first < len(group):
        length = next(
            (
                length
                for length in range(min(len(group) - first, NATIONAL_ID_LENGTH), 1, -1)
                if _is_one_number(
                    [tokens[i].key for i in group[first : first + length]],
                    label if first == 0 else None,
                )
            ),
            1,
        )
        yield group[first : first + length]
        first += length


def _is_one_number(parts: Sequence[str], label: Label | None) -> bool:
    """Whether parts together are a mobile number or an ID; each alone would be neither."""
    digits = "".join(parts)
    if any(len(part) >= 8 and national_id_in(part) for part in parts):
        return False
    if _MOBILE.fullmatch(digits) or label is Label.OTHER_NUMBER:
        return True
    if label is Label.NATIONAL_ID:
        return 8 <= len(digits) <= NATIONAL_ID_LENGTH and bool(national_id_in(digits))
    return len(digits) == NATIONAL_ID_LENGTH and bool(national_id_in(digits))
