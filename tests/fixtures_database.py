"""Fixtures of the test database, beyond pytest-django's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.sqlite3.base import DatabaseOperations

from libraries.audit_guard import TABLE, guard_sql
from reports.final import TABLES


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite's test database is a file: in memory neither WAL nor locks would be real."""
    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        test = connections["default"].settings_dict["TEST"]
        test["NAME"] = str(Path(settings.DATA_DIR) / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def flush_passes_the_audit_guard() -> Iterator[None]:
    """On SQLite emptying a table means DELETE, which the audit's triggers refuse.

    After a transactional test the flush takes them down and puts them up again. PostgreSQL
    truncates, which its trigger lets pass.
    """
    guards = [guard_sql("sqlite", table) for table in (TABLE, *TABLES)]
    create = [statement for guard in guards for statement in guard[0]]
    drop = [statement for guard in guards for statement in guard[1]]
    flush = DatabaseOperations.execute_sql_flush

    def flush_unguarded(self: DatabaseOperations, sql_list: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias):
            with self.connection.cursor() as cursor:
                for statement in drop:
                    cursor.execute(statement)
            flush(self, sql_list)
            with self.connection.cursor() as cursor:
                for statement in create:
                    cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_unguarded)
        yield
