"""The SQL with which the database notes which titles were written, so that no writer of titles can
forget the catalogue's index (libraries.catalogue_index)."""

from collections.abc import Sequence

# What the index holds of a title; a change of anything else is none of its business.
_COLUMNS = ("library_id", "title", "author", "subjects")
_NOTE = "INSERT INTO libraries_cataloguetodo (title_id)"

_CHANGED = ", ".join(f"now.{column}" for column in _COLUMNS)
_BEFORE = _CHANGED.replace("now.", "before.")
_TABLES = {
    "insert": "NEW TABLE AS now",
    "update": "OLD TABLE AS before NEW TABLE AS now",
    "delete": "OLD TABLE AS before",
}
_POSTGRESQL = (
    # A branch that isn't taken may name a table that isn't there.
    f"""
    CREATE FUNCTION libraries_catalogue_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            {_NOTE} SELECT id FROM now;
        ELSIF TG_OP = 'DELETE' THEN
            {_NOTE} SELECT id FROM before;
        ELSE
            {_NOTE} SELECT id FROM now JOIN before USING (id)
            WHERE ({_CHANGED}) IS DISTINCT FROM ({_BEFORE});
        END IF;
        RETURN NULL;
    END $$
    """,
    *(
        f"""
        CREATE TRIGGER libraries_catalogue_{event} AFTER {event} ON libraries_title
        REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION libraries_catalogue_note()
        """
        for event, tables in _TABLES.items()
    ),
)
_POSTGRESQL_DOWN = (
    *(
        f"DROP TRIGGER IF EXISTS libraries_catalogue_{event} ON libraries_title"
        for event in _TABLES
    ),
    "DROP FUNCTION IF EXISTS libraries_catalogue_note()",
)

_WHEN = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _COLUMNS)
_SQLITE = tuple(
    f"""
    CREATE TRIGGER libraries_catalogue_{event} AFTER {event} ON libraries_title {when}
    BEGIN {_NOTE} VALUES ({row}.id); END
    """
    for event, row, when in (
        ("insert", "NEW", ""),
        ("update", "NEW", f"WHEN {_WHEN}"),
        ("delete", "OLD", ""),
    )
)
_SQLITE_DOWN = tuple(f"DROP TRIGGER IF EXISTS libraries_catalogue_{event}" for event in _TABLES)


def note_sql(vendor: str) -> tuple[Sequence[str], Sequence[str]]:
    """Statements that put the triggers up, and those that take them down, for a database vendor."""
    if vendor == "postgresql":
        return _POSTGRESQL, _POSTGRESQL_DOWN
    return _SQLITE, _SQLITE_DOWN
