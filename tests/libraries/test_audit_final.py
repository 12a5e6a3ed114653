"""The audit: written once, then neither changed nor deleted, by whatever way one tries."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from config.checks import audit_guard_stands
from libraries import audit
from libraries.audit_guard import TABLE, guard_sql, guard_stands
from libraries.bulk import bulk_insert
from libraries.models import AuditEntry
from tests.cast import Cast

pytestmark = pytest.mark.django_db
REFUSED = "neither changed nor deleted"


@pytest.fixture
def entry(cast: Cast) -> AuditEntry:
    with transaction.atomic():
        return audit.record(
            "list_write", actor=cast.librarian, library=cast.library, subject=cast.library, n=3
        )


def sql(statement: str) -> Callable[[AuditEntry], Any]:
    def run(entry: AuditEntry) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=TABLE, pk=entry.pk))

    return run


def save_changed(entry: AuditEntry) -> None:
    entry.action = "nothing"
    entry.save()


WAYS: dict[str, Callable[[AuditEntry], Any]] = {
    "raw update": sql("UPDATE {table} SET action = 'nothing' WHERE id = {pk}"),
    "raw update of all": sql("UPDATE {table} SET action = action"),
    "raw delete": sql("DELETE FROM {table} WHERE id = {pk}"),
    "raw delete of all": sql("DELETE FROM {table}"),
    "raw upsert": sql(
        "INSERT INTO {table} (id, at, action, object_type, object_id, data) "
        "VALUES ({pk}, '2026-01-01', 'nothing', '', '', '{{}}') "
        "ON CONFLICT (id) DO UPDATE SET action = 'nothing'"
    ),
    "save": save_changed,
    "delete": lambda entry: entry.delete(),
    "queryset update": lambda entry: AuditEntry.objects.update(actor=None),
    "queryset delete": lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["action"]),
    "bulk create over it": lambda entry: AuditEntry.objects.bulk_create(
        [AuditEntry(pk=entry.pk, at=timezone.now(), action="nothing")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["action"],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_entry_is_final(entry: AuditEntry, way: str) -> None:
    before = AuditEntry.objects.values().get()
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        WAYS[way](entry)
    assert AuditEntry.objects.values().get() == before


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO {table} (id, at, action, object_type, object_id, data) "
        "VALUES ({pk}, '2026-01-01', 'nothing', '', '', '{{}}')",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = {pk}",
        "UPDATE OR REPLACE {table} SET action = 'nothing'",
    ],
)
def test_replacing_is_changing(entry: AuditEntry, statement: str) -> None:
    """SQLite's REPLACE deletes a row without firing what watches over deletes."""
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        sql(statement)(entry)
    assert AuditEntry.objects.get().action == "list_write"


def test_who_and_where_of_an_entry_cannot_be_deleted_from_under_it(
    cast: Cast, entry: AuditEntry
) -> None:
    for row in (cast.librarian, cast.library):
        with pytest.raises(ProtectedError):
            row.delete()


def test_entries_are_still_added_one_by_one_and_many_at_once(cast: Cast, entry: AuditEntry) -> None:
    fields = ("at", "actor_id", "action", "library_id", "object_type", "object_id", "data")
    row = (timezone.now(), cast.librarian.pk, "copy_change", cast.library.pk, "", "", {"n": 1})
    with transaction.atomic():
        audit.record("again", actor=None)
        bulk_insert(AuditEntry, fields, [row] * 3)
    assert AuditEntry.objects.count() == 5


def test_an_entry_needs_the_transaction_of_its_change(db: None) -> None:
    if connection.in_atomic_block:  # the test's own; so a connection without one is asked
        connection.in_atomic_block = False
    try:
        with pytest.raises(RuntimeError, match="transaction"):
            audit.record("alone", actor=None)
    finally:
        connection.in_atomic_block = True


def test_the_administrator_reads_it_and_no_more(
    client: Client, cast: Cast, entry: AuditEntry
) -> None:
    client.force_login(cast.admin)
    pages = "/admin/libraries/auditentry/"
    assert client.get(pages).status_code == 200
    assert client.get(f"{pages}{entry.pk}/change/").status_code == 200
    assert client.post(f"{pages}{entry.pk}/change/", {"action": "nothing"}).status_code == 403
    assert client.post(f"{pages}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{pages}add/", {"action": "nothing"}).status_code == 403
    client.post(pages, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert AuditEntry.objects.get() == entry


# --- the guard in the database ------------------------------------------------------


def run_guard_sql(which: int) -> None:
    """0 puts the guard up, 1 takes it down."""
    with connection.cursor() as cursor:
        for statement in guard_sql(connection.vendor)[which]:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_check_sees_a_missing_guard(cast: Cast) -> None:
    assert audit_guard_stands(databases=["default"]) == []
    run_guard_sql(1)
    try:
        (error,) = audit_guard_stands(databases=["default"])
        assert error.id == "rafkhan.E005"
        assert audit_guard_stands(databases=None) == []  # a check without databases asks none
    finally:
        run_guard_sql(0)
    assert audit_guard_stands(databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_guard_survives_migrations_back_and_forth() -> None:
    call_command("migrate", "libraries", "0001", verbosity=0)
    try:
        assert not guard_stands(connection)
        assert audit_guard_stands(databases=["default"]) == []  # its migration has not run
    finally:
        call_command("migrate", verbosity=0)
    assert audit_guard_stands(databases=["default"]) == []
    with transaction.atomic():
        entry = audit.record("after", actor=None)
    for way in ("raw update", "raw delete"):
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            WAYS[way](entry)


def test_every_migration_that_rebuilds_the_table_puts_the_guard_up_again() -> None:
    """SQLite rebuilds a table to alter it, and its triggers go with the old one."""
    folder = Path(audit.__file__).parent / "migrations"
    files = sorted(folder.glob("0*.py"))
    last_guard = max(number for number, file in enumerate(files) if "guard_sql" in file.read_text())
    later = [file.name for file in files[last_guard + 1 :] if "auditentry" in file.read_text()]
    assert later == []
