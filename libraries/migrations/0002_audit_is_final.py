"""The database itself keeps the audit from update and delete."""

from django.db import migrations

from libraries.audit_guard import guard_sql


def put_up(apps, schema_editor):
    """Put the guard up."""
    for statement in guard_sql(schema_editor.connection.vendor)[0]:
        schema_editor.execute(statement)


def take_down(apps, schema_editor):
    """Take the guard down."""
    for statement in guard_sql(schema_editor.connection.vendor)[1]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("libraries", "0001_initial")]
    operations = [migrations.RunPython(put_up, take_down)]
