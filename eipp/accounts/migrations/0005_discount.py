"""Early-payment discounts: terms, the rule, and what was granted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_issuers"),
    ]

    operations = [
        migrations.AddField(
            model_name="customeraccount",
            name="discount_terms",
            field=models.CharField(blank=True, max_length=100),
        ),
    ]
