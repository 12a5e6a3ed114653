"""The SQL with which the database itself keeps the audit from update and delete."""

TABLE = "libraries_auditentry"


def guard_sql(vendor: str) -> tuple[list[str], list[str]]:
    """Statements that put the guard up, and those that take it down, for a database vendor."""
    if vendor == "postgresql":
        return (
            [
                """
                CREATE FUNCTION libraries_audit_is_final() RETURNS trigger AS $$
                BEGIN
                    RAISE EXCEPTION 'audit entries are neither changed nor deleted';
                END $$ LANGUAGE plpgsql
                """,
                f"""
                CREATE TRIGGER libraries_audit_guard BEFORE UPDATE OR DELETE ON {TABLE}
                FOR EACH ROW EXECUTE FUNCTION libraries_audit_is_final()
                """,
            ],
            [
                f"DROP TRIGGER IF EXISTS libraries_audit_guard ON {TABLE}",
                "DROP FUNCTION IF EXISTS libraries_audit_is_final()",
            ],
        )
    return (
        [
            f"""
            CREATE TRIGGER libraries_audit_no_{event.lower()} BEFORE {event} ON {TABLE}
            BEGIN
                SELECT RAISE(ABORT, 'audit entries are neither changed nor deleted');
            END
            """
            for event in ("UPDATE", "DELETE")
        ],
        [
            f"DROP TRIGGER IF EXISTS libraries_audit_no_{event.lower()}"
            for event in ("UPDATE", "DELETE")
        ],
    )
