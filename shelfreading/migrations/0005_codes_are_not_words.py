"""Codes are compared byte by byte, whatever language the database sorts by: a quicker index."""

import libraries.models.holdings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('shelfreading', '0004_alter_application_options'),
    ]

    operations = [
        migrations.AlterField(
            model_name='decision',
            name='code',
            field=libraries.models.holdings.BinaryOrderedCharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='expectedcopy',
            name='code',
            field=libraries.models.holdings.BinaryOrderedCharField(max_length=60),
        ),
        migrations.AlterField(
            model_name='readingevent',
            name='code',
            field=libraries.models.holdings.BinaryOrderedCharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='sessionfinding',
            name='code',
            field=libraries.models.holdings.BinaryOrderedCharField(blank=True, max_length=200, verbose_name='کد'),
        ),
    ]
