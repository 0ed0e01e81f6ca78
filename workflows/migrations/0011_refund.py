"""Refunds, and what each is taken from."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("ledger", "0005_money_back"),
        ("workflows", "0010_saved_method"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=20, protected=True)),
                ("state_since", models.DateTimeField()),
                ("number", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("gateway", models.CharField(blank=True, max_length=30)),
                ("reason", models.CharField(max_length=1000)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("attempt", models.UUIDField(null=True)),
                ("asked_by", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("succeeded_at", models.DateTimeField(null=True)),
                ("callback_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.customeraccount",
                    ),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="workflows.payment",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RefundPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "credit_note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_parts",
                        to="ledger.creditnote",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_parts",
                        to="ledger.invoice",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_parts",
                        to="ledger.cashreceipt",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="workflows.refund"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["supplier", "-asked_at", "-id"], name="refund_supplier"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["buyer", "-asked_at", "-id"], name="refund_buyer"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["state", "looked_at"], name="refund_janitor"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("supplier", "number"), name="refund_number"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("supplier", "attempt"), name="one_refund_per_attempt"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="refund_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundpart",
            constraint=models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="refund_part_positive"),
        ),
    ]
