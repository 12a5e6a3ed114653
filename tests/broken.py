"""A database that fails at a chosen write, as a full disk or a lost connection would."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

APPS = ("libraries", "loans", "shelfreading", "sms_requests", "reports")


@contextmanager
def failing(event: str, table: str) -> Iterator[None]:
    """Let every `event` ("INSERT", "UPDATE", "DELETE") on a table fail, by a trigger."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION test_fails() RETURNS trigger AS "
                "$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$ LANGUAGE plpgsql"
            )
            cursor.execute(
                f"CREATE TRIGGER test_fails AFTER {event} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION test_fails()"
            )
        else:
            cursor.execute(
                f"CREATE TRIGGER test_fails AFTER {event} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER test_fails ON {table}")
                cursor.execute("DROP FUNCTION test_fails()")
            else:
                cursor.execute("DROP TRIGGER test_fails")


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of ours."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    models += [
        relation.remote_field.through for model in models for relation in model._meta.many_to_many
    ]
    return {
        model._meta.db_table: [tuple(row) for row in model.objects.order_by("pk").values_list()]
        for model in models
    }
