import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("workflows", "0026_settlement_payout")]

    operations = [
        migrations.CreateModel(
            name="DisputeRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("price", "Price"),
                            ("quantity", "Quantity"),
                            ("not_received", "Not received"),
                            ("damaged", "Damaged"),
                            ("duplicate", "Duplicate"),
                            ("order_number", "Missing or wrong order number"),
                            ("bill_to", "Wrong bill-to"),
                            ("freight", "Freight"),
                            ("promotion", "Rebate or promotion"),
                            ("tax", "Tax or exemption"),
                            ("terms", "Terms"),
                            ("unearned_discount", "Unearned discount"),
                            ("proof_of_delivery", "No proof of delivery"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("late_fees_wait", models.BooleanField()),
                ("discount_waits", models.BooleanField()),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("supplier", "reason"),
                        name="one_dispute_rule_per_reason",
                    )
                ],
            },
        ),
    ]
