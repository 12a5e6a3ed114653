"""Who of a library's members an applicant may already be (spec R6: look-alikes are shown)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from rapidfuzz import fuzz, process

from libraries.domain.persian import search_key, stored_form

# In names of seven letters or more one letter may differ, in fourteen two.
SIMILAR = 85.0
# Given names of two words and family names of three turn round in several ways; beyond, in few.
_MOST_WORDS = 5


class Why(StrEnum):
    """What makes a member look like the applicant, the surest first."""

    NATIONAL_ID = "national_id"
    MOBILE = "mobile"
    NAME = "name"


WHY_LABELS: dict[Why, str] = {
    Why.NATIONAL_ID: "همین کد ملی",
    Why.MOBILE: "همین تلفن همراه",
    Why.NAME: "نام مانند",
}


class Known(Protocol):
    """What is known of a member."""

    national_id: str
    mobile: str


def similar_names(name: str, keys: Sequence[str], most: int) -> dict[int, float]:
    """The places of those search keys that a name is like, the likest first, each with its
    likeness (SIMILAR to 100).

    The family name may stand before the given name. At most `most` are named.
    """
    words = stored_form(name).split()[:_MOST_WORDS]
    found: dict[int, float] = {}
    for turn in range(len(words)):
        key = search_key(" ".join(words[turn:] + words[:turn]))
        if not key:
            continue
        for _, score, place in process.extract(
            key, keys, scorer=fuzz.ratio, processor=None, score_cutoff=SIMILAR, limit=most
        ):
            found[place] = max(score, found.get(place, 0.0))
    likest = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:most]
    return dict(likest)


def reasons(national_id: str, mobile: str, member: Known, *, by_name: bool) -> tuple[Why, ...]:
    """Why a member looks like the applicant of this national ID and mobile; empty: in no way."""
    alike = {
        Why.NATIONAL_ID: bool(national_id) and member.national_id == national_id,
        Why.MOBILE: bool(mobile) and member.mobile == mobile,
        Why.NAME: by_name,
    }
    return tuple(why for why in Why if alike[why])


def contradicts(national_id: str, member: Known) -> bool:
    """Whether a member can't be the applicant, having another national ID."""
    return bool(national_id and member.national_id and member.national_id != national_id)
