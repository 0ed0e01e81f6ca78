"""What came with a cash receipt as the price of paying that way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_closed_period")]

    operations = [
        migrations.AddField(
            model_name="cashreceipt",
            name="surcharge_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="cashreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("surcharge_minor__gte", 0)), name="cash_receipt_surcharge"
            ),
        ),
    ]
