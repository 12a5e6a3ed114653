"""Put the audit's guard up anew: on SQLite it did not see a row that is replaced."""

from django.db import migrations

from libraries.audit_guard import guard_sql


def put_up_anew(apps, schema_editor):
    """Take down what stands of the guard and put all of it up."""
    put_up, take_down = guard_sql(schema_editor.connection.vendor)
    for statement in (*take_down, *put_up):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("libraries", "0003_rights_follow_the_role")]
    operations = [migrations.RunPython(put_up_anew, migrations.RunPython.noop)]
