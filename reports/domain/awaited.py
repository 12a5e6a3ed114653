"""What keeps a report 2 or 3 waiting, and who (directive 7-2 to 7-4)."""

from dataclasses import dataclass
from enum import StrEnum

from libraries.domain.persian import to_persian_digits

_NAMED = 5  # names in a sentence; how many more is told


class Awaited(StrEnum):
    """What a report 2 or 3 can wait for."""

    ACCEPTANCE = "acceptance"  # of a library's report by the county head
    COUNTY = "county"  # a county's report 2, or its acceptance
    LEFT_OUT = "left_out"  # a library whose report came after its county's report 2 was sent
    REVIEW = "review"  # of a library's report by the provincial expert
    REASON = "reason"  # of a library that sent no report


_SENTENCES = {
    Awaited.ACCEPTANCE: "گزارش این کتابخانه‌ها هنوز پذیرفته نشده است",
    Awaited.COUNTY: "گزارش شمارهٔ دوی این شهرستان‌ها نرسیده یا پذیرفته نشده است",
    Awaited.LEFT_OUT: "گزارش این کتابخانه‌ها پس از گزارش شمارهٔ دوی شهرستانشان رسیده و در آن "
    "نیامده است؛ گزارش شمارهٔ دو را بازگردانید تا از نو فرستاده شود",
    Awaited.REVIEW: "کارشناس هنوز بررسی گزارش این کتابخانه‌ها را پایان نداده است",
    Awaited.REASON: "این کتابخانه‌ها نه گزارش فرستاده‌اند و نه علت عدم انجام گفته‌اند",
}


@dataclass(frozen=True, slots=True, order=True)
class AwaitedPlace:
    """Who keeps a report 2 or 3 waiting: a library or county, its report if there is one, and its
    place in the round where a reason is wanted."""

    name: str
    county_id: int
    report_id: int | None = None
    asked_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that a report 2 or 3 waits for, and from whom."""

    what: Awaited
    places: tuple[AwaitedPlace, ...]

    @property
    def words(self) -> str:
        """What is waited for, without the names."""
        return _SENTENCES[self.what]

    @property
    def sentence(self) -> str:
        """The same with the first of the names."""
        names = "، ".join(place.name for place in self.places[:_NAMED])
        more = len(self.places) - _NAMED
        others = f" و {more} تای دیگر" if more > 0 else ""
        return to_persian_digits(f"{self.words}: {names}{others}.")
