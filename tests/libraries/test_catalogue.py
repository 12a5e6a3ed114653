"""Finding titles by what somebody wrote of them."""

import csv
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from libraries import catalogue
from libraries.catalogue import TitleMatch, lendable_counts
from libraries.catalogue_index import catalogue_refresh
from libraries.copy_facts import title_identity
from libraries.demo.library import books
from libraries.domain.catalogue_score import Question, words_of
from libraries.domain.persian import search_key
from libraries.models import Copy, CopyStatus, Library, Title
from loans.models import BindingTrip, Loan
from tests.cast import Cast, add_copies
from tests.libraries.catalogue_questions import BOOKS, NOTHING, QUESTIONS

SHARED = Path(os.environ.get("RAFKHAN_SHARED") or Path(__file__).parents[3] / "shared") / "data"
pytestmark = pytest.mark.django_db


def add(library: Library, title: str, author: str = "", subjects: str = "") -> Title:
    return Title.objects.create(
        library=library,
        title=title,
        author=author,
        subjects=subjects,
        search_text=search_key(f"{title} {author}"),
        identity=title_identity(title, author, "", ""),
    )


def only(*libraries: Library) -> QuerySet[Library]:
    return Library.objects.filter(pk__in=[library.pk for library in libraries])


def find_titles(words: str, **options: Any) -> list[TitleMatch]:
    """What is found once new titles are in the index; the best was found before."""
    noted = catalogue.find_titles(words, **options)
    catalogue_refresh()
    found = catalogue.find_titles(words, **options)
    assert found[:1] == noted[:1]
    return found


def names(words: str, *libraries: Library) -> list[str]:
    return [match.title.title for match in find_titles(words, libraries=only(*libraries))]


def bring(library: Library, rows: list[tuple[str, str]]) -> set[str]:
    """Titles and authors into a library and its index; the titles."""
    Title.objects.bulk_create(
        Title(
            library=library,
            title=title,
            author=author,
            search_text=search_key(f"{title} {author}"),
            identity=str(number),
        )
        for number, (title, author) in enumerate(rows)
    )
    catalogue_refresh()
    return {title for title, _ in rows}


def table_of_books() -> list[tuple[str, str]]:
    lines = [line.split(" | ") for line in BOOKS.strip().splitlines()]
    return [(title, author) for title, author in lines]


