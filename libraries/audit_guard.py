"""The SQL with which the database itself keeps the audit from update and delete."""

from typing import Any

TABLE = "libraries_auditentry"
MESSAGE = "audit entries are neither changed nor deleted"

# SQLite's triggers: what each stands before. REPLACE deletes the old row without firing what
# watches over DELETE, so an insert that meets one is refused as well.
_SQLITE_TRIGGERS = {
    "libraries_audit_no_update": f"UPDATE ON {TABLE}",
    "libraries_audit_no_delete": f"DELETE ON {TABLE}",
    "libraries_audit_no_replace": (
        f"INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)"
    ),
}
_POSTGRESQL_TRIGGER = "libraries_audit_guard"


def guard_sql(vendor: str) -> tuple[list[str], list[str]]:
    """Statements that put the guard up, and those that take it down, for a database vendor."""
    if vendor == "postgresql":
        return (
            [
                f"""
                CREATE FUNCTION libraries_audit_is_final() RETURNS trigger AS $$
                BEGIN
                    RAISE EXCEPTION '{MESSAGE}';
                END $$ LANGUAGE plpgsql
                """,
                f"""
                CREATE TRIGGER {_POSTGRESQL_TRIGGER} BEFORE UPDATE OR DELETE ON {TABLE}
                FOR EACH ROW EXECUTE FUNCTION libraries_audit_is_final()
                """,
            ],
            [
                f"DROP TRIGGER IF EXISTS {_POSTGRESQL_TRIGGER} ON {TABLE}",
                "DROP FUNCTION IF EXISTS libraries_audit_is_final()",
            ],
        )
    return (
        [
            f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for name, event in _SQLITE_TRIGGERS.items()
        ],
        [f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE_TRIGGERS],
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
