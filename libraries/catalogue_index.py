"""The catalogue's index in the database: which titles have a word, and which words are near one.

On PostgreSQL a GIN index over a function of the title's columns, on SQLite an FTS5 table that
triggers keep. Both hold the terms of `libraries.domain.catalogue_words`. Beside it stands a
table of all words that any title ever had, by what is left of them with letters taken away;
triggers add to it, too, so that no writer of titles can forget either.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from libraries.domain import catalogue_words as words
from libraries.domain.catalogue_words import (
    BETWEEN_WORDS,
    END_OF_TITLE,
    LIBRARY,
    LONG_WORD,
    LONGEST_TEXT,
    LONGEST_WHOLE,
    LONGEST_WORD,
    MARKS,
    PLAIN_LETTERS,
    SOUND_LETTERS,
    WHOLE,
)

Row = tuple[int, int, str, str, str]
FEW_LIBRARIES = 8

_POSTGRESQL = (
    # What title_terms gives. All of it stands in one function, which calls none but PostgreSQL's
    # own: a dump is restored with an empty search path. It is said to be as dear as it is, lest a
    # few rows be looked for by calling it for all.
    f"""
    CREATE FUNCTION libraries_title_terms(library bigint, title text, author text, subjects text)
    RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
    DECLARE
        texts text := left(title, {LONGEST_TEXT}) || ' {END_OF_TITLE} '
            || left(author, {LONGEST_TEXT}) || ' ' || left(subjects, {LONGEST_TEXT});
        terms text[];
        whole text;
    BEGIN
        texts := translate(
            lower(normalize(texts, NFKD)),
            '{PLAIN_LETTERS[0] + SOUND_LETTERS[0]}',
            '{PLAIN_LETTERS[1] + SOUND_LETTERS[1]}'
        );
        texts := regexp_replace(texts, '{MARKS}', '', 'g');
        texts := regexp_replace(texts, '{BETWEEN_WORDS}', ' ', 'g');
        texts := regexp_replace(texts, '([^ ]{{{LONGEST_WORD}}})(?=[^ ])', '\\1 ', 'g');
        whole := replace(split_part(texts, '{END_OF_TITLE}', 1), ' ', '');
        terms := array_remove(string_to_array(replace(texts, '{END_OF_TITLE}', ' '), ' '), '');
        terms := terms || ('{LIBRARY}' || library) || ('{WHOLE}' || left(whole, {LONGEST_WHOLE}));
        RETURN array_to_tsvector(terms);
    END $$
    """,
    f"""
    CREATE FUNCTION libraries_word_forms(word text)
    RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
    DECLARE
        last text[] := ARRAY[left(word, {LONG_WORD})];
        forms text[] := last;
        mistakes int := CASE
            WHEN length(word) < {words.LEAST_MISSPELT} OR word ~ '^[0-9]+$' THEN 0
            WHEN length(word) < {LONG_WORD} THEN 1
            ELSE 2 END;
    BEGIN
        FOR round IN 1..mistakes LOOP
            last := ARRAY(
                SELECT DISTINCT left(form, i - 1) || substr(form, i + 1)
                FROM unnest(last) AS form, generate_series(1, length(form)) AS i
            );
            forms := forms || last;
        END LOOP;
        RETURN forms;
    END $$
    """,
    'CREATE TABLE libraries_catalogueword (word text COLLATE "C" NOT NULL)',
    "CREATE INDEX libraries_catalogueword_word ON libraries_catalogueword (word)",
    """
    CREATE INDEX libraries_catalogueword_forms ON libraries_catalogueword
    USING gin (libraries_word_forms(word)) WITH (fastupdate = off)
    """,
    """
    CREATE INDEX libraries_title_catalogue ON libraries_title
    USING gin (libraries_title_terms(library_id, title, author, subjects)) WITH (fastupdate = off)
    """,
    # No unique index: two imports that bring the same new word would wait for one another. A word
    # that came in twice does no harm.
    f"""
    CREATE FUNCTION libraries_title_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO libraries_catalogueword (word)
        SELECT word FROM (
            SELECT DISTINCT unnest(tsvector_to_array(
                libraries_title_terms(library_id, title, author, subjects)
            )) COLLATE "C" AS word FROM written
        ) AS found
        WHERE left(word, 1) NOT IN ('{WHOLE}', '{LIBRARY}') AND NOT EXISTS (
            SELECT 1 FROM libraries_catalogueword AS known WHERE known.word = found.word
        );
        RETURN NULL;
    END $$
    """,
    *(
        f"""
        CREATE TRIGGER libraries_title_words_{event} AFTER {event} ON libraries_title
        REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION libraries_title_words()
        """
        for event in ("insert", "update")
    ),
    """
    INSERT INTO libraries_catalogueword (word)
    SELECT DISTINCT word FROM libraries_title, unnest(tsvector_to_array(
        libraries_title_terms(library_id, title, author, subjects))) AS word
    WHERE left(word, 1) NOT IN ('=', '@')
    """,
)
_POSTGRESQL_DOWN = (
    "DROP TRIGGER IF EXISTS libraries_title_words_insert ON libraries_title",
    "DROP TRIGGER IF EXISTS libraries_title_words_update ON libraries_title",
    "DROP INDEX IF EXISTS libraries_title_catalogue",
    "DROP TABLE IF EXISTS libraries_catalogueword",
    "DROP FUNCTION IF EXISTS libraries_title_words()",
    "DROP FUNCTION IF EXISTS libraries_title_terms(bigint, text, text, text)",
    "DROP FUNCTION IF EXISTS libraries_word_forms(text)",
)

_COLUMNS = ("library_id", "title", "author", "subjects")


def _sqlite_terms(row: str) -> str:
    return f"rafkhan_title_terms({', '.join(f'{row}.{column}' for column in _COLUMNS)})"


def _sqlite_add(row: str, rows: str = "") -> str:
    """Index the title `row`; `rows` names the table where it is one of many."""
    source = f"FROM {rows} AS {row}" if rows else ""
    comes_from = f"{rows} AS {row}, " if rows else ""
    return f"""
        INSERT INTO libraries_catalogue (rowid, terms)
        SELECT {row}.id, {_sqlite_terms(row)} {source};
        INSERT INTO libraries_catalogueword (form, word)
        SELECT DISTINCT form.value, word.value
        FROM {comes_from}json_each(rafkhan_words({_sqlite_terms(row)})) AS word,
             json_each(rafkhan_word_forms(word.value)) AS form
        WHERE NOT EXISTS (SELECT 1 FROM libraries_catalogueword AS known
            WHERE known.form = substr(word.value, 1, {LONG_WORD}) AND known.word = word.value);
    """


_SQLITE_DROP = "DELETE FROM libraries_catalogue WHERE rowid = OLD.id;"
_SQLITE_CHANGED = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _COLUMNS)
_SQLITE = (
    f"""
    CREATE VIRTUAL TABLE libraries_catalogue USING fts5(
        terms, detail = none, columnsize = 0, tokenize = "ascii tokenchars '{WHOLE}{LIBRARY}'"
    )
    """,
    """
    CREATE TABLE libraries_catalogueword (
        form text NOT NULL, word text NOT NULL, PRIMARY KEY (form, word)
    ) WITHOUT ROWID
    """,
    f"""
    CREATE TRIGGER libraries_catalogue_insert AFTER INSERT ON libraries_title
    BEGIN {_sqlite_add("NEW")} END
    """,
    f"""
    CREATE TRIGGER libraries_catalogue_delete AFTER DELETE ON libraries_title
    BEGIN {_SQLITE_DROP} END
    """,
    f"""
    CREATE TRIGGER libraries_catalogue_update AFTER UPDATE ON libraries_title
    WHEN {_SQLITE_CHANGED}
    BEGIN {_SQLITE_DROP} {_sqlite_add("NEW")} END
    """,
    *(part for part in _sqlite_add("here", "libraries_title").split(";") if part.strip()),
)
_SQLITE_DOWN = (
    "DROP TRIGGER IF EXISTS libraries_catalogue_insert",
    "DROP TRIGGER IF EXISTS libraries_catalogue_delete",
    "DROP TRIGGER IF EXISTS libraries_catalogue_update",
    "DROP TABLE IF EXISTS libraries_catalogue",
    "DROP TABLE IF EXISTS libraries_catalogueword",
)


def index_sql(vendor: str) -> tuple[Sequence[str], Sequence[str]]:
    """Statements that make the index and fill it with the titles that are here, and those that
    take it away, for a database vendor."""
    if vendor == "postgresql":
        return _POSTGRESQL, _POSTGRESQL_DOWN
    return _SQLITE, _SQLITE_DOWN


def give_functions(connection: Any, **kwargs: Any) -> None:
    """Teach a new connection to SQLite what the triggers call; on PostgreSQL it knows."""
    if connection.vendor != "sqlite":
        return
    make = connection.connection.create_function
    make("rafkhan_title_terms", 4, _terms_as_text, deterministic=True)
    make("rafkhan_words", 1, _words_of_terms, deterministic=True)
    make(
        "rafkhan_word_forms", 1, lambda word: json.dumps(words.word_forms(word)), deterministic=True
    )


# Asked for twice in a row: by the trigger's two statements.
@lru_cache(maxsize=2)
def _terms_as_text(library_id: int, title: str, author: str, subjects: str) -> str:
    return " ".join(words.title_terms(library_id, title, author, subjects))


def _words_of_terms(terms: str) -> str:
    return json.dumps([term for term in terms.split() if words.is_word(term)])


def words_near(asked: Sequence[str]) -> list[str]:
    """The catalogue's words that may be meant by one of these, and some that turn out not to."""
    forms = sorted({form for word in asked for form in words.word_forms(word)})
    if not forms:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT DISTINCT word FROM libraries_catalogueword "
                "WHERE libraries_word_forms(word) && %s::text[]",
                [forms],
            )
        else:
            marks = ", ".join(["%s"] * len(forms))
            cursor.execute(
                f"SELECT DISTINCT word FROM libraries_catalogueword WHERE form IN ({marks})", forms
            )
        return [word for (word,) in cursor.fetchall()]


