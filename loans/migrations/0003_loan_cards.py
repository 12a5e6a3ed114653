from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0002_bindings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='loan',
            name='source',
            field=models.CharField(choices=[('desk', 'میز امانت'), ('list', 'فهرست'), ('card', 'کارت امانت')], default='desk', max_length=5, verbose_name='ثبت از'),
        ),
    ]
