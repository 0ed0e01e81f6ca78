"""Charge-backs and what the supplier does about them; payments that went back, and how many do."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_discount"),
        ("workflows", "0013_expected_money"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="charged_back_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="ReturnDone",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("note", models.CharField(max_length=1000)),
                ("done_by", models.UUIDField(null=True)),
                ("done_at", models.DateTimeField()),
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="return_done", to="workflows.payment"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Chargeback",
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
                ("fee_minor", models.BigIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("opened_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField(null=True)),
                ("evidence", models.TextField(blank=True, max_length=20000)),
                ("answered_by", models.UUIDField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
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
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="chargebacks", to="workflows.payment"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "charge-back",
                "indexes": [models.Index(fields=["supplier", "state", "answer_by"], name="chargeback_worklist")],
                "constraints": [
                    models.UniqueConstraint(fields=("supplier", "number"), name="chargeback_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)), fields=("payment",), name="one_live_chargeback"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0), ("fee_minor__gte", 0)), name="chargeback_amounts"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnAlarm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("passed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
                    ),
                ),
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
                        fields=("legal_entity", "kind"),
                        name="one_return_alarm_at_a_time",
                    )
                ],
            },
        ),
    ]
