"""The figures of a round as Excel: the places, the main classes, every library."""

from collections.abc import Iterable, Iterator
from typing import IO

from libraries.domain.persian import to_persian_digits
from libraries.files.write import Cell, Sheet, write_workbook
from libraries.models import Library
from reports.aggregates import (
    FOUND,
    TIED,
    Line,
    Scope,
    lines_by_class,
    lines_by_library_and_class,
    lines_by_place,
)
from reports.domain.tie_out import LABELS
from reports.models import RevisionLine

PLACES = {"province": "استان", "county": "شهرستان"}
_TIED = tuple(LABELS[name] for name in TIED)
_FOUND = tuple(f"{RevisionLine.What(what).label} در این دوره" for what in FOUND)
_RATES = (
    *("نرخ مفقودی (٪)", "نرخ مفقودی دورهٔ پیش (٪)", "اختلاف"),
    *("نرخ وجین (٪)", "نرخ وجین دورهٔ پیش (٪)", "اختلاف وجین"),
)
_COUNTED = ("کتابخانه‌های دوره", "گزارش رسیده")
_LIBRARY = ("استان", "شهرستان", "کتابخانه", "کد", "نوع", "درجه")


def figures_xlsx(target: IO[bytes], scope: Scope) -> None:
    """Write everything that a scope says: the places right below, the classes, each library,
    each library's classes."""
    libraries = lines_by_place(scope, "library")
    places = Library.objects.select_related("county__province").in_bulk(
        [line.key for line in libraries]
    )
    note = to_persian_digits(
        f"دورهٔ {scope.round.year}؛ از گزارش‌های فرستادهٔ کتابخانه‌ها. نرخ: آنچه رف‌خوانی‌های دوره "
        "یافتند، بخش بر دفتر ثبت."
    )
    sheets = []
    if scope.below in PLACES:
        word = PLACES[scope.below]
        below = lines_by_place(scope, scope.below)
        rows: Iterable[tuple[Cell, ...]] = (
            (line.name, line.now.asked, line.now.reported, *_numbers(line)) for line in below
        )
        sheets.append(
            Sheet(f"{word}‌ها", (word, *_COUNTED, *_TIED, *_FOUND, *_RATES), rows, notes=[note])
        )
    of_library = (
        (*_names(places[line.key]), line.now.asked, line.now.reported, *_numbers(line))
        for line in libraries
    )
    by_class = ((line.name, *_numbers(line)) for line in lines_by_class(scope))
    sheets += [
        Sheet(
            "کتابخانه‌ها",
            (*_LIBRARY, *_COUNTED, *_TIED, *_FOUND, *_RATES),
            of_library,
            notes=[note],
        ),
        Sheet("رده‌ها", ("ردهٔ اصلی", *_TIED, *_FOUND, *_RATES), by_class, notes=[note]),
        Sheet(
            "کتابخانه و رده",
            (*_LIBRARY, "ردهٔ اصلی", *_TIED, *_FOUND),
            _by_library_and_class(scope, places),
            notes=[note],
        ),
    ]
    write_workbook(target, sheets)


def _by_library_and_class(scope: Scope, places: dict[int, Library]) -> Iterator[tuple[Cell, ...]]:
    for (library_id, name), sums in sorted(lines_by_library_and_class(scope).items()):
        figures = (sums[column] for column in (*TIED, *FOUND.values()))
        yield (*_names(places[library_id]), name, *figures)


def _names(library: Library) -> tuple[Cell, ...]:
    county = library.county
    return (
        county.province.name,
        county.name,
        library.name,
        library.code,
        library.get_kind_display(),
        library.degree,
    )


def _numbers(line: Line) -> tuple[Cell, ...]:
    rates: list[Cell] = []
    for rate in (line.missing_rate, line.weeding_rate):
        rates += [_percent(rate.now), _percent(rate.before), rate.change]
    return (*line.now.tied, *line.now.found, *rates)


def _percent(rate: float | None) -> float | None:
    return None if rate is None else round(100 * rate, 2)
