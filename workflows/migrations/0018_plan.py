"""Instalment plans."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_issuers"),
        ("ledger", "0009_write_off"),
        ("workflows", "0017_settlement"),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
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
                ("came_minor", models.BigIntegerField(default=0)),
                ("comment", models.CharField(blank=True, max_length=1000)),
                ("grace_days", models.PositiveSmallIntegerField(default=3)),
                ("version", models.PositiveIntegerField(default=1)),
                ("proposed_side", models.CharField(max_length=10)),
                ("proposed_by", models.UUIDField(null=True)),
                ("proposed_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("change_side", models.CharField(blank=True, max_length=10)),
                ("agreed_by", models.UUIDField(null=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("attempt", models.UUIDField(null=True)),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
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
        ),
        migrations.CreateModel(
            name="PlanInstalment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("position", models.PositiveIntegerField()),
                ("due_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="instalments", to="workflows.plan"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlanShare",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("paid_before_minor", models.BigIntegerField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plan_shares", to="ledger.invoice"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="workflows.plan"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(fields=["buyer", "-made_at", "-id"], name="plan_buyer"),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(fields=["supplier", "-made_at", "-id"], name="plan_supplier"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("supplier", "number"), name="plan_number"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("supplier", "buyer", "attempt"), name="one_plan_per_attempt"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="plan_amount_positive"),
        ),
        migrations.AddConstraint(
            model_name="planinstalment",
            constraint=models.UniqueConstraint(fields=("plan", "version", "position"), name="plan_instalment_once"),
        ),
        migrations.AddConstraint(
            model_name="planinstalment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="plan_instalment_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="planshare",
            constraint=models.UniqueConstraint(fields=("plan", "invoice"), name="one_plan_share_per_invoice"),
        ),
        migrations.AddConstraint(
            model_name="planshare",
            constraint=models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="plan_share_positive"),
        ),
    ]
