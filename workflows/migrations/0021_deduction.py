"""What payers kept back, and the money that was short by it."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0014_instalment"),
        ("workflows", "0020_bank_details"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deduction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=200)),
                (
                    "dispute",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deduction", to="workflows.dispute"
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deductions",
                        to="ledger.cashreceipt",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
