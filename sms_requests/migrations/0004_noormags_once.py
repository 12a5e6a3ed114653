import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("libraries", "0012_title_subjects"),
        ("sms_requests", "0003_sent_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="noormagsgrant",
            name="again_because",
            field=models.CharField(blank=True, max_length=200, verbose_name="علت واگذاری دوباره"),
        ),
        # Nothing wrote grants before there was a page for them: there is no row to fill.
        migrations.AddField(
            model_name="noormagsgrant",
            name="province",
            field=models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="noormags_grants",
                to="libraries.province",
                verbose_name="استان",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="noormagsgrant",
            name="birth_year",
            field=models.PositiveSmallIntegerField(
                validators=[
                    django.core.validators.MinValueValidator(1280),
                    django.core.validators.MaxValueValidator(1500),
                ],
                verbose_name="سال تولد",
            ),
        ),
        migrations.AddIndex(
            model_name="noormagsgrant",
            index=models.Index(fields=["province", "given_at"], name="noormags_grants_by_time"),
        ),
        migrations.AddIndex(
            model_name="noormagsgrant",
            index=models.Index(
                fields=["province", "national_id"], name="noormags_grants_of_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="noormagsgrant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("again_because", "")),
                fields=("province", "national_id"),
                name="noormags_first_account_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="noormagsgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("national_id", ""), _negated=True),
                    ("birth_year__range", (1280, 1500)),
                ),
                name="noormags_grant_names_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="noormagsgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("shown_at__isnull", True), ("shown_by__isnull", True)),
                    models.Q(("shown_at__isnull", False), ("shown_by__isnull", False)),
                    _connector="OR",
                ),
                name="noormags_shown_by_somebody",
            ),
        ),
    ]
