"""Who is to be paid for an invoice, where that is not the seller."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0011_surcharge"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="payee_name",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
