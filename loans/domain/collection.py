"""What a collection looks like beside its use (directive 1, spec S1): ages, shares, growth."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from libraries.domain.persian import to_ascii_digits

_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
# Printed books of this century and the last: what lies outside is a slip of the pen.
_FIRST_JALALI, _FIRST_GREGORIAN = 1200, 1821
_APART = 621  # Gregorian years ahead of Jalali ones


def published_year(text: str, this_year: int) -> int | None:
    """The Jalali year in a year of publication as it was typed, None where there is none.

    «۱۳۹۲», «چاپ سوم، ۱۳۹۲», «[1998؟]» and «c1998» are read; of several years the last counts.
    `this_year` is the Jalali year now: no book is from the future.
    """
    found = None
    for digits in _YEAR.findall(to_ascii_digits(text)):
        year = int(digits)
        if year >= _FIRST_GREGORIAN:
            year -= _APART
        if _FIRST_JALALI <= year <= this_year + 1:
            found = year
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the collection and its use.

    `age` is the mean age of its copies in whole years, None where no year of publication is known;
    `loans` those of the last year, `never` the copies without any loan on record. Shares are of
    the whole, 0 to 1.
    """

    key: str
    label: str
    copies: int
    titles: int
    loans: int
    never: int
    age: int | None
    copies_share: float
    loans_share: float

    @property
    def copies_percent(self) -> int:
        """Its share of the copies in whole percent."""
        return round(self.copies_share * 100)

    @property
    def loans_percent(self) -> int:
        """Its share of the loans in whole percent."""
        return round(self.loans_share * 100)

    @property
    def use(self) -> float:
        """How heavily it is used: its share of the loans over its share of the copies, to one
        decimal. Above 1 it is asked for more than it is held."""
        return round(self.loans_share / self.copies_share, 1)


def parts(
    labels: Mapping[str, str],
    *,
    copies: Mapping[str, int],
    titles: Mapping[str, int],
    loans: Mapping[str, int],
    never: Mapping[str, int],
    years: Mapping[str, Iterable[tuple[int, int]]],
    this_year: int,
) -> list[Part]:
    """The parts that hold any copy, in the order of their labels; all mappings go by key.

    `years` has pairs of a Jalali year of publication and its number of copies.
    """
    all_copies = sum(copies.values()) or 1
    all_loans = sum(loans.values()) or 1
    found = []
    for key, label in labels.items():
        held = copies.get(key, 0)
        if not held:
            continue
        known = list(years.get(key, ()))
        dated = sum(count for _, count in known)
        found.append(
            Part(
                key,
                label,
                held,
                titles.get(key, 0),
                loans.get(key, 0),
                never.get(key, 0),
                round(sum((this_year - year) * n for year, n in known) / dated) if dated else None,
                held / all_copies,
                loans.get(key, 0) / all_loans,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Year:
    """Copies registered in a Jalali year, and how many there were at its end."""

    year: int
    added: int
    total: int


def growth(added: Mapping[int, int], undated: int, *, last: int, years: int = 15) -> list[Year]:
    """The last years' additions up to the year `last`, with running totals.

    `undated` copies, of which nobody knows when they came, count as there from the start.
    """
    first = last - years + 1
    total = undated + sum(count for year, count in added.items() if year < first)
    lines = []
    for year in range(first, last + 1):
        total += added.get(year, 0)
        lines.append(Year(year, added.get(year, 0), total))
    return lines
