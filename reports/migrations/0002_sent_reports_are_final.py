"""The database itself keeps what a report said, and the way it went, from update and delete."""

from django.db import migrations

from libraries.audit_guard import guard_sql
from reports.final import TABLES


def put_up(apps, schema_editor):
    """Put the guards up."""
    for table in TABLES:
        for statement in guard_sql(schema_editor.connection.vendor, table)[0]:
            schema_editor.execute(statement)


def take_down(apps, schema_editor):
    """Take the guards down."""
    for table in TABLES:
        for statement in guard_sql(schema_editor.connection.vendor, table)[1]:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunPython(put_up, take_down)]
