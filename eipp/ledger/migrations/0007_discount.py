"""Early-payment discounts: terms, the rule, and what was granted."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_discount"),
        ("ledger", "0006_finance_charge"),
    ]

    operations = [
        migrations.CreateModel(
            name="DiscountRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "counts",
                    models.CharField(
                        choices=[("sent", "Sent by the deadline"), ("arrived", "Arrived by the deadline")],
                        default="sent",
                        max_length=10,
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        choices=[("supplier", "The supplier's"), ("buyer", "The buyer's")],
                        default="supplier",
                        max_length=10,
                    ),
                ),
                ("in_part", models.BooleanField(default=False)),
                ("waits_for_disputes", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoice_open_is_payable_less_settled",
        ),
        migrations.AddField(
            model_name="cashreceipt",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="invoice",
            name="discount_best_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="invoice",
            name="discount_ends_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="invoice",
            name="discount_terms",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="invoice",
            name="discounted_minor",
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
                    ("discounts", "Early-payment discounts"),
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
                    ("discounts", "Early-payment discounts"),
                    ("refunds", "Set aside to be refunded"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discounted_minor__gte", 0),
                    (
                        "open_minor",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("payable_minor"), "-", models.F("paid_minor")
                                ),
                                "-",
                                models.F("credited_minor"),
                            ),
                            "-",
                            models.F("discounted_minor"),
                        ),
                    ),
                ),
                name="invoice_open_is_payable_less_settled",
            ),
        ),
        migrations.AddField(
            model_name="discountrule",
            name="supplier",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="discount_rule", to="accounts.organisation"
            ),
        ),
    ]
