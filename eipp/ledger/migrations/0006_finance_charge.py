"""Finance charges: the rules, what was charged for which period, and what of the balances is late fees."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record
from eipp.kernel import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("ledger", "0005_money_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="FinanceCharge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("charged_for", models.DateField()),
                ("cause", models.CharField(blank=True, max_length=36)),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("base_minor", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("charged_at", models.DateTimeField()),
                ("waived_at", models.DateTimeField(null=True)),
                ("waived_by", models.UUIDField(null=True)),
                ("waived_minor", models.BigIntegerField(default=0)),
                ("waiver_reason", models.CharField(blank=True, max_length=1000)),
            ],
        ),
        migrations.CreateModel(
            name="FinanceChargeBookmark",
            fields=[
                (
                    "supplier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                ("day", models.DateField()),
                ("after", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FinanceChargeRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("starts_on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("none", "No late fee"),
                            ("fixed", "A fixed amount"),
                            ("percent_of_period", "A percentage for each period"),
                            ("percent_of_year", "A yearly percentage, by days"),
                            ("wider", "As the wider rule says"),
                        ],
                        max_length=20,
                    ),
                ),
                ("grace_days", models.PositiveSmallIntegerField(default=0)),
                ("every_days", models.PositiveSmallIntegerField(null=True)),
                ("fixed_minor", models.BigIntegerField(null=True)),
                ("percent", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                ("minimum_minor", models.BigIntegerField(null=True)),
                ("cap_minor", models.BigIntegerField(null=True)),
                ("compounding", models.BooleanField(default=False)),
                ("waits_for_disputes", models.BooleanField(default=True)),
                ("due_days", models.PositiveSmallIntegerField(default=14)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.UUIDField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="accountbalance",
            name="charges_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="duebalance",
            name="charges_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="invoice",
            name="kind",
            field=models.CharField(
                choices=[("invoice", "Invoice"), ("finance_charge", "Late fee")], default="invoice", max_length=20
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("open_minor", 0)), fields=["supplier", "closed_at"], name="invoice_closed"
            ),
        ),
        migrations.AddField(
            model_name="financecharge",
            name="document",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="finance_charge", to="ledger.invoice"
            ),
        ),
        migrations.AddField(
            model_name="financecharge",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="finance_charges", to="ledger.invoice"
            ),
        ),
        migrations.AddField(
            model_name="financecharge",
            name="supplier",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="financechargerule",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.customeraccount"
            ),
        ),
        migrations.AddField(
            model_name="financechargerule",
            name="legal_entity",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
            ),
        ),
        migrations.AddField(
            model_name="financechargerule",
            name="supplier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="financecharge",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.financechargerule"
            ),
        ),
        migrations.AddIndex(
            model_name="financechargerule",
            index=models.Index(fields=["supplier", "currency", "starts_on"], name="finance_charge_rule_day"),
        ),
        migrations.AddConstraint(
            model_name="financechargerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_days", None), ("every_days__gt", 0), _connector="OR"),
                name="finance_charge_rule_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="financechargerule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fixed_minor", None), ("fixed_minor__gt", 0), _connector="OR"),
                    models.Q(("minimum_minor", None), ("minimum_minor__gt", 0), _connector="OR"),
                    models.Q(("cap_minor", None), ("cap_minor__gt", 0), _connector="OR"),
                ),
                name="finance_charge_rule_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="financechargerule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("none", "wider")),
                    models.Q(("fixed_minor__isnull", False), ("kind", "fixed")),
                    models.Q(("kind__in", ("percent_of_period", "percent_of_year")), ("percent__isnull", False)),
                    _connector="OR",
                ),
                name="finance_charge_rule_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="financecharge",
            index=models.Index(fields=["supplier", "-charged_at", "-id"], name="finance_charge_supplier"),
        ),
        migrations.AddIndex(
            model_name="financecharge",
            index=models.Index(
                condition=models.Q(("cause", ""), _negated=True), fields=["cause"], name="finance_charge_cause"
            ),
        ),
        migrations.AddConstraint(
            model_name="financecharge",
            constraint=models.UniqueConstraint(fields=("invoice", "charged_for", "cause"), name="finance_charge_once"),
        ),
        migrations.AddConstraint(
            model_name="financecharge",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="finance_charge_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="financecharge",
            constraint=models.CheckConstraint(
                condition=models.Q(("waived_minor__gte", 0), ("waived_minor__lte", models.F("amount_minor"))),
                name="finance_charge_waived",
            ),
        ),
        append_only.Guard("ledger_financechargerule"),
    ]
