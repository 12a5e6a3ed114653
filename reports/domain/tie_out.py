"""Tie-out (spec B11): in every main class what the register holds is what became of it.

register = on shelf + on loan + binding + weeded + missing + unreturned + not read
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from libraries.domain.persian import to_persian_digits
from shelfreading.domain.findings import Finding

UNCLASSED = "—"


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One main class: the copies in the register, and what the reading says became of them."""

    main_class: str
    register: int = 0
    on_shelf: int = 0
    on_loan: int = 0
    binding: int = 0
    weeded: int = 0
    missing: int = 0
    unreturned: int = 0
    not_read: int = 0

    @property
    def told(self) -> int:
        """The sum of what became of them."""
        return sum(astuple(self)[2:])

    @property
    def open(self) -> int:
        """Copies of which nobody said what became of them."""
        return self.register - self.told

    @property
    def closes(self) -> bool:
        """Whether nothing is left over and nothing counted twice."""
        return self.register == self.told


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(ClassLine))[2:]
LABELS: dict[str, str] = {
    "register": "دفتر ثبت",
    "on_shelf": "در قفسه",
    "on_loan": "در امانت",
    "binding": "صحافی",
    "weeded": "وجین",
    "missing": "مفقود",
    "unreturned": "برنگشته",
    "not_read": "خوانده‌نشده",
}
# Where a copy that no decision touched ends, by what the reading found.
COLUMN_OF_FINDING: dict[Finding, str] = {
    Finding.PRESENT: "on_shelf",
    Finding.ON_LOAN_ON_SHELF: "on_shelf",
    Finding.BACK_FROM_BINDER: "on_shelf",
    Finding.FOUND: "on_shelf",
    Finding.ON_LOAN: "on_loan",
    Finding.FOLLOW_UP_DUE: "on_loan",
    Finding.UNRETURNED: "unreturned",
    Finding.AT_BINDER: "binding",
    Finding.MISSING: "missing",
    Finding.WEEDED: "weeded",
    Finding.WEEDED_ON_SHELF: "weeded",
    Finding.NOT_READ: "not_read",
}


def tie_out(copies: Iterable[tuple[str, str | None]]) -> list[ClassLine]:
    """The lines of a reading, by main class in order, from each registered copy's main class and
    column (one of `COLUMNS`; None where the reading left open what became of it).

    A copy that was looked for once only is such a one: it is neither on the shelf nor missing
    before a second look (spec B5).
    """
    register: Counter[str] = Counter()
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for main_class, column in copies:
        name = main_class or UNCLASSED
        register[name] += 1
        if column is not None:
            told[name][column] += 1
    return [
        ClassLine(name, register[name], **told[name])
        for name in sorted(register, key=lambda name: (name == UNCLASSED, name))
    ]


def total(lines: Iterable[ClassLine]) -> ClassLine:
    """All classes in one line."""
    sums: Counter[str] = Counter()
    for line in lines:
        for name in ("register", *COLUMNS):
            sums[name] += getattr(line, name)
    return ClassLine("", **sums)


def left_open(lines: Iterable[ClassLine]) -> str:
    """Where the sums don't close, as a sentence; '' where they do."""
    places = [
        f"ردهٔ {line.main_class} ({line.register} نسخه در دفتر ثبت، {line.told} تعیین‌تکلیف‌شده)"
        for line in lines
        if not line.closes
    ]
    if not places:
        return ""
    return to_persian_digits(
        f"جمع‌ها بسته نمی‌شود: {'؛ '.join(places)}. اعمال را برگردانید، نگاه دوم را تمام کنید و "
        "یافته‌ها را دوباره اعمال کنید."
    )
