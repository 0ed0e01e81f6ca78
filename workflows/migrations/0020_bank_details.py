"""Changes of bank details: two people, a wait, a notice."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_payee"),
        ("workflows", "0019_long_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankDetails",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=20, protected=True)),
                ("state_since", models.DateTimeField()),
                ("holder", models.CharField(max_length=140)),
                ("account", models.CharField(max_length=34)),
                ("bic", models.CharField(blank=True, max_length=11)),
                ("currency", models.CharField(max_length=3)),
                ("replaces", models.CharField(blank=True, max_length=34)),
                ("proposed_by", models.UUIDField()),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_by", models.UUIDField(null=True)),
                ("effective_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("notified", models.JSONField(default=list)),
                (
                    "buyer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.legalentity",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of bank details",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "confirmed")), fields=["effective_at"], name="bank_details_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("buyer__isnull", False), ("legal_entity", None), ("supplier", None)),
                            models.Q(("buyer", None), ("legal_entity__isnull", False), ("supplier__isnull", False)),
                            _connector="OR",
                        ),
                        name="bank_details_of_one_side",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "confirmed"))),
                        fields=("legal_entity", "account", "currency"),
                        name="one_change_at_a_time",
                    ),
                ],
            },
        ),
    ]
