"""What a payee charges on top for a way of paying."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("workflows", "0014_chargeback"),
    ]

    operations = [
        migrations.CreateModel(
            name="MethodPrice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("method", models.CharField(max_length=20)),
                ("percent", eipp.kernel.record.DecimalText(max_length=40)),
                ("credit_only", models.BooleanField(default=False)),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="method_prices",
                        to="accounts.legalentity",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("legal_entity", "method"),
                        name="one_price_per_method",
                    )
                ],
            },
        ),
    ]
