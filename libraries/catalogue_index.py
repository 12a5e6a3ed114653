"""The catalogue's index in the database: which titles have a word, and which words are near one.

Four tables (migration 0013). Triggers only note which title was written
(`libraries_cataloguetodo`); `catalogue_refresh` brings the index up with the notes: each title's
terms (`libraries_catalogue`, an FTS5 table on SQLite, a tsvector with a GIN index on PostgreSQL),
in how many titles a word is (`libraries_catalogueword`), and what is left of it with letters taken
away (`libraries_catalogueform`). The terms are those of `libraries.domain.catalogue_words`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from libraries.domain.catalogue_query import Wanted, all_of, any_of, query_text
from libraries.domain.catalogue_words import is_word, library_term, title_terms, word_forms

# So many notes are dealt with in a transaction: others wait for it a tenth of a second.
BATCH = 1_000
FEW_LIBRARIES = 8
# PostgreSQL's name of the lock under which one at a time writes the index.
LOCK = 0x52414643


def catalogue_refresh(*, batch: int = BATCH, most: int | None = None) -> int:
    """Bring the index up with what was noted; how many notes that were, `most` or a batch more at
    the most.

    Each batch is a transaction of its own: what is stopped in the middle stays noted, and so does
    a title that is written again meanwhile. Two that run at once take turns.
    """
    done = 0
    while most is None or done < most:
        with transaction.atomic():
            dealt = _refresh_batch(batch)
        done += dealt
        if dealt < batch:
            break
    return done


def _refresh_batch(batch: int) -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            "SELECT id, title_id FROM libraries_cataloguetodo ORDER BY id LIMIT %s", [batch]
        )
        notes = cursor.fetchall()
        if not notes:
            return 0
        # The titles are read after the notes: whoever changes one later leaves another note.
        titles = sorted({title for _, title in notes})
        before = _indexed(cursor, titles)
        after = {
            pk: (library, _in_order(title_terms(library, title, author, subjects)))
            for pk, library, title, author, subjects in _run(
                cursor,
                "SELECT id, library_id, title, author, subjects FROM libraries_title WHERE id IN",
                titles,
            )
        }
        outdated = [pk for pk, entry in before.items() if after.get(pk) != entry]
        new = [(pk, *entry) for pk, entry in after.items() if before.get(pk) != entry]
        _run(cursor, f"DELETE FROM libraries_catalogue WHERE {_key()} IN", outdated)
        _insert(
            cursor, f"libraries_catalogue ({_key()}, library_id, terms)",
            ("bigint", "bigint", "tsvector"), new,
        )  # fmt: skip
        _count_words(cursor, (before[pk][1] for pk in outdated), (terms for *_, terms in new))
        _run(
            cursor,
            "DELETE FROM libraries_cataloguetodo WHERE id IN",
            [note for note, _ in notes],
        )
    return len(notes)


def _indexed(cursor: Any, titles: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Library and terms of those titles that are in the index, by id."""
    key, terms = _key(), "terms"
    if connection.vendor == "postgresql":
        terms = "array_to_string(tsvector_to_array(terms), ' ')"
    sql = f"SELECT {key}, library_id, {terms} FROM libraries_catalogue WHERE {key} IN"
    rows = _run(cursor, sql, titles)
    return {pk: (library, _in_order(terms.split())) for pk, library, terms in rows}


def _in_order(terms: Iterable[str]) -> str:
    # PostgreSQL keeps an order of its own, and the two are compared.
    return " ".join(sorted(terms))


def _count_words(cursor: Any, gone: Iterable[str], come: Iterable[str]) -> None:
    """Count words of titles that left and of such that came; note the forms of new words."""
    counts: Counter[str] = Counter()
    for terms in come:
        counts.update(filter(is_word, terms.split()))
    for terms in gone:
        counts.subtract(filter(is_word, terms.split()))
    changed = sorted((word, count) for word, count in counts.items() if count)
    known = words_known([word for word, _ in changed])
    forms = [(form, word) for word, _ in changed if word not in known for form in word_forms(word)]
    _insert(
        cursor, "libraries_catalogueword AS known (word, titles)", ("text", "integer"), changed,
        "ON CONFLICT (word) DO UPDATE SET titles = known.titles + excluded.titles",
    )  # fmt: skip
    _insert(
        cursor, "libraries_catalogueform (form, word)", ("text", "text"), forms,
        "ON CONFLICT DO NOTHING",
    )  # fmt: skip