def all_real_titles() -> list[tuple[str, str]]:
    """Some 1,500 real books, where they are at hand."""
    path = SHARED / "titles.csv"
    if not path.exists():
        pytest.skip("the many real titles are not here: shared/data/titles.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["title"], row["author"]) for row in csv.DictReader(file)]


def books_of_the_demo() -> list[tuple[str, str]]:
    return table_of_books() + [(title, author) for title, author, *_ in books()]


@pytest.mark.parametrize("catalogue_of", [books_of_the_demo, all_real_titles])
def test_the_title_that_is_meant_comes_first(
    cast: Cast, catalogue_of: Callable[[], list[tuple[str, str]]]
) -> None:
    there = bring(cast.library, catalogue_of())
    asked = [(words, meant) for kind in QUESTIONS.values() for words, meant in kind]
    assert len(asked) >= 60
    assert {meant for _, meant in asked} <= there
    found = {words: names(words, cast.library) for words, _ in asked}
    not_first = [(words, found[words][:3]) for words, meant in asked if found[words][:1] != [meant]]
    not_in_five = [words for words, meant in asked if meant not in found[words][:5]]
    assert len(not_first) <= 2, not_first
    assert not not_in_five


@pytest.mark.parametrize("catalogue_of", [table_of_books, all_real_titles])
def test_nothing_is_found_where_nothing_is_meant(
    cast: Cast, catalogue_of: Callable[[], list[tuple[str, str]]]
) -> None:
    bring(cast.library, catalogue_of())
    assert {words: found for words in NOTHING if (found := names(words, cast.library))} == {}


def test_authors_and_subjects_are_found(cast: Cast) -> None:
    add(cast.library, "کلیدر", "محمود دولت‌آبادی", "داستان‌های فارسی، قرن ۱۴")
    add(cast.library, "گلستان", "سعدی", "نثر فارسی")
    assert names("دولت ابادی", cast.library) == ["کلیدر"]
    assert names("داستانهای فارسی", cast.library)[:1] == ["کلیدر"]
    assert names("نسر فارسی", cast.library)[:1] == ["گلستان"]


def test_exact_tells_what_is_written_so(cast: Cast) -> None:
    add(cast.library, "کلیدر", "محمود دولت‌آبادی")
    one = only(cast.library)
    for words, exact in (("كليدر", True), ("کتاب کلیدر دولت‌آبادی", True), ("کلیدد", False)):
        (match,) = find_titles(words, libraries=one)
        assert match.exact is exact, words
    assert find_titles("کلیدر", libraries=one)[0].score == 100


def test_looks_in_the_libraries_given_only_and_own_comes_first(cast: Cast) -> None:
    add(cast.other_library, "کلیدر")
    own = add(cast.library, "کلیدر")
    assert [match.title for match in find_titles("کلیدر", libraries=only(cast.library))] == [own]
    both = find_titles("کلیدر", libraries=Library.objects.all(), own=cast.library)
    assert [match.title.library for match in both] == [cast.library, cast.other_library]
    both = find_titles("کلیدر", libraries=Library.objects.all(), own=cast.other_library, limit=1)
    assert [match.title.library for match in both] == [cast.other_library]
    assert find_titles("کلیدر", libraries=Library.objects.none()) == []
    lenders = Library.objects.for_user(cast.outsider)
    assert [match.title.library for match in find_titles("کلیدر", libraries=lenders)] == [
        cast.other_library
    ]


def test_only_what_can_be_handed_over_is_counted(cast: Cast) -> None:
    copies = add_copies(cast.library, [f"100/{number}" for number in range(7)])
    title = copies[0].title
    Copy.objects.update(title=title)
    Copy.objects.filter(pk=copies[0].pk).update(status=CopyStatus.MISSING)
    Copy.objects.filter(pk=copies[1].pk).update(is_reference=True)
    now, today = timezone.now(), date(2026, 11, 1)
    Loan.objects.create(copy=copies[2], lent_at=now)
    Loan.objects.create(copy=copies[3], lent_at=now, returned_at=now, returned_by=cast.librarian)
    trip = {"sent_on": today, "sent_by": cast.librarian}
    BindingTrip.objects.create(copy=copies[4], **trip)
    BindingTrip.objects.create(copy=copies[5], **trip, back_on=today, back_by=cast.librarian)
    assert lendable_counts([title.pk]) == {title.pk: 3}  # 3, 5 and 6
    matches = find_titles(title.title, libraries=only(cast.library))
    assert [match.lendable for match in matches if match.title == title] == [3]


def test_of_titles_that_fit_alike_the_one_that_can_be_lent_comes_first(cast: Cast) -> None:
    add(cast.library, "کلیدر", "محمود دولت‌آبادی")
    (copy,) = add_copies(cast.library, ["100/1"])
    Title.objects.filter(pk=copy.title_id).update(title="کلیدر", author="دولت‌آبادی")
    found = find_titles("کلیدر", libraries=only(cast.library))
    assert [match.lendable for match in found] == [1, 0]


def test_a_question_costs_few_queries(cast: Cast) -> None:
    for number in range(30):
        add(cast.library, f"تاریخ ایران جلد {number}")
    catalogue_refresh()
    with CaptureQueriesContext(connection) as queries:
        catalogue.find_titles("تاریخ ایارن مشکور چاپ سنگی", libraries=only(cast.library))
    assert len(queries) <= 14


@pytest.mark.parametrize(
    "words", ["کتاب " * 300, "آ" * 1000, "a b c d e f g h i j k l m n o p", "تاریخ ایران " * 20]
)
def test_any_text_is_answered(cast: Cast, words: str) -> None:
    add(cast.library, "تاریخ ایران")
    assert len(find_titles(words, libraries=only(cast.library))) <= 1


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("بوف کور", "بوف"),
        ("بوف کور", "سگ کور"),
        ("بوف کور", "بوف کور و داستان‌های دیگر"),
        ("بوف گور", "بوق گور"),
    ],
)
def test_what_fits_better_scores_higher(better: str, worse: str) -> None:
    question = Question(words_of("بوف کور"))
    assert question.score(better, "", "")[0] > question.score(worse, "", "")[0]
