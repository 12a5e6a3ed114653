"""Where a copy that wasn't seen is likely to be, best place first (spec B5).

Whoever looks a second time has one walk for all of it, so each guess is a place to stand before:
between which two copies that were seen, and why there.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from libraries.domain.call_numbers import Rules, key_readable, shelf_key
from libraries.domain.persian import to_ascii_digits, to_persian_digits

MOST_PLACES = 5
MOST_TURNED = 3
MOST_OTHERS = 2
# An unknown code that resembles more missing codes than this says nothing of any of them.
MOST_ALIKE = 3
RETURNED_DAYS = 7
# So many places from its own a copy is looked for anyway.
IN_REACH = 10


class PlaceKind(StrEnum):
    """Why a place is likely, best first."""

    NO_BARCODE = "no_barcode"
    CODE = "code"
    TROLLEY = "trolley"
    OTHER_COPY = "other_copy"
    TURNED = "turned"
    EDGE = "edge"


class Gap(NamedTuple):
    """A place on the shelf: the positions of the seen copies at both sides, None at an end."""

    after: int | None = None
    before: int | None = None

    def touches(self, other: "Gap") -> bool:
        """Whether both have a neighbour at the same side in common."""
        after = self.after is not None and self.after == other.after
        return after or self.before is not None and self.before == other.before

    def in_reach(self, position: int) -> bool:
        """Whether a neighbour stands so near to `position` that one looks there anyway."""
        return any(beside is not None and abs(beside - position) <= IN_REACH for beside in self)


NOWHERE = Gap()


class LikelyPlace(NamedTuple):
    """One place to look: why, where, and the code or call number that `reason` speaks of."""

    kind: PlaceKind
    reason: str
    gap: Gap = NOWHERE
    value: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A missing copy: its place in the frozen list and what is known of it. `returned_days` is how
    many days ago its last loan came back, None where it had none or that is long ago."""

    position: int
    code: str
    call_number: str
    title: Hashable
    returned_days: int | None = None


@dataclass(frozen=True, slots=True)
class Strange:
    """A code that no record has, and between which copies it was read; no code: a book without
    a barcode."""

    code: str
    gap: Gap


@dataclass(frozen=True, slots=True)
class OtherCopy:
    """Another copy of a title that was seen: its position in the list, or -1 and the section off
    the list that it stands in. `astray` is where it was seen, if that wasn't its place."""

    position: int
    astray: Gap | None = None
    section: str = ""


class Shelves:
    """The copies that were seen where they belong, run by run, to say what stands beside a place.

    The columns go by position in the frozen list: shelf keys, runs of shelves (ascending), and a
    flag for each copy seen in its place.
    """

    def __init__(self, keys: Sequence[str], runs: Sequence[int], in_place: Sequence[int]) -> None:
        self.runs = runs
        self._positions: dict[int, list[int]] = defaultdict(list)
        for position, seen in enumerate(in_place):
            if seen:
                self._positions[runs[position]].append(position)
        # Keys are those of now; where a call number was put right since, they run otherwise.
        self._keyed = {
            run: sorted((keys[position], position) for position in positions)
            for run, positions in self._positions.items()
        }

    def gap_of(self, position: int) -> Gap:
        """Where the copy at `position` belongs."""
        seen = self._positions.get(self.runs[position], [])
        start, end = bisect_left(seen, position), bisect_right(seen, position)
        return Gap(seen[start - 1] if start else None, seen[end] if end < len(seen) else None)

    def gap_at(self, run: int, key: str) -> Gap:
        """Where a copy with this shelf key would stand in a run of shelves."""
        keyed = self._keyed.get(run, [])
        place = bisect_left(keyed, (key, -1))
        return Gap(
            keyed[place - 1][1] if place else None,
            keyed[place][1] if place < len(keyed) else None,
        )

    def end_of(self, run: int) -> Gap:
        """The last place of a run of shelves."""
        seen = self._positions.get(run)
        return Gap(after=seen[-1]) if seen else NOWHERE

    def start_of(self, run: int) -> Gap:
        """The first place of a run of shelves."""
        seen = self._positions.get(run)
        return Gap(before=seen[0]) if seen else NOWHERE


