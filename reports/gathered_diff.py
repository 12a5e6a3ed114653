"""What differs between two revisions of a report 2 or 3: its libraries' lines, and its sums."""

from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest

from libraries.domain.persian import to_persian_digits
from reports.forms.gathered import COUNTY, NAME, GatheredForm, Line
from reports.models import Revision
from reports.printing import gathered_layout
from reports.selectors_way import FigureChange

STANDS = "در جدول"  # what a line says of its library as a whole
READ = "خوانده"
UNREAD = "نخوانده"
_NONE = "—"
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineChange:
    """A cell of the table that differs; «—» where the revision has no such line or value."""

    library: str
    label: str
    before: str
    after: str


def line_changes(before: Revision, after: Revision) -> list[LineChange]:
    """The cells that differ, library by library; a library that came, went or read since has one
    line of its own. Empty for a library's report."""
    old, new = _said(gathered_layout(before)), _said(gathered_layout(after))
    changes = []
    for key in dict.fromkeys([*new, *old]):
        was, is_ = old.get(key, {}), new.get(key, {})
        same_kind = was.get(STANDS) == is_.get(STANDS)
        for label in dict.fromkeys([*is_, *was]) if same_kind else (STANDS,):
            pair = (was.get(label, _NONE), is_.get(label, _NONE))
            if pair[0] != pair[1]:
                changes.append(LineChange("، ".join(key[1:]), label, *pair))
    return changes


def sum_changes(before: Revision, after: Revision) -> list[FigureChange]:
    """The sums at the foot that differ; empty for a library's report."""
    old, new = gathered_layout(before), gathered_layout(after)
    if old is None or new is None:
        return []
    pairs = zip_longest(_sums(old), _sums(new), fillvalue=0)
    return [
        FigureChange(f"{new.sum_label}، {label}", was, is_)
        for label, (was, is_) in zip(_labels(new), pairs, strict=False)
        if was != is_
    ]


def _labels(form: GatheredForm) -> tuple[str, ...]:
    weeded = (f"وجین {label}" for label in form.weeded_columns)
    return (form.copies_label, *weeded, *form.other_columns)


def _sums(form: GatheredForm) -> list[int]:
    sums = form.sums()
    return [figure or 0 for figure in sums.figures] if sums else []


def _said(form: GatheredForm | None) -> dict[Key, dict[str, str]]:
    """What the table says of each library, by column. The key begins with a number that tells
    libraries of one name apart, and goes on with name and county."""
    if form is None:
        return {}
    seen: Counter[Key] = Counter()
    said: dict[Key, dict[str, str]] = {}
    columns = [column.label for column in form.columns]
    for line in (line for group in form.groups() for line in group):
        names = line.library[: 2 if COUNTY in form.columns else 1]
        seen[names] += 1
        said[(str(seen[names]), *names)] = _cells(form, columns, line)
    return said


def _cells(form: GatheredForm, columns: list[str], line: Line) -> dict[str, str]:
    words = dict(
        zip(columns[columns.index(NAME.label) :], (*line.library, *line.reading), strict=False)
    )
    if line.unread:
        return words | {STANDS: UNREAD, form.reason_label: line.reason or _NONE}
    figures = (to_persian_digits(figure or 0) for figure in line.figures)
    return words | {STANDS: READ} | dict(zip(_labels(form), figures, strict=True))