def titles_with(wanted: "Wanted", libraries: Sequence[int], limit: int) -> list[Row]:
    """Titles of these libraries (id, library's id, title, author, subjects) that are as wanted; at
    most `limit`, whichever come first.
    """
    terms = [words.library_term(pk) for pk in libraries]
    # The library's own term keeps the others' titles out of the way; for many libraries it is
    # less work to look at what was found.
    if len(terms) <= FEW_LIBRARIES:
        wanted = all_of([any_of(terms), wanted])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                """
                SELECT id, library_id, title, author, subjects FROM libraries_title
                WHERE libraries_title_terms(library_id, title, author, subjects) @@ %s::tsquery
                    AND library_id = ANY(%s)
                LIMIT %s
                """,
                [_query(wanted, "'", " & ", " | "), list(libraries), limit],
            )
        else:
            cursor.execute(
                f"""
                SELECT title.id, library_id, title, author, subjects
                FROM libraries_catalogue AS found
                CROSS JOIN libraries_title AS title ON title.id = found.rowid
                WHERE libraries_catalogue MATCH %s
                    AND library_id IN ({", ".join(map(str, libraries))})
                LIMIT %s
                """,
                [_query(wanted, '"', " AND ", " OR "), limit],
            )
        return [tuple(row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Together:
    """What a title has all of, or (`some`) at least one of."""

    parts: tuple["Wanted", ...]
    some: bool = False


# A term, or several put together.
Wanted = str | Together


def all_of(parts: Iterable[Wanted]) -> Wanted:
    """A title has all of these."""
    return _together(parts, some=False)


def any_of(parts: Iterable[Wanted]) -> Wanted:
    """A title has at least one of these."""
    return _together(parts, some=True)


def _together(parts: Iterable[Wanted], *, some: bool) -> Wanted:
    once = tuple(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else Together(once, some)


def _query(wanted: Wanted, quote: str, every: str, some: str) -> str:
    """As the database's own language has it. Terms hold letters, digits, = and @ only."""
    if isinstance(wanted, str):
        return f"{quote}{wanted}{quote}"
    inner = (_query(part, quote, every, some) for part in wanted.parts)
    return f"({(some if wanted.some else every).join(inner)})"
