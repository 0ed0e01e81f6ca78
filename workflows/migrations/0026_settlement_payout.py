import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record
from eipp.kernel.append_only import GuardAgain


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("workflows", "0025_method_end")]

    operations = [
        migrations.AddField("settlementline", "fee_minor", models.BigIntegerField(default=0)),
        GuardAgain("workflows_settlementline"),
        migrations.CreateModel(
            name="SettlementPayout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gateway", models.CharField(max_length=30)),
                ("reference", models.CharField(max_length=100)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("on", models.DateField()),
                ("listed_at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout",
                        to="workflows.bankentry",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.legalentity",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["supplier", "on"], name="settlement_payout_day"),
                    models.Index(condition=models.Q(("entry", None)), fields=["on"], name="settlement_payout_open"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("legal_entity", "gateway", "reference", "amount_minor"), name="settlement_payout_once"
                    )
                ],
            },
        ),
    ]