def likely_places(
    lost: Sequence[Lost],
    shelves: Shelves,
    *,
    rules: Rules,
    strange: Sequence[Strange] = (),
    others: Mapping[Hashable, Sequence[OtherCopy]] | None = None,
) -> dict[int, list[LikelyPlace]]:
    """The likely places of each missing copy, by its position, at most `MOST_PLACES`.

    A place beside the copy's own is left out: there it was looked for anyway. `others` are the
    other copies of a title, by what names it in `lost`; that of the copy itself is passed over.
    """
    own = {one.position: shelves.gap_of(one.position) for one in lost}
    by_code = _strange_for(lost, own, strange)
    others = others or {}
    return {
        one.position: [
            *by_code.get(one.position, ()),
            *_trolley(one),
            *_beside_others(one, shelves, others.get(one.title, ())),
            *_turned(one, shelves, rules),
            *_edges(one, own[one.position], shelves),
        ][:MOST_PLACES]
        for one in lost
    }


def _strange_for(
    lost: Sequence[Lost], own: Mapping[int, Gap], strange: Sequence[Strange]
) -> dict[int, list[LikelyPlace]]:
    """What was read as an unknown code and may be a missing copy, those read at its place first."""
    found: dict[int, list[tuple[bool, LikelyPlace]]] = defaultdict(list)
    where = {one.code: one.gap for one in strange if one.code}
    alike: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for position, code, slip in codes_alike({one.code: one.position for one in lost}, where):
        alike[code].append((position, slip))
    for code, candidates in alike.items():
        here = [one for one in candidates if own[one[0]].touches(where[code])]
        for position, slip in here or candidates if len(candidates) <= MOST_ALIKE else here:
            word = "به احتمال زیاد" if here else "شاید"
            reason = f"کد ناشناخته‌ای که {word} همین است ({slip})"
            place = LikelyPlace(PlaceKind.CODE, reason, where[code], code)
            found[position].append((bool(here), place))
    bare = [one.gap for one in strange if not one.code]
    for position, gap in own.items() if bare else ():
        for seen in bare:
            if gap.touches(seen):
                reason = "کتابی بی‌بارکد همین‌جا خوانده شده است"
                place = LikelyPlace(PlaceKind.NO_BARCODE, reason, seen)
                found[position].append((True, place))
                break
    return {
        position: [place for _, place in sorted(places, key=lambda pair: not pair[0])]
        for position, places in found.items()
    }


