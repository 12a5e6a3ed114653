from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shelfreading", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="expectedcopy",
            index=models.Index(fields=["session", "code"], name="expected_by_code"),
        ),
        migrations.AddIndex(
            model_name="readingevent",
            index=models.Index(fields=["session", "kind", "code"], name="event_by_code"),
        ),
    ]
