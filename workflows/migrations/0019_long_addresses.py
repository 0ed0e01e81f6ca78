"""Providers' pages have long addresses."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0018_plan")]

    operations = [
        migrations.AlterField(
            model_name="payment",
            name="checkout_url",
            field=models.URLField(blank=True, max_length=2000),
        ),
        migrations.AlterField(
            model_name="savedmethod",
            name="setup_url",
            field=models.URLField(blank=True, max_length=2000),
        ),
    ]
