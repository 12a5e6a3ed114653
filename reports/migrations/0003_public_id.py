from uuid import uuid4

from django.db import migrations, models


def name_each(apps, schema_editor):
    """Give each report that is on its way already an id of its own."""
    reports = apps.get_model("reports", "Report")
    for pk in reports.objects.values_list("pk", flat=True):
        reports.objects.filter(pk=pk).update(public_id=uuid4())


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_sent_reports_are_final")]
    operations = [
        migrations.AddField(
            model_name="report",
            name="public_id",
            field=models.UUIDField(null=True, editable=False),
        ),
        migrations.RunPython(name_each, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="report",
            name="public_id",
            field=models.UUIDField(default=uuid4, editable=False, unique=True),
        ),
    ]
