"""The catalogue's index, kept by the database itself."""

from django.db import migrations

from libraries.catalogue_index import index_sql


def put_up(apps, schema_editor):
    """Make the index and fill it with the titles that are here."""
    for statement in index_sql(schema_editor.connection.vendor)[0]:
        schema_editor.execute(statement)


def take_down(apps, schema_editor):
    """Remove it."""
    for statement in index_sql(schema_editor.connection.vendor)[1]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("libraries", "0012_title_subjects")]
    operations = [migrations.RunPython(put_up, take_down)]
