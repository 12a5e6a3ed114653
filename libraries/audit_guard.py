"""The SQL with which the database itself keeps rows from update and delete: the audit's, and
those of other tables whose rows are final once they are written."""

from typing import Any

TABLE = "libraries_auditentry"
MESSAGE = "audit entries are neither changed nor deleted"
_POSTGRESQL_TRIGGER = "libraries_audit_guard"


def _sqlite_triggers(table: str, prefix: str) -> dict[str, str]:
    """What each trigger stands before. REPLACE deletes the old row without firing what watches
    over DELETE, so an insert that meets one is refused as well."""
    return {
        f"{prefix}_no_update": f"UPDATE ON {table}",
        f"{prefix}_no_delete": f"DELETE ON {table}",
        f"{prefix}_no_replace": (
            f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        ),
    }


_SQLITE_TRIGGERS = _sqlite_triggers(TABLE, "libraries_audit")


def guard_sql(vendor: str, table: str = TABLE) -> tuple[list[str], list[str]]:
    """Statements that put the guard of a table up, and those that take it down, for a database
    vendor."""
    prefix = "libraries_audit" if table == TABLE else table
    message = MESSAGE if table == TABLE else f"rows of {table} are neither changed nor deleted"
    if vendor == "postgresql":
        return (
            [
                f"""
                CREATE FUNCTION {prefix}_is_final() RETURNS trigger AS $$
                BEGIN
                    RAISE EXCEPTION '{message}';
                END $$ LANGUAGE plpgsql
                """,
                f"""
                CREATE TRIGGER {prefix}_guard BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION {prefix}_is_final()
                """,
            ],
            [
                f"DROP TRIGGER IF EXISTS {prefix}_guard ON {table}",
                f"DROP FUNCTION IF EXISTS {prefix}_is_final()",
            ],
        )
    triggers = _sqlite_triggers(table, prefix)
    return (
        [
            f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for name, event in triggers.items()
        ],
        [f"DROP TRIGGER IF EXISTS {name}" for name in triggers],
    )


def guard_stands(connection: Any) -> bool:
    """Whether the whole guard is in the database behind a connection, and awake."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE relname = %s AND tgenabled IN ('O', 'A')",
                [TABLE],
            )
            wanted = {_POSTGRESQL_TRIGGER}
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE]
            )
            wanted = set(_SQLITE_TRIGGERS)
        return wanted <= {name for (name,) in cursor.fetchall()}
