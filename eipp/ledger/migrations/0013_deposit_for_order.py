"""What of unapplied cash is kept for an order."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0012_payee"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="accountbalance",
            name="account_balance_held_within_open",
        ),
        migrations.AddField(
            model_name="accountbalance",
            name="deposit_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="cashreceipt",
            name="order_folded",
            field=models.CharField(blank=True, max_length=400),
        ),
        migrations.AddField(
            model_name="cashreceipt",
            name="order_reference",
            field=models.CharField(blank=True, max_length=200),
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
                    ("discounts", "Early-payment discounts"),
                    ("write_offs", "Written off"),
                    ("refunds", "Set aside to be refunded"),
                    ("surcharges", "Price of paying"),
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
                    ("discounts", "Early-payment discounts"),
                    ("write_offs", "Written off"),
                    ("refunds", "Set aside to be refunded"),
                    ("surcharges", "Price of paying"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="cashreceipt",
            index=models.Index(
                condition=models.Q(("order_folded", ""), _negated=True),
                fields=["account", "order_folded"],
                name="receipt_deposit",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("announced_minor__gte", 0),
                    ("credit_minor__gte", 0),
                    ("deposit_minor__gte", 0),
                    ("disputed_minor__gte", 0),
                    ("open_count__gte", 0),
                    ("pending_minor__gte", 0),
                    ("planned_minor__gte", 0),
                    ("promised_minor__gte", 0),
                    (
                        "receivable_minor__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("disputed_minor"), "+", models.F("pending_minor")
                                ),
                                "+",
                                models.F("planned_minor"),
                            ),
                            "+",
                            django.db.models.expressions.CombinedExpression(
                                models.F("promised_minor"), "+", models.F("announced_minor")
                            ),
                        ),
                    ),
                    ("unapplied_minor__gte", models.F("deposit_minor")),
                ),
                name="account_balance_held_within_open",
            ),
        ),
    ]
