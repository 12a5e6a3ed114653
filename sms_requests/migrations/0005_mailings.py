import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("sms_requests", "0004_noormags_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mailing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opens_at", models.TimeField(verbose_name="فرستادن از ساعت")),
                ("closes_at", models.TimeField(verbose_name="فرستادن تا ساعت")),
                ("batch_size", models.PositiveSmallIntegerField(verbose_name="شمار پیامک در هر دسته")),
                ("batch_minutes", models.PositiveSmallIntegerField(verbose_name="فاصلهٔ دسته\u200cها (دقیقه)")),
                ("ends_at", models.DateTimeField(verbose_name="پایان")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="لغو")),
                ("cancelled_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="لغوکننده")),
            ],
            options={
                "verbose_name": "فرستادن گروهی",
                "verbose_name_plural": "فرستادن\u200cهای گروهی",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opens_at__lt", models.F("closes_at")), ("batch_minutes__gte", 1), ("batch_size__gte", 1)),
                        name="mailing_gets_done",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="messageout",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "در صف"),
                    ("sending", "در حال ارسال"),
                    ("sent", "تحویل درگاه"),
                    ("accepted", "تحویل مخابرات"),
                    ("delivered", "رسید"),
                    ("failed", "نرسید"),
                    ("cancelled", "لغو شد"),
                ],
                default="queued",
                max_length=10,
                verbose_name="وضعیت",
            ),
        ),
        migrations.AddField(
            model_name="messageout",
            name="mailing",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="sms_requests.mailing", verbose_name="فرستادن گروهی"),
        ),
        migrations.AddIndex(
            model_name="messageout",
            index=models.Index(condition=models.Q(("mailing", None), ("state", "queued")), fields=["next_try_at"], name="answers_to_send"),
        ),
        migrations.AddField(
            model_name="returnannouncement",
            name="token",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name="returnannouncement",
            name="mailing",
            # Nothing was announced before this: no row needs a value.
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="announcement", to="sms_requests.mailing", verbose_name="فرستادن"),
        ),
        migrations.AlterField(
            model_name="returnnotice",
            name="message",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="return_notices", to="sms_requests.messageout", verbose_name="پیامک"),
        ),
    ]
