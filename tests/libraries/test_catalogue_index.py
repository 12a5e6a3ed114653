"""The catalogue's index: what any writer writes is noted, and a refresh makes the index true."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from libraries import catalogue_index
from libraries.bulk import bulk_insert, bulk_rewrite
from libraries.catalogue import find_titles
from libraries.catalogue_index import catalogue_refresh, noted_titles, titles_with, words_near
from libraries.domain.catalogue_query import Wanted, all_of, any_of
from libraries.domain.catalogue_words import (
    is_word,
    mistakes_allowed,
    mistakes_between,
    sound_of,
    title_terms,
    word_forms,
)
from libraries.domain.persian import search_key
from libraries.models import Library, Title
from libraries.tasks import catalogue_index as index_task
from tests.at_once import at_once
from tests.cast import Cast, make_cast
from tests.libraries.test_catalogue_subjects import bring

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیيىكةۀؤأإآئء۰۱۲۳٤٥abcXYZéÉçñ \u200c-،«»؛.()َّ!"
TEXTS = st.text(LETTERS, max_size=60)
WORDS = st.text("ابترسکگلمن", min_size=1, max_size=10)


def add(library_id: int, title: str, author: str = "", subjects: str = "") -> Title:
    return Title.objects.create(
        library_id=library_id,
        title=title,
        author=author,
        subjects=subjects,
        search_text=search_key(f"{title} {author}"),
        identity=str(Title.objects.count()),
    )


def add_many(library: Library, count: int, first: int = 0) -> None:
    """Titles as a copies list brings them."""
    fields = ("library_id", "title", "author", "publisher", "year", "search_text", "identity")
    with transaction.atomic():
        bulk_insert(
            Title,
            fields,
            (
                (library.pk, f"عنوان شماره{n}", "", "", "", f"عنوان شماره{n}", f"i{n}")
                for n in range(first, first + count)
            ),
        )


def is_true() -> None:
    """The index holds just what the titles say, and counts their words."""
    catalogue_refresh()
    assert noted_titles(1) == []
    with connection.cursor() as cursor:
        indexed = catalogue_index._indexed(cursor, [pk for pk in range(1, 1 + _last_title())])
        cursor.execute("SELECT word, titles FROM libraries_catalogueword WHERE titles > 0")
        counted = dict(cursor.fetchall())
        cursor.execute("SELECT form, word FROM libraries_catalogueform")
        forms = set(cursor.fetchall())
    titles = Title.objects.values_list("pk", "library_id", "title", "author", "subjects")
    terms = {pk: (library, sorted(title_terms(library, *texts))) for pk, library, *texts in titles}
    assert {pk: (library, text.split(" ")) for pk, (library, text) in indexed.items()} == terms
    words = Counter(filter(is_word, (term for _, some in terms.values() for term in some)))
    assert counted == words
    assert {(form, word) for word in words for form in word_forms(word)} <= forms


def _last_title() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max({catalogue_index._key()}) FROM libraries_catalogue")
        return max(cursor.fetchone()[0] or 0, max(noted_titles(10_000), default=0))


def having(library_id: int, wanted: Wanted) -> int:
    wanted = sound_of(wanted) if isinstance(wanted, str) else wanted
    return len(titles_with(wanted, [library_id], 100))


@pytest.mark.django_db
def test_after_each_writer_a_refresh_makes_the_index_true(cast: Cast) -> None:
    here = cast.library.pk
    one = add(here, "بوف کور", "صادق هدایت", "داستان")
    is_true()
    one.title = "سه قطره خون"
    one.save()
    is_true()
    Title.objects.filter(pk=one.pk).update(author="نویسندهٔ دیگر")
    is_true()
    with transaction.atomic():
        bulk_rewrite(Title, ("subjects",), [(one.pk, "ادبیات")])
    add_many(cast.library, 30)
    Title.objects.bulk_create(
        Title(library=cast.library, title=f"کتاب {n}", search_text="", identity=f"b{n}")
        for n in range(3)
    )
    is_true()
    assert having(here, "ادبیات") == 1
    assert having(here, "عنوان") == 30
    one.delete()
    Title.objects.filter(library=here).update(library=cast.other_library)
    is_true()
    assert having(here, "عنوان") == 0
    assert having(cast.other_library.pk, "عنوان") == 30
    Title.objects.all().delete()
    is_true()


@pytest.mark.django_db
def test_what_the_index_does_not_hold_is_not_noted(cast: Cast) -> None:
    one = add(cast.library.pk, "کلیدر")
    catalogue_refresh()
    Title.objects.filter(pk=one.pk).update(publisher="نشر دیگر", year="1390")
    one.save()
    assert noted_titles(1) == []


@pytest.mark.django_db
def test_a_title_that_is_rolled_back_leaves_no_note(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        add(cast.library.pk, "کلیدر")
        raise ZeroDivisionError
    assert noted_titles(1) == []


@pytest.mark.django_db
def test_both_databases_answer_the_same_questions(cast: Cast) -> None:
    here = cast.library.pk
    add(here, "بوف کور", "صادق هدایت", "داستان")
    add(here, "سگ ولگرد", "صادق هدایت")
    add(cast.other_library.pk, "بوف کور")
    catalogue_refresh()
    for wanted, count in (
        ("بوف", 1),
        ("صادق", 2),
        ("=بوفکور", 1),
        (all_of([sound_of("صادق"), "کور"]), 1),
        (all_of(["بوف", "سگ"]), 0),
        (any_of(["بوف", "سگ"]), 2),
        (all_of([any_of(["بوف", "سگ"]), all_of(["ولگرد", "هدایت"])]), 1),
    ):
        assert having(here, wanted) == count, wanted
    both = [here, cast.other_library.pk]
    assert len(titles_with("بوف", both, 100)) == 2
    assert len(titles_with("بوف", both, 1)) == 1
    assert len(titles_with("بوف", [here, *range(10_000, 10_020)], 100)) == 1


@pytest.mark.django_db
def test_new_words_can_be_misspelt_and_lost_ones_are_near_nothing(cast: Cast) -> None:
    one = add(cast.library.pk, "کلیدر", "", "روستاییان")
    catalogue_refresh()
    assert words_near(["کلیدد"]) == {"کلیدر": 1}
    assert words_near(["روستایان"]) == {"روستاییان": 1}
    one.delete()
    catalogue_refresh()
    assert words_near(["کلیدد", "روستایان"]) == {}


@pytest.mark.django_db
def test_many_titles_are_found_while_they_wait(cast: Cast) -> None:
    """As after an import, before the worker comes: by their words as they are written."""
    add_many(cast.library, 300)
    one = add(cast.library.pk, "كليدر", "محمود دولت‌آبادی")
    add(cast.other_library.pk, "کلیدر")
    here = Library.objects.filter(pk=cast.library.pk)
    assert [match.title for match in find_titles("کلیدر", libraries=here)] == [one]
    assert [match.title for match in find_titles("کتاب کلیدر دولت آبادی", libraries=here)] == [one]
    assert find_titles("شماره299", libraries=here)[0].title.title == "عنوان شماره299"
    catalogue_refresh()
    assert [match.title for match in find_titles("کلیدد", libraries=here)] == [one]


@pytest.mark.django_db
def test_a_changed_title_is_found_by_what_it_is_now(cast: Cast) -> None:
    one = add(cast.library.pk, "کلیدر")
    catalogue_refresh()
    Title.objects.filter(pk=one.pk).update(title="گلستان", library=cast.other_library)
    there = Library.objects.filter(pk=cast.other_library.pk)
    assert [match.title for match in find_titles("گلستان", libraries=there)] == [one]
    assert find_titles("کلیدر", libraries=there) == []
    assert find_titles("کلیدر", libraries=Library.objects.filter(pk=cast.library.pk)) == []


@pytest.mark.django_db
def test_what_waits_does_not_hide_what_is_indexed(cast: Cast) -> None:
    one = add(cast.library.pk, "کلیدر", "محمود دولت‌آبادی")
    catalogue_refresh()
    other = add(cast.other_library.pk, "کلیدر", "محمود دولت‌آبادی")
    for words in ("کلیدر", "کتاب کلیدر دولت آبادی", "کلیدد"):
        found = find_titles(words, libraries=Library.objects.all(), own=cast.library)
        assert [match.title for match in found] == [one, other], words


@pytest.mark.django_db
def test_what_stops_in_the_middle_stays_noted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    add_many(cast.library, 25)
    made = catalogue_index.title_terms

    def breaks(library: int, title: str, author: str, subjects: str) -> list[str]:
        if title.endswith("شماره17"):
            raise ZeroDivisionError
        return made(library, title, author, subjects)

    monkeypatch.setattr(catalogue_index, "title_terms", breaks)
    with pytest.raises(ZeroDivisionError):
        catalogue_refresh(batch=10)
    assert len(noted_titles(100)) == 15
    assert having(cast.library.pk, "عنوان") == 10
    monkeypatch.undo()
    is_true()


@pytest.mark.django_db
def test_the_worker_deals_with_all_of_it_in_parts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libraries.tasks.AT_ONCE", 10)
    monkeypatch.setitem(catalogue_refresh.__kwdefaults__, "batch", 5)
    add_many(cast.library, 31)
    index_task.enqueue()
    is_true()


@pytest.mark.django_db(transaction=True)
def test_two_refreshers_and_a_writer_at_once() -> None:
    cast = make_cast()
    add_many(cast.library, 200)

    def writes() -> None:
        add_many(cast.library, 50, first=1_000)
        Title.objects.filter(identity="i7").update(title="عنوان دیگر")
        Title.objects.filter(identity="i8").delete()

    def refreshes() -> int:
        return catalogue_refresh(batch=20)

    done = at_once(refreshes, writes, refreshes)
    assert done[0] + done[2] >= 200
    is_true()
    assert having(cast.library.pk, "دیگر") == 1


@pytest.mark.django_db
def test_a_list_that_is_written_wakes_the_worker(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        bring(cast, "کلیدر|محمود دولت‌آبادی|1|داستان|موجود")
    assert noted_titles(1) == []
    is_true()


@given(WORDS, WORDS)
def test_words_within_the_mistakes_allowed_share_a_form(word: str, other: str) -> None:
    if mistakes_between(word, other) <= min(mistakes_allowed(word), mistakes_allowed(other)):
        assert set(word_forms(word)) & set(word_forms(other))


@given(TEXTS, TEXTS)
def test_terms_hold_nothing_that_a_query_would_stumble_over(title: str, author: str) -> None:
    terms = title_terms(1, title, author, "")
    assert all(term.lstrip("=@").isalnum() for term in terms if is_word(term))
    assert all(not {"'", '"', "\\", " "} & set(term) for term in terms)
