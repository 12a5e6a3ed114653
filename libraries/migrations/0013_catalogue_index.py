"""The catalogue's index, empty, and the notes of what has to go into it: all titles that are here.

Tables without models: SQLite's index is a virtual table, and nothing but
libraries.catalogue_index reads them.
"""

from django.db import migrations

from libraries.catalogue_notes import note_sql

# No unique index on the notes: two lists that are written at once would wait for one another.
POSTGRESQL = (
    """
    CREATE TABLE libraries_cataloguetodo (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title_id bigint NOT NULL
    )
    """,
    """
    CREATE TABLE libraries_catalogue (
        title_id bigint PRIMARY KEY, library_id bigint NOT NULL, terms tsvector NOT NULL
    )
    """,
    """
    CREATE INDEX libraries_catalogue_terms ON libraries_catalogue
    USING gin (terms) WITH (fastupdate = off)
    """,
    """
    CREATE TABLE libraries_catalogueword (
        word text COLLATE "C" PRIMARY KEY, titles integer NOT NULL
    )
    """,
    """
    CREATE TABLE libraries_catalogueform (
        form text COLLATE "C" NOT NULL, word text COLLATE "C" NOT NULL, PRIMARY KEY (form, word)
    )
    """,
    # For many terms the planner thinks the GIN index dearer than reading all titles, which takes
    # a hundred times as long. Nothing but a setting keeps it from that.
    """
    CREATE FUNCTION libraries_catalogue_find(wanted tsquery, libraries bigint[], most integer)
    RETURNS TABLE (title_id bigint, terms text) LANGUAGE sql STABLE SET enable_seqscan = off AS $$
        SELECT title_id, array_to_string(tsvector_to_array(terms), ' ') FROM libraries_catalogue
        WHERE terms @@ wanted AND library_id = ANY (libraries) LIMIT most
    $$
    """,
)
SQLITE = (
    """
    CREATE TABLE libraries_cataloguetodo (id integer PRIMARY KEY, title_id bigint NOT NULL)
    """,
    """
    CREATE VIRTUAL TABLE libraries_catalogue USING fts5(
        terms, library_id UNINDEXED, detail = none, columnsize = 0,
        tokenize = "ascii tokenchars '=@'"
    )
    """,
    """
    CREATE TABLE libraries_catalogueword (
        word text PRIMARY KEY, titles integer NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE libraries_catalogueform (
        form text NOT NULL, word text NOT NULL, PRIMARY KEY (form, word)
    ) WITHOUT ROWID
    """,
)
TABLES = ("todo", "", "word", "form")


def put_up(apps, schema_editor):
    """Make the tables and the triggers, and note the titles that are here."""
    vendor = schema_editor.connection.vendor
    tables = POSTGRESQL if vendor == "postgresql" else SQLITE
    for statement in (*tables, *note_sql(vendor)[0]):
        schema_editor.execute(statement)
    schema_editor.execute(
        "INSERT INTO libraries_cataloguetodo (title_id) SELECT id FROM libraries_title"
    )


def take_down(apps, schema_editor):
    """Remove it all."""
    vendor = schema_editor.connection.vendor
    for statement in note_sql(vendor)[1]:
        schema_editor.execute(statement)
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION libraries_catalogue_find")
    for table in TABLES:
        schema_editor.execute(f"DROP TABLE IF EXISTS libraries_catalogue{table}")


class Migration(migrations.Migration):
    dependencies = [("libraries", "0012_title_subjects")]
    operations = [migrations.RunPython(put_up, take_down)]