def noted_titles(limit: int) -> list[int]:
    """The ids of titles that the index doesn't know as they are now; at most `limit` notes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT title_id FROM libraries_cataloguetodo LIMIT %s", [limit])
        return [pk for (pk,) in cursor.fetchall()]


def words_known(words: Sequence[str]) -> dict[str, int]:
    """In how many titles each of these words is; those that no title ever had are left out."""
    with connection.cursor() as cursor:
        sql = "SELECT word, titles FROM libraries_catalogueword WHERE word IN"
        return dict(_run(cursor, sql, words))


def words_near(asked: Sequence[str]) -> dict[str, int]:
    """The catalogue's words that may be meant by one of these, and some that turn out not to, each
    with the number of titles it is in; the most frequent first.
    """
    forms = sorted({form for word in asked for form in word_forms(word)})
    with connection.cursor() as cursor:
        sql = """
            SELECT DISTINCT known.word, known.titles FROM libraries_catalogueform AS short
            CROSS JOIN libraries_catalogueword AS known
            WHERE known.word = short.word AND known.titles > 0 AND short.form IN
        """
        found = _run(cursor, sql, forms)
    return dict(sorted(found, key=lambda one: (-one[1], one[0])))


def titles_with(wanted: Wanted, libraries: Sequence[int], limit: int) -> list[tuple[int, str]]:
    """Titles of these libraries that are as wanted, id and terms; at most `limit`, whichever come
    first.
    """
    # The library's own term keeps the others' titles out of the way; for many libraries it is
    # less work to look at what was found.
    if len(libraries) <= FEW_LIBRARIES:
        wanted = all_of([any_of(map(library_term, libraries)), wanted])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT * FROM libraries_catalogue_find(%s::tsquery, %s::bigint[], %s)",
                [query_text(wanted, "'", " & ", " | "), list(libraries), limit],
            )
        else:
            cursor.execute(
                f"""
                SELECT rowid, terms FROM libraries_catalogue
                WHERE libraries_catalogue MATCH %s
                    AND library_id IN ({", ".join(map(str, libraries))}) LIMIT %s
                """,
                [query_text(wanted, '"', " AND ", " OR "), limit],
            )
        return cursor.fetchall()


def _key() -> str:
    return "title_id" if connection.vendor == "postgresql" else "rowid"


def _run(cursor: Any, sql: str, values: Sequence[int] | Sequence[str]) -> list[Any]:
    """Run what ends in IN, for any number of values; the rows that it gives."""
    if not values:
        return []
    if connection.vendor == "postgresql":
        kind = "text" if isinstance(values[0], str) else "bigint"
        cursor.execute(f"{sql} (SELECT unnest(%s::{kind}[]))", [list(values)])
    else:
        cursor.execute(f"{sql} (SELECT value FROM json_each(%s))", [json.dumps(list(values))])
    return cursor.fetchall() if cursor.description else []


def _insert(
    cursor: Any, into: str, kinds: Sequence[str], rows: Sequence[Sequence[Any]], end: str = ""
) -> None:
    """Insert rows of values, whose types in PostgreSQL are `kinds`; terms come as a text."""
    if not rows:
        return
    if connection.vendor != "postgresql":
        marks = ", ".join(["%s"] * len(kinds))
        cursor.executemany(f"INSERT INTO {into} VALUES ({marks}) {end}", rows)
        return
    arrays = ", ".join(f"%s::{'text' if kind == 'tsvector' else kind}[]" for kind in kinds)
    names = [f"value_{place}" for place in range(len(kinds))]
    values = ", ".join(
        f"array_to_tsvector(string_to_array({name}, ' '))" if kind == "tsvector" else name
        for name, kind in zip(names, kinds, strict=True)
    )
    given = f"unnest({arrays}) AS given ({', '.join(names)})"
    cursor.execute(
        f"INSERT INTO {into} SELECT {values} FROM {given} {end}",
        [list(column) for column in zip(*rows, strict=True)],
    )
