from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shelfreading', '0002_paper_ticks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='readingsession',
            name='method',
            field=models.CharField(choices=[('cards', 'رف\u200cبرگه\u200cدان'), ('list', 'فهرست نسخ نرم\u200cافزار مدیریت'), ('barcode', 'بارکدخوان')], max_length=10, verbose_name='روش'),
        ),
    ]
