"""The catalogue's index is kept by the database, whoever writes titles."""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from libraries.bulk import bulk_insert, bulk_rewrite
from libraries.catalogue_index import titles_with, words_near
from libraries.domain.catalogue_words import (
    is_word,
    mistakes_allowed,
    mistakes_between,
    sound_of,
    title_terms,
    word_forms,
)
from libraries.domain.persian import stored_form
from libraries.models import Title
from tests.cast import Cast

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیيىكةۀؤأإآئء۰۱۲۳٤٥abcXYZéÉçñ \u200c-،«»؛.()َّ!"
TEXTS = st.text(LETTERS, max_size=60)
WORDS = st.text("ابترسکگلمن", min_size=1, max_size=10)


def add(library_id: int, title: str, author: str = "", subjects: str = "") -> Title:
    return Title.objects.create(
        library_id=library_id,
        title=title,
        author=author,
        subjects=subjects,
        search_text="",
        identity=str(Title.objects.count()),
    )


def having(library_id: int, term: str) -> list[str]:
    return sorted(title for _, _, title, *_ in titles_with(sound_of(term), [library_id], 100))


@pytest.mark.django_db
def test_each_writer_is_seen(cast: Cast) -> None:
    here = cast.library.pk
    one = add(here, "بوف کور", "صادق هدایت", "داستان")
    assert having(here, "بوف") == having(here, "هدایت") == having(here, "داستان") == ["بوف کور"]
    assert having(here, "=بوفکور") == ["بوف کور"]
    assert not having(cast.other_library.pk, "بوف")

    one.title = "سه قطره خون"
    one.save()
    assert not having(here, "بوف")
    assert having(here, "قتره") == ["سه قطره خون"]

    Title.objects.filter(pk=one.pk).update(author="نویسندهٔ دیگر")
    assert not having(here, "هدایت")
    with transaction.atomic():
        bulk_rewrite(Title, ("subjects",), [(one.pk, "ادبیات")])
        rows = [(here, f"عنوان {n}", "", "", "", "", f"i{n}") for n in range(30)]
        names = ("library_id", "title", "author", "publisher", "year", "search_text", "identity")
        bulk_insert(Title, names, rows)
    assert having(here, "ادبیات") == ["سه قطره خون"]
    assert len(having(here, "عنوان")) == 30

    one.delete()
    assert not having(here, "ادبیات")
    Title.objects.filter(library=here).update(library=cast.other_library)
    assert not having(here, "عنوان")
    assert len(having(cast.other_library.pk, "عنوان")) == 30
    Title.objects.all().delete()
    assert not having(cast.other_library.pk, "عنوان")


@pytest.mark.django_db
def test_new_words_of_every_writer_can_be_misspelt(cast: Cast) -> None:
    one = add(cast.library.pk, "کلیدر")
    assert "کلیدر" in words_near(["کلیدد"])
    Title.objects.filter(pk=one.pk).update(subjects="روستاییان")
    assert "روستاییان" in words_near(["روستایان"])
    with transaction.atomic():
        bulk_rewrite(Title, ("author",), [(one.pk, "دولتآبادی")])
    assert "دولتابادی" in words_near(["دولتابدای"])


@pytest.mark.django_db
def test_a_title_that_is_rolled_back_leaves_nothing(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        add(cast.library.pk, "کلیدر")
        raise ZeroDivisionError
    assert not having(cast.library.pk, "کلیدر")
    assert not words_near(["کلیدر"])


def ask(sql: str, *values: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return sorted(term for (term,) in cursor.fetchall())


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS, WORDS)
def test_both_databases_make_the_terms_and_forms_that_python_does(
    title: str, author: str, subjects: str, word: str
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite calls the Python functions themselves")
    texts = [stored_form(text) for text in (title, author, subjects)]
    made = ask("SELECT unnest(tsvector_to_array(libraries_title_terms(7, %s, %s, %s)))", *texts)
    assert made == sorted(title_terms(7, *texts))
    forms = ask("SELECT DISTINCT unnest(libraries_word_forms(%s))", word)
    assert forms == word_forms(word)


@given(WORDS, WORDS)
def test_words_within_the_mistakes_allowed_share_a_form(word: str, other: str) -> None:
    if mistakes_between(word, other) <= min(mistakes_allowed(word), mistakes_allowed(other)):
        assert set(word_forms(word)) & set(word_forms(other))


@given(TEXTS, TEXTS)
def test_terms_hold_nothing_that_a_query_would_stumble_over(title: str, author: str) -> None:
    terms = title_terms(1, title, author, "")
    assert all(term.lstrip("=@").isalnum() for term in terms if is_word(term))
    assert all(not {"'", '"', "\\", " "} & set(term) for term in terms)
