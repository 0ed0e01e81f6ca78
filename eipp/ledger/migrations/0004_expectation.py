"""What buyers promised and announced, and what of it counts in the balances."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("ledger", "0003_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Expectation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("promised", "Promised"), ("announced", "Announced")], max_length=10),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason_kind", models.CharField(max_length=40)),
                ("reason_id", models.UUIDField()),
                ("expected_on", models.DateField()),
                ("placed_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="accountbalance",
            name="account_balance_held_within_open",
        ),
        migrations.RemoveConstraint(
            model_name="duebalance",
            name="due_balance_held_within_open",
        ),
        migrations.AddField(
            model_name="accountbalance",
            name="announced_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="accountbalance",
            name="promised_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="duebalance",
            name="announced_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="duebalance",
            name="promised_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="invoice",
            name="announced_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="invoice",
            name="promised_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="accountbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("announced_minor__gte", 0),
                    ("credit_minor__gte", 0),
                    ("disputed_minor__gte", 0),
                    ("open_count__gte", 0),
                    ("pending_minor__gte", 0),
                    ("planned_minor__gte", 0),
                    ("promised_minor__gte", 0),
                    (
                        "receivable_minor__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("disputed_minor"), "+", models.F("pending_minor")
                                ),
                                "+",
                                models.F("planned_minor"),
                            ),
                            "+",
                            django.db.models.expressions.CombinedExpression(
                                models.F("promised_minor"), "+", models.F("announced_minor")
                            ),
                        ),
                    ),
                    ("unapplied_minor__gte", 0),
                ),
                name="account_balance_held_within_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="duebalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("announced_minor__gte", 0),
                    ("disputed_minor__gte", 0),
                    ("open_count__gte", 0),
                    (
                        "open_minor__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("disputed_minor"), "+", models.F("pending_minor")
                                ),
                                "+",
                                models.F("planned_minor"),
                            ),
                            "+",
                            django.db.models.expressions.CombinedExpression(
                                models.F("promised_minor"), "+", models.F("announced_minor")
                            ),
                        ),
                    ),
                    ("pending_minor__gte", 0),
                    ("planned_minor__gte", 0),
                    ("promised_minor__gte", 0),
                ),
                name="due_balance_held_within_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("announced_minor__gte", 0), ("promised_minor__gte", 0)), name="invoice_expected"
            ),
        ),
        migrations.AddField(
            model_name="expectation",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="expectations", to="ledger.invoice"
            ),
        ),
        migrations.AddConstraint(
            model_name="expectation",
            constraint=models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="expectation_amount"),
        ),
        migrations.AddConstraint(
            model_name="expectation",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("promised", "announced"))), name="expectation_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="expectation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at__isnull", True)),
                fields=("reason_kind", "reason_id", "invoice"),
                name="expectation_once_per_reason",
            ),
        ),
    ]
