"""Rates of a register, and how they differ between two rounds."""

from dataclasses import dataclass

from libraries.domain.persian import to_persian_digits


def percent_words(rate: float | None) -> str:
    """A share of one as per cent with one decimal: «۰٫۳٪»; «—» where there is none."""
    if rate is None:
        return "—"
    return to_persian_digits(f"{_percent(rate):.1f}٪".replace(".", "٫"))


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of a whole, in this round and in the one before; None where the whole is nothing."""

    now: float | None
    before: float | None

    @property
    def words(self) -> str:
        """This round's rate."""
        return percent_words(self.now)

    @property
    def words_before(self) -> str:
        """The last round's rate."""
        return percent_words(self.before)

    @property
    def change(self) -> float | None:
        """By how many percentage points it rose (fell, if negative), of the rates as shown."""
        if self.now is None or self.before is None:
            return None
        return round(_percent(self.now) - _percent(self.before), 1)

    @property
    def change_words(self) -> str:
        """«۰٫۲ بیشتر», «۰٫۲ کمتر», «برابر»; «—» where one of the two is unknown."""
        change = self.change
        if change is None:
            return "—"
        if not change:
            return "برابر"
        points = to_persian_digits(f"{abs(change):.1f}".replace(".", "٫"))
        return f"{points} {'بیشتر' if change > 0 else 'کمتر'}"


def share(part: int, whole: int) -> float | None:
    """A part of a whole, from 0 to 1; None of nothing."""
    return part / whole if whole else None


def _percent(rate: float) -> float:
    return round(100 * rate, 1)
