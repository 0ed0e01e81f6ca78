"""Companies that are paid in a supplier's place, with their accounts."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_closed_period"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payee",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("name_folded", models.CharField(max_length=400)),
                ("iban", models.CharField(max_length=40)),
                ("bic", models.CharField(blank=True, max_length=11)),
                ("added_by", models.UUIDField(null=True)),
                ("added_at", models.DateTimeField()),
                ("verified_by", models.UUIDField(null=True)),
                ("verified_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payees", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified_by", None),
                            models.Q(("verified_by", models.F("added_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="payee_verified_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("verified_at__isnull", False)),
                        fields=("supplier", "name_folded"),
                        name="payee_once",
                    ),
                ],
            },
        ),
    ]
