"""What of a cash receipt is set aside to be refunded, and what of it went back to the payer."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("ledger", "0004_expectation"),
    ]

    operations = [
        migrations.AddField(
            model_name="cashreceipt",
            name="given_back_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="cashreceipt",
            name="set_aside_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="posting",
            name="source",
            field=models.CharField(
                choices=[
                    ("sales", "Sales and tax"),
                    ("receivable", "Receivable"),
                    ("credit_notes", "Credit not yet used"),
                    ("unapplied", "Unapplied cash"),
                    ("cash", "Cash"),
                    ("transfer", "Paid for another account"),
                    ("refunds", "Set aside to be refunded"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="target",
            field=models.CharField(
                choices=[
                    ("sales", "Sales and tax"),
                    ("receivable", "Receivable"),
                    ("credit_notes", "Credit not yet used"),
                    ("unapplied", "Unapplied cash"),
                    ("cash", "Cash"),
                    ("transfer", "Paid for another account"),
                    ("refunds", "Set aside to be refunded"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="cashreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_minor__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("unapplied_minor"), "+", models.F("set_aside_minor")
                            ),
                            "+",
                            models.F("given_back_minor"),
                        ),
                    ),
                    ("given_back_minor__gte", 0),
                    ("set_aside_minor__gte", 0),
                ),
                name="cash_receipt_given_back_once",
            ),
        ),
    ]
