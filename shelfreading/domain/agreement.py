"""The sample of a reading: how large, which copies, and how far the two readings agree (B6)."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TypeVar

from libraries.domain.persian import to_persian_digits

T = TypeVar("T")
# The 97.5 % point of the normal distribution: 95 % lie between it and its negative.
Z_95 = 1.959963984540054
# What a usual sample is made for: an agreement of 95 %, known to six points either way.
USUAL_AGREEMENT = 0.95
USUAL_MARGIN = 0.06


def usual_size(population: int) -> int:
    """How many of so many copies to read again: enough for a 95 % interval of ± 6 points where
    95 % agree (Cochran's formula with its correction for small populations); 51 of very many.
    """
    if population < 1:
        return 0
    of_many = Z_95**2 * USUAL_AGREEMENT * (1 - USUAL_AGREEMENT) / USUAL_MARGIN**2
    return min(population, ceil(of_many / (1 + (of_many - 1) / population)))


def draw(population: Sequence[T], size: int, seed: int) -> list[T]:
    """So many of them at random, in their own order; the same seed draws the same.

    Raises ValueError where there aren't so many.
    """
    places = random.Random(seed).sample(range(len(population)), size)
    return [population[place] for place in sorted(places)]


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (E. B. Wilson, 1927): its two ends, between 0 and 1; the
    whole range where nothing was counted.
    """
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    scale = 1 + Z_95**2 / total
    middle = (share + Z_95**2 / (2 * total)) / scale
    half = Z_95 * sqrt(share * (1 - share) / total + Z_95**2 / (4 * total**2)) / scale
    # At the very ends the formula is exact, and only rounding strays from 0 and 1.
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == total else min(1.0, middle + half)
    return low, high


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of the compared copies both readings say the same of."""

    compared: int
    agreed: int

    @property
    def share(self) -> int | None:
        """The share of equal answers, per mille; None where nothing could be compared."""
        return round(1000 * self.agreed / self.compared) if self.compared else None

    @property
    def interval(self) -> tuple[int, int]:
        """Its 95 % interval, per mille."""
        low, high = wilson(self.agreed, self.compared)
        return round(1000 * low), round(1000 * high)


def agreement(answers: Iterable[tuple[bool, bool]]) -> Agreement:
    """From what the first and the second reading say of each copy: seen, or not."""
    pairs = list(answers)
    return Agreement(len(pairs), sum(first == second for first, second in pairs))


def percent(per_mille: int) -> str:
    """«۹۶٫۵٪» of 965."""
    return to_persian_digits(f"{per_mille // 10}٫{per_mille % 10}٪")


def agreement_words(found: Agreement) -> str:
    """The agreement with its interval in a sentence's part."""
    if found.share is None:
        return "چیزی برای سنجیدن نماند"
    low, high = (percent(end) for end in found.interval)
    return (
        f"{percent(found.share)} (فاصلهٔ اطمینان ۹۵ درصد: {low} تا {high}؛ "
        f"{to_persian_digits(found.agreed)} از {to_persian_digits(found.compared)} نسخه)"
    )
