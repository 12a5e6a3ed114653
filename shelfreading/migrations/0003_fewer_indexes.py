"""Tens of thousands of events and findings are written at once: fewer indexes on them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("libraries", "0001_initial"),
        ("shelfreading", "0002_find_by_code"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="readingevent",
            name="event_by_arrival",
        ),
        migrations.RemoveIndex(
            model_name="sessionfinding",
            name="finding_by_copy",
        ),
        migrations.AlterField(
            model_name="expectedcopy",
            name="session",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="expected",
                to="shelfreading.readingsession",
            ),
        ),
        migrations.AlterField(
            model_name="readingevent",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="readingevent",
            name="copy",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="libraries.copy",
            ),
        ),
        migrations.AlterField(
            model_name="readingevent",
            name="session",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="shelfreading.readingsession",
            ),
        ),
        migrations.AlterField(
            model_name="sessionfinding",
            name="belongs_after",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="libraries.copy",
            ),
        ),
        migrations.AlterField(
            model_name="sessionfinding",
            name="belongs_before",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="libraries.copy",
            ),
        ),
        migrations.AlterField(
            model_name="sessionfinding",
            name="copy",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="libraries.copy",
            ),
        ),
        migrations.AlterField(
            model_name="sessionfinding",
            name="session",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="findings",
                to="shelfreading.readingsession",
            ),
        ),
        migrations.AddIndex(
            model_name="readingevent",
            index=models.Index(
                condition=models.Q(("copy__isnull", False)), fields=["copy"], name="event_by_copy"
            ),
        ),
        migrations.AddIndex(
            model_name="sessionfinding",
            index=models.Index(fields=["copy", "session"], name="finding_by_copy"),
        ),
        migrations.AddIndex(
            model_name="sessionfinding",
            index=models.Index(
                condition=models.Q(("belongs_after__isnull", False)),
                fields=["belongs_after"],
                name="finding_by_belongs_after",
            ),
        ),
        migrations.AddIndex(
            model_name="sessionfinding",
            index=models.Index(
                condition=models.Q(("belongs_before__isnull", False)),
                fields=["belongs_before"],
                name="finding_by_belongs_before",
            ),
        ),
    ]