def codes_alike(lost: Mapping[str, int], strange: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Unknown codes that are a missing copy's but for one slip: (position, code, slip in words).

    `lost` gives positions by code. A slip is two neighbouring digits turned round, or one wrong,
    left out or put in. Two such codes have a form in common once one place of each is left out.
    """
    by_form: dict[str, list[str]] = defaultdict(list)
    longest = 0
    for code in lost:
        longest = max(longest, len(code))
        for form in _forms(code):
            by_form[form].append(code)
    for code in strange:
        if len(code) > longest + 1:
            continue
        for known in dict.fromkeys(k for form in _forms(code) for k in by_form.get(form, ())):
            if slip := slip_between(code, known):
                yield lost[known], code, slip


def _forms(code: str) -> set[str]:
    return {code, *(code[:at] + code[at + 1 :] for at in range(len(code)))}


def slip_between(read: str, printed: str) -> str:
    """The one slip that makes `read` of `printed`, in words; "" where it takes another or more."""
    first = next((at for at, pair in enumerate(zip(read, printed)) if pair[0] != pair[1]), None)  # noqa: B905
    if first is None:
        first = min(len(read), len(printed))
    rest, due = read[first:], printed[first:]
    if rest == due:
        return ""
    if len(rest) == len(due):
        if rest[1:] == due[1:]:
            return "یک رقم نادرست"
        return "دو رقم جابه‌جا" if rest[:2] == due[1::-1] and rest[2:] == due[2:] else ""
    if rest == due[1:]:
        return "یک رقم افتاده"
    return "یک رقم افزوده" if rest[1:] == due else ""


def _trolley(one: Lost) -> Iterator[LikelyPlace]:
    days = one.returned_days
    if days is not None and 0 <= days <= RETURNED_DAYS:
        when = ("امروز", "دیروز")[days] if days < 2 else f"{to_persian_digits(days)} روز پیش"
        yield LikelyPlace(PlaceKind.TROLLEY, f"گاری بازگشتی‌ها ({when} از امانت برگشته)")


def _beside_others(
    one: Lost, shelves: Shelves, others: Sequence[OtherCopy]
) -> Iterator[LikelyPlace]:
    """The places of the title's other copies that aren't in reach of the copy's own."""
    taken = [one.position]
    sections: set[str] = set()
    for other in sorted(others, key=lambda other: (other.astray is None, other.position)):
        if len(taken) + len(sections) > MOST_OTHERS:
            return
        if other.section:
            if other.section not in sections:
                sections.add(other.section)
                reason = f"نسخهٔ دیگر در بخش «{other.section}» است"
                yield LikelyPlace(PlaceKind.OTHER_COPY, reason)
        elif other.astray is not None:
            if not other.astray.in_reach(one.position):
                reason = "نسخهٔ دیگر، بیرون از جای خود، اینجا بود"
                yield LikelyPlace(PlaceKind.OTHER_COPY, reason, other.astray)
                taken.append(other.position)
        elif all(abs(other.position - position) > IN_REACH for position in taken):
            reason = "کنار نسخهٔ دیگر همین عنوان"
            yield LikelyPlace(PlaceKind.OTHER_COPY, reason, shelves.gap_of(other.position))
            taken.append(other.position)


_DIGITS = re.compile(r"[0-9]{2,}")
_YEAR = re.compile(r"(?:1[34]|19|20)[0-9]{2}")


def _turned(one: Lost, shelves: Shelves, rules: Rules) -> list[LikelyPlace]:
    """Where the copy would stand if its call number was read with two digits turned round."""
    run = shelves.runs[one.position]
    taken = {NOWHERE}
    places: list[LikelyPlace] = []
    for text, at in turned_round(one.call_number):
        key = shelf_key(text, rules)
        gap = shelves.gap_at(run, key) if key_readable(key) else NOWHERE
        if gap not in taken and not gap.in_reach(one.position):
            taken.add(gap)
            part = text[:at].split(" ")[-1] + text[at:].split(" ")[0]
            places.append(LikelyPlace(PlaceKind.TURNED, "دو رقم جابه‌جا خوانده شده", gap, part))
            if len(places) == MOST_TURNED:
                break
    return places


def turned_round(call_number: str) -> Iterator[tuple[str, int]]:
    """The call number with each two neighbouring digits turned round, the class's first, and
    where; a year, by which nobody shelves, is left alone."""
    text = to_ascii_digits(call_number)
    for run in _DIGITS.finditer(text):
        if _YEAR.fullmatch(run[0]):
            continue
        for at in range(run.start(), run.end() - 1):
            if text[at] != text[at + 1]:
                yield f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}", at


def _edges(one: Lost, own: Gap, shelves: Shelves) -> Iterator[LikelyPlace]:
    """The next shelves, where no seen copy parts the missing one from them."""
    run = shelves.runs[one.position]
    if own.after is None and (gap := shelves.end_of(run - 1)) != NOWHERE:
        yield LikelyPlace(PlaceKind.EDGE, "پایان قفسه‌های پیشین", gap)
    if own.before is None and (gap := shelves.start_of(run + 1)) != NOWHERE:
        yield LikelyPlace(PlaceKind.EDGE, "آغاز قفسه‌های پسین", gap)
